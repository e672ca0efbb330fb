"""The bulk route: per-row results, one transaction, dry runs, and consent that sticks."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.writes import plan_upsert, upsert_many
from sendy_contacts.database.connection import db
from sendy_contacts.validation.schemas import load_rows

BULK = "/internal/contacts/bulk"


def send(client, path, body, **query):
    """Post JSON as the standard library writes it, surrogates included."""
    return client.post(path, data=json.dumps(body), content_type="application/json", query_string=query)


def post(client, *rows, **query):
    return send(client, BULK, {"contacts": list(rows)}, **query)


def listed(client):
    return client.get("/internal/contacts").json["contacts"]


def test_results_come_in_row_order_and_add_up(client, add):
    add({"phone": "+254700112244"}, {"phone": "+254700112255", "name": "Same"})
    answer = post(
        client,
        {"phone": "+254700112233"},
        {"phone": "0700112244", "name": "New name"},
        {"phone": "0700112255", "name": "Same"},
        {"phone": "call office"},
        {"phone": "+254399999999"},
    )
    assert answer.status_code == 200
    results = answer.json.pop("results")
    assert answer.json | {"results": 0} == {"created": 2, "updated": 1, "unchanged": 1, "failed": 1, "results": 0}
    assert [r["index"] for r in results] == [0, 1, 2, 3, 4]
    assert [r["status"] for r in results] == ["created", "updated", "unchanged", "failed", "created"]
    assert set(results[0]) == {"index", "status", "id", "phone"}
    assert set(results[3]) == {"index", "status", "errors"}
    assert [set(e) for e in results[3]["errors"]] == [{"field", "code", "message"}]
    assert results[3]["errors"][0]["code"] == "invalid_phone"
    assert [w["code"] for w in results[4]["warnings"]] == ["phone_unverified"]
    stored = {c["phone"]: c["id"] for c in listed(client)}
    assert stored == {r["phone"]: r["id"] for r in results if r["status"] != "failed"}


BAD_ROWS = [
    (7, ("contact", "invalid_type")),
    (None, ("contact", "invalid_type")),
    ([], ("contact", "invalid_type")),
    ("+254700000000", ("contact", "invalid_type")),
    ({}, ("phone", "required")),
    ({"phone": None}, ("phone", "invalid_phone")),
    ({"phone": 254700000000}, ("phone", "invalid_phone")),
    ({"phone": ""}, ("phone", "invalid_phone")),
    ({"phone": "+254700000000", "Phone": "x"}, ("Phone", "unknown_field")),
    ({"phone": "+254700000000", "_schema": "x"}, ("_schema", "unknown_field")),
    ({"phone": "+254700000000", "country": "Kenya"}, ("country", "invalid_country")),
    ({"phone": "+254700000000", "country": None}, ("country", "invalid_type")),
    ({"phone": "+254700000000", "name": "x" * 201}, ("name", "too_long")),
    ({"phone": "+254700000000", "name": 5}, ("name", "invalid_type")),
    ({"phone": "+254700000000", "name": "a\0b"}, ("name", "invalid_text")),
    ({"phone": "+254700000000", "name": "a\ud800"}, ("name", "invalid_text")),
    ({"phone": "+254700000000", "tags": "vip"}, ("tags", "invalid_type")),
    ({"phone": "+254700000000", "tags": None}, ("tags", "invalid_type")),
    ({"phone": "+254700000000", "tags": ["a", " "]}, ("tags[1]", "required")),
    ({"phone": "+254700000000", "tags": ["a", 1]}, ("tags[1]", "invalid_type")),
    ({"phone": "+254700000000", "tags": ["x" * 65]}, ("tags[0]", "too_long")),
    ({"phone": "+254700000000", "tags": [f"t{n}" for n in range(51)]}, ("tags", "too_many")),
    ({"phone": "+254700000000", "attributes": []}, ("attributes", "invalid_type")),
    ({"phone": "+254700000000", "attributes": {"a": {}}}, ("attributes.a", "invalid_type")),
    ({"phone": "+254700000000", "attributes": {"a": [1]}}, ("attributes.a", "invalid_type")),
    ({"phone": "+254700000000", "attributes": {"": "x"}}, ("attributes", "required")),
    ({"phone": "+254700000000", "attributes": {"a": "\0"}}, ("attributes.a", "invalid_text")),
    ({"phone": "+254700000000", "attributes": {"a\0": 1}}, ("attributes.a\\u0000", "invalid_text")),
    ({"phone": "+254700000000", "attributes": {"a": "x" * 1025}}, ("attributes.a", "too_long")),
    ({"phone": "+254700000000", "attributes": {"k" * 65: "x"}}, (f"attributes.{'k' * 64}…", "too_long")),
    ({"phone": "+254700000000", "attributes": {"a": 2**63}}, ("attributes.a", "invalid_number")),
    ({"phone": "+254700000000", "attributes": {f"k{n}": n for n in range(101)}}, ("attributes", "too_many")),
    ({"phone": "+254700000000", "optedIn": "true"}, ("optedIn", "invalid_type")),
    ({"phone": "+254700000000", "optedIn": 1}, ("optedIn", "invalid_type")),
    ({"phone": "+254700000000", "optedIn": None}, ("optedIn", "invalid_type")),
]


def test_a_bad_row_never_stops_a_good_one(client):
    good = [{"phone": f"+2547111{n:05}"} for n in range(len(BAD_ROWS))]
    rows = [row for pair in zip(good, (bad for bad, _ in BAD_ROWS), strict=True) for row in pair]
    answer = post(client, *rows)
    assert (answer.status_code, answer.json["created"], answer.json["failed"]) == (200, len(good), len(good))
    for (row, (field, code)), result in zip(BAD_ROWS, answer.json["results"][1::2], strict=True):
        assert [(e["field"], e["code"]) for e in result["errors"]] == [(field, code)], row
        assert len(result["errors"][0]["message"]) > 10
    assert len(listed(client)) == len(good)


@pytest.mark.parametrize(("row", "expected"), BAD_ROWS)
def test_post_and_bulk_refuse_the_same_rows(client, row, expected):
    answer = send(client, "/internal/contacts", row)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "validation_failed"
    assert [(p["field"], p["code"]) for p in answer.json["error"]["details"]] == [expected]
    assert answer.json["error"]["message"].startswith(f"{expected[0]}: ")
    assert listed(client) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ([], "validation_failed"),
        ("x", "validation_failed"),
        (None, "validation_failed"),
        ({}, "validation_failed"),
        ({"contacts": None}, "validation_failed"),
        ({"contacts": {}}, "validation_failed"),
        ({"contacts": "abc"}, "validation_failed"),
        ({"contacts": []}, "validation_failed"),
        ({"contacts": [{"phone": "+254700000000"}], "dryRun": True}, "validation_failed"),
        ({"contacts": [{"phone": "+254700000000"}] * 1001}, "too_many_contacts"),
    ],
)
def test_an_invalid_envelope_writes_nothing(client, body, code):
    answer = send(client, BULK, body)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == code
    assert listed(client) == []


@pytest.mark.parametrize("query", ["dryRun=1", "dryRun=", "dryRun=true&dryRun=true", "dry_run=true"])
def test_a_dry_run_that_is_not_understood_writes_nothing(client, query):
    assert client.post(f"{BULK}?{query}", json={"contacts": [{"phone": "+254700000000"}]}).status_code == 400
    assert listed(client) == []


def test_a_thousand_rows_with_the_same_phone_twice(client):
    rows = [{"phone": f"+2547000{n:05}"} for n in range(999)] + [{"phone": "0700000000", "name": "Second"}]
    answer = post(client, *rows)
    assert (answer.json["created"], answer.json["updated"]) == (999, 1)
    ids = [r["id"] for r in answer.json["results"][:-1]]
    assert ids == sorted(set(ids))
    assert answer.json["results"][-1]["id"] == ids[0]


def test_a_phone_is_not_judged_in_a_country_that_was_refused(client):
    (result,) = post(client, {"phone": "07 12", "country": "UK"}).json["results"]
    assert [(e["field"], e["code"]) for e in result["errors"]] == [("country", "invalid_country")]
    (result,) = post(client, {"phone": "07 12", "name": 5}).json["results"]
    assert [e["field"] for e in result["errors"]] == ["phone", "name"]


def test_a_dry_run_returns_the_same_and_writes_nothing(client, add):
    before = add({"phone": "+254700000001", "name": "Old", "optedIn": False}).contacts
    rows = [
        {"phone": "0700000001", "name": "New", "optedIn": True},
        {"phone": "0700000002"},
        {"phone": "0700000002", "name": "Twice"},
        {"phone": "0700000002", "name": "Twice"},
        {"phone": "x"},
    ]
    dry = post(client, *rows, dryRun="true").json
    assert {c["phone"]: c for c in listed(client)} == before
    real = post(client, *rows, dryRun="false").json
    assert [r.pop("id", None) is None for r in dry["results"]] == [False, True, True, True, True]
    for result in real["results"]:
        result.pop("id", None)
    assert dry == real
    assert (real["created"], real["updated"], real["unchanged"], real["failed"]) == (1, 2, 1, 1)


def events():
    with db.connection_context():
        rows = ConsentEvent.select().order_by(ConsentEvent.changed_at)
        return [(e.old, e.new, e.source, e.actor) for e in rows]


def test_an_opt_out_sticks_in_bulk_and_its_row_still_applies(client, add):
    add({"phone": "+254700000001", "optedIn": False})
    answer = post(client, {"phone": "+254700000001", "optedIn": True, "name": "Jane"})
    assert answer.json["results"][0]["status"] == "updated"
    assert [w["code"] for w in answer.json["results"][0]["warnings"]] == ["opt_out_kept"]
    (contact,) = listed(client)
    assert (contact["optedIn"], contact["name"]) == (False, "Jane")
    assert client.post("/internal/contacts", json={"phone": "+254700000001"}).json["optedIn"] is False
    assert client.post("/internal/contacts", json={"phone": "+254700000001", "optedIn": True}).json["optedIn"] is True
    assert events() == [(None, False, "bulk", "user:1"), (False, True, "api", "user:1")]


def test_every_change_of_consent_is_one_event(client):
    post(
        client,
        {"phone": "+254700000001"},
        {"phone": "+254700000001", "optedIn": False},
        {"phone": "+254700000001", "optedIn": True},
        {"phone": "+254700000001", "optedIn": False, "name": "x"},
    )
    post(client, {"phone": "+254700000001"})
    assert events() == [(None, True, "bulk", "user:1"), (True, False, "bulk", "user:1")]
    with db.connection_context():
        event = ConsentEvent.get(ConsentEvent.new == False)  # noqa: E712 - a query
        contact = Contact.get(Contact.phone == "+254700000001")
    assert (event.contact_id, contact.opted_in) == (contact.id, False)
    assert contact.created_at < event.changed_at <= contact.updated_at


PHONES = st.sampled_from(["0700000001", "+254700000001", "0700000002", "+254399999993", "nonsense"])
TAGS = st.lists(st.sampled_from(["vip", "VIP", "ÄÖ", "äö", "x", ""]), max_size=3)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(-2, 2), st.text(max_size=3))
ATTRIBUTES = st.dictionaries(st.sampled_from(["a", "b", "c", ""]), VALUES, max_size=3)
ROWS = st.fixed_dictionaries(
    {"phone": PHONES},
    optional={
        "name": st.sampled_from([None, "Jane", " Jane ", "", "x" * 201]),
        "country": st.sampled_from(["KE", "ug", "XX"]),
        "attributes": ATTRIBUTES,
        "tags": TAGS,
        "optedIn": st.booleans(),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, max_size=8))
def test_bulk_equals_the_same_rows_posted_one_by_one(workspace, rows):
    def run(calls):
        with db.atomic() as transaction:
            outcomes = [o for call in calls for o in upsert_many(workspace, load_rows(call), Actor("user:1", "bulk"))]
            seen = [(o.status, [w.code for w in o.warnings], [p[:2] for p in o.problems]) for o in outcomes]
            stored = list(
                Contact.select(Contact.phone, Contact.name, Contact.country, Contact.attributes, Contact.tags,
                               Contact.opted_in, Contact.name_key, Contact.tag_keys)
                .order_by(Contact.id).tuples()
            )  # fmt: skip
            history = [(e.old, e.new) for e in ConsentEvent.select().order_by(ConsentEvent.changed_at)]
            transaction.rollback()
        return seen, repr(stored), sorted(map(repr, history))

    dry = [(o.status, [w.code for w in o.warnings]) for o in
           plan_upsert(workspace, load_rows(rows)).outcomes]  # fmt: skip
    together = run([rows] if rows else [])
    assert together == run([[row] for row in rows])
    assert dry == [seen[:2] for seen in together[0]]
