"""The one error envelope, on every path, with the request id."""

import re

import pytest
from flask import abort
from peewee import OperationalError

from sendy_contacts.contacts.store import list_recent
from sendy_contacts.database.connection import db
from sendy_contacts.database.migrate import migration_runner
from tests.support.envelope import assert_envelope

CONTACTS = "/internal/contacts"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/elsewhere", 404, "not_found"),
        ("GET", "/internal", 404, "not_found"),
        ("GET", f"{CONTACTS}/", 404, "not_found"),
        ("GET", f"//evil.example/x{CONTACTS}", 404, "not_found"),
        ("GET", f"{CONTACTS}//bulk", 404, "not_found"),
        ("GET", "/static/../../etc/passwd", 404, "not_found"),
        ("GET", "/%ff%00", 404, "not_found"),
        ("DELETE", CONTACTS, 405, "method_not_allowed"),
        ("PUT", f"{CONTACTS}/con_x", 405, "method_not_allowed"),
        ("GET", f"{CONTACTS}/bulk", 405, "method_not_allowed"),
        ("BREW", CONTACTS, 405, "method_not_allowed"),
        ("GET", "/session", 405, "method_not_allowed"),
        ("GET", CONTACTS, 401, "session_required"),
    ],
)
def test_paths_that_lead_nowhere(client_of, method, path, status, code):
    answer = client_of(None).open(path, method=method)
    assert_envelope(answer, status, code)
    assert ("Allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize(
    ("person", "call", "status", "code"),
    [
        ("owner", {"data": b"{", "content_type": "application/json"}, 400, "malformed_json"),
        ("owner", {"data": b"{}", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ("owner", {"json": {}}, 400, "validation_failed"),
        ("owner", {"data": b"x" * 6_000_000, "content_type": "application/json"}, 413, "body_too_large"),
        ("viewer", {"json": {}}, 403, "role_not_allowed"),
        ("owner", {"json": {}, "headers": {"Origin": "null"}}, 403, "cross_site_request"),
        (None, {"json": {}, "headers": {"Authorization": "Bearer wac_live_x"}}, 403, "api_key_not_allowed"),
        (None, {"json": {}}, 401, "session_required"),
    ],
)
def test_refusals(client_of, person, call, status, code):
    assert_envelope(client_of(person).post(CONTACTS, **call), status, code)


def test_many_errors_are_reported_at_once(client):
    answer = client.post(CONTACTS, json={"phone": "07x", "name": 5, "tags": 5, "a": 1, "b": 2})
    assert_envelope(answer, 400, "validation_failed")
    assert [d["field"] for d in answer.json["error"]["details"]] == ["phone", "a", "b", "name", "tags"]
    assert "4 more" in answer.json["error"]["message"]


def test_a_flood_of_problems_is_cut(client):
    answer = client.post(CONTACTS, json={"phone": "07x"} | {f"k{n}" * 99: n for n in range(5000)})
    assert_envelope(answer, 400, "validation_failed")
    assert "at least 19 more" in answer.json["error"]["message"]
    assert len(answer.json["error"]["details"]) == 20
    assert len(answer.data) < 10_000


@pytest.mark.parametrize("given", ["abc-123", "4bf92f3577b34da6a3ce929d0e0e4736", "a:b/c=d+e@f.g_h", "x" * 128])
def test_a_sane_request_id_is_taken_over(client, given):
    assert client.get(CONTACTS, headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
    assert client.get("/nope", headers={"X-Request-Id": given}).json["error"]["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "é", '{"a":1}', "<script>"])
def test_any_other_request_id_is_replaced(client, given):
    made = client.get(CONTACTS, headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert re.fullmatch(r"req_[0-9A-HJKMNP-TV-Z]{26}", made)


def test_an_error_that_nobody_foresaw(app, client_of):
    @app.get("/boom/<kind>")
    def boom(kind):
        if kind == "http":
            abort(418)
        raise KeyError("+254712345678")

    assert_envelope(client_of(None).get("/boom/key"), 500, "internal_error")
    assert_envelope(client_of(None).get("/boom/http"), 500, "internal_error")


def test_an_unavailable_database(app, client, database_url):
    db.close_all()
    db.obj.database = "/nowhere/contacts.db" if "sqlite" in database_url else "nobody"
    for path in (CONTACTS, "/readyz"):
        answer = client.get(path)
        assert_envelope(answer, 503, "database_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200


def test_a_database_that_lacks_migrations(client_of):
    with db.connection_context():
        migration_runner().down()
    answer = client_of(None).get("/readyz")
    assert_envelope(answer, 503, "database_unavailable")
    assert "0004_search" in answer.json["error"]["message"]


def test_a_pool_that_is_used_up(app, client):
    db.obj._max_connections, db.obj._wait_timeout = 1, 0.05
    taken = db._connect()
    assert_envelope(client.get(CONTACTS), 503, "database_unavailable")
    db._close(taken)
    assert client.get(CONTACTS).status_code == 200


def test_an_operational_error_of_a_query(client, monkeypatch):
    def fail(*_):
        raise OperationalError("disk I/O error at +254712345678")

    monkeypatch.setitem(list_recent.__globals__, "_select", fail)
    answer = client.get(CONTACTS)
    assert_envelope(answer, 503, "database_unavailable")
    assert "254712345678" not in answer.text
