"""PostgreSQL with a connection pool and time limits on statements and waits."""

from __future__ import annotations

import select
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import psycopg
from peewee import Psycopg3Adapter
from playhouse import db_url
from playhouse.pool import PooledPostgresqlDatabase
from psycopg.conninfo import make_conninfo

STATEMENT_SECONDS = 15  # enforced by the server
RESPONSE_SECONDS = 20  # enforced here, in case the server has stopped

# Sequential scans are off: each statement names a workspace, and each table has an index that begins with it.
OPTIONS = (
    f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=10s -c jit=off -c enable_seqscan=off"
)
CONNECT_SECONDS = 5
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# A pooler in transaction mode gives each transaction another connection, which lacks the statements prepared before.
POOLER = "prepared_statements=off"
FIELD_TYPES = {"VERBATIM_JSON": "JSON", "UTC": "TIMESTAMPTZ(3)", "INTEGERS": "INTEGER[]"}


class ParameterError(ValueError):
    """A parameter of DATABASE_URL isn't valid; the message is for the operator."""


class Connection(psycopg.Connection[Any]):
    """A connection that is closed if the server doesn't respond within `seconds`; None waits forever."""

    seconds: float | None = RESPONSE_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server. Raise OperationalError if it doesn't respond in time."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.seconds)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the server doesn't respond") from None


class Adapter(Psycopg3Adapter):
    """peewee's adapter, with our connection.

    The pool connects one at a time. So while a server doesn't answer, one thread waits for it, and the others fail at
    once.
    """

    down_until = 0.0

    def connect(self, db: Any, **params: Any) -> Connection:
        """Return a new connection. Raise OperationalError if the server doesn't answer, or didn't just now."""
        if time.monotonic() < self.down_until:
            raise psycopg.OperationalError("the server didn't answer just now")
        try:
            return Connection.connect(dbname=db.database, **params)
        except psycopg.errors.ConnectionTimeout:
            self.down_until = time.monotonic() + CONNECT_SECONDS
            raise


class PostgresPool(PooledPostgresqlDatabase):  # type: ignore[misc]
    """peewee's pool, which tests a connection only if data has arrived on it.

    An idle connection receives data only when the server closes it. A test query at each checkout would cost as much
    as reading a user.
    """

    psycopg3_adapter = Adapter

    def __init__(self, url: str, **settings: Any) -> None:
        """Read `url` without connecting. Raise ParameterError."""
        address, _, query = url.partition("?")
        pairs = query.split("&")
        if POOLER in pairs:
            pairs.remove(POOLER)
            settings["prepare_threshold"] = None
        named = db_url.parse(address, unquote_password=True, unquote_user=True) | read_parameters(pairs)
        named["options"] = f"{named.get('options', '')} {OPTIONS}".strip()  # the last value of an option counts
        named.setdefault("connect_timeout", CONNECT_SECONDS)
        super().__init__(prefer_psycopg3=True, field_types=FIELD_TYPES, **settings, **named)

    def _is_closed(self, connection: Any) -> bool:
        if connection.closed:
            return True
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(0)) and bool(super()._is_closed(connection))


def read_parameters(pairs: Iterable[str]) -> dict[str, Any]:
    """Return the connection parameters in the pairs of a URL's query, named as in libpq. Raise ParameterError."""
    given: dict[str, Any] = {}
    for pair in filter(None, pairs):
        name, _, value = pair.partition("=")
        try:
            make_conninfo(**{name: unquote(value)})
            if name in ("dbname", "client_encoding") or (name == "sslmode" and value not in SSL_MODES):
                raise psycopg.ProgrammingError
        except psycopg.ProgrammingError:
            raise ParameterError(
                f"DATABASE_URL: the parameter “{name}” isn't known, or not with this value."
            ) from None
        given[name] = unquote(value)
    if not str(given.get("connect_timeout", "1")).isdigit():
        raise ParameterError("DATABASE_URL: connect_timeout must be a whole number of seconds.")
    return given
