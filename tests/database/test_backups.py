"""The README's commands bring back what a backup holds, under a running service."""

import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time

import psycopg
import pytest

from sendy_contacts import create_app
from sendy_contacts.database.connection import db
from sendy_contacts.database.migrate import migration_runner
from tests.support.database import make_database, migrate_and_seed
from tests.support.service import ROOT, Service, environment, flask, free_port, run_postgres

CONTACTS = "/internal/contacts"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
ROWS = 20


def read_commands(program):
    """Return the README's command that backs up with a program, and the one that restores."""
    (block,) = [
        b for b in re.findall(r"^```sh\n(.*?)^```$", OPERATIONS, re.MULTILINE | re.DOTALL) if b.startswith(program)
    ]
    backup, restore = block.replace("\\\n", "").splitlines()
    return backup, restore


class Sqlite:
    """A deployment's SQLite file, and the README's commands for it."""

    tools = ""

    def __init__(self, url, folder):
        self.url = url
        self.path = url.removeprefix("sqlite:///")
        self.commands = [
            command.replace("instance/deployed.db", self.path).replace("instance/", f"{folder}/")
            for command in read_commands("sqlite3")
        ]

    def connect(self):
        return sqlite3.connect(self.path, timeout=20)


class Postgres:
    """A deployment's PostgreSQL database, and the README's commands for it."""

    def __init__(self, url, tools, folder):
        self.url = url
        self.tools = f"{tools}{os.pathsep}"
        self.commands = [command.replace("instance/", f"{folder}/") for command in read_commands("pg_dump")]

    def connect(self):
        return psycopg.connect(self.url)


@pytest.fixture(
    params=[pytest.param("sqlite", marks=pytest.mark.needs("sqlite3")), "postgresql", "postgresql, partitioned"]
)
def deployment(request, tmp_path):
    """The database of a deployment; PostgreSQL on a server of the release that the tools at hand are of."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("golden_file"), tmp_path / "contacts.db")
        yield Sqlite(f"sqlite:///{tmp_path / 'contacts.db'}", tmp_path)
        return
    with run_postgres() as server, make_database(server.get_uri()) as url:
        migrate_and_seed(url)
        if "partitioned" in request.param:
            flask(environment(url), "db", "upgrade", "--partitions", "4")
        yield Postgres(url, server.bin_path, tmp_path)


@pytest.fixture
def service(deployment, tmp_path):
    env = environment(deployment.url, PORT=str(free_port()), WEB_CONCURRENCY="2")
    service = Service(env, tmp_path / "gunicorn.log").wait()
    yield service
    service.stop()


def run(deployment, command):
    env = os.environ | {"PATH": deployment.tools + os.environ["PATH"], "DATABASE_URL": deployment.url}
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def query(deployment, sql):
    connection = deployment.connect()
    with connection:
        rows = connection.execute(sql)
        found = rows.fetchall() if rows.description else []
    connection.close()
    return found


def read_everything_of(deployment, workspace):
    selects = (
        "FROM contact WHERE workspace_id = {} ORDER BY id",
        'FROM "user" WHERE workspace_id = {} ORDER BY id',
        "FROM consent_event WHERE workspace_id = {} ORDER BY contact_id, changed_at",
    )
    return [query(deployment, f"SELECT * {select.format(workspace)}") for select in selects]


def session_of(service, name):
    token = flask(service.env, "users", "session", f"{name}@example.com").strip()
    return {"Authorization": f"Bearer {token}"}


class Writer(threading.Thread):
    """Somebody of the other workspace, who sends call after call with new contacts until `ended`."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service = service
        self.session = session_of(service, "stranger")
        self.ended = threading.Event()
        self.sent = self.answered = 0
        self.statuses = set()

    def run(self):
        while not self.ended.is_set():
            self.sent += 1
            rows = [
                {"phone": f"+254{700_000_000 + self.sent * ROWS + n}", "tags": [str(self.sent)]} for n in range(ROWS)
            ]
            status, bulk, _ = self.service.call("POST", f"{CONTACTS}/bulk", {"contacts": rows}, **self.session)
            assert bulk["created"] == ROWS
            self.statuses.add(status)
            self.answered = self.sent

    def wait_for_more(self):
        enough = self.answered + 3
        while self.answered < enough:
            assert self.is_alive()
            time.sleep(0.01)


def fill_list(service, session):
    rows = [{"phone": f"+2547000{n:05}", "name": f"Ann {n}", "optedIn": n % 3 > 0} for n in range(300)]
    assert service.call("POST", f"{CONTACTS}/bulk", {"contacts": rows}, **session)[1]["created"] == 300
    back = {"phone": "+254700000000", "optedIn": True}
    assert service.call("POST", CONTACTS, back, **session)[1]["optedIn"] is True
    return rows


def spoil_list(service, session, deployment, rows):
    out = [row | {"optedIn": False, "name": "x", "attributes": {"k": 1}} for row in rows[:200]]
    assert service.call("POST", f"{CONTACTS}/bulk", {"contacts": out}, **session)[1]["updated"] == 200
    query(deployment, "DELETE FROM consent_event WHERE workspace_id = 1 AND new = true")
    query(deployment, "DELETE FROM contact WHERE workspace_id = 1 AND phone > '+254700000100'")
    flask(service.env, "users", "set", "admin@example.com", "--role", "viewer")
    flask(service.env, "users", "add", "new@example.com", "--workspace", "Acme", "--role", "owner",
          "--password-stdin", input="a long password")  # fmt: skip


def test_a_restore_has_all_rows_of_a_backup_made_during_writes(deployment, service):
    backup, restore = deployment.commands
    session = session_of(service, "owner")
    rows = fill_list(service, session)
    kept = read_everything_of(deployment, 1)
    writer = Writer(service)
    writer.start()
    writer.wait_for_more()
    earliest = writer.answered
    run(deployment, backup)
    latest = writer.sent
    writer.wait_for_more()
    if isinstance(deployment, Postgres):
        writer.ended.set()
        writer.join()
    spoil_list(service, session, deployment, rows)
    assert read_everything_of(deployment, 1) != kept

    before = writer.answered
    run(deployment, restore)
    after = writer.sent
    if isinstance(deployment, Sqlite):
        writer.wait_for_more()
    writer.ended.set()
    writer.join()
    assert writer.statuses == {200}
    assert read_everything_of(deployment, 1) == kept
    contacts, _, consent = read_everything_of(deployment, 2)
    assert len(contacts) == len(consent)
    of_calls = query(deployment, "SELECT CAST(tags AS TEXT), COUNT(*) FROM contact WHERE workspace_id = 2 GROUP BY 1")
    assert {count for _, count in of_calls} == {ROWS}
    calls = {int(tags.strip('[]"')) for tags, _ in of_calls}
    assert calls >= set(range(1, earliest + 1)) | set(range(after + 1, writer.sent + 1))
    assert not calls & set(range(latest + 1, before + 1))

    new = service.call("POST", CONTACTS, {"phone": "+254711111111"}, **session)
    assert new[0] == 201
    for _ in range(8):
        listed = service.call("GET", CONTACTS, **session)[1]["contacts"]
        assert [contact["phone"] for contact in listed] == ["+254711111111", *(row["phone"] for row in rows[::-1])]
    if isinstance(deployment, Sqlite):
        assert query(deployment, "PRAGMA integrity_check") == [("ok",)]
        assert query(deployment, "PRAGMA journal_mode") == [("wal",)]


def test_a_backup_of_the_release_before_can_be_upgraded(deployment):
    env = environment(deployment.url)
    backup, restore = deployment.commands
    create_app(env)
    with db.connection_context():
        migration_runner().down()
    run(deployment, backup)
    assert "applied 0004_search" in flask(env, "db", "upgrade")
    db.close_all()
    run(deployment, restore)
    assert "applied 0004_search" in flask(env, "db", "upgrade")
    assert flask(env, "db", "upgrade") == "nothing to do\n"


def test_a_backup_that_is_not_there_takes_nothing(deployment):
    before = read_everything_of(deployment, 1)
    done = subprocess.run(
        ["/bin/sh", "-c", deployment.commands[1]],
        env=os.environ | {"DATABASE_URL": deployment.url},
        capture_output=True,
    )
    assert done.returncode != 0
    assert read_everything_of(deployment, 1) == before
