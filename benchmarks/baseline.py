"""The minimum of work in plain Python, on SQLite and on PostgreSQL, without HTTP, sessions and merge rules.

A write parses JSON, validates and formats each phone number, writes all rows in one transaction and dumps JSON. On
SQLite it uses a prepared upsert, on PostgreSQL one INSERT … SELECT from a JSON parameter. The list is one SELECT.
The table has the columns and the two keys of the service, and commits are as durable (WAL, synchronous=FULL).
"""

import json
import os
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

import orjson
import phonenumbers
import psycopg

Values = dict[str, Any]
Stored = tuple[Any, ...]

COLUMNS = (
    "workspace_id", "id", "phone", "name", "country", "attributes", "tags", "opted_in", "created_at", "updated_at",
    "name_key", "tag_keys",
)  # fmt: skip
KEPT = ("workspace_id", "id", "phone", "opted_in", "created_at")
INTO = f"INSERT INTO contact ({', '.join(COLUMNS)})"
ON_CONFLICT = "ON CONFLICT (workspace_id, phone) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in COLUMNS if column not in KEPT
)
WIRE = ("id", "name", "phone", "country", "attributes", "tags", "opted_in", "created_at", "updated_at")
KEYS = ("id", "name", "phone", "country", "attributes", "tags", "optedIn", "createdAt", "updatedAt")


class Baseline:
    """The four operations, from JSON to JSON. Subclasses implement them for a database."""

    def bulk(self, body: bytes) -> bytes:
        """Write the rows of a bulk body."""
        rows = [read_row(row) for row in json.loads(body)["contacts"]]
        self._write(rows)
        results = [{"index": n, "status": "written", "phone": row["phone"]} for n, row in enumerate(rows)]
        return json.dumps({"results": results}).encode()

    def upsert(self, body: bytes) -> bytes:
        """Write one row and return it as it is stored."""
        return orjson.dumps(show_contact(self._write_one(read_row(json.loads(body)))))

    def patch(self, contact_id: str, body: bytes) -> bytes:
        """Edit one contact and return it as it is stored."""
        edit = json.loads(body)
        tags = json.dumps(edit["tags"])
        values = (edit["name"], json.dumps(edit["attributes"]), tags, now(), edit["name"].lower(), tags)
        return orjson.dumps(show_contact(self._edit(*values, contact_id)))

    def newest(self) -> bytes:
        """Return the newest 500."""
        return orjson.dumps({"contacts": [show_contact(row) for row in self._newest()]})

    def _write(self, rows: list[Values]) -> None:
        raise NotImplementedError

    def _write_one(self, row: Values) -> Stored:
        raise NotImplementedError

    def _edit(self, *values: str) -> Stored:
        raise NotImplementedError

    def _newest(self) -> list[Stored]:
        raise NotImplementedError


class SqliteBaseline(Baseline):
    """The baseline on a SQLite file."""

    TABLE = f"""CREATE TABLE IF NOT EXISTS contact ({", ".join(COLUMNS)},
        PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, phone))"""
    INSERT = f"{INTO} VALUES ({', '.join('?' * len(COLUMNS))}) {ON_CONFLICT}"
    EDIT = f"""UPDATE contact SET name = ?, attributes = json_patch(attributes, ?), tags = ?, updated_at = ?,
        name_key = ?, tag_keys = ? WHERE workspace_id = 1 AND id = ? RETURNING {", ".join(WIRE)}"""
    NEWEST = f"SELECT {', '.join(WIRE)} FROM contact WHERE workspace_id = 1 ORDER BY id DESC LIMIT 500"

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.connection.execute("PRAGMA journal_mode = wal")
        self.connection.execute("PRAGMA synchronous = full")
        self.connection.execute(self.TABLE)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _write(self, rows: list[Values]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(self.INSERT, map(self._cells, rows))
        self.connection.execute("COMMIT")

    def _write_one(self, row: Values) -> Stored:
        statement = f"{self.INSERT} RETURNING {', '.join(WIRE)}"
        (stored,) = self.connection.execute(statement, self._cells(row)).fetchall()
        return stored

    def _edit(self, *values: str) -> Stored:
        (stored,) = self.connection.execute(self.EDIT, values).fetchall()
        return stored

    def _newest(self) -> list[Stored]:
        return self.connection.execute(self.NEWEST).fetchall()

    @staticmethod
    def _cells(row: Values) -> Stored:
        tags = json.dumps(row["tags"])
        return tuple((row | {"attributes": json.dumps(row["attributes"]), "tags": tags, "tag_keys": tags}).values())


class PostgresBaseline(Baseline):
    """The baseline on PostgreSQL."""

    TABLE = """CREATE TABLE contact (workspace_id INTEGER, id VARCHAR(30) COLLATE "C", phone VARCHAR(16), name TEXT,
        country VARCHAR(2), attributes JSON, tags JSON, opted_in BOOLEAN, created_at TIMESTAMPTZ(3),
        updated_at TIMESTAMPTZ(3), name_key TEXT, tag_keys JSONB,
        PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, phone))"""
    INSERT = f"""{INTO} SELECT {", ".join(COLUMNS)} FROM json_populate_recordset(NULL::contact, %s) {ON_CONFLICT}"""
    SHOWN = ", ".join(column if column == "opted_in" else f"{column}::text" for column in WIRE)
    EDIT = f"""UPDATE contact SET name = %s, attributes = (attributes::jsonb || %s::jsonb)::json, tags = %s,
        updated_at = %s, name_key = %s, tag_keys = %s WHERE workspace_id = 1 AND id = %s RETURNING {SHOWN}"""
    NEWEST = f"SELECT {SHOWN} FROM contact WHERE workspace_id = 1 ORDER BY id DESC LIMIT 500"

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True)
        with self.connection.transaction():
            self.connection.execute("SELECT pg_advisory_xact_lock(1)")
            if not self.connection.execute("SELECT 1 FROM pg_tables WHERE tablename = 'contact'").fetchone():
                self.connection.execute(self.TABLE)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def _write(self, rows: list[Values]) -> None:
        self.connection.execute(self.INSERT, (json.dumps(rows),), prepare=True)

    def _write_one(self, row: Values) -> Stored:
        statement = f"{self.INSERT} RETURNING {self.SHOWN}"
        return self.connection.execute(statement, (json.dumps([row]),), prepare=True).fetchone()

    def _edit(self, *values: str) -> Stored:
        return self.connection.execute(self.EDIT, values, prepare=True).fetchone()

    def _newest(self) -> list[Stored]:
        return self.connection.execute(self.NEWEST, prepare=True).fetchall()


def open_baseline(url: str) -> SqliteBaseline | PostgresBaseline:
    """Open the baseline on the database at `url`; create the table if it doesn't exist."""
    return SqliteBaseline(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else PostgresBaseline(url)


def read_row(row: dict[str, Any]) -> Values:
    """Return the values of a row by column, in the order of the columns."""
    number = phonenumbers.parse(row["phone"], row.get("country"))
    if not phonenumbers.is_valid_number(number):
        raise ValueError(row["phone"])
    timestamp = now()
    return {
        "workspace_id": 1,
        "id": f"con_{time.time_ns():020}{os.getpid() % 10**6:06}",  # workers can write in the same nanosecond
        "phone": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        "name": row["name"],
        "country": row.get("country"),
        "attributes": row["attributes"],
        "tags": row["tags"],
        "opted_in": True,
        "created_at": timestamp,
        "updated_at": timestamp,
        "name_key": row["name"].lower(),
        "tag_keys": row["tags"],
    }


def now() -> str:
    """Return the current time."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def show_contact(row: Stored) -> dict[str, Any]:
    """Return a contact as the API shows it; its stored JSON is embedded without being parsed."""
    contact = dict(zip(KEYS, row, strict=True))
    contact["attributes"], contact["tags"] = orjson.Fragment(row[4]), orjson.Fragment(row[5])
    return contact
