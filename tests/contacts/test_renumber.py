"""Contacts stored under an old phone number get today's at an upgrade, and an opt-out survives it."""

import pytest
from peewee import SQL

from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.database.connection import db, is_postgres

CONTACTS = "/internal/contacts"
OLD, TODAY = "+22995123456", "+2290195123456"


def store_under(old, contact):
    """Give a stored contact an old phone number, as a release that didn't know today's would have stored it."""
    with db.connection_context():
        assert Contact.update(phone=old).where(Contact.id == contact["id"]).execute() == 1


def upgrade(app):
    return app.test_cli_runner().invoke(args=["db", "upgrade"]).output


def test_a_contact_gets_the_phone_number_of_today(app, client):
    contact = client.post(CONTACTS, json={"phone": TODAY, "name": "Ann", "tags": ["vip"]}).json
    store_under(OLD, contact)
    assert upgrade(app) == "gave 1 contacts today's phone number\n"
    assert upgrade(app) == "nothing to do\n"
    (stored,) = client.get(CONTACTS, query_string={"q": TODAY}).json["contacts"]
    assert stored.pop("updatedAt") > contact.pop("updatedAt")
    assert stored == contact


@pytest.mark.parametrize(("old_state", "state"), [(False, True), (True, False), (True, True)])
def test_two_contacts_of_one_person_become_one(app, client, old_state, state):
    old = client.post(CONTACTS, json={"phone": "+254700000001", "name": "Old", "tags": ["a"], "optedIn": old_state,
                                      "attributes": {"x": 1, "y": 2}}).json  # fmt: skip
    store_under(OLD, old)
    kept = client.post(CONTACTS, json={"phone": TODAY, "tags": ["b"], "optedIn": state, "attributes": {"y": 3}}).json
    upgrade(app)
    (stored,) = client.get(CONTACTS).json["contacts"]
    assert (stored["id"], stored["phone"], stored["name"]) == (kept["id"], TODAY, "Old")
    assert (stored["tags"], stored["attributes"]) == (["b", "a"], {"y": 3, "x": 1})
    assert stored["optedIn"] is (old_state and state)
    with db.connection_context():
        last = ConsentEvent.select().order_by(ConsentEvent.changed_at.desc()).get()
        assert (last.new, last.source == "upgrade") == (old_state and state, state and not old_state)


def test_what_one_contact_cannot_hold_keeps_at_least_the_opt_out(app, client):
    many = {f"k{n}": n for n in range(100)}
    old = client.post(CONTACTS, json={"phone": "+254700000001", "optedIn": False, "attributes": {"z": 1}}).json
    store_under(OLD, old)
    client.post(CONTACTS, json={"phone": TODAY, "attributes": many})
    upgrade(app)
    (stored,) = client.get(CONTACTS).json["contacts"]
    assert (stored["attributes"], stored["optedIn"]) == (many, False)


def test_a_contact_keeps_its_place(app, client):
    first = client.post(CONTACTS, json={"phone": TODAY, "tags": ["vip"]}).json
    second = client.post(CONTACTS, json={"phone": "+254700000002", "tags": ["vip"]}).json
    store_under(OLD, first)
    upgrade(app)
    with db.connection_context():
        places = Contact.select(Contact.id).order_by(Contact.id if is_postgres() else SQL("rowid"))
        assert [contact.id for contact in places] == [first["id"], second["id"]]
    for query in ({"tag": "vip"}, {"q": "+2290195"}):
        found = client.get(CONTACTS, query_string=query).json["contacts"]
        assert found[-1]["phone"] == TODAY
        assert len(found) == (2 if "tag" in query else 1)
