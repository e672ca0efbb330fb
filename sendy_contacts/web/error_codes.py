"""Every error of the service by its code: statuses, type and usual message."""

from __future__ import annotations

from typing import NamedTuple

from ..validation.schemas import MAX_ROWS


class Failure(NamedTuple):
    """An error: its statuses, its type, and a message such as it comes with."""

    statuses: tuple[int, ...]
    type: str
    message: str


INVALID, PERMISSION, API = "invalid_request_error", "permission_error", "api_error"

ERRORS = {
    "malformed_request": Failure((400, 414, 431), INVALID, "This is no HTTP request that can be served."),
    "validation_failed": Failure((400,), INVALID, "phone: is required"),
    "malformed_json": Failure((400,), INVALID, "The body is not JSON: line 1, column 2."),
    "too_many_contacts": Failure((400,), INVALID, f"contacts: has 1,500 rows; send at most {MAX_ROWS:,} in a call"),
    "invalid_cursor": Failure((400,), INVALID, "cursor: must be the nextCursor of an earlier answer"),
    "session_required": Failure(
        (401,), "authentication_error", "Sign in to the dashboard: this needs the session of an active user."
    ),
    "invalid_credentials": Failure((401,), "authentication_error", "E-mail or password is wrong."),
    "role_not_allowed": Failure(
        (403,), PERMISSION, "Your role may read contacts but not change them; an owner, admin or developer may."
    ),
    "api_key_not_allowed": Failure((403,), PERMISSION, "An API key can't call this. Use a dashboard session."),
    "cross_site_request": Failure(
        (403,), PERMISSION, "The browser sent this on behalf of another site, so it was refused."
    ),
    "contact_not_found": Failure((404,), INVALID, "There is no contact of this id in this workspace."),
    "not_found": Failure((404,), INVALID, "There is nothing at this address."),
    "method_not_allowed": Failure(
        (405,), INVALID, "This address doesn't take that method; the Allow header lists those it takes."
    ),
    "body_too_large": Failure((413,), INVALID, "The body is larger than 5 MiB; send fewer contacts at a time."),
    "unsupported_media_type": Failure((415,), INVALID, "The body must be sent as application/json."),
    "too_many_sign_ins": Failure((429,), "rate_limit_error", "Too many attempts to sign in. Try again in 15 min."),
    "internal_error": Failure((500,), API, "Something went wrong here. Tell us the request_id if it stays so."),
    "database_unavailable": Failure(
        (503,), API, "The database can't be reached or is busy. Send the request again; it writes nothing twice."
    ),
}
