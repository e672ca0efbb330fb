"""PgBouncer in transaction mode between the service and PostgreSQL."""

import os
import re
import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from sendy_contacts.database.postgres import OPTIONS
from tests.support.database import make_database, migrate_and_seed
from tests.support.programs import end, start
from tests.support.service import ROOT, Service, environment, flask, free_port, run_postgres

CONTACTS = "/internal/contacts"
CONNECTIONS = 3  # of PgBouncer to the server
CALLERS = 8


@pytest.fixture(scope="module")
def server_url():
    with run_postgres() as server:
        yield server.get_uri()


@pytest.fixture
def database(server_url):
    """A database whose role has the settings that don't get through PgBouncer."""
    with make_database(server_url) as url:
        migrate_and_seed(url)
        with psycopg.connect(url, autocommit=True) as connection:
            for setting in OPTIONS.split("-c ")[1:]:
                name, _, value = setting.strip().partition("=")
                connection.execute(f"ALTER ROLE postgres SET {name} = '{value}'")
        yield url


@pytest.fixture
def pooler(database, tmp_path):
    """PgBouncer's port."""
    port = free_port()
    named = psycopg.conninfo.conninfo_to_dict(database)
    (tmp_path / "users").write_text('"postgres" ""\n')
    (tmp_path / "pgbouncer.ini").write_text(f"""[databases]
{named["dbname"]} = host={named["host"]} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {tmp_path}/users
pool_mode = transaction
default_pool_size = {CONNECTIONS}
max_client_conn = 200
ignore_startup_parameters = options
""")
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    # It refuses to run as root, and only the server's user may open the server's socket.
    user = ["-u", Path(named["host"]).owner()] if os.geteuid() == 0 else []
    process = start([shutil.which("pgbouncer"), *user, tmp_path / "pgbouncer.ini"], tmp_path / "pgbouncer.log")
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    yield f"postgresql://postgres@127.0.0.1:{port}/{named['dbname']}"
    end(process)


def test_the_page_for_operators_names_all_settings_of_a_connection():
    page = (ROOT / "docs" / "cluster.md").read_text()
    named = re.findall(r"ALTER ROLE contacts SET (\w+) = '(\w+)'", page)
    assert named == [tuple(setting.strip().split("=")) for setting in OPTIONS.split("-c ")[1:]]


@pytest.mark.needs("pgbouncer")
def test_many_callers_share_few_connections(pooler, database, tmp_path):
    session = flask(environment(database), "users", "session", "owner@example.com").strip()
    env = environment(f"{pooler}?prepared_statements=off", PORT=str(free_port()), WEB_CONCURRENCY="2")
    service = Service(env, tmp_path / "log").wait()

    def work(caller):
        statuses = set()
        for turn in range(20):
            row = {"phone": f"+2547120{caller}{turn:04}", "tags": ["pooled"]}
            statuses.add(service.call("POST", CONTACTS, row, Authorization=f"Bearer {session}")[0])
            statuses.add(service.call("GET", f"{CONTACTS}?tag=pooled", Authorization=f"Bearer {session}")[0])
        return statuses

    with ThreadPoolExecutor(CALLERS) as pool:
        seen = set().union(*pool.map(work, range(CALLERS)))
    listed = service.call("GET", f"{CONTACTS}?tag=pooled", Authorization=f"Bearer {session}")[1]["contacts"]
    service.stop()
    assert seen == {200, 201}
    assert len(listed) == CALLERS * 20
    with psycopg.connect(pooler) as through:
        assert through.execute("SHOW enable_seqscan").fetchone() == ("off",)
        assert through.execute("SHOW statement_timeout").fetchone() == ("15s",)
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        assert through.execute(others).fetchone()[0] <= CONNECTIONS
