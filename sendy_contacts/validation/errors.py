"""Why input was refused, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from ..text import show

MAX_ERRORS = 20

ErrorCode = Literal[
    "invalid_phone",
    "invalid_country",
    "invalid_type",
    "invalid_text",
    "invalid_number",
    "required",
    "too_long",
    "too_large",
    "too_many",
    "unknown_field",
    "not_allowed",
    "too_many_contacts",
    "invalid_cursor",
]
WarningCode = Literal["phone_unverified", "opt_out_kept"]

# What marshmallow's own checks say, by the keyword that stands for it in the schemas' `error_messages`.
MARSHMALLOW_MESSAGES: dict[str, tuple[ErrorCode, str]] = {
    "required": ("required", "is required"),
    "null": ("invalid_type", "must not be null; leave it out to keep what is stored"),
    "unknown": ("unknown_field", "is not known here; check its spelling"),
    "object": ("invalid_type", "must be a JSON object"),
}


class FieldError(NamedTuple):
    """A refused value, or (as a warning) something to know. `message` is `field: what is wrong; what to do`."""

    field: str
    code: ErrorCode | WarningCode
    message: str


def field_error(field: str, code: ErrorCode | WarningCode, what: str) -> FieldError:
    """Return the error whose message names the field."""
    return FieldError(field, code, f"{field}: {what}")


class ValidationFailed(ValueError):
    """A request was refused as a whole for its `problems`; nothing was written."""

    def __init__(self, problems: list[FieldError], code: str = "validation_failed") -> None:
        super().__init__(code)
        self.problems = problems
        self.code = code


def from_marshmallow(messages: Mapping[str, Any]) -> list[FieldError]:
    """Return what marshmallow collected, `{field: [FieldError or keyword, …]}`, as at most 20 errors."""
    found: list[FieldError] = []
    for key in sorted(messages):
        for item in messages[key]:
            if not isinstance(item, FieldError):
                item = field_error("contact" if item == "object" else show(key), *MARSHMALLOW_MESSAGES[item])
            found.append(item)
    return found[:MAX_ERRORS]


def dump_error(error: FieldError) -> dict[str, str]:
    """Return an error as it stands in `details` and `errors`."""
    return error._asdict()


def dump_warning(warning: FieldError) -> dict[str, str]:
    """Return a warning: a code and a sentence."""
    return {"code": warning.code, "message": warning.message}
