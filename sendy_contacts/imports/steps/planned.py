"""What a dry run would have left so far, in a temporary file: a large list doesn't fit into memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, KeysView, Mapping
from collections.abc import Set as AbstractSet

import orjson

from ...contacts.records import ContactRecord
from ..record.records import Repeat


class PlannedContacts(Mapping[str, ContactRecord]):
    """Contacts by phone."""

    def __init__(self) -> None:
        # SQLite keeps a database without a name in memory while it is small, and removes its file at the end.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE planned (phone TEXT PRIMARY KEY, contact BLOB) WITHOUT ROWID")
        self._database.execute("CREATE TABLE named (phone TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def add(self, contacts: Mapping[str, ContactRecord]) -> None:
        """Add contacts, in the place of those with the same phone."""
        rows = [(phone, orjson.dumps(tuple(contact))) for phone, contact in contacts.items()]
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR REPLACE INTO planned VALUES (?, ?)", rows)

    def find_repeats(self, phones: Iterable[tuple[int, str]]) -> list[Repeat]:
        """Return which of these lines name a phone that an earlier line has named; remember the others."""
        lines = list(phones)
        wanted = orjson.dumps([phone for _, phone in lines]).decode()
        known = "SELECT phone, line FROM named WHERE phone IN (SELECT value FROM json_each(?))"
        first = dict(self._database.execute(known, (wanted,)).fetchall())
        repeats = [
            Repeat(line, first[phone], phone) for line, phone in lines if first.setdefault(phone, line) != line
        ]
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", first.items())
        return repeats

    def __getitem__(self, phone: str) -> ContactRecord:
        found = self._database.execute("SELECT contact FROM planned WHERE phone = ?", (phone,)).fetchone()
        if found is None:
            raise KeyError(phone)
        return ContactRecord(*orjson.loads(found[0]))

    def __iter__(self) -> Iterator[str]:
        return (phone for (phone,) in self._database.execute("SELECT phone FROM planned"))

    def __len__(self) -> int:
        return self._database.execute("SELECT count(*) FROM planned").fetchone()[0]

    def keys(self) -> KeysView[str]:
        """Return the phones, of which those in a set are found by one query."""
        return _Phones(self, self._database)

    def close(self) -> None:
        """Forget all."""
        self._database.close()


class _Phones(KeysView[str]):
    def __init__(self, planned: PlannedContacts, database: sqlite3.Connection) -> None:
        super().__init__(planned)
        self._database = database

    def __rand__(self, phones: AbstractSet[object]) -> set[str]:  # type: ignore[override]
        wanted = orjson.dumps(list(phones)).decode()
        found = "SELECT phone FROM planned WHERE phone IN (SELECT value FROM json_each(?))"
        return {phone for (phone,) in self._database.execute(found, (wanted,))}
