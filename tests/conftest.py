"""Fixtures: an app with its own database, SQLite or a real PostgreSQL, and users in two workspaces."""

import os
import shutil
from types import SimpleNamespace
from urllib.parse import urlsplit

import hypothesis
import pytest

from sendy_contacts import create_app
from sendy_contacts.accounts.users import find_user, find_workspace
from sendy_contacts.database.connection import db
from sendy_contacts.web.auth import sign_session
from tests.support.database import (
    distribute_on_one_node,
    has_citus,
    let_models_read_all,
    make_database,
    migrate_and_seed,
    settings,
)
from tests.support.programs import PACKAGES, end_all, missing
from tests.support.service import run_postgres

# In CI the examples are always the same, so that a failure doesn't depend on chance.
# No example has a time limit: this machine may be busy.
hypothesis.settings.register_profile("anywhere", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "anywhere")


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(*programs): skip the test if a program is missing")


def pytest_collection_modifyitems(items):
    """Skip tests that need a missing program; in CI, fail."""
    for item in items:
        for marker in item.iter_markers("needs"):
            if lacking := missing(marker.args):
                if os.environ.get("CI"):
                    pytest.exit(f"CI lacks {', '.join(lacking)}", returncode=1)
                item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(lacking)}"))


def pytest_sessionfinish():
    end_all()


def pytest_terminal_summary(terminalreporter):
    """Print one line that says which packages the skipped tests need."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    needs = [reason.partition("needs ")[2] for reason in reasons if "needs " in reason]
    if needs:
        packages = sorted({PACKAGES[program] for need in needs for program in need.split(", ")})
        terminalreporter.write_line(f"{len(needs)} tests skipped. To run them, install: {' '.join(packages)}")


@pytest.fixture(scope="session")
def golden_file(tmp_path_factory):
    """A migrated SQLite file with the people in it, to copy."""
    path = tmp_path_factory.mktemp("golden") / "contacts.db"
    migrate_and_seed(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server():
    """The URL of the PostgreSQL server that DATABASE_URL names, or of one that runs as long as the session."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgresql://", "postgres://")):
        yield given
    else:
        with run_postgres() as server:
            yield server.get_uri()


@pytest.fixture(scope="session")
def golden_database(postgres_server):
    """The name of a migrated database with the people in it, to use as a template."""
    with make_database(postgres_server) as url:
        migrate_and_seed(url)
        if has_citus(postgres_server):
            distribute_on_one_node(postgres_server, url)
            let_models_read_all()
        yield urlsplit(url).path.strip("/")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """A database of the test's own, with the people in it."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("golden_file"), tmp_path / "contacts.db")
        yield f"sqlite:///{tmp_path / 'contacts.db'}"
        return
    template = request.getfixturevalue("golden_database")
    with make_database(request.getfixturevalue("postgres_server"), template) as url:
        yield url


@pytest.fixture
def plain(request, database_url):
    """Skip the test where all databases are distributed."""
    if database_url.startswith("postgresql") and has_citus(request.getfixturevalue("postgres_server")):
        pytest.skip("here all databases are distributed")


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
            return sign_session(find_user(f"{name}@example.com").session_id)

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
