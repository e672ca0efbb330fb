"""SQLite with a connection pool, durable commits and a time limit on statements."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import local
from typing import Any

from playhouse.pool import PooledSqliteDatabase

BUSY_TIMEOUT = 5_000  # milliseconds
STATEMENT_SECONDS = 15
INSTRUCTIONS = 100_000  # of SQLite's virtual machine between two checks of the time limit: about a millisecond

SETTINGS = {
    "check_same_thread": False,  # the pool hands a connection to one thread at a time
    "field_types": {"VERBATIM_JSON": "TEXT", "UTC": "TEXT", "INTEGERS": "TEXT"},
    "pragmas": {
        "journal_mode": "wal",
        "synchronous": "full",  # acknowledged writes survive a power cut
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT,
    },
}


class _Many(sqlite3.Cursor):
    def execute(self, sql: str, rows: Any = ()) -> _Many:
        return self.executemany(sql, rows)


class SqlitePool(PooledSqliteDatabase):  # type: ignore[misc]
    """peewee's pool. Only the owner can read a new file. A statement fails if it takes longer than 15 seconds."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.statement_seconds = float(STATEMENT_SECONDS)
        self._statement = local()
        super().__init__(str(path), **settings, **SETTINGS)

    def _connect(self) -> Any:
        if not self._connections:  # a new connection, perhaps to a new file
            with suppress(OSError):  # the file exists, or SQLite reports the error
                os.close(os.open(self.database, os.O_CREAT | os.O_EXCL, 0o600))
        return super()._connect()

    def _initialize_connection(self, conn: Any) -> None:
        super()._initialize_connection(conn)
        conn.set_progress_handler(self._is_overdue, INSTRUCTIONS)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Execute a statement; OperationalError if it exceeds the time limit."""
        self._statement.until = time.monotonic() + self.statement_seconds
        return super().execute_sql(sql, params)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute one statement with the values of each row; raise as `execute_sql`."""
        self._statement.until = time.monotonic() + self.statement_seconds
        self._execute_cursor(sql, rows, many=True)

    def cursor(self, *, many: bool = False) -> Any:
        """Return a new cursor; `many`: one that executes a statement for each row."""
        return self.connection().cursor(_Many) if many else super().cursor()

    def _is_overdue(self) -> bool:
        return time.monotonic() > getattr(self._statement, "until", float("inf"))
