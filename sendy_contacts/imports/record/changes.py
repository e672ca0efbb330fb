"""What imports did to contacts, by phone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from ...contacts.batch import Batch
from ...contacts.records import ContactRecord, dump_json
from ...database.sql import execute, in_list, insert_rows, wire_columns
from .models import ImportChange

_SAVE = """ON CONFLICT (workspace_id, import_id, number, phone) DO UPDATE SET before = excluded.before,
after = excluded.after"""
_LATER = """FROM import i JOIN import_chunk c ON c.workspace_id = i.workspace_id AND c.import_id = i.id
JOIN import_change h ON h.workspace_id = c.workspace_id AND h.import_id = c.import_id AND h.number = c.number
WHERE i.workspace_id = ? AND i.id <> ? AND i.updated_at > ? AND h.phone"""


class Change(NamedTuple):
    """A contact before an import (None if it created the contact) and after."""

    before: ContactRecord | None
    after: ContactRecord


class StoredChange(NamedTuple):
    """A change, and which chunk of which import made it when."""

    import_id: str
    number: int
    phone: str
    changed_at: str
    change: Change


def add_changes(workspace_id: int, import_id: str, number: int, batch: Batch) -> None:
    """Keep what a chunk has changed."""
    before = batch.existing
    rows = [
        [workspace_id, import_id, number, phone, after.updated_at, _dump(before.get(phone)), _dump(after)]
        for phone, after in batch.changed.items()
    ]
    if rows:
        insert_rows(ImportChange, rows)


def save_changes(workspace_id: int, changes: Iterable[StoredChange]) -> None:
    """Write changes, new or rewritten."""
    rows = [[workspace_id, *change[:4], *map(_dump, change.change)] for change in changes]
    if rows:
        insert_rows(ImportChange, rows, on_conflict=_SAVE)


def find_changes(workspace_id: int, import_id: str, number: int) -> list[StoredChange]:
    """Return what a chunk has changed."""
    key = "h.workspace_id = ? AND h.import_id = ? AND h.number = ?"
    return _select(f"FROM import_change h WHERE {key}", workspace_id, import_id, number)


def find_created(workspace_id: int, import_id: str, most: int) -> list[str]:
    """Return the phones of the first contacts that an import has created."""
    key = "workspace_id = ? AND import_id = ? AND before IS NULL"
    query = f"SELECT phone FROM import_change WHERE {key} ORDER BY number, phone LIMIT ?"  # noqa: S608
    return [phone for (phone,) in execute(query, workspace_id, import_id, most).fetchall()]


def find_later_changes(workspace_id: int, import_id: str, since: str, phones: Iterable[str]) -> list[StoredChange]:
    """Return what other imports, touched since a time, have changed of the contacts of these phones."""
    condition, wanted = in_list(sorted(phones))
    return _select(f"{_LATER} {condition}", workspace_id, import_id, since, wanted)


def _select(source: str, *values: Any) -> list[StoredChange]:
    names = (*StoredChange._fields[:4], "before", "after")
    columns = wire_columns(ImportChange, names, "h.")
    rows = execute(f"SELECT {columns} {source}", *values).fetchall()
    return [
        StoredChange._make([*key, Change(before and _load(before), _load(after))]) for *key, before, after in rows
    ]


def drop_changes(workspace_id: int, import_id: str, number: int) -> None:
    """Forget what a chunk has changed."""
    key = "workspace_id = ? AND import_id = ? AND number = ?"
    execute(f"DELETE FROM import_change WHERE {key}", workspace_id, import_id, number)  # noqa: S608


def _dump(contact: ContactRecord | None) -> str | None:
    return contact and dump_json(tuple(contact))


def _load(text: Any) -> ContactRecord:
    return ContactRecord(*orjson.loads(text))
