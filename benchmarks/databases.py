"""Databases for the measurements: SQLite files and a PostgreSQL server; and their size on disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.support.service import environment, flask, run_postgres

from .systems import POSTGRESQL, SQLITE

KINDS = (SQLITE, POSTGRESQL)
OWNER = "owner@example.com"
WORKSPACE = "Bench"


class Databases:
    """A factory of databases, either empty or with the tables of the service and one user."""

    def __init__(self, folder: Path, server_url: str) -> None:
        self.folder = folder
        self.server_url = server_url
        self.migrated = cache(self._migrate)

    def make_empty(self, kind: str, name: str) -> str:
        """Create an empty database, replacing one of that name; return its URL."""
        return self._make(kind, name, None)

    def make_migrated(self, kind: str, name: str) -> str:
        """Create a database for the service, replacing one of that name; return its URL."""
        return self._make(kind, name, self.migrated(kind))

    def show(self, setting: str) -> str:
        """Return the value of a PostgreSQL setting."""
        with psycopg.connect(self.server_url) as connection:
            return connection.execute(f"SHOW {setting}").fetchone()[0]

    def _migrate(self, kind: str) -> str:
        url = self.make_empty(kind, "migrated")
        env = environment(url)
        flask(env, "db", "upgrade")
        person = (OWNER, "--workspace", WORKSPACE, "--role", "owner", "--country", "KE")
        flask(env, "users", "add", *person, "--password-stdin", input="a long password\n")
        return url

    def _make(self, kind: str, name: str, like: str | None) -> str:
        if kind == SQLITE:
            path = self.folder / f"{name}.db"
            for left in self.folder.glob(f"{name}.db*"):
                left.unlink()
            if like:
                source, copy = sqlite3.connect(like.removeprefix("sqlite:///")), sqlite3.connect(path)
                with closing(source), closing(copy):
                    source.backup(copy)
            return f"sqlite:///{path}"
        template = urlsplit(like).path.strip("/") if like else "template1"
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()


@contextmanager
def run_databases(folder: Path) -> Iterator[Databases]:
    """Run PostgreSQL with default settings, and keep SQLite files in `folder`."""
    with run_postgres() as server:
        yield Databases(folder, server.get_uri())


def measure_disk(url: str) -> float:
    """Return the size of a database in bytes; on PostgreSQL without the size of an empty database."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(path).stat().st_size
    with psycopg.connect(url) as connection:
        sizes = "SELECT pg_database_size(current_database()) - pg_database_size('template1')"
        return connection.execute(sizes).fetchone()[0]


def gather_statistics(url: str) -> None:
    """Run VACUUM ANALYZE, which PostgreSQL's autovacuum does about a minute after many writes."""
    if not url.startswith("sqlite"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
