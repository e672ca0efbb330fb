"""Migrations make the schema that the models describe, and can be undone."""

import importlib
import re
from pathlib import Path

import pytest
from playhouse.schema_diff import diff_models
from werkzeug.security import generate_password_hash

from sendy_contacts.accounts.models import SignInAttempt, User, Workspace
from sendy_contacts.accounts.users import add_user
from sendy_contacts.clock import now
from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.database.connection import db, is_postgres
from sendy_contacts.database.migrate import migration_runner, pending_migrations
from sendy_contacts.imports.record.models import Import, ImportChange, ImportChunk
from sendy_contacts.web.auth import sign_session
from tests.support.database import PASSWORD

TABLES = (Workspace, User, Contact, ConsentEvent, Import, ImportChunk, ImportChange, SignInAttempt)

# The indexes that only PostgreSQL has, as SQLite could not use them.
SEARCH_INDEXES = {"contact_search_keys": ("search_keys",)}
NAMES = ["0001_initial", "0002_session_ids", "0003_imports", "0004_search"]


def test_migrated_schema_and_models_agree(app):
    with db.connection_context():
        diff = diff_models(db.obj, list(TABLES))
        extra = sorted(SEARCH_INDEXES) if is_postgres() else []
        assert sorted(index.name for index in diff.drop_indexes) == extra
        assert not any(diff._replace(drop_indexes=[]))
        assert pending_migrations() == []


def columns():
    described = {}
    for model in TABLES:
        table = model._meta.table_name
        described[table] = (
            sorted((c.name, c.data_type, c.null, c.primary_key) for c in db.get_columns(table)),
            sorted((tuple(i.columns), i.unique) for i in db.get_indexes(table)),
        )
    return described


def test_the_migrations_create_the_tables_of_the_models(app):
    """Types, nullability and keys too, which schema_diff doesn't compare."""
    with db.connection_context():
        migrated = columns()
        undo_all()
        db.create_tables(TABLES)
        made = columns()
        for of in SEARCH_INDEXES.values() if is_postgres() else ():
            migrated["contact"][1].remove((of, False))
        assert migrated == made


def undo_all():
    return [name for _ in NAMES for name in migration_runner().down()]


def test_up_down_up(app):
    with db.connection_context():
        assert undo_all() == NAMES[::-1]
        assert pending_migrations() == NAMES
        assert not set(db.get_tables()) & {model._meta.table_name for model in TABLES}
        assert migration_runner().up() == NAMES
        assert migration_runner().up() == []
        assert ConsentEvent.select().count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_migration_does_not_depend_on_the_models(name):
    source = Path(importlib.import_module(f"sendy_contacts.database.migrations.{name}").__file__).read_text()
    assert not re.search(r"^\s*(from|import) +(\.|sendy_contacts)", source, re.MULTILINE)


@pytest.fixture
def previous_schema(app):
    """The schema without session ids, and a user of it."""
    before = importlib.import_module("sendy_contacts.database.migrations.0001_initial")
    with db.connection_context():
        undo_all()
        migration_runner().up("0001_initial")
        with db.bind_ctx(before.TABLES):
            workspace = before.Workspace.create(name="Acme", country="KE", created_at=now())
            user = {"workspace": workspace, "role": "owner", "active": True, "created_at": now()}
            before.User.create(email="ann@example.com", password_hash=generate_password_hash(PASSWORD), **user)
    return before


def test_who_is_signed_in_stays_so(app, previous_schema):
    with app.app_context():
        token = sign_session("1")
    with db.connection_context():
        assert migration_runner().up() == NAMES[1:]
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/internal/contacts", headers=headers).status_code == 200


def test_a_user_whom_the_previous_release_added_can_sign_in(app, previous_schema):
    with db.connection_context(), db.bind_ctx(previous_schema.TABLES):
        migration_runner().up()
        user = previous_schema.User.get()
        previous_schema.User.insert({**user.__data__, "id": 7, "email": "bea@example.com"}).execute()
    client = app.test_client()
    with app.app_context():
        token = sign_session("7")
    assert client.get("/internal/contacts", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert client.post("/session", json={"email": "bea@example.com", "password": PASSWORD}).status_code == 200
    assert client.get("/internal/contacts").status_code == 200


def test_the_previous_release_can_record_consent(app, previous_schema):
    with db.connection_context():
        migration_runner().up()
        event = {"contact_id": "con_01JD3Z6V9T7Q8M2K5R4X1W0YBC", "changed_at": now(), "new": True, "source": "api"}
        with db.bind_ctx(previous_schema.TABLES):
            workspace = previous_schema.Workspace.get()
            previous_schema.ConsentEvent.insert(workspace=workspace, actor="user:1", **event).execute()
        (stored,) = ConsentEvent.select().dicts()
        assert stored == {"workspace": workspace.id, "actor": "user:1", "old": None, "import_id": None, **event}


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_trigger_of_an_unreleased_migration_goes(app, previous_schema):
    with db.connection_context():
        db.execute_sql(
            "CREATE FUNCTION contact_forget_search_keys() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
        db.execute_sql(
            "CREATE TRIGGER contact_forget_search_keys BEFORE UPDATE ON contact FOR EACH ROW "
            "EXECUTE FUNCTION contact_forget_search_keys()"
        )
        migration_runner().up()
        assert db.execute_sql("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal").fetchone() == (0,)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_does_not_reuse_user_ids(app):
    with db.connection_context():
        first = add_user("first@example.com", "Acme", "viewer", None, PASSWORD)
        first.delete_instance()
        assert add_user("second@example.com", "Acme", "viewer", None, PASSWORD).id > first.id
        assert db.execute_sql("PRAGMA foreign_keys").fetchone() == (1,)
        assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []
