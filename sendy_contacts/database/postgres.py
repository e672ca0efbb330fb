"""PostgreSQL with a pool, and a time limit on every wait for the server."""

from __future__ import annotations

import select
from typing import Any
from urllib.parse import unquote

import psycopg
from peewee import Psycopg3Adapter
from playhouse import db_url
from playhouse.pool import PooledPostgresqlDatabase
from psycopg.conninfo import make_conninfo

STATEMENT_SECONDS = 15  # enforced by the server
ANSWER_SECONDS = 20  # enforced here: the server may have stopped

# No scan of a whole table: each statement names a workspace, with which an index of each table begins.
OPTIONS = (
    f"-c timezone=UTC -c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=10s -c jit=off -c enable_seqscan=off"
)
CONNECT_SECONDS = 5
FIELD_TYPES = {"VERBATIM_JSON": "JSON", "UTC": "TIMESTAMPTZ(3)", "INTEGERS": "INTEGER[]"}


class ParameterError(ValueError):
    """A parameter of DATABASE_URL can't be used; the message is for the operator."""


class Connection(psycopg.Connection[Any]):
    """psycopg's connection, closed when the server doesn't answer within `seconds`; None waits for ever."""

    seconds: float | None = ANSWER_SECONDS

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server. Raise OperationalError if it doesn't answer in time."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.seconds)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError("the server doesn't answer") from None


class Adapter(Psycopg3Adapter):
    """peewee's adapter, with our connection."""

    def connect(self, db: Any, **params: Any) -> Connection:
        """Return a new connection."""
        return Connection.connect(dbname=db.database, **params)


class PostgresPool(PooledPostgresqlDatabase):  # type: ignore[misc]
    """peewee's pool, but it tests a connection only if there is a sign that it has ended.

    An idle connection receives nothing but its end. Testing it each time would cost as much as reading a user.
    """

    psycopg3_adapter = Adapter

    def __init__(self, url: str, **settings: Any) -> None:
        """Prepare connections to `url`. Raise ParameterError."""
        address, _, query = url.partition("?")
        named = db_url.parse(address, unquote_password=True, unquote_user=True) | read_parameters(query)
        named["options"] = f"{named.get('options', '')} {OPTIONS}".strip()  # of two values the last one counts
        named.setdefault("connect_timeout", CONNECT_SECONDS)
        super().__init__(prefer_psycopg3=True, field_types=FIELD_TYPES, **settings, **named)

    def _is_closed(self, connection: Any) -> bool:
        if connection.closed:
            return True
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(0)) and bool(super()._is_closed(connection))


def read_parameters(query: str) -> dict[str, Any]:
    """Return the connection parameters of a URL's query, which are libpq's own. Raise ParameterError."""
    given: dict[str, Any] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        try:
            make_conninfo(**{name: unquote(value)})
            if name == "dbname":
                raise psycopg.ProgrammingError
        except psycopg.ProgrammingError:
            raise ParameterError(f"DATABASE_URL: “{name}” is not a parameter of PostgreSQL connections.") from None
        given[name] = unquote(value)
    if not str(given.get("connect_timeout", "1")).isdigit():
        raise ParameterError("DATABASE_URL: connect_timeout must be a number of seconds.")
    return given
