"""Databases for tests, migrated, with users in two workspaces."""

from contextlib import contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from sendy_contacts import create_app
from sendy_contacts.accounts.users import add_user
from sendy_contacts.database.connection import db
from sendy_contacts.database.distribution import distribute_tables
from sendy_contacts.database.migrate import migration_runner
from sendy_contacts.database.postgres import PostgresPool

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


def has_citus(server_url):
    """Return whether the server of the URL offers the extension Citus."""
    with psycopg.connect(server_url) as connection:
        query = "SELECT 1 FROM pg_available_extensions WHERE name = 'citus'"
        return connection.execute(query).fetchone() is not None


def distribute_on_one_node(server_url, url):
    """Distribute a migrated database over its own server alone, and end all connections: it becomes a template."""
    parts = urlsplit(url)
    node = (parts.hostname or "localhost", parts.port or 5432)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION citus")
        connection.execute("SELECT citus_set_coordinator_host(%s, %s)", node)
        connection.execute("SELECT citus_set_node_property(%s, %s, 'shouldhaveshards', true)", node)
    create_app(settings(url))
    with db.connection_context():
        list(distribute_tables())
    db.close_all()
    with psycopg.connect(server_url, autocommit=True) as connection:
        name = parts.path.strip("/")
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # Citus's own would come back
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (name,)
        )


def let_models_read_all():
    """On Citus, let what is written with peewee's models touch all nodes: only tests do that with contacts."""
    execute = PostgresPool.execute

    def execute_anywhere(self, query, **options):
        raw = self.connection()
        raw.execute("SET citus.multi_task_query_log_level TO 'off'")
        found = execute(self, query, **options)
        raw.execute("SET citus.multi_task_query_log_level TO 'error'")
        return found

    PostgresPool.execute = execute_anywhere


@contextmanager
def make_database(server_url, template="template1"):
    """Create a database on the server of the URL; yield its URL, and drop it afterwards.

    On Citus, a statement that touches more than one part of a table fails there.
    """
    name = f"contacts_test_{uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        connection.execute(f"ALTER DATABASE {name} SET citus.multi_task_query_log_level TO 'error'")
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # Citus connects again at once
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
