"""The database: opened from a URL, with what SQLite and PostgreSQL do differently. It must not know a table.

    >>> open_database("sqlite:////var/lib/contacts/contacts.db")
    >>> with db.connection_context():
    ...     insert_rows(Contact, rows)

One process serves one database: the models are bound to the proxy `db`, and opening another one rebinds them.
"""

from __future__ import annotations

import select
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from peewee import Database, DatabaseProxy, PostgresqlDatabase
from playhouse import db_url
from playhouse.pool import PooledPostgresqlDatabase

ROOT = Path(__file__).resolve().parent.parent.parent

BUSY_TIMEOUT = 5_000  # milliseconds

POOL = {"max_connections": 16, "timeout": 10, "autoconnect": False}
SQLITE = {
    "check_same_thread": False,  # the pool hands a connection to one thread at a time
    "field_types": {"VERBATIM_JSON": "TEXT", "UTC": "TEXT", "INTEGERS": "TEXT"},
    "pragmas": {
        "journal_mode": "wal",
        "synchronous": "full",  # what is answered as written survives a power cut
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT,
    },
}
POSTGRES = {
    "field_types": {"VERBATIM_JSON": "JSON", "UTC": "TIMESTAMPTZ(3)", "INTEGERS": "INTEGER[]"},
    # No scan of a whole table: each statement names a workspace, with which an index of each table begins.
    "options": "-c timezone=UTC -c statement_timeout=15s -c lock_timeout=10s -c jit=off -c enable_seqscan=off",
    "connect_timeout": 5,
}

db = DatabaseProxy()


class PostgresPool(PooledPostgresqlDatabase):  # type: ignore[misc]
    """peewee's pool, but a connection is only tried out where there is a sign that it has ended.

    Nothing comes over one that is idle, except its end. Trying out each time would cost as much as reading a user.
    """

    def _is_closed(self, connection: Any) -> bool:
        if connection.closed:
            return True
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(0)) and bool(super()._is_closed(connection))


class UnsupportedDatabase(ValueError):
    """DATABASE_URL names a database that this service can't run on."""


def open_database(url: str) -> Database:
    """Bind `db` to the database at `url` (`sqlite:///…` or `postgresql://…`) without connecting to it.

    A relative SQLite path counts from the project's folder, wherever the process was started; its folder is made.
    """
    try:
        database = _connect_later(url)
    except OSError as error:
        raise UnsupportedDatabase(f"The folder of DATABASE_URL can't be made: {error.strerror}.") from None
    except ValueError:
        # Not the error's own text: it may quote a part of a password.
        raise UnsupportedDatabase(
            "DATABASE_URL must be sqlite:///path/to/file.db or postgresql://user:password@host/database, "
            "special characters of the password percent-encoded."
        ) from None
    db.initialize(database)
    return database


def _connect_later(url: str) -> Database:
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme == "sqlite" and name not in ("", ":memory:"):
        path = ROOT / parts.path.removeprefix("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        return db_url.connect(f"sqlite+pool:///{path}", **POOL, **SQLITE)
    if parts.scheme in ("postgresql", "postgres") and name:
        named = db_url.parse(url, unquote_password=True, unquote_user=True)
        return PostgresPool(**named, **POOL, **POSTGRES)
    raise ValueError("neither SQLite nor PostgreSQL")


def count_connections() -> dict[str, int]:
    """Return how many connections of this process are in use, and how many wait to be."""
    return {"in_use": len(db._in_use), "idle": len(db._connections)}


def is_postgres() -> bool:
    """Tell whether `db` is PostgreSQL; otherwise it is SQLite."""
    return isinstance(db.obj, PostgresqlDatabase)
