"""The service against a slow and obvious model of the contract: random calls, the same answers, the same list."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import Contact
from sendy_contacts.database.connection import db

CONTACTS = "/internal/contacts"

# A spelling -> E.164, country, known as valid; or None where it is refused.
PHONES = {
    "+254700000001": ("+254700000001", "KE", True),
    "0700 000 001": ("+254700000001", "KE", True),
    "254700000001": ("+254700000001", "KE", True),
    "+254700000002": ("+254700000002", "KE", True),
    "+254999999999": ("+254999999999", "KE", False),
    "+5511987654321": ("+5511987654321", "BR", True),
    "+551187654321": ("+5511987654321", "BR", True),
    "12": None,
    "1-800-FLOWERS": None,
}
ATTRIBUTES = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, "1", 1, 2.5, True, []]), max_size=3)
ROWS = st.fixed_dictionaries(
    {"phone": st.sampled_from(sorted(PHONES))},
    optional={
        "name": st.sampled_from([None, "Jane", "  Zoë ", " ", "x" * 201]),
        "country": st.sampled_from(["KE", "ke"]),
        "attributes": ATTRIBUTES,
        "tags": st.lists(st.sampled_from(["vip", "VIP", " tenant", "Çay", "çay", ""]), max_size=3),
        "optedIn": st.booleans(),
        "extra": st.just(1),
    },
)
CALLS = st.lists(ROWS | st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=5)


def is_refused(row):
    return (
        PHONES[row["phone"]] is None
        or "extra" in row
        or len(row.get("name") or "") > 200
        or [] in row.get("attributes", {}).values()
        or "" in row.get("tags", [])
    )


def change(old, row):
    """Return the contact after a row, but for consent."""
    new = json.loads(json.dumps(old))
    if "name" in row:
        new["name"] = (row["name"] or "").strip() or None
    if "country" in row:
        new["country"] = row["country"].upper()
    for key, value in row.get("attributes", {}).items():
        new["attributes"][key] = value
        if value is None:
            del new["attributes"][key]
    for tag in row.get("tags", []):
        if tag.strip().casefold() not in [known.casefold() for known in new["tags"]]:
            new["tags"].append(tag.strip())
    return new


def apply(contacts, row, in_bulk):
    """Apply a row to the contacts by phone; return its status and the codes of its warnings."""
    if is_refused(row):
        return "failed", []
    phone, country, valid = PHONES[row["phone"]]
    old = contacts.get(phone)
    blank = {"phone": phone, "name": None, "country": country, "attributes": {}, "tags": [], "optedIn": True}
    new = change(old or blank, row)
    kept = in_bulk and row.get("optedIn") is True and not new["optedIn"]
    if "optedIn" in row and not kept:
        new["optedIn"] = row["optedIn"]
    contacts[phone] = new
    status = "created" if old is None else "unchanged" if json.dumps(old) == json.dumps(new) else "updated"
    return status, ["phone_unverified"] * (not valid) + ["opt_out_kept"] * kept


def send(client, body):
    """Send one row, or rows in bulk; return the status and the codes of the warnings of each."""
    if isinstance(body, list):
        answer = client.post(f"{CONTACTS}/bulk", json={"contacts": body})
        return [(result["status"], codes(result)) for result in answer.json["results"]]
    before = client.get(CONTACTS).json["contacts"]
    answer = client.post(CONTACTS, json=body)
    contact = {key: value for key, value in answer.json.items() if key != "warnings"}
    written = "created" if answer.status_code == 201 else "unchanged" if contact in before else "updated"
    return [("failed" if answer.status_code == 400 else written, codes(answer.json))]


def codes(result):
    return [warning["code"] for warning in result.get("warnings", [])]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls=CALLS)
def test_random_calls(client, calls):
    with db.connection_context():
        Contact.delete().execute()
    contacts = {}
    for body in calls:
        rows = body if isinstance(body, list) else [body]
        expected = [apply(contacts, row, isinstance(body, list)) for row in rows]
        assert send(client, body) == expected
    listed = client.get(CONTACTS).json["contacts"]
    for contact in listed:
        for key in ("id", "createdAt", "updatedAt"):
            del contact[key]
    # As texts, so that the order of attributes and the types of their values count.
    assert [json.dumps(c) for c in listed] == [json.dumps(order(c)) for c in reversed(contacts.values())]


def order(contact):
    """Return the contact with its keys in the order of an answer."""
    return {key: contact[key] for key in ("name", "phone", "country", "attributes", "tags", "optedIn")}
