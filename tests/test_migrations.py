"""Migrations make the schema that the models describe, and can be undone."""

import importlib

import pytest
from playhouse.schema_diff import IndexDiff, diff_models

from sendy_contacts.database import db, migration_runner, on_postgres, pending_migrations
from sendy_contacts.models import TABLES, ConsentEvent


def test_migrated_schema_and_models_agree(app):
    with db.connection_context():
        diff = diff_models(db.obj, list(TABLES))
        # PostgreSQL has one index more, which SQLite could not use.
        extra = [IndexDiff("contact", "contact_search_keys", ("search_keys",), False)] if on_postgres() else []
        assert diff.drop_indexes == extra
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


def test_the_first_migration_makes_what_the_models_would(app):
    """Types, nullability and keys too, which schema_diff doesn't compare."""
    with db.connection_context():
        migrated = columns()
        migration_runner().down()
        db.create_tables(TABLES)
        made = columns()
        if on_postgres():
            migrated["contact"][1].remove((("search_keys",), False))
        assert migrated == made


def test_up_down_up(app):
    with db.connection_context():
        assert migration_runner().down() == ["0001_initial"]
        assert pending_migrations() == ["0001_initial"]
        assert not set(db.get_tables()) & {model._meta.table_name for model in TABLES}
        assert migration_runner().up() == ["0001_initial"]
        assert migration_runner().up() == []
        assert ConsentEvent.select().count() == 0


@pytest.mark.parametrize("name", ["0001_initial"])
def test_a_migration_does_not_depend_on_the_models(name):
    module = importlib.import_module(f"sendy_contacts.migrations.{name}")
    assert not [
        value for value in vars(module).values() if getattr(value, "__module__", "") == "sendy_contacts.models"
    ]
