"""What each route takes and answers. It must not know how that is written down.

Paths, methods and summaries are the routes' own; see `openapi`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..contacts.filters import MAX_PAGE
from ..validation.fields import MAX_TAG, NOT_BLANK, STORABLE
from ..web.query_params import MAX_QUERY
from .components import ID, REQUEST_ID, Json

JSON = "application/json"

ANYWHERE = ("malformed_request", "internal_error")
SIGNED_IN = ("session_required", "api_key_not_allowed", "validation_failed", "database_unavailable")
WITH_BODY = ("validation_failed", "malformed_json", "body_too_large", "unsupported_media_type")
WRITING = (*SIGNED_IN, *WITH_BODY, "role_not_allowed", "cross_site_request")

HEADERS: dict[str, Json] = {
    "X-Request-Id": {
        "description": "The id of this request, as in the log; the proxy's own where it sent one.",
        "required": True,
        "schema": REQUEST_ID,
    },
    "Location": {"description": "Where to PATCH the contact.", "required": True, "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "Allow": {"description": "The methods of this path.", "required": True, "schema": {"type": "string"}},
    "Set-Cookie": {"description": "The session.", "required": True, "schema": {"type": "string"}},
}
ERROR_HEADERS = {405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}

LIST_PARAMETERS: dict[str, tuple[str, Json]] = {
    "limit": (
        "How many at most, newest first.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": MAX_PAGE},
    ),
    "cursor": ("The nextCursor of the page before.", {"type": "string", "pattern": ID["pattern"]}),
    "tag": (
        "Has this tag, whatever the case; given several times, all of them.",
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": MAX_TAG, "pattern": NOT_BLANK},
        },
    ),
    "optedIn": ("Is in this opt-in state.", {"type": "boolean"}),
    "q": (
        "Part of the name, whatever the case and script, or of the phone's digits.",
        {"type": "string", "maxLength": MAX_QUERY, "pattern": STORABLE},
    ),
}
BULK_PARAMETERS: dict[str, tuple[str, Json]] = {
    "dryRun": ("Answer the same and write nothing.", {"type": "boolean", "default": False}),
}
PATH_PARAMETERS: dict[str, Json] = {"contact_id": {"type": "string", "pattern": ID["pattern"]}}


class Success(NamedTuple):
    """An answer that is no error: its schema by name, None where it has no body."""

    description: str
    schema: str | None = None
    media_type: str = JSON
    headers: tuple[str, ...] = ()
    links: Mapping[str, Json] = {}


class Operation(NamedTuple):
    """What a route takes and answers: the schema of its body by name, its errors by their codes."""

    answers: dict[int, Success]
    errors: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[str, Json]] = {}
    body: str | None = None
    public: bool = False


EDIT = {"edit": {"operationId": "patch_contact", "parameters": {"contact_id": "$response.body#/id"}}}

# By the endpoint of the route; one that is missing here is missing in the description.
OPERATIONS = {
    "contacts.list_contacts": Operation(
        {200: Success("A page of contacts.", "ContactPage")}, (*SIGNED_IN, "invalid_cursor"), LIST_PARAMETERS
    ),
    "contacts.upsert_contact": Operation(
        {
            200: Success("The contact was there.", "WrittenContact", links=EDIT),
            201: Success("The contact is new.", "WrittenContact", headers=("Location",), links=EDIT),
        },
        WRITING,
        body="ContactRow",
    ),
    "contacts.upsert_contacts": Operation(
        {200: Success("What became of each row. One that is refused fails alone.", "BulkResult")},
        (*WRITING, "too_many_contacts"),
        BULK_PARAMETERS,
        body="BulkCall",
    ),
    "contacts.patch_contact": Operation(
        {200: Success("The contact after the edit.", "Contact")}, (*WRITING, "contact_not_found"), body="ContactPatch"
    ),
    "contacts.show_description": Operation({200: Success("This description.", "Description")}, SIGNED_IN),
    "session.create_session": Operation(
        {200: Success("Signed in: the cookie is the session.", "SignedIn", headers=("Set-Cookie",))},
        (*WITH_BODY, "cross_site_request", "invalid_credentials", "too_many_sign_ins", "database_unavailable"),
        body="Credentials",
        public=True,
    ),
    "session.delete_session": Operation({204: Success("Signed out.")}, ("cross_site_request",), public=True),
    "front.show_front": Operation(
        {200: Success("A text for people who open the address in a browser.", "Front", media_type="text/plain")},
        ("not_found",),
        public=True,
    ),
    "health.healthz": Operation({200: Success("The process is up.", "Health")}, public=True),
    "health.readyz": Operation({200: Success("It can serve.", "Health")}, ("database_unavailable",), public=True),
    "metrics.read_metrics": Operation(
        {200: Success("Prometheus's text format.", "Metrics", media_type="text/plain")}, ("not_found",), public=True
    ),
}
