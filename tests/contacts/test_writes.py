"""Calls that wait to write a workspace share a transaction, and each is answered as if it had been alone."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from peewee import OperationalError

from sendy_contacts.contacts import writes
from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.database import group_commit
from sendy_contacts.database.connection import db
from sendy_contacts.database.transactions import _locks, write_connection

CONTACTS = "/internal/contacts"
ANN, BEN, CAY, DEE = (f"+25470000000{n}" for n in range(4))
ACME = 1


@pytest.fixture
def together(client_of):
    """A function: starts requests (person, method, path, body) one after the other while somebody else writes.

    It returns their responses, and the statements that wrote contacts.
    """

    def wait_for(count):
        for _ in range(1000):
            queue = group_commit._queues.get(ACME)
            if queue and len(queue.waiting) == count:
                return
            time.sleep(0.005)
        raise AssertionError(count)

    def run(*requests, hold=0.0):
        clients = [client_of(person) for person, *_ in requests]
        statements = []
        db.query_hooks.append(lambda event: statements.append(event.sql))
        with ThreadPoolExecutor(len(requests)) as pool:
            answers = []
            with write_connection(ACME):
                for count, (client, (_, method, path, body)) in enumerate(zip(clients, requests, strict=True), 1):
                    answers.append(pool.submit(client.open, CONTACTS + path, method=method, json=body))
                    wait_for(count)
                time.sleep(hold)
            answers = [answer.result() for answer in answers]
        db.query_hooks.pop()
        return answers, [sql for sql in statements if sql.startswith('INSERT INTO "contact"')]

    return run


def stored(client):
    return {contact["phone"]: contact for contact in client.get(CONTACTS).json["contacts"]}


def test_calls_that_wait_share_a_transaction(together, client, add):
    ben = add({"phone": BEN, "tags": ["old"], "optedIn": False}).contacts[BEN]
    answers, transactions = together(
        ("owner", "POST", "", {"phone": ANN, "name": "Ann", "tags": ["one"]}),
        ("developer", "POST", "/bulk", {"contacts": [{"phone": ANN, "tags": ["two"]}, {"phone": CAY}]}),
        ("admin", "PATCH", f"/{ben['id']}", {"name": "Ben"}),
        ("owner", "POST", "/bulk", {"contacts": [{"phone": BEN, "optedIn": True}]}),
        ("admin", "POST", "", {"phone": BEN, "optedIn": True, "tags": ["new"]}),
        ("owner", "POST", "", {"phone": ANN, "tags": ["two"]}),
    )
    assert len(transactions) == 1
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 200]
    first, bulk, patched, kept, opted_in, unchanged = (answer.json for answer in answers)
    assert first["tags"] == ["one"]
    assert [result["status"] for result in bulk["results"]] == ["updated", "created"]
    assert bulk["results"][1]["id"] > bulk["results"][0]["id"] == first["id"]
    assert (patched["name"], patched["optedIn"], patched["tags"]) == ("Ben", False, ["old"])
    assert kept["results"][0]["warnings"][0]["code"] == "opt_out_kept"
    assert (opted_in["name"], opted_in["optedIn"], opted_in["tags"]) == ("Ben", True, ["old", "new"])
    assert unchanged == stored(client)[ANN]
    assert unchanged["tags"] == ["one", "two"]
    with db.connection_context():
        events = {(e.contact_id, e.source, e.actor, e.new) for e in ConsentEvent.select()}
    assert events == {
        (ben["id"], "bulk", "user:1", False),
        (ben["id"], "api", "user:2", True),
        (first["id"], "api", "user:1", True),
        (bulk["results"][1]["id"], "bulk", "user:3", True),
    }


def test_a_transaction_has_at_most_a_thousand_rows(together, client):
    def bulk(start):
        return "owner", "POST", "/bulk", {"contacts": [{"phone": f"+2547100{start + n:05}"} for n in range(400)]}

    answers, _ = together(bulk(0), bulk(400), bulk(800), ("owner", "POST", "", {"phone": ANN}))
    assert [answer.json.get("created") for answer in answers] == [400, 400, 400, None]
    ids = [result["id"] for answer in answers[:3] for result in answer.json["results"]]
    assert [*ids, answers[3].json["id"]] == sorted([*ids, answers[3].json["id"]])


def test_calls_of_more_rows_take_another_turn():
    entries = [group_commit._Entry(size, size) for size in (1_200, 400, 600, 1, 1)]
    queue, *others = (group_commit._Queue.join(ACME, entry) for entry in entries)
    assert set(others) == {queue}
    assert [[entry.call for entry in queue.take()] for _ in range(3)] == [[1_200], [400, 600], [1, 1]]
    queue.pass_on()
    assert not group_commit._queues


def test_a_refused_call_leaves_the_others_as_they_are(together, client, add):
    ben = add({"phone": BEN, "attributes": {f"k{n}": n for n in range(100)}}).contacts[BEN]
    answers, transactions = together(
        ("owner", "POST", "", {"phone": ANN}),
        ("owner", "PATCH", "/con_01JD3Z6V9T7Q8M2K5R4X1W0YBC", {"name": "nobody"}),
        ("owner", "PATCH", f"/{ben['id']}", {"name": "x", "attributes": {"one more": 1}}),
        ("owner", "POST", "", {"phone": "12"}),
        ("owner", "POST", "", {"phone": BEN, "attributes": {"one more": 1}}),
        ("owner", "PATCH", f"/{ben['id']}", {"name": "Ben"}),
    )
    assert len(transactions) == 1
    assert [answer.status_code for answer in answers] == [201, 404, 400, 400, 400, 200]
    assert answers[2].json["error"]["details"] == answers[4].json["error"]["details"]
    contacts = stored(client)
    assert set(contacts) == {ANN, BEN}
    assert contacts[BEN] == answers[5].json
    assert contacts[BEN] == ben | {"name": "Ben", "updatedAt": contacts[BEN]["updatedAt"]}


def test_a_call_on_which_the_program_fails_leaves_the_others_as_they_are(together, client, add, monkeypatch):
    ben = add({"phone": BEN}).contacts[BEN]
    monkeypatch.setattr(writes, "apply_patch", lambda *_: 1 / 0)
    answers, _ = together(
        ("owner", "POST", "", {"phone": ANN}),
        ("owner", "PATCH", f"/{ben['id']}", {"name": "x"}),
        ("owner", "POST", "", {"phone": CAY}),
    )
    assert [answer.status_code for answer in answers] == [201, 500, 201]
    assert set(stored(client)) == {ANN, BEN, CAY}


@pytest.mark.parametrize("failing", ["save_contacts", "record_consent"])
def test_a_transaction_that_fails_writes_none_of_its_calls(together, client, add, monkeypatch, failing):
    ben = add({"phone": BEN}).contacts[BEN]
    write = getattr(writes, failing)

    def write_and_fail(*args):
        write(*args)
        raise OperationalError("a full disk")

    monkeypatch.setattr(writes, failing, write_and_fail)
    requests = (
        ("owner", "POST", "", {"phone": ANN}),
        ("owner", "POST", "/bulk", {"contacts": [{"phone": CAY}]}),
        ("owner", "PATCH", f"/{ben['id']}", {"name": "Ben"}),
    )
    answers, _ = together(*requests)
    assert {(answer.status_code, answer.json["error"]["code"]) for answer in answers} == {
        (503, "database_unavailable")
    }
    assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
    assert stored(client) == {BEN: ben}
    with db.connection_context():
        assert ConsentEvent.select().count() == 1
    monkeypatch.undo()
    answers, transactions = together(*requests)
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len(transactions) == 1


def test_nothing_is_kept_for_a_workspace_that_nobody_writes(together):
    together(*(("owner", "POST", "", {"phone": phone}) for phone in (ANN, BEN, CAY)))
    assert not group_commit._queues
    assert not _locks


def test_a_caller_who_gave_up_is_not_written_later(together, client, monkeypatch):
    monkeypatch.setattr("sendy_contacts.database.transactions.WRITE_WAIT", 0.5)
    requests = [("owner", "POST", "", {"phone": phone}) for phone in (ANN, BEN, CAY)]
    answers, transactions = together(*requests, hold=1.0)
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert transactions == []
    assert not group_commit._queues
    monkeypatch.undo()
    assert client.post(CONTACTS, json={"phone": DEE}).status_code == 201
    assert set(stored(client)) == {DEE}


def test_a_caller_who_gave_up_while_others_wrote_is_not_written_later(client_of, client, monkeypatch):
    monkeypatch.setattr("sendy_contacts.database.transactions.WRITE_WAIT", 0.5)
    save, writing, go_on = writes.save_contacts, threading.Event(), threading.Event()

    def save_when_told(*args):
        writing.set()
        assert go_on.wait(20)
        save(*args)

    monkeypatch.setattr(writes, "save_contacts", save_when_told)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client_of("owner").post, CONTACTS, json={"phone": ANN})
        assert writing.wait(20)
        second = client.post(CONTACTS, json={"phone": BEN})
        assert (second.status_code, second.json["error"]["code"]) == (503, "database_unavailable")
        go_on.set()
        assert first.result().status_code == 201
    assert client.post(CONTACTS, json={"phone": CAY}).status_code == 201
    assert set(stored(client)) == {ANN, CAY}


def test_a_call_that_is_being_written_when_its_time_is_up_gets_its_answer(together, client, monkeypatch):
    monkeypatch.setattr("sendy_contacts.database.transactions.WRITE_WAIT", 1.0)
    save = writes.save_contacts

    def save_slowly(*args):
        time.sleep(1.5)
        save(*args)

    monkeypatch.setattr(writes, "save_contacts", save_slowly)
    answers, transactions = together(*(("owner", "POST", "", {"phone": phone}) for phone in (ANN, BEN, CAY)))
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len(transactions) == 1


def test_no_call_is_lost_among_many(client_of):
    """Calls come while others are written, and some callers give up."""
    count, rounds = 12, 25
    barrier = threading.Barrier(count)

    def work(n):
        client = client_of("owner")
        barrier.wait()
        rows = [{"phone": f"+25471{n:03}{turn:04}"} for turn in range(rounds)]
        return [(row["phone"], client.post(CONTACTS, json=row).status_code) for row in rows]

    with ThreadPoolExecutor(count) as pool:
        answers = [answer for thread in pool.map(work, range(count)) for answer in thread]
    with db.connection_context():
        phones = {contact.phone for contact in Contact.select(Contact.phone)}
    assert {status for _, status in answers} == {201}
    assert phones == {phone for phone, _ in answers}
