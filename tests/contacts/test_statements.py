"""How many statements each route costs: for a thousand rows no more than for a few, or three more on PostgreSQL."""

import pytest
from playhouse.test_utils import count_queries

from sendy_contacts.database.connection import db, is_postgres

CONTACTS = "/internal/contacts"


def rows(count, **fields):
    return {"contacts": [{"phone": f"+2547000{n:05}"} | fields for n in range(count)]}


# What is counted on SQLite; the first is the user's. PostgreSQL adds the lock of the workspace to each write and the
# look into its index to a search, and takes contacts 250 at a time.
COSTS = [
    ("list", 2, lambda client: client.get(CONTACTS)),
    ("list with every filter", 2, lambda client: client.get(f"{CONTACTS}?q=a&tag=b&tag=c&optedIn=true&limit=5")),
    ("refused", 1, lambda client: client.post(CONTACTS, json={"phone": 5})),
    ("create one", 4, lambda client: client.post(CONTACTS, json={"phone": "+254799999999"})),
    ("one unchanged", 2, lambda client: client.post(CONTACTS, json={"phone": "+254700000000"})),
    ("one renamed", 3, lambda client: client.post(CONTACTS, json={"phone": "+254700000000", "name": "x"})),
    ("one opted out", 4, lambda client: client.post(CONTACTS, json={"phone": "+254700000000", "optedIn": False})),
    ("bulk of 1,000 over 10", 4, lambda client: client.post(f"{CONTACTS}/bulk", json=rows(1000))),
    ("bulk unchanged", 2, lambda client: client.post(f"{CONTACTS}/bulk", json=rows(10))),
    ("bulk renamed", 3, lambda client: client.post(f"{CONTACTS}/bulk", json=rows(10, name="x"))),
    ("dry run", 2, lambda client: client.post(f"{CONTACTS}/bulk?dryRun=true", json=rows(1000))),
]
MORE_ON_POSTGRES = {"list": 0, "dry run": 0, "bulk of 1,000 over 10": 4}  # the others: 1


@pytest.mark.parametrize(("name", "cost", "call"), COSTS, ids=[name for name, *_ in COSTS])
def test_cost(client, add, name, cost, call):
    add(*rows(10)["contacts"])
    with count_queries() as counted:
        assert call(client).status_code in (200, 201, 400)
    assert counted.count == cost + is_postgres() * MORE_ON_POSTGRES.get(name, 1)


def test_patch_costs_three(client, add):
    (contact,) = add({"phone": "+254700000000"}).contacts.values()
    for name, cost in (("x", 3), ("x", 2)):
        with count_queries() as counted:
            client.patch(f"{CONTACTS}/{contact['id']}", json={"name": name})
        assert counted.count == cost + is_postgres()


def test_a_connection_is_opened_once_and_given_back(client):
    for _ in range(5):
        client.get(CONTACTS)
    assert (len(db._connections), len(db._in_use)) == (1, 0)
    client.get("/nope")
    client.get("/healthz")
    assert db.is_closed()
