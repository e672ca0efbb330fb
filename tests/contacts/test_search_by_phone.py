"""`q` finds a phone by any of its spellings, besides names and phones that it is a part of, by an index."""

import pytest

from sendy_contacts.contacts.filters import ListQuery
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.store import list_recent
from sendy_contacts.contacts.writes import upsert_many
from sendy_contacts.database.connection import db, is_postgres
from sendy_contacts.validation.schemas import load_rows

CONTACTS = "/internal/contacts"


@pytest.fixture
def people(add):
    add(
        {"phone": "+254712345678", "name": "Ann"},
        {"phone": "+525512345678", "name": "Luis"},
        {"phone": "+2290195123456", "name": "Afi"},
        {"phone": "+254733123456", "name": "Room 0712 345 678"},
        {"phone": "+12025550123", "name": "wa.me"},
    )


def find(client, q):
    answer = client.get(CONTACTS, query_string={"q": q})
    assert answer.status_code == 200, answer.text
    return [contact["name"] for contact in answer.json["contacts"]]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("0712345678", ["Ann"]),
        ("0712-345-678", ["Ann"]),
        ("00254 712 345 678", ["Ann"]),
        ("254712345678", ["Ann"]),
        ("+254 (0)712 345 678", ["Ann"]),
        ("٠٧١٢٣٤٥٦٧٨", ["Ann"]),
        ("https://wa.me/254712345678?text=Hi", ["Ann"]),
        ("254712345678:1@s.whatsapp.net", ["Ann"]),
        ("tel:0712345678", ["Ann"]),
        ("+52 1 55 1234 5678", ["Luis"]),
        ("+229 95 12 34 56", ["Afi"]),
        # Names and parts of phones are found as ever.
        ("0712 345 678", ["Room 0712 345 678", "Ann"]),
        ("2345678", ["Luis", "Ann"]),
        ("wa.me", ["wa.me"]),
        ("0712 345 679", []),
        ("0712 345 678/9", []),
        ("254712345678-1612345678@g.us", []),
    ],
)
def test_q_finds_a_phone_by_any_spelling(client, people, q, found):
    assert find(client, q) == found


def test_q_is_read_in_the_country_of_the_workspace_and_with_the_other_filters(client, people):
    assert find(client, "202-555-0123") == ["wa.me"]  # a part of the digits
    assert find(client, "(202) 555 0123 ") == ["wa.me"]
    query = {"q": "0712-345-678", "optedIn": "false"}
    assert client.get(CONTACTS, query_string=query).json["contacts"] == []


def test_a_phone_is_found_in_its_own_workspace_only(client, client_of, people):
    assert find(client_of("stranger"), "0712345678") == []


def list_plan(workspace, query):
    """Return the plan of the statement that looks for contacts."""
    statements = []
    db.query_hooks.append(lambda event: statements.append((event.sql, event.params)))
    list_recent(workspace.id, query)
    db.query_hooks.pop()
    sql, values = statements[0]
    explain = "EXPLAIN" if is_postgres() else "EXPLAIN QUERY PLAN"
    return "\n".join(row[-1] for row in db.execute_sql(f"{explain} {sql}", values))


QUERIES = [ListQuery(q=q, phone="+254712345678") for q in ("0712 345 678", "https://wa.me/254712345678")]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_phone_is_found_by_its_index(workspace):
    for start in range(0, 20_000, 1_000):  # fewer are scanned
        rows = [{"phone": f"+2547{n:08}", "name": f"Tenant {n}"} for n in range(start, start + 1_000)]
        upsert_many(workspace, load_rows(rows), Actor("user:1", "bulk"))
    db.execute_sql("ANALYZE contact")
    for query in QUERIES:
        plan = list_plan(workspace, query)
        assert "BitmapOr" in plan
        assert "Bitmap Index Scan on contact_workspace_id_phone" in plan
        assert "Seq Scan" not in plan


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_phone_adds_no_other_scan(workspace, people):
    for query in QUERIES:
        assert list_plan(workspace, query) == list_plan(workspace, query._replace(phone=None))
