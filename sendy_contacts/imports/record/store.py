"""Queries and writes of imports and of the rows of their files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from ulid import ULID

from ...accounts.models import Workspace
from ...contacts.records import Outcome
from ...database.connection import db
from ...database.sql import execute, in_list, insert_rows, wire_columns
from ...database.transactions import across_workspaces
from ...validation.errors import FieldError
from ...validation.schemas import MAX_ROWS
from ..header_row import Record
from .models import Import, ImportChunk
from .records import ImportRecord, Refusal, dump_cells, from_row, to_row

IMPORT_ID = re.compile(r"imp_[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)
NEWEST = 50
KEPT_DAYS = 30

_SAVE = "ON CONFLICT (workspace_id, id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in ImportRecord._fields[1:]
)
_SAVE_OUTCOMES = """UPDATE import_chunk SET refused = ?, phones = ?
WHERE workspace_id = ? AND import_id = ? AND number = ?"""


class ImportNotFound(LookupError):
    """The workspace has no import with this id."""


class ImportExpired(LookupError):
    """The rows of this import, and what contacts were before it, are no longer kept."""


def new_import_id() -> str:
    """Return a new id, which sorts by creation."""
    return f"imp_{ULID()}"


def find_import(workspace_id: int, import_id: str) -> ImportRecord:
    """Return an import. Raise ImportNotFound."""
    found = _select("workspace_id = ? AND id = ?", workspace_id, import_id) if IMPORT_ID.fullmatch(import_id) else []
    if not found:
        raise ImportNotFound(import_id)
    return found[0]


def find_owner(import_id: str) -> Workspace:
    """Return the workspace of an import, which is looked for in all. Raise ImportNotFound."""
    with across_workspaces():
        found = execute("SELECT workspace_id FROM import WHERE id = ?", import_id).fetchone()
    if found is None:
        raise ImportNotFound(import_id)
    return Workspace.get_by_id(found[0])


def find_imports(workspace_id: int, import_ids: Sequence[str]) -> list[ImportRecord]:
    """Return those of these imports that there are."""
    condition, wanted = in_list(list(import_ids))
    return _select(f"workspace_id = ? AND id {condition}", workspace_id, wanted)


def list_imports(workspace_id: int) -> list[ImportRecord]:
    """Return the newest 50 imports, newest first."""
    return _select("workspace_id = ? ORDER BY id DESC LIMIT ?", workspace_id, NEWEST)


def find_last(workspace_id: int, header: Sequence[str]) -> ImportRecord | None:
    """Return the newest import that was run of a file with this header."""
    same = "workspace_id = ? AND header = ? AND state IN ('paused', 'done') ORDER BY id DESC LIMIT 1"
    return next(iter(_select(same, workspace_id, dump_cells(list(header)))), None)


def _select(condition: str, *values: Any) -> list[ImportRecord]:
    columns = wire_columns(Import, ImportRecord._fields)
    query = f"SELECT {columns} FROM import WHERE {condition}"  # noqa: S608 - no value in the text
    return [from_row(row) for row in execute(query, *values).fetchall()]


def save_import(workspace_id: int, record: ImportRecord) -> None:
    """Write an import, new or changed."""
    insert_rows(Import, [[workspace_id, *to_row(record)]], on_conflict=_SAVE)


def add_chunk(workspace_id: int, import_id: str, number: int, rows: Sequence[Record]) -> None:
    """Store up to 1,000 rows of a file."""
    insert_rows(ImportChunk, [[workspace_id, import_id, number, dump_cells(rows), None, None]])


def read_chunk(workspace_id: int, record: ImportRecord, number: int) -> list[Record]:
    """Return the rows of a chunk. Raise ImportExpired if they are no longer kept."""
    (rows,) = _read(workspace_id, record, number, "rows")
    return [(line, cells) for line, cells in rows]


def require_rows(workspace_id: int, record: ImportRecord) -> None:
    """Raise ImportExpired if the rows of the import are no longer kept."""
    _read(workspace_id, record, 0, "phones")


def _read(workspace_id: int, record: ImportRecord, number: int, columns: str) -> list[Any]:
    key = "workspace_id = ? AND import_id = ? AND number = ?"
    query = f"SELECT {columns} FROM import_chunk WHERE {key}"  # noqa: S608 - names of columns
    found = execute(query, workspace_id, record.id, number).fetchone()
    if found is None:
        raise ImportExpired(record.id)
    return [orjson.loads(text) if text else [] for text in found]


def read_chunks(workspace_id: int, record: ImportRecord, start: int = 0) -> Iterator[list[Record]]:
    """Yield the chunks from the row at `start` on, each read when it is needed."""
    for number in range(start // MAX_ROWS, -(-record.rows // MAX_ROWS)):
        with db.connection_context():
            chunk = read_chunk(workspace_id, record, number)
        yield chunk


def read_refused(workspace_id: int, record: ImportRecord) -> Iterator[list[Refusal]]:
    """Yield the rows that a run has refused so far, chunk by chunk."""
    for number in range(-(-record.rows // MAX_ROWS)):
        with db.connection_context():
            rows, refused = _read(workspace_id, record, number, "rows, refused")
        yield [
            Refusal._make([*rows[index], [FieldError(*found) for found in problems]]) for index, problems in refused
        ]


def save_outcomes(workspace_id: int, import_id: str, number: int, outcomes: Sequence[Outcome]) -> None:
    """Keep which rows of a chunk were refused and why, and the phones of the others."""
    refused = [
        [index, list(map(tuple, outcome.problems))]
        for index, outcome in enumerate(outcomes)
        if outcome.contact is None
    ]
    phones = {outcome.contact.phone for outcome in outcomes if outcome.contact is not None}
    execute(_SAVE_OUTCOMES, dump_cells(refused), dump_cells(sorted(phones)), workspace_id, import_id, number)
