"""Why input was refused, in words for a person. It must not decide what is refused, nor know HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..text import show


def dump_problem(problem: Problem) -> dict[str, str]:
    """Return a problem as it stands in `details` and `errors`."""
    return problem._asdict()


def dump_warning(warning: Problem) -> dict[str, str]:
    """Return a warning: a code and a sentence."""
    return {"code": warning.code, "message": warning.message}


MAX_PROBLEMS = 20

# What marshmallow's own checks say, by the keyword that stands for it in the schemas' `error_messages`.
KEYWORDS = {
    "required": ("required", "is required"),
    "null": ("invalid_type", "must not be null; leave it out to keep what is stored"),
    "unknown": ("unknown_field", "is not known here; check its spelling"),
    "object": ("invalid_type", "must be a JSON object"),
}


class Problem(NamedTuple):
    """A refused value, or (as a warning) something to know. `message` is `field: what is wrong; what to do`."""

    field: str
    code: str
    message: str


def problem(field: str, code: str, what: str) -> Problem:
    """Return the problem whose message names the field."""
    return Problem(field, code, f"{field}: {what}")


class ValidationFailed(ValueError):
    """A request was refused as a whole for its `problems`; nothing was written."""

    def __init__(self, problems: list[Problem], code: str = "validation_failed") -> None:
        super().__init__(code)
        self.problems = problems
        self.code = code


def list_problems(messages: Mapping[str, Any]) -> list[Problem]:
    """Return what marshmallow collected, `{field: [Problem or keyword, …]}`, as at most 20 problems."""
    found: list[Problem] = []
    for key in sorted(messages):
        for item in messages[key]:
            if not isinstance(item, Problem):
                item = problem("contact" if item == "object" else show(key), *KEYWORDS[item])
            found.append(item)
    return found[:MAX_PROBLEMS]
