"""The filters of the list find what a comparison of all contacts finds, in the same order, by an index."""

import itertools
import json
import random

import pytest

from sendy_contacts.contacts.filters import ListQuery
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.store import count_contacts, iterate, list_recent, remove_contacts, walk
from sendy_contacts.contacts.writes import patch, upsert_many
from sendy_contacts.database.connection import db, is_postgres
from sendy_contacts.database.migrate import migration_runner
from sendy_contacts.text import fold
from sendy_contacts.validation.schemas import load_patch, load_rows

NAMES = ("Jane Doe", "Otieno", "Zoë Weiß", "李娜娜", "ليلى حسن", "İlker", 'A "quoted" name', "100%_!", None)
TAGS = ("vip", "VIP 2", "köln", 'a "b", c', "москва", "a\\b", "[x]", "50%")
QUERIES = [
    *(
        {"q": q}
        for q in ("jane", "DOE", "ne d", "ß", "weiss", "娜", "李娜娜", "حسن", 'a "q', "%_!", "iLKER", "zzyzx", "a")
    ),
    *({"q": q} for q in ("+2547", "0000", "700000", "12", "0700 000 017", "700 000", "x" * 200, "jane otieno")),
    *({"tags": (tag,)} for tag in (*TAGS, "nobody's")),
    *({"tags": tags} for tags in (("vip", "köln"), ("vip", "nobody's"), ("москва", "50%", "[x]"))),
    {"opted_in": False},
    {"opted_in": True},
    {"opted_in": False, "tags": ("vip",), "q": "jane"},
    {"opted_in": True, "tags": ("köln",), "q": "ot"},
    {"q": "jane", "tags": ("nobody's",)},
]


def add(workspace, start, count, chance):
    rows = [
        {
            "phone": f"+254700{n:06}",
            "name": chance.choice(NAMES),
            "tags": chance.sample(TAGS, chance.randrange(4)),
            "optedIn": chance.random() > 0.1,
        }
        for n in range(start, start + count)
    ]
    upsert_many(workspace, load_rows(rows), Actor("user:1", "bulk"), may_opt_in=True)


def change(workspace, contacts, chance):
    """Rename contacts, replace their tags, opt them out or in again: one of these for each."""
    for contact in contacts:
        if chance.random() > 0.3:
            edit = chance.choice([{"name": chance.choice(NAMES)}, {"tags": chance.sample(TAGS, 2)}])
            patch(workspace.id, contact.id, load_patch(edit))
        else:
            row = {"phone": contact.phone, "optedIn": not contact.opted_in}
            upsert_many(workspace, load_rows([row]), Actor("user:1", "api"), may_opt_in=True)


def matches(contact, q="", tags=(), opted_in=None):
    digits = "".join(c for c in q if c not in " -.()/")
    named = fold(q) in fold(contact.name or "") or (digits.strip("+").isdecimal() and digits in contact.phone)
    found = {fold(tag) for tag in tags} <= {fold(tag) for tag in json.loads(contact.tags)}
    return (not q or named) and found and opted_in in (None, bool(contact.opted_in))


def assert_found(workspace):
    contacts = list(iterate(workspace.id))[::-1]
    for query in QUERIES:
        expected = [contact for contact in contacts if matches(contact, **query)]
        found = list(walk(workspace.id, ListQuery(limit=150, **query)))
        assert found == expected, (query, len(found), len(expected))
        first = list_recent(workspace.id, ListQuery(limit=3, **query)).contacts
        assert first == expected[:3], query


@pytest.fixture
def chance():
    return random.Random(17)  # noqa: S311 - no secret


@pytest.fixture
def globex(app, workspace):
    return type(workspace).get(type(workspace).name == "Globex")


def test_the_filters_find_what_a_comparison_finds(workspace, globex, chance):
    for start in range(0, 2_400, 400):
        add(workspace, start, 400, chance)
        add(globex, start, 40, chance)
    assert_found(workspace)
    assert_found(globex)
    contacts = list(iterate(workspace.id))
    change(workspace, chance.sample(contacts, 60), chance)
    assert_found(workspace)
    change(workspace, chance.sample(contacts, 1_500), chance)
    assert_found(workspace)
    assert_found(globex)
    remove_contacts(workspace.id, [contact.id for contact in contacts[700:900] + contacts[-900:]])
    assert_found(workspace)
    add(workspace, 5_000, 1_000, chance)
    assert_found(workspace)


def search_plan(workspace, **query):
    """Return SQLite's plan of the statement that looks for contacts."""
    statements = []
    db.query_hooks.append(lambda event: statements.append((event.sql, event.params)))
    list_recent(workspace.id, ListQuery(**query))
    db.query_hooks.pop()
    ((sql, values),) = statements
    return [row[-1] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "query",
    [
        {"q": "jane"},
        {"q": "0712 345 678", "phone": "+254712345678"},
        {"tags": ("vip", "köln"), "cursor": "con_01JD3Z6V9T7Q8M2K5R4X1W0YBC"},
        {"opted_in": False},
        {"opted_in": False, "tags": ("vip",), "q": "a"},
    ],
)
def test_sqlite_looks_into_its_index(workspace, query):
    plan = search_plan(workspace, **query)
    assert any("contact_search VIRTUAL TABLE INDEX" in line for line in plan)
    reads = [line for line in plan if line.startswith(("SCAN contact", "SEARCH contact"))]
    by_key = ("SEARCH contact USING INTEGER PRIMARY KEY", "SEARCH contact_token", "SCAN contact_search VIRTUAL")
    others = [line for line in reads if not line.startswith((*by_key, "SCAN contact_changed"))]
    assert set(others) <= {
        "SEARCH contact",  # its greatest rowid
        "SEARCH contact USING COVERING INDEX sqlite_autoindex_contact_1 (workspace_id=? AND id>?)",  # the cursor
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("query", [{}, {"q": "ab"}, {"q": "1 -"}, {"q": "abc", "opted_in": True}, {"opted_in": True}])
def test_sqlite_walks_where_its_index_cannot_help(workspace, query):
    indexed = query.get("q") == "abc"
    assert any("contact_search" in line for line in search_plan(workspace, **query)) == indexed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_vacuum_keeps_what_the_index_points_to(workspace, chance):
    add(workspace, 0, 1_000, chance)
    remove_contacts(workspace.id, [contact.id for contact in itertools.islice(iterate(workspace.id), 5, 500)])
    add(workspace, 1_000, 1_000, chance)
    db.execute_sql("VACUUM")
    assert_found(workspace)


@pytest.fixture
def previous_schema(workspace):
    """The schema before the search index."""
    assert migration_runner().down() == ["0004_search"]


def test_the_migration_indexes_what_is_there(workspace, globex, previous_schema, chance):
    if not is_postgres():
        assert not {"contact_search", "contact_token", "contact_changed"} & set(db.get_tables())
    for start in (0, 700):
        add(workspace, start, 700, chance)
        add(globex, start, 30, chance)
    contacts = list(iterate(workspace.id))
    migration_runner().up()
    assert_found(workspace)
    assert_found(globex)
    # The previous release writes with the same statements.
    add(workspace, 1_400, 1_000, chance)
    change(workspace, contacts[::20], chance)
    assert_found(workspace)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_migration_goes_on_where_it_was_cut_off(workspace, previous_schema, chance, monkeypatch):
    add(workspace, 0, 1_000, chance)
    execute, statements = db.obj.execute_sql, []

    def fail_when_filling(sql, *args):
        statements.append(sql)
        if sql.startswith("INSERT INTO contact_search"):
            raise KeyboardInterrupt
        return execute(sql, *args)

    monkeypatch.setattr(db.obj, "execute_sql", fail_when_filling)
    with pytest.raises(KeyboardInterrupt):
        migration_runner().up()
    monkeypatch.undo()
    add(workspace, 1_000, 1_000, chance)
    assert migration_runner().up() == ["0004_search"]
    assert_found(workspace)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_migration_puts_contacts_in_order(workspace, previous_schema, chance):
    add(workspace, 0, 900, chance)
    db.execute_sql("UPDATE contact SET rowid = rowid + 5000 WHERE rowid % 7 = 0")
    before = list(iterate(workspace.id))
    migration_runner().up()
    assert list(iterate(workspace.id)) == before
    assert_found(workspace)


PREPARED = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'SELECT%%search_keys%%'"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_workspace_searched_often_sets_no_plan_for_the_others(workspace):
    rows = [{"phone": f"+2547{n:08}", "tags": ["vip"]} for n in range(300)]
    upsert_many(workspace, load_rows(rows), Actor("user:1", "bulk"))
    for query in (ListQuery(tags=("vip",)), ListQuery(q="vip"), ListQuery(opted_in=False)):
        for _ in range(20):
            list_recent(workspace.id, query)
            count_contacts(workspace.id, query, 100)
    assert db.execute_sql(PREPARED).fetchall() == []
