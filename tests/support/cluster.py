"""A database distributed over the nodes of a Citus cluster whose coordinator DATABASE_URL names."""

from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

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
        urls = [_address(coordinator, *node) for node in (own, *nodes)]
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
            distribute_tables()
        db.close_all()
        yield url


NAME = "contacts_test_cluster"


def _address(coordinator, host, port):
    user = coordinator.netloc.rpartition("@")[0]
    return coordinator._replace(netloc=f"{user}@{host}:{port}", path=f"/{NAME}").geturl()


@contextmanager
def _make_node(url):
    server = urlsplit(url)._replace(path="/postgres").geturl()
    drop = f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(f"CREATE DATABASE {NAME}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION citus")
    yield
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
