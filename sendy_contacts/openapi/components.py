"""JSON Schemas of all responses and errors."""

from __future__ import annotations

from typing import Any, get_args

from ..accounts.models import ROLES
from ..contacts.filters import MAX_PAGE
from ..contacts.records import CONTACT_ID, STATUSES
from ..messages.readiness import GROUPS, SHOWN
from ..phones.parse import E164
from ..validation.errors import MAX_ERRORS, ErrorCode, WarningCode
from ..validation.fields import MAX_ATTRIBUTES, MAX_KEY, MAX_NAME, MAX_TAG, MAX_TAGS, MAX_VALUE
from ..validation.schemas import MAX_ROWS
from ..web.error_codes import ERRORS
from ..web.logs import REQUEST_ID_PATTERN

Json = dict[str, Any]

# The errors with details, and the code in the details of their examples.
DETAILED = {
    "validation_failed": "required",
    "too_many_contacts": "too_many_contacts",
    "invalid_cursor": "invalid_cursor",
}

PROBLEMS = get_args(ErrorCode)
WARNINGS = get_args(WarningCode)

TEXT: Json = {"type": "string", "minLength": 1}
NUMBER: Json = {"type": "integer", "minimum": 0}
COUNT: Json = {"type": "integer", "minimum": 0, "maximum": MAX_ROWS}
TIMESTAMP: Json = {"type": "string", "format": "date-time", "description": "In UTC, with milliseconds."}
ID: Json = {"type": "string", "pattern": f"^{CONTACT_ID.pattern}$", "description": "Sorts by creation."}
PHONE: Json = {"type": "string", "pattern": f"^{E164.pattern}$", "description": "E.164, unique in the workspace."}
REQUEST_ID: Json = {"type": "string", "pattern": f"^{REQUEST_ID_PATTERN.pattern}$"}


def refer(name: str, kind: str = "schemas") -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def describe_object(properties: Json, optional: tuple[str, ...] = ()) -> Json:
    """Return the schema of an object; the properties are required except the `optional` ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def describe_list(of: str, longest: int, shortest: int = 0) -> Json:
    """Return the schema of a list whose items have the schema named `of`."""
    return {"type": "array", "items": refer(of), "minItems": shortest, "maxItems": longest}


ATTRIBUTES: Json = {
    "type": "object",
    "propertyNames": {"minLength": 1, "maxLength": MAX_KEY},
    "additionalProperties": {"type": ["string", "number", "boolean"], "maxLength": MAX_VALUE},
    "maxProperties": MAX_ATTRIBUTES,
}
TAGS: Json = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": MAX_TAG},
    "maxItems": MAX_TAGS,
    "uniqueItems": True,
}
CONTACT: Json = {
    "id": ID,
    "name": {"type": ["string", "null"], "minLength": 1, "maxLength": MAX_NAME},
    "phone": PHONE,
    "country": {"type": ["string", "null"], "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2."},
    "attributes": ATTRIBUTES,
    "tags": TAGS,
    "optedIn": {"type": "boolean"},
    "createdAt": TIMESTAMP,
    "updatedAt": TIMESTAMP,
}
WARNING_LIST: Json = describe_list("Warning", len(WARNINGS), 1)
WRITTEN_STATUSES = [status for status in STATUSES if status != "failed"]

SCHEMAS: dict[str, Json] = {
    "Contact": describe_object(CONTACT),
    "WrittenContact": describe_object(CONTACT | {"warnings": WARNING_LIST}, optional=("warnings",)),
    "ContactPage": describe_object(
        {
            "contacts": describe_list("Contact", MAX_PAGE),
            "nextCursor": ID | {"type": ["string", "null"], "description": "The cursor of the next page, if any."},
        }
    ),
    "BulkResult": describe_object(
        dict.fromkeys(STATUSES, COUNT)
        | {"results": {**describe_list("RowResult", MAX_ROWS, 1), "description": "In the order of the rows."}}
    ),
    "RowResult": {"oneOf": [refer("WrittenRow"), refer("FailedRow")]},
    "WrittenRow": describe_object(
        {
            "index": COUNT,
            "status": {"type": "string", "enum": WRITTEN_STATUSES},
            "id": ID | {"description": "Absent if a dry run would create the contact."},
            "phone": PHONE,
            "warnings": WARNING_LIST,
        },
        optional=("id", "warnings"),
    ),
    "FailedRow": describe_object(
        {
            "index": COUNT,
            "status": {"type": "string", "const": "failed"},
            "errors": describe_list("Problem", MAX_ERRORS, 1),
        }
    ),
    "Problem": describe_object(
        {"field": {"type": "string"}, "code": {"type": "string", "enum": list(PROBLEMS)}, "message": TEXT}
    ),
    "Warning": describe_object({"code": {"type": "string", "enum": list(WARNINGS)}, "message": TEXT}),
    "Readiness": describe_object(
        dict.fromkeys(GROUPS, NUMBER)
        | {
            "missing": {
                "type": "object",
                "additionalProperties": NUMBER,
                "description": "For each placeholder, how many contacts lack its value.",
            },
            "first": describe_object(dict.fromkeys(GROUPS, describe_list("Example", SHOWN))),
        }
    ),
    "Example": describe_object(
        {
            "id": ID,
            "name": CONTACT["name"],
            "phone": PHONE,
            "text": {"type": ["string", "null"], "description": "null if a value is missing."},
            "missing": {"type": "array", "items": {"type": "string"}, "description": "Placeholders without a value."},
        }
    ),
    "SignedIn": describe_object(
        {"user": describe_object({"email": TEXT, "role": {"type": "string", "enum": list(ROLES)}, "workspace": TEXT})}
    ),
    "Health": describe_object({"status": {"type": "string", "const": "ok"}}),
    "Metrics": {"type": "string"},
    "Description": {"type": "object", "description": "OpenAPI 3.1", "required": ["openapi", "info", "paths"]},
    "Error": describe_object(
        {
            "error": describe_object(
                {
                    "type": {"type": "string", "enum": sorted({error.type for error in ERRORS.values()})},
                    "code": {"type": "string", "enum": list(ERRORS)},
                    "message": TEXT | {"description": "Says for a person what is wrong, and names the field."},
                    "request_id": REQUEST_ID,
                    "details": describe_list("Problem", MAX_ERRORS, 1),
                },
                optional=("details",),
            )
        }
    ),
}
