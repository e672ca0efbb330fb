"""One JSON line for a request, with ids and counts and nothing personal or secret."""

import io
import json

import pytest

from sendy_contacts.database.connection import is_postgres
from sendy_contacts.web.logs import logger
from tests.support.database import PASSWORD

SECRETS = [
    "254712345678",
    "712345678",
    "Jane Doe",
    "jane doe",
    "top-secret-value",
    "vip-tag",
    PASSWORD,
    "owner@example.com",
]


@pytest.fixture
def lines(app):
    """A function that returns the log lines written since."""
    (handler,) = logger.handlers
    handler.setStream(stream := io.StringIO())

    def read():
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return read


def test_a_request_is_one_line(lines, client):
    answer = client.post("/internal/contacts", json={"phone": "+254712345678"}, headers={"X-Request-Id": "proxy-1"})
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line.pop("duration_ms") > 0
    assert line.pop("statements") == 4 + is_postgres()
    assert line == {
        "level": "info",
        "event": "request",
        "method": "POST",
        "route": "/internal/contacts",
        "status": answer.status_code,
        "request_id": "proxy-1",
        "workspace": 1,
        "user": 1,
        "address": "127.0.0.1",
    }


def test_the_route_is_logged_and_not_the_path(lines, client):
    client.patch("/internal/contacts/con_01JD3Z6V9T7Q8M2K5R4X1W0YBC?phone=%2B254712345678", json={})
    client.get("/%2B254712345678")
    assert [line["route"] for line in lines()] == ["/internal/contacts/<contact_id>", None]


def test_nothing_personal_and_no_secret_is_logged(lines, app, client, client_of, token_of):
    @app.post("/boom")
    def boom():
        raise ValueError("+254712345678 Jane Doe top-secret-value")

    row = {
        "phone": "+254712345678",
        "name": "Jane Doe",
        "attributes": {"k": "top-secret-value"},
        "tags": ["vip-tag"],
    }
    contact = client.post("/internal/contacts", json=row).json
    client.post("/internal/contacts/bulk", json={"contacts": [row, row | {"phone": "712345678x"}]})
    client.post("/internal/contacts", json=row | {"name": "Jane Doe" * 99, "712345678": 1})
    client.patch(f"/internal/contacts/{contact['id']}", json={"name": "Jane Doe II", "phone": "+254712345678"})
    client.get("/internal/contacts", query_string={"q": "Jane Doe", "tag": "vip-tag"})
    client.get("/internal/contacts", query_string={"cursor": "+254712345678"})
    client_of(None).post("/session", json={"email": "owner@example.com", "password": PASSWORD})
    client_of(None).post("/session", json={"email": "owner@example.com", "password": PASSWORD + "x"})
    client.post("/boom")
    client.open("/+254712345678", method="Jane")
    token = token_of("owner")
    client_of(None).get("/internal/contacts", headers={"Authorization": f"Bearer {token}"})
    logged = lines()
    assert len(logged) == 12
    text = json.dumps(logged)
    for secret in [*SECRETS, token, token.split(".")[0], "a secret key for tests"]:
        assert secret not in text
    (failure,) = [line for line in logged if "exception" in line]
    assert failure["exception"] == "ValueError"
    assert failure["frames"][-1].startswith("test_logs.py:")


def test_log_lines_of_the_framework_hold_no_path(lines, app, client):
    @app.after_request
    def fail(_):
        raise KeyError("Jane Doe")  # out of reach of the error handlers

    app.config["PROPAGATE_EXCEPTIONS"] = False
    client.get("/+254712345678")
    logged = lines()
    assert any(line.get("exception") == "KeyError" for line in logged)
    for secret in SECRETS:
        assert secret not in json.dumps(logged)
