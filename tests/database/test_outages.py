"""Databases go away, fill up and come back: a documented answer meanwhile, and no help needed afterwards."""

import shutil
import time

import psycopg
import pytest

from sendy_contacts import create_app
from sendy_contacts.accounts.users import find_user
from sendy_contacts.contacts.store import list_recent
from sendy_contacts.database.connection import db
from sendy_contacts.database.transactions import workspace_lock
from sendy_contacts.web.auth import sign_session
from tests.support.database import make_database, migrate_and_seed, settings
from tests.support.service import run_postgres

CONTACTS = "/internal/contacts"


@pytest.fixture(scope="module")
def server():
    with run_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def database(server):
    with make_database(server.get_uri()) as url:
        migrate_and_seed(url)
        yield url


@pytest.fixture
def client(database):
    app = create_app(settings(database))
    with app.app_context(), db.connection_context():
        token = sign_session(find_user("owner@example.com").session_id)
    client = app.test_client()
    client.set_cookie("session", token)
    yield client
    db.close_all()


def end_connections(server):
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        there = "FROM pg_stat_activity WHERE datname LIKE 'contacts%'"
        ended = admin.execute(f"SELECT pg_terminate_backend(pid) {there}").rowcount
        while admin.execute(f"SELECT count(*) {there}").fetchone() != (0,):
            time.sleep(0.01)
        return ended


def test_connections_that_died_are_replaced_without_a_failed_request(server, client):
    assert client.get(CONTACTS).status_code == 200
    assert end_connections(server) == 1
    assert client.post(CONTACTS, json={"phone": "+254700000001"}).status_code == 201


def test_a_connection_that_dies_under_a_request_fails_that_one_only(server, client, monkeypatch):
    def select(*_):
        end_connections(server)
        return db.execute_sql("SELECT 1")

    monkeypatch.setitem(list_recent.__globals__, "_select", select)
    assert client.get(CONTACTS).json["error"]["code"] == "database_unavailable"
    monkeypatch.undo()
    assert client.get(CONTACTS).status_code == 200


def test_a_server_that_is_restarted(server, client):
    assert client.post(CONTACTS, json={"phone": "+254700000002"}).status_code in (200, 201)
    server.stop()
    for answer in (
        client.get(CONTACTS),
        client.post(CONTACTS, json={"phone": "+254700000003"}),
        client.get("/readyz"),
    ):
        assert (answer.status_code, answer.json["error"]["code"]) == (503, "database_unavailable")
        assert answer.headers["Retry-After"] == "5"
    assert client.get("/healthz").status_code == 200
    server.start()
    phones = [contact["phone"] for contact in client.get(CONTACTS).json["contacts"]]
    assert "+254700000002" in phones
    assert "+254700000003" not in phones
    assert client.post(CONTACTS, json={"phone": "+254700000003"}).status_code == 201


@pytest.mark.parametrize(
    ("cause", "end"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"),  # SQLite's own "disk is full"
        ("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
    ],
)
def test_a_full_or_read_only_sqlite_loses_nothing_acknowledged(golden_file, tmp_path, cause, end):
    shutil.copy(golden_file, tmp_path / "contacts.db")
    app = create_app(settings(f"sqlite:///{tmp_path / 'contacts.db'}"))
    with app.app_context(), db.connection_context():
        token = sign_session(find_user("owner@example.com").session_id)
        db.execute_sql(cause)  # the pool has this one connection, which every request below gets
    client = app.test_client()
    client.set_cookie("session", token)
    rows = [{"phone": f"+2547000{n:05}", "attributes": {"k": "x" * 1000}} for n in range(1000)]
    answer = client.post(f"{CONTACTS}/bulk", json={"contacts": rows})
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "database_unavailable")
    assert client.get(CONTACTS).json["contacts"] == []
    with db.connection_context():
        db.execute_sql(end)
    assert client.post(f"{CONTACTS}/bulk", json={"contacts": rows}).json["created"] == 1000
    db.close_all()


def test_sqlite_runs_with_durable_settings(golden_file, tmp_path):
    shutil.copy(golden_file, tmp_path / "contacts.db")
    create_app(settings(f"sqlite:///{tmp_path / 'contacts.db'}"))
    with db.connection_context():
        with workspace_lock(1):
            pass
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [db.execute_sql(f"PRAGMA {name}").fetchone()[0] for name in names] == ["wal", 2, 1, 5000]
    db.close_all()
