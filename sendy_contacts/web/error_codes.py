"""Every error of the service by its code: statuses, type and usual message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..validation.errors import FieldError, dump_error
from ..validation.schemas import MAX_ROWS


class ErrorCode(NamedTuple):
    """An error: its statuses, its type and its usual message."""

    statuses: tuple[int, ...]
    type: str
    message: str


INVALID, PERMISSION, API = "invalid_request_error", "permission_error", "api_error"

ERRORS = {
    "malformed_request": ErrorCode((400, 414, 431), INVALID, "The request is not valid HTTP."),
    "validation_failed": ErrorCode((400,), INVALID, "phone: is required"),
    "malformed_json": ErrorCode((400,), INVALID, "The body is not JSON: line 1, column 2."),
    "too_many_contacts": ErrorCode((400,), INVALID, f"contacts: has 1,500 rows; send at most {MAX_ROWS:,} in a call"),
    "invalid_cursor": ErrorCode((400,), INVALID, "cursor: must be the nextCursor of an earlier answer"),
    "session_required": ErrorCode(
        (401,), "authentication_error", "Sign in to the dashboard: this needs the session of an active user."
    ),
    "invalid_credentials": ErrorCode((401,), "authentication_error", "E-mail or password is wrong."),
    "role_not_allowed": ErrorCode(
        (403,), PERMISSION, "Your role may read contacts but not change them; an owner, admin or developer may."
    ),
    "api_key_not_allowed": ErrorCode((403,), PERMISSION, "An API key can't call this. Use a dashboard session."),
    "cross_site_request": ErrorCode(
        (403,), PERMISSION, "The browser sent this on behalf of another site, so it was refused."
    ),
    "contact_not_found": ErrorCode((404,), INVALID, "There is no contact of this id in this workspace."),
    "not_found": ErrorCode((404,), INVALID, "There is nothing at this address."),
    "method_not_allowed": ErrorCode(
        (405,), INVALID, "This address doesn't take that method; the Allow header lists those it takes."
    ),
    "body_too_large": ErrorCode((413,), INVALID, "The body is larger than 5 MiB; send fewer contacts at a time."),
    "unsupported_media_type": ErrorCode((415,), INVALID, "The body must be sent as application/json."),
    "too_many_sign_ins": ErrorCode((429,), "rate_limit_error", "Too many attempts to sign in. Try again in 15 min."),
    "internal_error": ErrorCode((500,), API, "Something went wrong here. Tell us the request_id if it stays so."),
    "database_unavailable": ErrorCode(
        (503,), API, "The database can't be reached or is busy. Send the request again; it writes nothing twice."
    ),
}


def envelope(code: str, request_id: str, message: str = "", details: Iterable[FieldError] = ()) -> dict[str, Any]:
    """Return the body of an error response; without a `message` it has the usual one of its code."""
    _, kind, usual = ERRORS[code]
    error: dict[str, Any] = {"type": kind, "code": code, "message": message or usual, "request_id": request_id}
    if problems := [dump_error(problem) for problem in details]:
        error["details"] = problems
    return {"error": error}
