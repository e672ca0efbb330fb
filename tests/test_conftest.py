"""The suite's PostgreSQL: the server that DATABASE_URL names, or one of its own, and nothing left behind."""

import os
import subprocess
import sys

import psycopg
import pytest

from tests.support.service import ROOT, run_postgres

SMALL = ["tests/contacts/test_statements.py", "-k", "postgresql and patch", "-p", "no:cacheprovider"]


def run_small_test(database_url):
    return subprocess.run(
        [sys.executable, "-m", "pytest", *SMALL],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_server_of_database_url_is_used_and_left_as_it_was():
    with run_postgres() as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER DATABASE postgres SET log_statement = 'ddl'")
            done = run_small_test(server.get_uri())
            databases = connection.execute("SELECT datname FROM pg_database ORDER BY datname").fetchall()
            tables = connection.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'").fetchall()
        log = server.log.read_text()
    assert "1 passed" in done.stdout
    assert log.count("CREATE DATABASE") == log.count("DROP DATABASE") == 2
    assert databases == [("postgres",), ("template0",), ("template1",)]
    assert tables == []


@pytest.mark.parametrize(("url", "said"), [("postgresql://127.0.0.1:1/x", "1 error"), ("sqlite:///x.db", "1 passed")])
def test_only_a_postgresql_url_replaces_the_servers_of_the_suite(url, said):
    assert said in run_small_test(url).stdout
