"""The parameters, bodies, responses and errors of each route.

Paths, methods and summaries come from the routes; see `document`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..contacts.filters import MAX_PAGE
from ..validation.fields import MAX_TAG, NOT_BLANK, STORABLE
from ..web.query_params import MAX_QUERY
from ..web.streams import NDJSON
from .components import ID, REQUEST_ID, Json
from .import_components import IMPORT

JSON = "application/json"

ANYWHERE = ("malformed_request", "internal_error")
SIGNED_IN = ("session_required", "api_key_not_allowed", "validation_failed", "database_unavailable")
WITH_BODY = ("validation_failed", "malformed_json", "body_too_large", "unsupported_media_type")
WRITING = (*SIGNED_IN, *WITH_BODY, "role_not_allowed", "cross_site_request")

HEADERS: dict[str, Json] = {
    "X-Request-Id": {
        "description": "The id of this request, as in the log: the one that the proxy sent, if any.",
        "required": True,
        "schema": REQUEST_ID,
    },
    "Location": {
        "description": "The path of the contact, for PATCH.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before a retry.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "Allow": {"description": "The methods of this path.", "required": True, "schema": {"type": "string"}},
    "Set-Cookie": {"description": "The session.", "required": True, "schema": {"type": "string"}},
}
ERROR_HEADERS = {405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}

LIST_PARAMETERS: dict[str, tuple[str, Json]] = {
    "limit": (
        "Maximum number of contacts, newest first.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": MAX_PAGE},
    ),
    "cursor": ("The nextCursor of the previous page.", {"type": "string", "pattern": ID["pattern"]}),
    "tag": (
        "Only contacts with this tag, in any case. Repeated: with all of these tags.",
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1, "maxLength": MAX_TAG, "pattern": NOT_BLANK},
        },
    ),
    "optedIn": ("Only contacts in this opt-in state.", {"type": "boolean"}),
    "q": (
        "Part of the name, in any case and script, or of the phone number's digits.",
        {"type": "string", "maxLength": MAX_QUERY, "pattern": STORABLE},
    ),
}
FILTER_PARAMETERS = {name: LIST_PARAMETERS[name] for name in ("tag", "optedIn", "q")}
BULK_PARAMETERS: dict[str, tuple[str, Json]] = {
    "dryRun": ("Return the same result without writing anything.", {"type": "boolean", "default": False}),
}
PATH_PARAMETERS: dict[str, Json] = {
    "contact_id": {"type": "string", "pattern": ID["pattern"]},
    "import_id": {"type": "string", "pattern": IMPORT["id"]["pattern"]},
}


class Response(NamedTuple):
    """A successful response: `schema` is a name, or None if there is no body."""

    description: str
    schema: str | None = None
    media_type: str = JSON
    headers: tuple[str, ...] = ()
    links: Mapping[str, Json] = {}


class Operation(NamedTuple):
    """An operation of a route: `body` is the name of a schema, `errors` are error codes."""

    responses: dict[int, Response]
    errors: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[str, Json]] = {}
    body: str | None = None
    body_type: str = JSON
    public: bool = False


IMPORTING = (*SIGNED_IN, "role_not_allowed", "cross_site_request", "import_not_found", "import_expired")


def describe_progress(what: str) -> dict[int, Response]:
    """Return the response of lines of JSON."""
    last = "The last one is the import; an error in the middle is a last line with the error."
    return {200: Response(f"{what} A line of progress for each 1,000 rows. {last}", "ImportLine", media_type=NDJSON)}


EDIT = {"edit": {"operationId": "patch_contact", "parameters": {"contact_id": "$response.body#/id"}}}

# By the endpoint of the route. The document leaves out routes that are missing here.
OPERATIONS = {
    "contacts.list_contacts": Operation(
        {200: Response("A page of contacts.", "ContactPage")}, (*SIGNED_IN, "invalid_cursor"), LIST_PARAMETERS
    ),
    "contacts.upsert_contact": Operation(
        {
            200: Response("The contact existed and has been updated.", "WrittenContact", links=EDIT),
            201: Response("The contact has been created.", "WrittenContact", headers=("Location",), links=EDIT),
        },
        WRITING,
        body="ContactRow",
    ),
    "contacts.upsert_contacts": Operation(
        {200: Response("The result of each row. A refused row doesn't affect the others.", "BulkResult")},
        (*WRITING, "too_many_contacts"),
        BULK_PARAMETERS,
        body="BulkCall",
    ),
    "contacts.patch_contact": Operation(
        {200: Response("The edited contact.", "Contact")}, (*WRITING, "contact_not_found"), body="ContactPatch"
    ),
    "contacts.export_contacts": Operation(
        {200: Response("The contacts, as `flask contacts export` writes them.", "CsvFile", media_type="text/csv")},
        (*SIGNED_IN, "too_many_keys"),
        FILTER_PARAMETERS,
    ),
    "contacts.show_consent": Operation(
        {200: Response("The newest 500 changes, newest first.", "ConsentHistory")}, (*SIGNED_IN, "contact_not_found")
    ),
    "contacts.show_description": Operation({200: Response("This document.", "Description")}, SIGNED_IN),
    "imports.upload_import": Operation(
        {201: Response("The draft.", "Import", headers=("Location",))},
        (
            *SIGNED_IN,
            "role_not_allowed",
            "cross_site_request",
            "unreadable_file",
            "body_too_large",
            "unsupported_media_type",
        ),
        body="ImportUpload",
        body_type="multipart/form-data",
    ),
    "imports.list_newest_imports": Operation(
        {200: Response("The newest 50, newest first.", "ImportList")}, SIGNED_IN
    ),
    "imports.show_import": Operation({200: Response("The import.", "Import")}, (*SIGNED_IN, "import_not_found")),
    "imports.change_import": Operation(
        {200: Response("The draft, with what wasn't said proposed again.", "Import")},
        (*IMPORTING, *WITH_BODY, "import_not_draft"),
        body="ImportPatch",
    ),
    "imports.check_import": Operation(describe_progress("What a run would do."), (*IMPORTING, "no_phone_column")),
    "imports.run_import": Operation(describe_progress("What the run does."), (*IMPORTING, "no_phone_column")),
    "imports.undo_import": Operation(describe_progress("What the undo does."), IMPORTING),
    "imports.download_failed_rows": Operation(
        {200: Response("The refused rows, each with its line and reason.", "CsvFile", media_type="text/csv")},
        (*SIGNED_IN, "import_not_found", "import_expired", "no_phone_column"),
    ),
    "templates.check_template": Operation(
        {200: Response("What the opted-in contacts with all the tags have and lack.", "Readiness")},
        (*SIGNED_IN, *WITH_BODY, "cross_site_request"),
        body="TemplateCheck",
    ),
    "session.create_session": Operation(
        {200: Response("Signed in. The cookie holds the session.", "SignedIn", headers=("Set-Cookie",))},
        (*WITH_BODY, "cross_site_request", "invalid_credentials", "too_many_sign_ins", "database_unavailable"),
        body="Credentials",
        public=True,
    ),
    "session.delete_session": Operation({204: Response("Signed out.")}, ("cross_site_request",), public=True),
    "health.healthz": Operation({200: Response("The process is up.", "Health")}, public=True),
    "health.readyz": Operation(
        {200: Response("The service is ready.", "Health")}, ("database_unavailable",), public=True
    ),
    "metrics.read_metrics": Operation(
        {200: Response("Metrics in Prometheus's text format.", "Metrics", media_type="text/plain")},
        ("not_found",),
        public=True,
    ),
}
