"""Whose turn it is to write, and the transactions in which it is done. It must not know a table.

>>> with db.connection_context(), workspace_lock(workspace_id):
...     insert_rows(Contact, rows)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from peewee import OperationalError, __exception_wrapper__  # type: ignore[attr-defined]

from .connection import db, is_postgres
from .sqlite import BUSY_TIMEOUT

WRITE_WAIT = 10  # seconds

# The first of the two keys of PostgreSQL's advisory locks, so that ours meet no other application's.
WORKSPACE_LOCK = 0x5E2D

_locks: dict[int, threading.Lock] = {}


@contextmanager
def write_connection(workspace_id: int) -> Iterator[None]:
    """Hold a connection when it is this thread's turn to write the workspace, on SQLite to write at all.

    Threads of one process wait here, without a connection, and leave those there are to others.
    """
    turn = _locks.setdefault(workspace_id if is_postgres() else 0, threading.Lock())
    if not turn.acquire(timeout=WRITE_WAIT):
        raise OperationalError("another thread is writing")
    try:
        with db.connection_context():
            yield
    finally:
        turn.release()


@contextmanager
def workspace_lock(workspace_id: int) -> Iterator[None]:
    """Hold one transaction in which nobody else writes this workspace's contacts.

    What was read inside is still true when it is written: no update is lost, and as there is one lock to take,
    calls with the same phones in another order can't deadlock.
    """
    if is_postgres():
        with _pipeline(), db.atomic():
            db.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (WORKSPACE_LOCK, workspace_id))
            yield
    else:
        with _turn_to_write():
            yield


@contextmanager
def _pipeline() -> Iterator[None]:
    """Let PostgreSQL's statements go out together; the caller waits only where it asks one for its rows.

    So what is wrong with a statement is told later, at the latest when this ends.
    """
    connection = db.connection()
    with __exception_wrapper__:
        try:
            with connection.pipeline():
                yield
        except BaseException:
            connection.rollback()
            raise


@contextmanager
def _turn_to_write() -> Iterator[None]:
    """Hold SQLite's one write transaction, asked for every two milliseconds.

    Its own waiting grows to 100 ms between tries, so while others write without a pause some never get in.
    """
    end = time.monotonic() + WRITE_WAIT
    with ExitStack() as transaction:
        db.connection().execute("PRAGMA busy_timeout = 0")
        try:
            while not _begin(transaction, end):
                time.sleep(0.002)
        finally:
            db.connection().execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        yield


def _begin(transaction: ExitStack, end: float) -> bool:
    try:
        transaction.enter_context(db.atomic("IMMEDIATE"))
    except OperationalError as error:
        if "locked" not in str(error) or time.monotonic() > end:
            raise
        return False
    return True


@contextmanager
def snapshot() -> Iterator[None]:
    """Hold one transaction in which every read sees the same moment, however long it takes."""
    with db.atomic("REPEATABLE READ") if is_postgres() else db.atomic():
        yield
