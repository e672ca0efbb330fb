"""Fixtures: an app on a database of its own, SQLite or a real PostgreSQL, with people in two workspaces."""

import os
import shutil
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import hypothesis
import psycopg
import pytest
from live import postgres_server

from sendy_contacts import create_app
from sendy_contacts.accounts import add_user, find_user, find_workspace
from sendy_contacts.auth import sign_session
from sendy_contacts.database import db, migration_runner

# Where a red run blocks everyone the examples are always the same; elsewhere new ones are looked for each time.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

PASSWORD = "correct horse battery"

PEOPLE = {
    "owner": ("owner", "Acme"),
    "admin": ("admin", "Acme"),
    "developer": ("developer", "Acme"),
    "viewer": ("viewer", "Acme"),
    "gone": ("owner", "Acme"),
    "stranger": ("owner", "Globex"),
}


def settings(database_url):
    return {"SECRET_KEY": "test-key", "DATABASE_URL": database_url}


def fill(database_url):
    """Migrate an empty database and add the people; leave no connection open."""
    create_app(settings(database_url))
    with db.connection_context():
        migration_runner().up()
        for name, (role, workspace) in PEOPLE.items():
            user = add_user(f"{name}@example.com", workspace, role, "KE", PASSWORD)
            user.active = name != "gone"
            user.save()
    db.close_all()


@pytest.fixture(scope="session")
def golden_file(tmp_path_factory):
    """A migrated SQLite file with the people in it, to copy."""
    path = tmp_path_factory.mktemp("golden") / "contacts.db"
    fill(f"sqlite:///{path}")
    return path


@contextmanager
def run_postgres():
    """Run a real PostgreSQL server with the golden database on it; yield the server and that database's URL."""
    with postgres_server() as server:
        golden = urlsplit(server.get_uri())._replace(path="/golden").geturl()
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE golden")
        fill(golden)
        yield server, golden


@pytest.fixture(scope="session")
def postgres():
    """The URL of the golden database on a server of the whole session, to use as a template."""
    with run_postgres() as (_, golden):
        yield golden


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """A database of the test's own, with the people in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("golden_file"), tmp_path / "contacts.db")
        yield f"sqlite:///{tmp_path / 'contacts.db'}"
        return
    golden = request.getfixturevalue("postgres")
    with psycopg.connect(urlsplit(golden)._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE test TEMPLATE golden")
        yield urlsplit(golden)._replace(path="/test").geturl()
        connection.execute("DROP DATABASE test WITH (FORCE)")


@pytest.fixture
def app(database_url):
    app = create_app(settings(database_url))
    yield app
    db.close_all()


@pytest.fixture
def token_of(app):
    """A function: a person's name -> a signed session value."""

    def sign(name):
        with app.app_context(), db.connection_context():
            return sign_session(find_user(f"{name}@example.com").id)

    return sign


@pytest.fixture
def client_of(app, token_of):
    """A function: a person's name, or None -> a test client with their session cookie."""

    def sign_in(name=None):
        client = app.test_client()
        if name:
            client.set_cookie("session", token_of(name))
        return client

    return sign_in


@pytest.fixture
def client(client_of):
    """The owner's client."""
    return client_of("owner")


@pytest.fixture
def workspace(app):
    """Acme, over an open connection."""
    with db.connection_context():
        yield find_workspace("Acme")


@pytest.fixture
def add(client):
    """A function: posts contacts as the owner, in bulk, and returns the stored contacts by phone."""

    def post(*rows):
        answer = client.post("/internal/contacts/bulk", json={"contacts": list(rows)})
        assert answer.status_code == 200
        assert answer.json["failed"] == 0, answer.json
        listed = client.get("/internal/contacts").json["contacts"]
        return SimpleNamespace(**answer.json, contacts={c["phone"]: c for c in listed})

    return post
