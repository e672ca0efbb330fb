"""The history of a contact's consent: who, when, from where, by which import."""

import io

import pytest

from sendy_contacts.accounts.users import find_user
from sendy_contacts.contacts.models import ConsentEvent
from sendy_contacts.database.connection import db
from sendy_contacts.openapi.examples import ID
from tests.support.envelope import assert_envelope

CONTACTS = "/internal/contacts"
IMPORTS = "/internal/imports"
PHONE = "+254712345601"


@pytest.fixture
def history(client):
    """A function: a phone -> the changes of its consent, without their time."""

    def read(phone=PHONE):
        (contact,) = client.get(f"{CONTACTS}?q={phone.removeprefix('+')}").json["contacts"]
        answer = client.get(f"{CONTACTS}/{contact['id']}/consent")
        ((key, changes),) = answer.json.items()
        times = [change.pop("changedAt") for change in changes]
        assert (key, times) == ("consent", sorted(times, reverse=True))
        return changes

    return read


def change(old, new, source, actor="user:1", email="owner@example.com", import_id=None, file=None):
    return {"old": old, "new": new, "source": source, "actor": actor, "email": email, "importId": import_id,
            "fileName": file}  # fmt: skip


def test_every_way_in_is_told(app, client, history):
    with db.connection_context():
        owner = f"user:{find_user('owner@example.com').id}"
    text = f"Phone,Name\n{PHONE},Ann\n".encode()
    record = client.post(IMPORTS, data={"file": (io.BytesIO(text), "may.csv")}).json
    client.post(f"{IMPORTS}/{record['id']}/run")
    client.post(f"{CONTACTS}/bulk", json={"contacts": [{"phone": PHONE, "optedIn": False}]})
    client.post(CONTACTS, json={"phone": PHONE, "optedIn": True})
    app.test_cli_runner().invoke(args=["contacts", "opt-out", PHONE, "--workspace", "Acme"])
    newest, *others = history()
    assert newest == change(True, False, "cli", newest["actor"], None)
    assert newest["actor"].startswith("cli:")
    assert others == [
        change(False, True, "api", owner),
        change(True, False, "bulk", owner),
        change(None, True, "import", owner, import_id=record["id"], file="may.csv"),
    ]


def test_an_import_that_is_gone_keeps_its_id(client, history):
    client.post(CONTACTS, json={"phone": PHONE})
    with db.connection_context():
        ConsentEvent.update(source="import", import_id="imp_01JD3Z6V9T7Q8M2K5R4X1W0YBF").execute()
    (told,) = history()
    assert (told["importId"], told["fileName"]) == ("imp_01JD3Z6V9T7Q8M2K5R4X1W0YBF", None)


def test_the_newest_five_hundred_changes_are_told(client, history):
    client.post(CONTACTS, json={"phone": PHONE})
    with db.connection_context():
        (event,) = ConsentEvent.select().dicts()
        later = [event | {"changed_at": f"2030-01-01T00:00:00.{n:03}Z", "old": True} for n in range(500)]
        ConsentEvent.insert_many(later).execute()
    told = history()
    assert len(told) == 500
    assert all(change["old"] for change in told)


def test_the_email_of_a_user_of_another_workspace_is_not_told(client, history):
    client.post(CONTACTS, json={"phone": PHONE})
    with db.connection_context():
        stranger = f"user:{find_user('stranger@example.com').id}"
        ConsentEvent.update(actor=stranger).execute()
    (told,) = history()
    assert (told["actor"], told["email"]) == (stranger, None)


def test_who_may_read_it(client, client_of):
    contact = client.post(CONTACTS, json={"phone": PHONE}).json
    path = f"{CONTACTS}/{contact['id']}/consent"
    assert client_of("viewer").get(path).status_code == 200
    assert_envelope(client_of("stranger").get(path), 404, "contact_not_found")
    assert_envelope(client_of().get(path), 401, "session_required")
    assert_envelope(client.get(f"{path}?limit=1"), 400, "validation_failed")
    for unknown in (ID, "nope"):
        assert_envelope(client.get(f"{CONTACTS}/{unknown}/consent"), 404, "contact_not_found")
    assert_envelope(client.post(path), 405, "method_not_allowed")


def test_the_command_shows_it(app, client):
    for opted_in in (True, False):
        client.post(CONTACTS, json={"phone": PHONE, "optedIn": opted_in})
    run = app.test_cli_runner().invoke
    shown = run(args=["contacts", "consent", "0712 345601", "--workspace", "Acme"])
    assert [line.partition("  ")[2] for line in shown.output.splitlines()] == [
        "opted in -> opted out  api  owner@example.com",
        "new -> opted in  api  owner@example.com",
    ]
    for phone in ("0733000000", "nonsense"):
        assert run(args=["contacts", "consent", phone, "--workspace", "Acme"]).exit_code == 2
