"""JSON Schemas of imports."""

from __future__ import annotations

from typing import get_args

from ..contacts.history import MAX_CHANGES
from ..contacts.records import SOURCES, STATUSES
from ..imports.record.records import State
from ..imports.record.serialize import WHY_KEPT
from ..imports.record.store import IMPORT_ID, NEWEST
from ..imports.steps.check import SHOWN
from ..phones.countries import COUNTRIES
from ..validation.errors import MAX_ERRORS
from ..validation.fields import MAX_TAGS
from ..validation.import_fields import MAX_COLUMNS
from ..validation.schemas import MAX_ROWS
from .components import ID, NUMBER, PHONE, TAGS, TEXT, TIMESTAMP, Json, describe_list, describe_object, refer

MAYBE_TEXT: Json = {"type": ["string", "null"]}
COUNTS = describe_object(dict.fromkeys(STATUSES, NUMBER))

IMPORT: dict[str, Json] = {
    "id": {"type": "string", "pattern": f"^{IMPORT_ID.pattern}$", "description": "Sorts by creation."},
    "fileName": {"type": "string"},
    "state": {
        "type": "string",
        "enum": list(get_args(State)),
        "description": "paused: a run or an undo was cut off, and can go on.",
    },
    "rows": NUMBER | {"description": "Those of contacts."},
    "position": NUMBER | {"description": "How many rows are written."},
    "kind": TEXT,
    "encoding": MAYBE_TEXT,
    "delimiter": MAYBE_TEXT,
    "headerRow": {"type": ["integer", "null"], "description": "The line of the header, if there is one."},
    "country": MAYBE_TEXT | {"description": "In which phone numbers without one are read."},
    "addTags": TAGS | {"maxItems": MAX_TAGS, "description": "Added to every row."},
    "columns": describe_list("ImportColumn", MAX_COLUMNS),
    "counts": COUNTS,
    "warnings": {"type": "array", "items": refer("ImportWarning")},
    "undo": {"oneOf": [refer("Undo"), {"type": "null"}]},
    "createdAt": TIMESTAMP,
    "createdBy": TEXT | {"description": "user:ID or cli:LOGIN"},
    "updatedAt": TIMESTAMP,
}

IMPORT_SCHEMAS: dict[str, Json] = {
    "Import": describe_object(IMPORT),
    "ImportColumn": describe_object(
        {
            "header": TEXT,
            "target": TEXT,
            "why": {"type": "string"},
            "filled": NUMBER,
            "samples": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        }
    ),
    "ImportWarning": describe_object(
        {
            "code": TEXT,
            "message": TEXT,
            "rows": NUMBER,
            "lines": {"type": "array", "items": NUMBER, "description": "The first ones."},
        }
    ),
    "Undo": describe_object(
        {
            "removed": NUMBER,
            "restored": NUMBER,
            "kept": {
                "type": "array",
                "items": describe_object(
                    {
                        "code": {"type": "string", "enum": list(WHY_KEPT)},
                        "message": TEXT,
                        "contacts": NUMBER,
                        "first": {"type": "array", "items": ID, "description": "The ids of the first ones."},
                    }
                ),
            },
        }
    ),
    "ImportList": describe_object({"imports": describe_list("Import", NEWEST)}),
    "ImportUpload": describe_object(
        {
            "file": {"type": "string", "format": "binary", "description": "CSV, XLSX, XLS, ODS or vCards."},
            "country": {"type": "string", "enum": sorted(COUNTRIES), "description": "By default the workspace's."},
            "encoding": {"type": "string", "description": "Such as Windows-1251, if it can't be told."},
            "delimiter": {
                "type": "string",
                "description": "The character between two columns of a CSV file, or tab.",
            },
            "headerRow": {"type": "integer", "minimum": 0, "description": "The line; 0 if there is no header."},
        },
        optional=("country", "encoding", "delimiter", "headerRow"),
    )
    | {"additionalProperties": False},
    "ImportLine": {"oneOf": [*map(refer, ("RunProgress", "UndoProgress", "Import", "Error"))]},
    "RunProgress": describe_object(
        {
            "position": NUMBER,
            "rows": NUMBER,
            "counts": COUNTS,
            "optedOut": NUMBER | {"description": "How many contacts these rows opt out."},
            "optOutsKept": NUMBER
            | {"description": "How many of these rows are of contacts that had opted out before, and stay so."},
            "refused": describe_list("RefusedRow", MAX_ROWS),
            "updates": describe_list("UpdatedContact", SHOWN)
            | {"description": "What the first of these rows change."},
            "repeated": describe_list("RepeatedPhone", MAX_ROWS)
            | {"description": "Of a check: rows for the phone number of an earlier row, which they update."},
        },
        optional=("repeated",),
    ),
    "RepeatedPhone": describe_object(
        {"line": NUMBER, "first": NUMBER | {"description": "The line of the first such row."}, "phone": PHONE}
    ),
    "RefusedRow": describe_object({"line": NUMBER, "errors": describe_list("RowProblem", MAX_ERRORS, 1)}),
    "RowProblem": describe_object(
        {
            "field": TEXT,
            "code": TEXT,
            "message": TEXT,
            "column": MAYBE_TEXT | {"description": "Its header; null if the problem is about the whole row."},
            "letter": MAYBE_TEXT | {"description": "Of the column, as a spreadsheet shows it."},
            "value": MAYBE_TEXT | {"description": "Of the cell."},
        }
    ),
    "UpdatedContact": describe_object(
        {
            "line": NUMBER,
            "phone": PHONE,
            "changes": {
                "type": "array",
                "items": describe_object({"field": TEXT, "old": {}, "new": {}}),
            },
        }
    ),
    "UndoProgress": describe_object(
        {
            "position": NUMBER,
            "rows": NUMBER,
            "undo": refer("Undo"),
            "kept": {"type": "array", "items": describe_object({"id": ID, "phone": PHONE, "code": TEXT})},
        }
    ),
    "CsvFile": {"type": "string"},
    "ConsentHistory": describe_object({"consent": describe_list("ConsentChange", MAX_CHANGES, 1)}),
    "ConsentChange": describe_object(
        {
            "changedAt": TIMESTAMP,
            "old": {"type": ["boolean", "null"], "description": "null for a new contact."},
            "new": {"type": "boolean"},
            "source": {"type": "string", "enum": list(SOURCES)},
            "actor": TEXT | {"description": "user:ID or cli:LOGIN"},
            "email": MAYBE_TEXT | {"description": "Of a user."},
            "importId": IMPORT["id"] | {"type": ["string", "null"]},
            "fileName": MAYBE_TEXT | {"description": "Of the import."},
        }
    ),
}
