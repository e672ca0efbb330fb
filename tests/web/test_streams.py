"""Responses that are sent while the work goes on: errors before and in the middle."""

import io
import json

from sendy_contacts.contacts.models import Contact
from sendy_contacts.database.connection import db

IMPORTS = "/internal/imports"


def test_an_error_in_the_middle_is_the_last_line(client):
    rows = "".join(f"+2547{n:08}\n" for n in range(2_500))
    record = client.post(IMPORTS, data={"file": (io.BytesIO(f"phone\n{rows}".encode()), "x.csv")}).json
    answer = client.post(f"{IMPORTS}/{record['id']}/run", buffered=False)
    lines = iter(answer.response)
    assert json.loads(next(lines))["position"] == 1_000
    with db.connection_context():
        db.execute_sql("ALTER TABLE contact RENAME TO mislaid")
    (error,) = map(json.loads, lines)
    assert error["error"]["code"] in ("internal_error", "database_unavailable")
    assert error["error"]["request_id"] == answer.headers["X-Request-Id"]
    with db.connection_context():
        db.execute_sql("ALTER TABLE mislaid RENAME TO contact")
    assert client.get(f"{IMPORTS}/{record['id']}").json["state"] == "paused"
    done = json.loads(client.post(f"{IMPORTS}/{record['id']}/run").text.splitlines()[-1])
    assert (done["state"], done["counts"]["created"]) == ("done", 2_500)


def test_who_stops_reading_stops_the_work(client):
    rows = "".join(f"+2547{n:08}\n" for n in range(3_500))
    record = client.post(IMPORTS, data={"file": (io.BytesIO(f"phone\n{rows}".encode()), "x.csv")}).json
    answer = client.post(f"{IMPORTS}/{record['id']}/run", buffered=False)
    next(iter(answer.response))
    answer.close()
    with db.connection_context():
        assert Contact.select().count() == 1_000
    assert client.get(f"{IMPORTS}/{record['id']}").json["position"] == 1_000


def test_an_error_of_the_first_step_is_an_ordinary_response(client):
    record = client.post(IMPORTS, data={"file": (io.BytesIO(b"Town\nThika\n"), "x.csv")}).json
    answer = client.post(f"{IMPORTS}/{record['id']}/run")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "no_phone_column")
