"""Contacts split by workspace: the same answers, one partition for each call, and no row read in vain."""

import pytest

from sendy_contacts.accounts.users import add_user, find_workspace
from sendy_contacts.contacts.filters import ListQuery
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.store import count_contacts
from sendy_contacts.contacts.writes import upsert_many
from sendy_contacts.database.connection import db
from sendy_contacts.database.partitions import TABLES, partition_tables
from sendy_contacts.validation.schemas import load_rows

CONTACTS = "/internal/contacts"

pytestmark = pytest.mark.usefixtures("plain")
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def upgrade(app, *options):
    return app.test_cli_runner().invoke(args=["db", "upgrade", *options])


CONSTRAINTS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
GRANTS = "SELECT relowner, relacl::text FROM pg_class WHERE oid = %s::regclass"
COLUMN_GRANTS = "SELECT attname, attacl::text FROM pg_attribute WHERE attrelid = %s::regclass AND attacl IS NOT NULL"
INDEXES = "SELECT indexname, replace(indexdef, ' ON ONLY ', ' ON ') FROM pg_indexes WHERE tablename = %s"


def describe():
    """Return the columns, keys and indexes of the tables, as PostgreSQL words them."""
    described = set()
    for table in TABLES:
        described |= {(table, column) for column in db.get_columns(table)}
        for query in (CONSTRAINTS, INDEXES, GRANTS, COLUMN_GRANTS):
            described |= set(db.execute_sql(query, (table,)).fetchall())
    return described


@on_postgresql
def test_contacts_and_their_history_stay_when_tables_are_split(app, client, add):
    add({"phone": "+254700000001", "name": "Jane", "tags": ["vip"]}, {"phone": "+254700000002", "optedIn": False})
    listed = client.get(CONTACTS).json
    with db.connection_context():
        db.execute_sql("GRANT SELECT ON contact TO PUBLIC")
        db.execute_sql("GRANT UPDATE (name) ON contact TO PUBLIC")
        db.execute_sql("CREATE INDEX contact_odd ON contact (workspace_id) WHERE name LIKE 'a%%' AND name <> 'why?'")
        before = describe()
        events = db.execute_sql("SELECT * FROM consent_event ORDER BY contact_id").fetchall()
    for count in (4, 16):
        done = upgrade(app, "--partitions", str(count))
        assert (done.exit_code, done.output) == (0, "partitioned contact\npartitioned consent_event\n")
        assert upgrade(app, "--partitions", str(count)).output == "nothing to do\n"
        assert upgrade(app).output == "nothing to do\n"
        assert client.get(CONTACTS).json == listed
        with db.connection_context():
            assert describe() == before
            assert db.execute_sql("SELECT * FROM consent_event ORDER BY contact_id").fetchall() == events
    contact = add({"phone": "+254700000001", "tags": ["late"]}).contacts["+254700000001"]
    assert contact["tags"] == ["vip", "late"]
    assert client.post(CONTACTS, json={"phone": "0700000002", "optedIn": True}).json["optedIn"] is True
    assert client.patch(f"{CONTACTS}/{contact['id']}", json={"name": "Joan"}).json["name"] == "Joan"
    assert [c["name"] for c in client.get(f"{CONTACTS}?q=joa&tag=LATE").json["contacts"]] == ["Joan"]


@on_postgresql
@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("CREATE VIEW report AS SELECT id FROM contact", "the view report"),
        ("ALTER TABLE consent_event ENABLE ROW LEVEL SECURITY", "row security on consent_event"),
        ("CREATE POLICY mine ON contact USING (true)", "the policy mine"),
        ("CREATE PUBLICATION copy FOR TABLE contact", "the publication copy"),
    ],
)
def test_what_would_be_lost_is_named(app, made, named):
    with db.connection_context():
        db.execute_sql(made)
    done = upgrade(app, "--partitions", "4")
    assert done.exit_code == 2
    assert done.output.startswith(f"Error: {named} would be lost.")
    assert upgrade(app, "--partitions", "4").output.startswith(f"Error: {named} would be lost.")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_has_no_partitions(app):
    done = upgrade(app, "--partitions", "4")
    assert (done.exit_code, done.output) == (2, "Error: Only PostgreSQL has partitions. Leave --partitions out.\n")


def fill():
    """Make 60 workspaces of 200 contacts; Acme gets 3,000, a few of which differ by tag, name or opt-out."""
    with db.connection_context():
        for number in range(60):
            add_user(f"u{number}@example.com", f"W{number}", "owner", "KE", "a password")
        names = ["Acme", *(f"W{number}" for number in range(60))]
        for name in names:
            count = 3000 if name == "Acme" else 200
            rows = [{"phone": f"+2547{n:08}", "name": "Ann"} for n in range(count)]
            for row in rows[::600]:
                row |= {"name": "Zebulon", "tags": ["vip"], "optedIn": False}
            for start in range(0, count, 1000):
                upsert_many(find_workspace(name), load_rows(rows[start : start + 1000]), Actor("user:1", "bulk"))
        partition_tables(8)


def explain(statements):
    """Run the statements again and return the nodes of their plans that read contacts or their history."""
    nodes = []

    def visit(node):
        if node.get("Relation Name", "").startswith(TABLES) and node["Node Type"] != "ModifyTable":
            nodes.append(node)
        for child in node.get("Plans", ()):
            visit(child)

    with db.connection_context():
        for sql, values in statements:
            (plan,) = db.execute_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
            visit(plan[0]["Plan"])
    return nodes


ROUTES = [
    ("list", 501, lambda client, _: client.get(CONTACTS)),
    ("list a page", 501, lambda client, ids: client.get(f"{CONTACTS}?cursor={ids[300]}")),
    ("list a tag", 5, lambda client, _: client.get(f"{CONTACTS}?tag=VIP")),
    ("list a name", 5, lambda client, _: client.get(f"{CONTACTS}?q=zebu")),
    ("list a letter", 5, lambda client, _: client.get(f"{CONTACTS}?q=Z")),
    ("list who opted out", 5, lambda client, _: client.get(f"{CONTACTS}?optedIn=false")),
    ("list a phone", 1, lambda client, _: client.get(f"{CONTACTS}?q=700001234")),
    ("upsert one", 1, lambda client, _: client.post(CONTACTS, json={"phone": "+254700000001", "name": "x"})),
    ("create one", 1, lambda client, _: client.post(CONTACTS, json={"phone": "+254799999999"})),
    ("bulk", 1000, lambda client, _: client.post(f"{CONTACTS}/bulk", json={"contacts": BULK})),
    ("patch", 1, lambda client, ids: client.patch(f"{CONTACTS}/{ids[0]}", json={"name": "y"})),
]
BULK = [{"phone": f"+2547{n:08}", "name": "new"} for n in range(1000)]


@on_postgresql
def test_each_route_reads_one_partition_and_no_more_rows_than_it_returns(client):
    fill()
    ids = [contact["id"] for contact in client.get(CONTACTS).json["contacts"]]
    for name, most, call in ROUTES:
        statements = []
        db.query_hooks.append(lambda event, seen=statements: seen.append((event.sql, event.params)))
        assert call(client, ids).status_code in (200, 201), name
        db.query_hooks.pop()
        nodes = explain([s for s in statements if s[0].startswith("SELECT") and "contact" in s[0]])
        assert nodes, name
        assert len({node["Relation Name"] for node in nodes if node["Relation Name"].startswith("contact")}) == 1, (
            name
        )
        assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], name
        for node in nodes:
            assert node["Actual Rows"] * node["Actual Loops"] <= most, (name, node)
            assert not node.get("Rows Removed by Filter"), (name, node)
            assert not node.get("Rows Removed by Index Recheck"), (name, node)


@on_postgresql
def test_matches_are_counted_without_reading_others(app):
    fill()
    statements = []
    db.query_hooks.append(lambda event: statements.append((event.sql, event.params)))
    for query in (ListQuery(q="zebu"), ListQuery(tags=("vip",)), ListQuery(opted_in=False)):
        with db.connection_context():
            assert count_contacts(find_workspace("Acme").id, query, 100) == 5
        (node,) = explain(statements[-1:])
        assert (node["Actual Rows"], node.get("Rows Removed by Filter", 0)) == (5, 0), node
    db.query_hooks.pop()
