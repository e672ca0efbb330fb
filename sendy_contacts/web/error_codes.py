"""The errors of the API by code: statuses, type and default message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..imports.exports import MAX_KEYS
from ..validation.errors import FieldError, dump_error
from ..validation.schemas import MAX_ROWS


class ErrorCode(NamedTuple):
    """An error of the API: its statuses, type and default message."""

    statuses: tuple[int, ...]
    type: str
    message: str


INVALID, PERMISSION, API = "invalid_request_error", "permission_error", "api_error"

ERRORS = {
    "malformed_request": ErrorCode((400, 414, 431), INVALID, "The request is not valid HTTP."),
    "validation_failed": ErrorCode((400,), INVALID, "phone: is required"),
    "malformed_json": ErrorCode((400,), INVALID, "The body is not JSON: line 1, column 2."),
    "too_many_contacts": ErrorCode(
        (400,), INVALID, f"contacts: has 1,500 rows; send at most {MAX_ROWS:,} per request"
    ),
    "invalid_cursor": ErrorCode((400,), INVALID, "cursor: must be the nextCursor of an earlier response"),
    "unreadable_file": ErrorCode((400,), INVALID, "file: is empty"),
    "no_phone_column": ErrorCode(
        (400,), INVALID, "columns: none holds phones; set the target of the right one to phone"
    ),
    "too_many_keys": ErrorCode(
        (400,),
        INVALID,
        f"The contacts have more than {MAX_KEYS} different attributes, more than a file has columns for. "
        "Export some of them at a time: filter by tag, optedIn or q.",
    ),
    "import_not_draft": ErrorCode(
        (400,), INVALID, "This import has been run, so it can't be changed. Take it back, and send the file again."
    ),
    "import_expired": ErrorCode(
        (400,), INVALID, "The rows of this import were dropped after 30 days. Send the file again."
    ),
    "session_required": ErrorCode(
        (401,), "authentication_error", "This request needs the session of an active user. Sign in to the dashboard."
    ),
    "invalid_credentials": ErrorCode((401,), "authentication_error", "The email address or the password is wrong."),
    "role_not_allowed": ErrorCode(
        (403,), PERMISSION, "Your role can't change contacts. Ask an owner, admin or developer to do it."
    ),
    "api_key_not_allowed": ErrorCode(
        (403,), PERMISSION, "An API key can't be used here. Send a dashboard session instead."
    ),
    "cross_site_request": ErrorCode(
        (403,), PERMISSION, "The request came from a page of another site. Send it from the dashboard."
    ),
    "contact_not_found": ErrorCode((404,), INVALID, "This workspace has no contact with this id."),
    "import_not_found": ErrorCode((404,), INVALID, "This workspace has no import with this id."),
    "not_found": ErrorCode((404,), INVALID, "This address doesn't exist. Check the path."),
    "method_not_allowed": ErrorCode(
        (405,), INVALID, "This address doesn't support the method. The Allow header lists the supported ones."
    ),
    "body_too_large": ErrorCode((413,), INVALID, "The body is larger than 5 MiB. Send fewer contacts at a time."),
    "unsupported_media_type": ErrorCode((415,), INVALID, "The Content-Type must be application/json."),
    "too_many_sign_ins": ErrorCode((429,), "rate_limit_error", "Too many sign-in attempts. Try again in 15 minutes."),
    "internal_error": ErrorCode((500,), API, "The service failed. If it happens again, report the request_id."),
    "database_unavailable": ErrorCode((503,), API, "The database is unavailable or busy. It is safe to retry."),
}


def envelope(code: str, request_id: str, message: str = "", details: Iterable[FieldError] = ()) -> dict[str, Any]:
    """Return the body of an error response; without a `message` it has the default one of the code."""
    _, kind, default = ERRORS[code]
    error: dict[str, Any] = {"type": kind, "code": code, "message": message or default, "request_id": request_id}
    if problems := [dump_error(problem) for problem in details]:
        error["details"] = problems
    return {"error": error}
