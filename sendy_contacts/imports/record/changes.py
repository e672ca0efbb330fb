"""What imports did to contacts, by phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from ...contacts.batch import Batch
from ...contacts.records import ContactRecord, dump_json
from ...database.sql import execute, in_list, insert_rows, wire_columns
from .models import ImportChange

_SAVE = """ON CONFLICT (workspace_id, phone, changed_at) DO UPDATE SET before = excluded.before,
after = excluded.after"""


class Change(NamedTuple):
    """A contact before an import (None if it created the contact) and after."""

    before: ContactRecord | None
    after: ContactRecord


class StoredChange(NamedTuple):
    """A change, and which chunk of which import made it when."""

    phone: str
    changed_at: str
    import_id: str
    number: int
    change: Change


def add_changes(workspace_id: int, import_id: str, number: int, batch: Batch) -> None:
    """Keep what a chunk has changed."""
    save_changes(
        workspace_id,
        [
            StoredChange(phone, after.updated_at, import_id, number, Change(batch.existing.get(phone), after))
            for phone, after in batch.changed.items()
        ],
    )


def save_changes(workspace_id: int, changes: Iterable[StoredChange]) -> None:
    """Write changes, new or rewritten."""
    rows = [[workspace_id, *change[:4], *map(_dump, change.change)] for change in changes]
    if rows:
        insert_rows(ImportChange, rows, on_conflict=_SAVE)


def find_changes(workspace_id: int, phones: Iterable[str]) -> Iterator[StoredChange]:
    """Yield what imports did to the contacts of these phones, the newest first."""
    condition, wanted = in_list(sorted(phones))
    columns = wire_columns(ImportChange, (*StoredChange._fields[:4], "before", "after"))
    query = f"SELECT {columns} FROM import_change WHERE workspace_id = ? AND phone {condition}"  # noqa: S608
    for *key, before, after in execute(f"{query} ORDER BY changed_at DESC", workspace_id, wanted).fetchall():
        yield StoredChange._make([*key, Change(before and _load(before), _load(after))])


def drop_changes(workspace_id: int, import_id: str, number: int, phones: Iterable[str]) -> None:
    """Forget what a chunk did to the contacts of its phones."""
    condition, wanted = in_list(sorted(phones))
    key = f"workspace_id = ? AND phone {condition} AND import_id = ? AND number = ?"
    execute(f"DELETE FROM import_change WHERE {key}", workspace_id, wanted, import_id, number)  # noqa: S608


def _dump(contact: ContactRecord | None) -> str | None:
    return contact and dump_json(tuple(contact))


def _load(text: Any) -> ContactRecord:
    return ContactRecord(*orjson.loads(text))
