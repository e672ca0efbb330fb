"""Stored imports -> the JSON of responses."""

from __future__ import annotations

from typing import Any

from .records import CHANGED_SINCE, OPT_OUT_KEPT, ImportRecord, TakenBack

WHY_KEPT = {
    CHANGED_SINCE: "changed again after the import; what was changed again stays",
    OPT_OUT_KEPT: "opted out; they stay so until they ask for messages again",
}


def dump_import(record: ImportRecord) -> dict[str, Any]:
    """Return an import as the API shows it."""
    return {
        "id": record.id,
        "fileName": record.file_name,
        "state": record.state,
        "rows": record.rows,
        "position": record.position,
        "kind": record.kind,
        "encoding": record.encoding,
        "delimiter": record.delimiter,
        "headerRow": record.header_row,
        "country": record.country,
        "addTags": record.add_tags,
        "columns": [
            {
                "header": column.header,
                "target": column.target,
                "why": column.why,
                "filled": column.filled,
                "samples": column.samples,
            }
            for column in record.columns
        ],
        "counts": record.counts,
        "warnings": record.warnings,
        "undo": dump_undo(record.taken_back) if record.taken_back else None,
        "createdAt": record.created_at,
        "createdBy": record.created_by,
        "updatedAt": record.updated_at,
    }


def dump_undo(taken_back: TakenBack) -> dict[str, Any]:
    """Return what an undo has done so far: numbers of contacts, and why something of some stays."""
    named = taken_back.get("named", {})
    kept = [
        {
            "code": code,
            "message": f"{taken_back[code]:,} {why}",
            "contacts": taken_back[code],
            "first": named.get(code, []),
        }
        for code, why in WHY_KEPT.items()
        if code in taken_back
    ]
    return {"removed": taken_back["removed"], "restored": taken_back["restored"], "kept": kept}
