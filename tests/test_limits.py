"""What a request may cost: it is refused early, or stops at a limit."""

import http.client
import json
import time
from contextlib import closing

import pytest

from sendy_contacts.accounts import sign_in as signing
from sendy_contacts.database.connection import db
from tests.support.database import PASSWORD
from tests.support.envelope import assert_envelope
from tests.support.service import Service, environment, flask, free_port

CONTACTS = "/internal/contacts"
PHONE = "+254700000001"


def test_a_sign_in_reads_8_kib(client_of):
    body = {"email": "owner@example.com", "password": PASSWORD}
    client = client_of(None)
    assert client.post("/session", json=body | {"x": ""}).status_code == 400
    answer = client.post("/session", json=body | {"x": "x" * 8192})
    assert_envelope(answer, 413, "body_too_large")
    assert "8 KiB" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "row",
    [
        {str(n): 1 for n in range(200_000)},
        {"phone": PHONE, "attributes": {str(n): [] for n in range(200_000)}},
        {"phone": PHONE, "tags": ["x"] * 400_000 + [7]},
        {"phone": PHONE, "tags": [str(n) for n in range(200_000)]},
    ],
    ids=["unknown keys", "bad attributes", "equal tags", "many tags"],
)
@pytest.mark.parametrize("path", [CONTACTS, f"{CONTACTS}/bulk"])
def test_checking_stops_at_the_errors_that_are_reported(client, row, path):
    body = {"contacts": [row]} if path.endswith("bulk") else row
    begin = time.process_time()
    answer = client.post(path, json=body)
    spent = time.process_time() - begin
    problems = answer.json["results"][0]["errors"] if path.endswith("bulk") else answer.json["error"]["details"]
    assert 1 <= len(problems) <= 20
    assert spent < 5 * parse_time(body)


def parse_time(body):
    """Return the seconds of CPU that reading the body as JSON takes, for lack of a measure of this machine."""
    text = json.dumps(body)
    begin = time.process_time()
    for _ in range(3):
        json.loads(text)
    return max(time.process_time() - begin, 0.05)


def test_unknown_keys_of_the_envelope_are_not_all_reported(client):
    answer = client.post(f"{CONTACTS}/bulk", json={"contacts": [{}]} | {str(n): 1 for n in range(100_000)})
    assert len(answer.json["error"]["details"]) == 20


def test_a_list_takes_50_different_tags(client, add):
    add({"phone": PHONE, "tags": ["vip"]})
    many = [f"t{n}" for n in range(51)]
    answer = client.get(CONTACTS, query_string={"tag": many})
    assert_envelope(answer, 400, "validation_failed")
    assert [(d["field"], d["code"]) for d in answer.json["error"]["details"]] == [("tag", "too_many")]
    assert client.get(CONTACTS, query_string={"tag": many[:50]}).json["contacts"] == []
    same = client.get(CONTACTS, query_string={"tag": ["vip", "VIP", " Vip "] * 100})
    assert [contact["phone"] for contact in same.json["contacts"]] == [PHONE]


FAT = {f"k{n}": "\x01" * 1000 for n in range(5)}  # 6 bytes a character as JSON


@pytest.mark.parametrize(
    "steps", [[FAT | {"k6": "\x01" * 1000}], [FAT, {"k6": "\x01" * 1000}]], ids=["once", "steps"]
)
@pytest.mark.parametrize("source", ["post", "bulk", "patch"])
def test_attributes_take_32_kib(client, source, steps):
    created = client.post(CONTACTS, json={"phone": PHONE}).json
    statuses = [write(client, source, created["id"], attributes) for attributes in steps]
    assert statuses[:-1] == [None] * (len(steps) - 1)
    assert statuses[-1] == ("attributes", "too_large")
    (stored,) = client.get(CONTACTS).json["contacts"]
    assert stored["attributes"] == (FAT if len(steps) > 1 else {})


def write(client, source, contact_id, attributes):
    """Write attributes; return field and code of what was refused, or None."""
    if source == "bulk":
        answer = client.post(f"{CONTACTS}/bulk", json={"contacts": [{"phone": PHONE, "attributes": attributes}]})
        problems = answer.json["results"][0].get("errors", [])
    else:
        path, body = (CONTACTS, {"phone": PHONE}) if source == "post" else (f"{CONTACTS}/{contact_id}", {})
        answer = client.open(path, method=source.upper(), json=body | {"attributes": attributes})
        problems = answer.json.get("error", {}).get("details", [])
    return (problems[0]["field"], problems[0]["code"]) if problems else None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_statement_that_takes_too_long_is_ended(app, client, monkeypatch):
    monkeypatch.setattr(db.obj, "statement_seconds", 0.0)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    app.add_url_rule(
        "/endless", view_func=lambda: str(db.connection_context().__enter__() or db.execute_sql(endless))
    )
    assert_envelope(client.get("/endless"), 503, "database_unavailable")
    db.close()
    monkeypatch.undo()
    assert client.get(CONTACTS).status_code == 200


def test_a_named_route_is_not_an_id(client):
    for name, allowed in (("bulk", "POST"), ("openapi.json", "GET")):
        answer = client.patch(f"{CONTACTS}/{name}", json={})
        assert_envelope(answer, 405, "method_not_allowed")
        assert allowed in answer.headers["Allow"]
    assert_envelope(client.patch(f"{CONTACTS}/bulky", json={}), 404, "contact_not_found")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_chunked_body_may_be_just_as_large_as_any(database_url, tmp_path):
    env = environment(database_url, PORT=str(free_port()))
    session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}
    service = Service(env, tmp_path / "log").wait()
    limit = 5 * 1024 * 1024
    try:
        assert [send_chunked(service, CONTACTS, size, session) for size in (limit, limit + 1)] == [400, 413]
        assert [send_chunked(service, "/session", size, {}) for size in (8192, 8193)] == [400, 413]
    finally:
        service.stop()


def send_chunked(service, path, size, headers):
    """Send a JSON body of so many bytes in chunks; return the status."""
    text = b'{"x": "' + b"x" * (size - 9) + b'"}'
    pieces = (text[n : n + 65536] for n in range(0, len(text), 65536))
    with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)) as connection:
        headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"} | headers
        connection.request("POST", path, pieces, headers, encode_chunked=True)
        return connection.getresponse().status


def test_an_address_past_its_limit_locks_nobody_out(client_of, monkeypatch):
    monkeypatch.setattr(signing, "SIGN_INS_PER_ADDRESS", 3)

    def attempt(email, password, address):
        environ = {"REMOTE_ADDR": address}
        body = {"email": email, "password": password}
        return client_of(None).post("/session", json=body, environ_base=environ).status_code

    for _ in range(30):
        attempt("owner@example.com", "wrong password", "203.0.113.7")
    assert attempt("owner@example.com", PASSWORD, "203.0.113.8") == 200
    assert attempt("owner@example.com", PASSWORD, "203.0.113.7") == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
     ("::ffff:203.0.113.7", "203.0.113.7"), ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unix", "unix")],
)  # fmt: skip
def test_what_counts_as_one_address(address, network):
    assert signing.network(address) == network
