"""What runs while it is measured: this service and the bare view under gunicorn, PostgreSQL; and what they take."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.live import ROOT, Service, environment, flask, free_port, postgres_server

from .contestants import BARE, POSTGRESQL, SERVICE, SignedIn, Web

OWNER = "owner@example.com"
WORKSPACE = "Bench"
WORKERS = 2


class Postgres:
    """A server of PostgreSQL with as many databases as are asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(url, autocommit=True)

    def make_database(self, name: str) -> str:
        """Make an empty database, or an emptied one of that name, and return its URL."""
        self.connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.connection.execute(f'CREATE DATABASE "{name}"')
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def show(self, setting: str) -> str:
        """Return a setting of the server."""
        return self.connection.execute(f"SHOW {setting}").fetchone()[0]


@contextmanager
def run_postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL of its own, with its defaults, in a temporary folder."""
    with postgres_server() as server:
        postgres = Postgres(server.get_uri())
        yield postgres
        postgres.connection.close()


def make_database(kind: str, name: str, folder: Path, postgres: Postgres) -> str:
    """Make an empty database, in place of one of that name, and return its URL."""
    if kind == POSTGRESQL:
        return postgres.make_database(name)
    for path in folder.glob(f"{name}.db*"):
        path.unlink()
    return f"sqlite:///{folder / name}.db"


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="contacts-bench-") as name:
        yield Path(name)


def migrate(database_url: str) -> dict[str, str]:
    """Make the tables and the owner of a workspace; return the environment of a service on that database."""
    env = environment(database_url, PORT=str(free_port()), WEB_CONCURRENCY=str(WORKERS))
    flask(env, "db", "upgrade")
    person = (OWNER, "--workspace", WORKSPACE, "--role", "owner", "--country", "KE")
    flask(env, "users", "add", *person, "--password-stdin", input="a long password\n")
    return env


@contextmanager
def run_service(database_url: str, folder: Path) -> Iterator[SignedIn]:
    """Run this service, with two workers, on an empty database, or on one that `migrate` has prepared."""
    env = migrate(database_url)
    with _run(env, folder / f"{env['PORT']}.log") as service:
        token = flask(env, "users", "session", OWNER).strip()
        with closing(SignedIn(SERVICE, database_url, service.port, service.process.pid, token)) as contestant:
            yield contestant


@contextmanager
def run_bare(database_url: str, folder: Path) -> Iterator[Web]:
    """Run the floor inside a bare view, with two workers."""
    settings = {"FLOOR_URL": database_url, "GUNICORN_CMD_ARGS": f"--config {ROOT / 'benchmarks/bare_gunicorn.py'}"}
    env = environment("", PORT=str(free_port()), WEB_CONCURRENCY=str(WORKERS), **settings)
    with (
        _run(env, folder / f"{env['PORT']}.log") as service,
        closing(Web(BARE, database_url, service.port, service.process.pid)) as contestant,
    ):
        yield contestant


@contextmanager
def _run(env: dict[str, str], log: Path) -> Iterator[Service]:
    service = Service(env, log).wait()
    try:
        yield service
    finally:
        service.stop()


def measure_memory(pid: int) -> float:
    """Return the MB that a process and its children hold, what they share counted once (PSS)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = [Path(f"/proc/{each}/smaps_rollup").read_text().splitlines() for each in (pid, *children)]
    return sum(int(line.split()[1]) for each in lines for line in each if line.startswith("Pss:")) / 1024


def measure_disk(url: str) -> float:
    """Return the bytes that a database takes, without what an empty one of PostgreSQL does."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(path).stat().st_size
    with psycopg.connect(url) as connection:
        sizes = "SELECT pg_database_size(current_database()) - pg_database_size('template1')"
        return connection.execute(sizes).fetchone()[0]


def gather_statistics(url: str) -> None:
    """Do what PostgreSQL does by itself within a minute or so of much writing; SQLite never does."""
    if not url.startswith("sqlite"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0))
