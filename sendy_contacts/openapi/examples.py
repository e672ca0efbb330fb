"""Example requests and responses for the OpenAPI document."""

from __future__ import annotations

from typing import Any

ID = "con_01JD3Z6V9T7Q8M2K5R4X1W0YBC"
IMPORT_ID = "imp_01JD3Z6V9T7Q8M2K5R4X1W0YBF"
REQUEST_ID = "req_01JD3Z6V9T7Q8M2K5R4X1W0YBE"

ROW: dict[str, Any] = {
    "name": "Jane Doe",
    "phone": "0700 000 000",
    "country": "KE",
    "attributes": {"rent_amount": "25000", "invoice_no": "ALF-0042"},
    "tags": ["tenant", "nairobi"],
}
CONTACT = ROW | {
    "id": ID,
    "phone": "+254700000000",
    "optedIn": True,
    "createdAt": "2026-11-23T08:15:30.123Z",
    "updatedAt": "2026-11-23T08:15:30.123Z",
}
PHONE_UNVERIFIED = {
    "code": "phone_unverified",
    "message": "phone: the length is right for this country, but no assigned range is known to include this number; "
    "check it",
}
OPT_OUT_KEPT = {
    "code": "opt_out_kept",
    "message": "optedIn: this contact has opted out; bulk requests and imports can't opt a contact back in",
}
SHORTENED_PHONE = {
    "field": "phone",
    "code": "invalid_phone",
    "message": "phone: a spreadsheet has shortened it and lost digits; format the column as text",
}

# By the name of the schema.
OF_SCHEMAS: dict[str, Any] = {
    "ContactRow": ROW,
    "BulkCall": {
        "contacts": [
            {"phone": "+254700112233", "optedIn": False},
            {"phone": "0700 000 000", "optedIn": True, "tags": ["vip"]},
            {"phone": "2.547E+11"},
        ]
    },
    "ContactPatch": {"name": "Jane W. Doe", "attributes": {"invoice_no": None, "floor": 3}, "tags": ["tenant"]},
    "Credentials": {"email": "owner@example.com", "password": "correct horse battery"},
    "Contact": CONTACT,
    "WrittenContact": CONTACT | {"warnings": [PHONE_UNVERIFIED]},
    "ContactPage": {"contacts": [CONTACT], "nextCursor": None},
    "BulkResult": {
        "created": 1,
        "updated": 1,
        "unchanged": 0,
        "failed": 1,
        "results": [
            {"index": 0, "status": "created", "id": "con_01JD3Z6V9T7Q8M2K5R4X1W0YBD", "phone": "+254700112233"},
            {"index": 1, "status": "updated", "id": ID, "phone": "+254700000000", "warnings": [OPT_OUT_KEPT]},
            {"index": 2, "status": "failed", "errors": [SHORTENED_PHONE]},
        ],
    },
    "SignedIn": {"user": {"email": "owner@example.com", "role": "owner", "workspace": "Acme"}},
    "Health": {"status": "ok"},
}
OF_SCHEMAS |= {
    "TemplateCheck": {
        "body": "Hi {{1}}, {{2}} is due.",
        "mapping": {"1": "name", "2": {"attribute": "rent_amount", "fallback": "your rent"}},
        "tags": ["tenant"],
    },
    "Readiness": {
        "ready": 1,
        "fallback": 0,
        "incomplete": 0,
        "missing": {},
        "first": {
            "ready": [
                {
                    "id": ID,
                    "name": "Jane Doe",
                    "phone": "+254700000000",
                    "text": "Hi Jane Doe, 25000 is due.",
                    "missing": [],
                }
            ],
            "fallback": [],
            "incomplete": [],
        },
    },
    "ImportUpload": {"file": "Name,Mobile No.\nJane Doe,0700 000 000\n", "country": "KE"},
    "ImportPatch": {
        "columns": [{"header": "Mobile No.", "target": "phone"}],
        "country": "KE",
        "addTags": ["tenant"],
    },
    "Import": {
        "id": IMPORT_ID,
        "fileName": "list.csv",
        "state": "done",
        "rows": 1,
        "position": 1,
        "kind": "CSV",
        "encoding": "UTF-8",
        "delimiter": ",",
        "headerRow": 1,
        "country": "KE",
        "addTags": ["tenant"],
        "columns": [
            {"header": "Name", "target": "name", "why": "its header", "filled": 1, "samples": ["Jane Doe"]},
            {"header": "Mobile No.", "target": "phone", "why": "as asked", "filled": 1, "samples": ["0700 000 000"]},
        ],
        "counts": {"created": 1, "updated": 0, "unchanged": 0, "failed": 0},
        "warnings": [{**PHONE_UNVERIFIED, "rows": 1, "lines": [2]}],
        "undo": None,
        "createdAt": "2026-11-23T08:15:30.123Z",
        "createdBy": "user:7",
        "updatedAt": "2026-11-23T08:15:32.789Z",
    },
}
PARAMETERS: dict[str, Any] = {
    "limit": 100,
    "cursor": ID,
    "tag": ["tenant", "nairobi"],
    "optedIn": True,
    "q": "jane",
    "dryRun": True,
    "contact_id": ID,
    "import_id": IMPORT_ID,
}


def show_error(kind: str, code: str, message: str, problem: str | None = None) -> dict[str, Any]:
    """Return the envelope of an error; `problem` is the code in its details, if it has any."""
    error: dict[str, Any] = {"type": kind, "code": code, "message": message, "request_id": REQUEST_ID}
    if problem:
        error["details"] = [{"field": message.partition(":")[0], "code": problem, "message": message}]
    return {"error": error}
