"""Databases for tests, migrated, with users in two workspaces."""

from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from sendy_contacts import create_app
from sendy_contacts.accounts.users import add_user
from sendy_contacts.database.connection import db
from sendy_contacts.database.migrate import migration_runner

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
    return {"SECRET_KEY": "a secret key for tests", "DATABASE_URL": database_url}


def migrate_and_seed(database_url):
    """Migrate an empty database and add the users; close all connections."""
    create_app(settings(database_url))
    with db.connection_context():
        migration_runner().up()
        for name, (role, workspace) in PEOPLE.items():
            user = add_user(f"{name}@example.com", workspace, role, "KE", PASSWORD)
            user.active = name != "gone"
            user.save()
    db.close_all()


@contextmanager
def make_database(server_url, template="template1"):
    """Create a database on the server of the URL; yield its URL, and drop it afterwards."""
    name = f"contacts_test_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
