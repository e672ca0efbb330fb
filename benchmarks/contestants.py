"""Those who do the same work: the floor in this process, and whoever answers the four calls over HTTP.

A contestant makes requests ahead, so that only `send` is timed, and confirms afterwards that the work was done.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from .connections import Connection, encode
from .floor import open_floor
from .rows import Row, dump

CONTACTS = "/internal/contacts"

Request = Any
Answer = tuple[int, bytes]


SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"

FLOOR = "floor"
BARE = "floor in Flask"
SERVICE = "service"


class Contestant:
    """Makes requests and sends them. `name` is its column in the report; `url` is its database."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url
        self.database = SQLITE if url.startswith("sqlite") else POSTGRESQL

    def bulk(self, rows: list[Row]) -> Request:
        """Return the request that writes the rows."""
        raise NotImplementedError

    def upsert(self, row: Row, *, known: bool) -> Request:
        """Return the request that writes one row, of a contact that is `known` already or not."""
        raise NotImplementedError

    def patch(self, contact_id: str, edit: Row) -> Request:
        """Return the request that edits a contact."""
        raise NotImplementedError

    def newest(self) -> Request:
        """Return the request for the newest 500."""
        raise NotImplementedError

    def send(self, request: Request) -> Answer:
        """Send a request and return the status and the body of the answer."""
        raise NotImplementedError

    def wake(self) -> None:
        """Get ready to send; not timed."""

    def close(self) -> None:
        """Let go of the connection."""

    def list_ids(self) -> list[str]:
        """Return the ids of the newest 500."""
        return [contact["id"] for contact in json.loads(self.send(self.newest())[1])["contacts"]]

    def confirm(self, answer: Answer, status: str, count: int) -> None:
        """Raise unless a bulk answer says that `count` rows were written; `status` is what became of them."""
        assert answer[0] == 200, answer
        assert len(json.loads(answer[1])["results"]) == count, status


class InProcess(Contestant):
    """The floor, called as a function."""

    def __init__(self, url: str) -> None:
        super().__init__(FLOOR, url)
        self.floor = open_floor(url)

    def bulk(self, rows: list[Row]) -> Callable[[], bytes]:
        return partial(self.floor.bulk, dump({"contacts": rows}))

    def upsert(self, row: Row, *, known: bool) -> Callable[[], bytes]:  # noqa: ARG002
        return partial(self.floor.upsert, dump(row))

    def patch(self, contact_id: str, edit: Row) -> Callable[[], bytes]:
        return partial(self.floor.patch, contact_id, dump(edit))

    def newest(self) -> Callable[[], bytes]:
        return self.floor.newest

    def send(self, request: Callable[[], bytes]) -> Answer:
        return 200, request()

    def close(self) -> None:
        self.floor.close()


class Web(Contestant):
    """Whoever answers the four calls over HTTP, on one keep-alive connection."""

    probe = "/readyz"

    def __init__(self, name: str, url: str, port: int, pid: int, token: str | None = None) -> None:
        super().__init__(name, url)
        self.port = port
        self.pid = pid
        self.token = token
        self.connection = self.connect()

    def connect(self) -> Connection:
        """Return a connection of its own for one more client."""
        return Connection(self.port, encode("GET", self.probe))

    def bulk(self, rows: list[Row]) -> bytes:
        return encode("POST", f"{CONTACTS}/bulk", dump({"contacts": rows}), self.token)

    def upsert(self, row: Row, *, known: bool) -> bytes:  # noqa: ARG002
        return encode("POST", CONTACTS, dump(row), self.token)

    def patch(self, contact_id: str, edit: Row) -> bytes:
        return encode("PATCH", f"{CONTACTS}/{contact_id}", dump(edit), self.token)

    def newest(self, query: str = "") -> bytes:
        return encode("GET", CONTACTS + query, token=self.token)

    def wake(self) -> None:
        self.connection.wake()

    def send(self, request: bytes) -> Answer:
        return self.connection.call(request)

    def close(self) -> None:
        self.connection.close()


class SignedIn(Web):
    """This service, which says what became of each row."""

    def confirm(self, answer: Answer, status: str, count: int) -> None:
        assert answer[0] == 200, answer
        counts = json.loads(answer[1])
        assert counts[status] == count, {key: counts[key] for key in counts if key != "results"}
        assert not any("warnings" in result for result in counts["results"])
