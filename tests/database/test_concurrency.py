"""Many writers at once: no duplicate, no lost update, no error, no deadlock."""

import io
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg
import pytest
from peewee import IntegrityError

from sendy_contacts.accounts.users import add_user, change_user
from sendy_contacts.contacts import store as contacts
from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.database.connection import db
from sendy_contacts.database.transactions import WORKSPACE_LOCK, workspace_lock
from tests.support.database import PASSWORD

CONTACTS = "/internal/contacts"
PHONES = [f"+2547000{n:05}" for n in range(20)]


def together(work, count):
    """Run `work(n)` for n below `count`, all started at the same moment, and return what each gave."""
    barrier = threading.Barrier(count)

    def run(n):
        barrier.wait()
        return work(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_sixteen_threads_write_the_same_phones(app, client_of):
    def work(n):
        client = client_of("owner")
        statuses = []
        for turn in range(8):
            phones = PHONES if (n + turn) % 2 else PHONES[::-1]
            rows = [{"phone": p, "attributes": {f"w{n}": turn}, "tags": [f"t{n}"]} for p in phones]
            statuses.append(client.post(f"{CONTACTS}/bulk", json={"contacts": rows}).status_code)
            row = {"phone": PHONES[turn], "attributes": {f"single{n}": turn}}
            statuses.append(client.post(CONTACTS, json=row).status_code)
        return statuses

    statuses = {status for thread in together(work, 16) for status in thread}
    assert statuses <= {200, 201}
    contacts = client_of("owner").get(CONTACTS).json["contacts"]
    assert sorted(c["phone"] for c in contacts) == PHONES
    for contact in contacts:
        attributes = contact["attributes"]
        assert {k: v for k, v in attributes.items() if k.startswith("w")} == {f"w{n}": 7 for n in range(16)}
        assert sorted(contact["tags"]) == sorted(f"t{n}" for n in range(16))
    for turn, phone in enumerate(PHONES[:8]):
        (contact,) = [c for c in contacts if c["phone"] == phone]
        assert {contact["attributes"][f"single{n}"] for n in range(16)} == {turn}
    with db.connection_context():
        assert ConsentEvent.select().count() == len(PHONES) == Contact.select().count()


def test_sixteen_threads_patch_one_contact(client_of, add):
    (contact,) = add({"phone": PHONES[0]}).contacts.values()

    def work(n):
        return client_of("owner").patch(f"{CONTACTS}/{contact['id']}", json={"attributes": {f"k{n}": n}})

    answers = together(work, 16)
    assert {answer.status_code for answer in answers} == {200}
    (after,) = client_of("owner").get(CONTACTS).json["contacts"]
    assert after["attributes"] == {f"k{n}": n for n in range(16)}
    assert len({answer.json["updatedAt"] for answer in answers}) == 16


def test_two_edits_at_once_both_count(client_of):
    header = [f"Note {n}" for n in range(4)]
    file = io.BytesIO(f"Phone,{','.join(header)}\n0712345601,a,b,c,d\n".encode()), "list.csv"
    draft = client_of("owner").post("/internal/imports", data={"file": file}).json
    path = f"/internal/imports/{draft['id']}"

    def work(n):
        columns = [{"header": header[n], "target": f"attributes.k{n}"}]
        return client_of("owner").patch(path, json={"columns": columns})

    answers = together(work, 4)
    assert [answer.status_code for answer in answers] == [200] * 4, [answer.text for answer in answers]
    targets = [column["target"] for column in client_of("owner").get(path).json["columns"]]
    assert targets == ["phone", *(f"attributes.k{n}" for n in range(4))]


def test_ids_sort_by_creation_across_calls(client):
    ids = [client.post(CONTACTS, json={"phone": phone}).json["id"] for phone in PHONES]
    assert ids == sorted(ids)


def test_ids_sort_by_creation_when_the_clock_is_set_back(client, monkeypatch):
    monkeypatch.setattr("ulid.time.time_ns", lambda: 4_000_000_000_000_000_000)
    late = client.post(CONTACTS, json={"phone": PHONES[0]}).json
    monkeypatch.undo()
    after = client.post(CONTACTS, json={"phone": PHONES[1]}).json
    assert after["id"] > late["id"]
    assert after["createdAt"].startswith("20")


BUSY = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
end = time.monotonic() + 8
print("busy", flush=True)
while time.monotonic() < end:
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(0.02)
    connection.execute("COMMIT")
    time.sleep(0.001)
"""


def post_contact(client, n):
    return client.post(CONTACTS, json={"phone": PHONES[n]}).status_code


def sign_in(client, n):
    return client.post("/session", json={"email": "owner@example.com", "password": PASSWORD}).status_code


def change(_, n):
    with db.connection_context():
        return change_user("owner@example.com", "owner", None).role


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL's lock is a queue
@pytest.mark.parametrize(
    ("write", "count", "answer"), [(post_contact, 16, 201), (sign_in, 4, 200), (change, 8, "owner")]
)
def test_writers_succeed_while_another_process_writes_constantly(app, client, database_url, write, count, answer):
    command = [sys.executable, "-c", BUSY, database_url.removeprefix("sqlite:///")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"busy\n"
        answers = together(lambda n: write(client, n), count)
        still_busy = process.poll() is None
        process.terminate()
    assert still_busy
    assert set(answers) == {answer}


@contextmanager
def another_writer(database_url):
    """Hold what a writer of the workspace has to wait for."""
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, 1)", (WORKSPACE_LOCK,))
            yield
    else:
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield


def test_a_writer_that_holds_the_database_too_long_is_a_documented_error(client, database_url, monkeypatch):
    monkeypatch.setattr("sendy_contacts.database.transactions.WRITE_WAIT", 0.2)
    if database_url.startswith("postgresql"):
        with db.connection_context():
            db.execute_sql("SET lock_timeout = 200")  # the pool has this one connection
    with another_writer(database_url):
        answer = client.post(CONTACTS, json={"phone": PHONES[0]})
        assert (answer.status_code, answer.json["error"]["code"]) == (503, "database_unavailable")
    assert client.post(CONTACTS, json={"phone": PHONES[0]}).status_code == 201


def test_a_statement_that_fails_leaves_nothing_of_its_transaction(client, add):
    def write():
        with workspace_lock(1):
            ConsentEvent.delete().execute()
            assert ConsentEvent.select().count() == 0
            db.execute_sql("INSERT INTO contact SELECT * FROM contact WHERE workspace_id = 1")

    add({"phone": PHONES[0]})
    with db.connection_context():
        with pytest.raises(IntegrityError):
            write()
        assert ConsentEvent.select().count() == 1
        with workspace_lock(1):
            ConsentEvent.delete().execute()
        assert ConsentEvent.select().count() == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_user_is_added_when_another_writer_has_ended(app, database_url):
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, other.rollback)
    release.start()
    with db.connection_context():
        assert add_user("new@example.com", "Acme", "viewer", None, "a long password").id
    release.join()
    other.close()


def test_waiting_writers_hold_no_connection(client_of, database_url):
    if database_url.startswith("sqlite"):
        holder = sqlite3.connect(
            database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False
        )
        holder.execute("BEGIN IMMEDIATE")
    else:
        holder = psycopg.connect(database_url)
        holder.execute("SELECT pg_advisory_xact_lock(%s, 1)", (WORKSPACE_LOCK,))
    phones = [f"+2547000{n:05}" for n in range(40)]
    with ThreadPoolExecutor(len(phones)) as pool:
        answers = [pool.submit(client_of("owner").post, CONTACTS, json={"phone": phone}) for phone in phones]
        started = time.monotonic()
        while db._in_use == {} and time.monotonic() < started + 10:
            time.sleep(0.01)
        assert client_of("stranger").get(CONTACTS).status_code == 200
        rows = {"contacts": [{"phone": PHONES[0]}]}
        assert client_of("owner").post(f"{CONTACTS}/bulk?dryRun=true", json=rows).json["created"] == 1
        assert time.monotonic() - started < 8
        assert not any(answer.done() for answer in answers)
        holder.rollback()
        assert {answer.result().status_code for answer in answers} == {201}
    holder.close()


def test_a_page_leads_on_though_its_contact_changes_meanwhile(client, add, monkeypatch):
    add(*({"phone": phone, "tags": ["vip"]} for phone in PHONES[:5]))
    find_few = contacts._find_few

    def find_and_change(*args):
        found = find_few(*args)
        newest = Contact.select(Contact.id).order_by(Contact.id.desc()).limit(1).scalar()
        Contact.update(tags=[], tag_keys=[]).where(Contact.id == newest).execute()
        return found

    monkeypatch.setattr(contacts, "_find_few", find_and_change)
    page = client.get(f"{CONTACTS}?tag=vip&limit=1").json
    assert page["nextCursor"]
    rest = client.get(f"{CONTACTS}?tag=vip&cursor={page['nextCursor']}").json
    assert len(page["contacts"] + rest["contacts"]) == 4
