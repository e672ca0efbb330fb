"""A database distributed over the nodes of a Citus cluster whose coordinator DATABASE_URL names."""

from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg.errors import UndefinedTable

from sendy_contacts import create_app
from sendy_contacts.database.connection import db
from sendy_contacts.database.distribution import distribute_tables
from tests.support.database import migrate_and_seed, settings

NODES = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid > 0 AND isactive"


def list_nodes(server_url):
    """Return the (host, port) of each worker that the database of the URL knows."""
    with psycopg.connect(server_url) as connection:
        try:
            return connection.execute(NODES).fetchall()
        except UndefinedTable:
            return []


@contextmanager
def make_cluster(server_url, nodes):
    """Create a distributed database on the coordinator and its workers; yield its URL, and drop it afterwards."""
    with ExitStack() as stack:
        coordinator = urlsplit(server_url)
        own = (coordinator.hostname, coordinator.port or 5432)
        name = f"contacts_test_{uuid4().hex}"
        urls = [_address(coordinator, *node, name) for node in (own, *nodes)]
        for url in urls:
            stack.enter_context(_make_node(url))
        url = urls[0]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT citus_set_coordinator_host(%s, %s)", own)
            for node in nodes:
                connection.execute("SELECT citus_add_node(%s, %s)", node)
        migrate_and_seed(url)
        create_app(settings(url))
        with db.connection_context():
            list(distribute_tables())
        db.close_all()
        yield url


def _address(coordinator, host, port, name):
    user = coordinator.netloc.rpartition("@")[0]
    return coordinator._replace(netloc=f"{user}@{host}:{port}", path=f"/{name}").geturl()


@contextmanager
def _make_node(url):
    parts = urlsplit(url)
    server, name = parts._replace(path="/postgres").geturl(), parts.path.strip("/")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION citus")
        yield
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # Citus connects again at once
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
