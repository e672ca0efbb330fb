"""Migrations make the schema that the models describe, and can be undone."""

import importlib

import pytest
from playhouse.schema_diff import diff_models

from sendy_contacts.contacts.models import TABLES, ConsentEvent
from sendy_contacts.database.connection import db, is_postgres
from sendy_contacts.database.migrate import migration_runner, pending_migrations

# The indexes that only PostgreSQL has, as SQLite could not use them.
SEARCH_INDEXES = {"contact_search_keys": ("search_keys",), "contact_without_search_keys": ("workspace_id",)}
NAMES = ["0001_initial", "0002_search_keys"]


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


def test_the_migrations_make_what_the_models_would(app):
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
    module = importlib.import_module(f"sendy_contacts.database.migrations.{name}")
    assert not [
        value
        for value in vars(module).values()
        if getattr(value, "__module__", "") == "sendy_contacts.contacts.models"
    ]


def test_a_release_without_search_keys_works_on_the_schema(app, client, add):
    """What the release before writes is found by its names and tags of now, and gets its keys at the next upgrade."""
    before = importlib.import_module("sendy_contacts.database.migrations.0001_initial")
    (ann,) = add({"phone": "+254700000001", "name": "Ann", "tags": ["vip"]}).contacts.values()
    moment = ann["createdAt"]

    def found(query):
        return [contact["name"] for contact in client.get(f"/internal/contacts?{query}").json["contacts"]]

    with db.connection_context(), db.bind_ctx([before.Contact]):
        before.Contact.create(
            workspace=1, id="con_00000000000000000000000001", phone="+254700000002", name="Bea", country="KE",
            attributes={}, tags=["new"], opted_in=False, created_at=moment, updated_at=moment, name_key="bea",
            tag_keys=["1:new"],
        )  # fmt: skip
        changed = {"name": "Cleo", "name_key": "cleo", "tags": ["old"], "tag_keys": ["1:old"]}
        before.Contact.update(changed).where(before.Contact.id == ann["id"]).execute()

    def check():
        assert found("q=bea") == found("tag=new") == found("optedIn=false") == ["Bea"]
        assert found("q=cleo") == found("tag=old") == ["Cleo"]
        assert found("q=ann") == found("tag=vip") == []

    check()
    upgraded = app.test_cli_runner().invoke(args=["db", "upgrade"]).output
    assert upgraded == ("made 2 contacts of an earlier release searchable\n" if is_postgres() else "nothing to do\n")
    check()
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).output == "nothing to do\n"
    assert client.get("/internal/contacts?q=cleo").json["contacts"][0]["updatedAt"] == ann["updatedAt"]


def test_this_release_keeps_contacts_searchable_whatever_it_changes(app, client, add):
    """Also where the parts of name and tags stay the same."""
    (ann,) = add({"phone": "+254700000001", "name": "Ann", "tags": ["a", "b"]}).contacts.values()
    for edit in ({"name": "Annn"}, {"tags": ["b", "a"]}, {"name": "Nnann"}):
        client.patch(f"/internal/contacts/{ann['id']}", json=edit)
        assert app.test_cli_runner().invoke(args=["db", "upgrade"]).output == "nothing to do\n"
