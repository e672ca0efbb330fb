"""Errors and warnings about input, worded for people."""

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
    "invalid_target",
    "invalid_template",
    "too_many_contacts",
    "invalid_cursor",
]
WarningCode = Literal["phone_unverified", "opt_out_kept"]

# Codes and messages for marshmallow's own checks, by the keywords in the schemas' `error_messages`.
MARSHMALLOW_MESSAGES: dict[str, tuple[ErrorCode, str]] = {
    "required": ("required", "is required"),
    "null": ("invalid_type", "must not be null; leave it out to keep what is stored"),
    "no_value": ("invalid_type", "must not be null; give it a value"),
    "unknown": ("unknown_field", "is not a known field; check its spelling"),
    "object": ("invalid_type", "must be a JSON object"),
}


class FieldError(NamedTuple):
    """An error or a warning about one field. `message` is `field: what is wrong; what to do`."""

    field: str
    code: ErrorCode | WarningCode
    message: str


def field_error(field: str, code: ErrorCode | WarningCode, what: str) -> FieldError:
    """Return an error whose message begins with the field."""
    return FieldError(field, code, f"{field}: {what}")


class ValidationFailed(ValueError):
    """The whole request was refused because of its `problems`; nothing was written."""

    def __init__(self, problems: list[FieldError], code: str = "validation_failed") -> None:
        super().__init__(code)
        self.problems = problems
        self.code = code


def from_marshmallow(messages: Mapping[str, Any]) -> list[FieldError]:
    """Return at most 20 errors from marshmallow's messages, `{field: [FieldError or keyword, …]}`."""
    found: list[FieldError] = []
    for key in sorted(messages):
        for item in messages[key]:
            if not isinstance(item, FieldError):
                item = field_error("contact" if item == "object" else show(key), *MARSHMALLOW_MESSAGES[item])
            found.append(item)
    return found[:MAX_ERRORS]


def dump_error(error: FieldError) -> dict[str, str]:
    """Return an error as in `details` and `errors` of responses."""
    return error._asdict()


def dump_warning(warning: FieldError) -> dict[str, str]:
    """Return a warning as in `warnings` of responses."""
    return {"code": warning.code, "message": warning.message}
