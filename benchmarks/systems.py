"""The measured systems: the baseline in this process, and programs that serve the same requests over HTTP.

Requests are encoded in advance, so that only `send` is timed. Responses are checked afterwards.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from .baseline import open_baseline
from .connections import Connection, encode
from .rows import Row, dump

CONTACTS = "/internal/contacts"

Request = Any
Response = tuple[int, bytes]


SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"

BASELINE = "baseline"
BARE = "baseline in Flask"
SERVICE = "service"


class System:
    """A system that can encode and send requests. `name` is its column in the report, `url` its database."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.url = url
        self.database = SQLITE if url.startswith("sqlite") else POSTGRESQL

    def bulk(self, rows: list[Row]) -> Request:
        """Return the request that writes the rows."""
        raise NotImplementedError

    def upsert(self, row: Row, *, known: bool) -> Request:
        """Return the request that writes one row; `known` says whether the contact exists."""
        raise NotImplementedError

    def patch(self, contact_id: str, edit: Row) -> Request:
        """Return the request that edits a contact."""
        raise NotImplementedError

    def newest(self) -> Request:
        """Return the request for the newest 500."""
        raise NotImplementedError

    def send(self, request: Request) -> Response:
        """Send a request; return the status and the body of the response."""
        raise NotImplementedError

    def wake(self) -> None:
        """Prepare for sending; not timed."""

    def close(self) -> None:
        """Close the connection."""

    def list_ids(self) -> list[str]:
        """Return the ids of the newest 500."""
        return [contact["id"] for contact in json.loads(self.send(self.newest())[1])["contacts"]]

    def confirm(self, response: Response, status: str, count: int) -> None:
        """Raise AssertionError unless a bulk response reports `count` rows; `status` is their expected outcome."""
        assert response[0] == 200, response
        assert len(json.loads(response[1])["results"]) == count, status


class InProcess(System):
    """The baseline, called as a function."""

    def __init__(self, url: str) -> None:
        super().__init__(BASELINE, url)
        self.baseline = open_baseline(url)

    def bulk(self, rows: list[Row]) -> Callable[[], bytes]:
        return partial(self.baseline.bulk, dump({"contacts": rows}))

    def upsert(self, row: Row, *, known: bool) -> Callable[[], bytes]:  # noqa: ARG002
        return partial(self.baseline.upsert, dump(row))

    def patch(self, contact_id: str, edit: Row) -> Callable[[], bytes]:
        return partial(self.baseline.patch, contact_id, dump(edit))

    def newest(self) -> Callable[[], bytes]:
        return self.baseline.newest

    def send(self, request: Callable[[], bytes]) -> Response:
        return 200, request()

    def close(self) -> None:
        self.baseline.close()


class Web(System):
    """A system that serves the requests over HTTP, on one keep-alive connection."""

    probe = "/readyz"

    def __init__(self, name: str, url: str, port: int, pid: int, token: str | None = None) -> None:
        super().__init__(name, url)
        self.port = port
        self.pid = pid
        self.token = token
        self.connection = self.connect()

    def connect(self) -> Connection:
        """Return a new connection, for another client."""
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

    def send(self, request: bytes) -> Response:
        return self.connection.call(request)

    def close(self) -> None:
        self.connection.close()


class SignedIn(Web):
    """This service, whose bulk responses count the outcomes."""

    def confirm(self, response: Response, status: str, count: int) -> None:
        assert response[0] == 200, response
        counts = json.loads(response[1])
        assert counts[status] == count, {key: counts[key] for key in counts if key != "results"}
        assert not any("warnings" in result for result in counts["results"])
