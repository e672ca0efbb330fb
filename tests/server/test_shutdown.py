"""gunicorn stops and reloads: what callers have begun is finished, what they begin meanwhile is refused or served."""

import http.client
import json
import signal
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest

from sendy_contacts import create_app
from sendy_contacts.database.connection import db
from sendy_contacts.database.transactions import WORKSPACE_LOCK
from tests.support.database import settings
from tests.support.service import Service, environment, flask, free_port

CONTACTS = "/internal/contacts"
PHONES = [f"+2547000{n:05}" for n in range(6)]
LIMIT = 8  # seconds; after ten the service gives up a body, or the wait for another writer


@pytest.fixture
def service(database_url, tmp_path):
    env = environment(database_url, PORT=str(free_port()), WEB_CONCURRENCY="2")
    service = Service(env, tmp_path / "gunicorn.log").wait()
    service.session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}
    yield service
    if service.process.poll() is None:
        service.stop()


@contextmanager
def writers_kept_waiting(database_url):
    """Hold what every write of the workspace waits for; yield what lets go of it."""
    if database_url.startswith("sqlite"):
        holder = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
    else:
        holder = psycopg.connect(database_url)
        holder.execute("SELECT pg_advisory_xact_lock(%s, 1)", (WORKSPACE_LOCK,))
    try:
        yield holder.rollback
    finally:
        holder.close()


def begin_post(service, phone):
    """Return a connection whose POST is in the hands of a worker, which has asked for its body."""
    body = json.dumps({"phone": phone})
    head = "".join(f"{name}: {value}\r\n" for name, value in service.session.items())
    client = socket.create_connection(("127.0.0.1", service.port), timeout=30)
    client.sendall(
        f"POST {CONTACTS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(body)}\r\n{head}\r\n".encode()
    )
    assert client.recv(100).startswith(b"HTTP/1.1 100 ")
    return client, body


def read_status(client):
    answer = http.client.HTTPResponse(client)
    answer.begin()
    answer.read()
    client.close()
    return answer.status


def wait_until(condition, tries=400):
    for _ in range(tries):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not come to it.")


def skip_if_overtaken(begin):
    if time.monotonic() - begin > LIMIT:
        pytest.skip("This machine stood still until what was begun had run into its own limits of time.")


def refuses_connections(service):
    try:
        socket.create_connection(("127.0.0.1", service.port), timeout=20).close()
    except ConnectionRefusedError:
        return True
    return False


def stored_phones(database_url):
    create_app(settings(database_url))
    with db.connection_context():
        phones = {phone for (phone,) in db.execute_sql("SELECT phone FROM contact")}
    db.close_all()
    return phones


def test_what_was_begun_before_a_stop_is_finished(service, database_url):
    begin = time.monotonic()
    with writers_kept_waiting(database_url) as let_go:
        begun = [begin_post(service, phone) for phone in PHONES]
        for client, body in begun[:4]:
            client.sendall(body.encode())
        service.process.send_signal(signal.SIGTERM)
        wait_until(lambda: refuses_connections(service), tries=100)
        assert service.process.poll() is None
        for client, body in begun[4:]:
            client.sendall(body.encode())
        let_go()
    skip_if_overtaken(begin)
    assert [read_status(client) for client, _ in begun] == [201] * len(PHONES)
    assert service.process.wait(20) == 0
    assert stored_phones(database_url) == set(PHONES)


def call_until_refused(service, phones):
    """Post one phone after the other, over kept connections; return those answered as written."""
    written = set()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    headers = service.session | {"Content-Type": "application/json"}
    for phone in phones:
        try:
            connection.request("POST", CONTACTS, json.dumps({"phone": phone}), headers)
            answer = connection.getresponse()
            answer.read()
        except ConnectionRefusedError:
            return written
        except ConnectionError:
            connection.close()
        else:
            assert answer.status in (201, 503)
            if answer.status == 201:
                written.add(phone)
    raise AssertionError("The service did not stop.")


def test_a_stop_under_load_responds_to_every_write(service, database_url):
    series = [[f"+2547{thread:02}{n:06}" for n in range(100_000)] for thread in range(8)]
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call_until_refused, service, phones) for phones in series]
        wait_until(lambda: service.log.read_text().count(CONTACTS) > 50)
        service.process.send_signal(signal.SIGTERM)
        written = set().union(*(call.result() for call in calls))
    assert service.process.wait(20) == 0
    assert stored_phones(database_url) == written


def test_a_reload_loses_no_request(service, database_url):
    ended = threading.Event()

    def call_until_ended(_):
        statuses = []
        while not ended.is_set():
            statuses.append(service.call("GET", CONTACTS, **service.session)[0])
        return statuses

    def boots():
        return service.log.read_text().count("Booting worker")

    with ThreadPoolExecutor(4) as pool, writers_kept_waiting(database_url) as let_go:
        answers = pool.map(call_until_ended, range(4))
        try:
            begin = time.monotonic()
            begun = [begin_post(service, phone) for phone in PHONES]
            for client, body in begun[:4]:
                client.sendall(body.encode())
            service.process.send_signal(signal.SIGHUP)
            wait_until(lambda: boots() == 4)
            for client, body in begun[4:]:
                client.sendall(body.encode())
            let_go()
            skip_if_overtaken(begin)
            assert [read_status(client) for client, _ in begun] == [201] * len(PHONES)
            wait_until(lambda: service.log.read_text().count("Worker exiting") == 2)
        finally:
            ended.set()
    assert {status for statuses in answers for status in statuses} == {200}
    service.stop()
    assert stored_phones(database_url) == set(PHONES)
