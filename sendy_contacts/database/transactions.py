"""Locks and transactions for writes.

>>> with db.connection_context(), workspace_lock(workspace_id):
...     insert_rows(Contact, rows)
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from weakref import WeakValueDictionary

from peewee import OperationalError, __exception_wrapper__  # type: ignore[attr-defined]

from .connection import db, is_postgres
from .sqlite import BUSY_TIMEOUT

WRITE_WAIT = 10  # seconds

# The first of the two keys of the advisory locks, so that they don't collide with those of other applications.
WORKSPACE_LOCK = 0x5E2D
# The subquery names the workspace, so on a distributed database the node of its rows locks. A lock of the coordinator
# would be free while that node still commits.
LOCK_WORKSPACE = """SELECT pg_advisory_xact_lock(%s, %s)
FROM (SELECT count(*) FROM contact WHERE workspace_id = %s AND id = '') AS here"""
LOCK_ACCOUNTS = "SELECT pg_advisory_xact_lock(%s, 0)"

# Only those that a thread holds or waits for.
_locks: WeakValueDictionary[int, threading.Lock] = WeakValueDictionary()
_mutex = threading.Lock()


@contextmanager
def write_connection(workspace_id: int, until: float | None = None) -> Iterator[None]:
    """Hold a connection for a write to the workspace. Threads of this process take it one after the other.

    Waiting threads hold no connection, so readers can use the pool. On SQLite all workspaces share one lock. The wait
    ends at the monotonic time `until`, by default after ten seconds.
    """
    with _mutex:
        lock = _locks.setdefault(workspace_id if is_postgres() else 0, threading.Lock())
    wait = WRITE_WAIT if until is None else max(0.0, until - time.monotonic())
    if not lock.acquire(timeout=wait):
        raise OperationalError("another thread is writing")
    try:
        with db.connection_context():
            yield
    finally:
        lock.release()


@contextmanager
def workspace_lock(workspace_id: int) -> Iterator[None]:
    """Hold a transaction in which no other process or thread writes to the workspace.

    So no update is lost between reading and writing. One lock per workspace also prevents deadlocks between requests
    with the same phone numbers in another order.
    """
    with _lock(LOCK_WORKSPACE, (WORKSPACE_LOCK, workspace_id, workspace_id)):
        yield


@contextmanager
def accounts_lock() -> Iterator[None]:
    """Hold a transaction in which no other process or thread changes users or counts attempts to sign in."""
    with _lock(LOCK_ACCOUNTS, (WORKSPACE_LOCK,)):
        yield


@contextmanager
def _lock(statement: str, values: tuple[int, ...]) -> Iterator[None]:
    if is_postgres():
        with _pipeline(), db.atomic():
            db.execute_sql(statement, values)
            yield
    else:
        with _write_transaction():
            yield


@contextmanager
def _pipeline() -> Iterator[None]:
    """Send statements to PostgreSQL without waiting for their results, except for rows that are fetched.

    The error of a failed statement is raised at the next round trip, at the latest when the pipeline ends.
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
def _write_transaction() -> Iterator[None]:
    """Hold SQLite's write lock in a transaction; try every two milliseconds to take it.

    SQLite's busy handler waits up to 100 ms between attempts, so some writers would starve under constant writes.
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
def across_workspaces() -> Iterator[None]:
    """Hold a transaction whose statements may touch all workspaces, and so all nodes of a cluster."""
    with db.atomic():
        if is_postgres():
            db.execute_sql("SET LOCAL citus.multi_task_query_log_level TO 'off'")
        yield


@contextmanager
def snapshot() -> Iterator[None]:
    """Hold a transaction in which all reads see the same state of the database."""
    with db.atomic("REPEATABLE READ") if is_postgres() else db.atomic():
        yield
