"""The next request of a connection, served by the same thread if it comes at once."""

import socket
import time

import pytest
from gunicorn.config import Config

from sendy_contacts.server.connection import MAX_UNSENT, Connection
from sendy_contacts.server.worker import FEW_CONNECTIONS, REQUEST_SECONDS, Worker

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def ends():
    """A client's end of a connection, and the service's, which has taken one request in."""
    client, accepted = socket.socketpair()
    conn = Connection(Config(), accepted, ("127.0.0.1", 1), ("127.0.0.1", 2))
    client.sendall(REQUEST)
    conn.receive()
    yield client, conn
    conn.hang_up()
    client.close()


def serve(conn):
    conn.begin()
    assert next(conn.parser).path == "/healthz"
    conn.sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "then", "expected"),
    [
        (b"", None, False),
        (REQUEST, None, True),
        (REQUEST * 2, None, True),
        (REQUEST[:20], None, False),
        (REQUEST, "end", True),
        (REQUEST[:20], "end", False),
        (b"", "end", False),
        (b"", "reset", False),
    ],
)
def test_whether_a_whole_request_comes_at_once(ends, sent, then, expected):
    client, conn = ends
    serve(conn)
    client.sendall(sent)
    if then == "end":
        client.shutdown(socket.SHUT_WR)
    elif then == "reset":  # as the response is still unread
        client.close()
    began = time.monotonic()
    assert conn.has_next() is expected
    assert time.monotonic() - began < 2
    assert conn.received == sent
    assert conn.sock.read_by == float("inf")
    if expected:
        assert conn.queued >= began


def test_a_client_that_does_not_read_is_not_served_on(ends):
    client, conn = ends
    serve(conn)
    client.sendall(REQUEST)
    while conn.sock.flush():
        conn.sock.sendall(b"x" * MAX_UNSENT)
    assert conn.has_next() is False


@pytest.mark.parametrize(
    ("alive", "connections", "served"),
    [(True, 1, 3), (True, FEW_CONNECTIONS, 3), (True, FEW_CONNECTIONS + 1, 1), (False, 1, 1)],
)
def test_a_thread_serves_on_while_there_are_few_connections(ends, monkeypatch, alive, connections, served):
    client, conn = ends
    client.sendall(REQUEST * 2)
    conn.seconds_left = 1.0
    seconds = []

    def note(_, conn):
        seconds.append(conn.seconds_left)
        serve(conn)
        return True

    monkeypatch.setattr(Worker, "serve", note)
    worker = Worker.__new__(Worker)
    worker.alive, worker.nr_conns = alive, connections
    assert worker.handle(conn)
    # Each request has all the time, however long the one before took to arrive.
    assert seconds == [1.0, REQUEST_SECONDS, REQUEST_SECONDS][:served]


HEAD = b"POST /internal/contacts HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("sent", "whole"),
    [
        (REQUEST, True),
        (REQUEST * 2, True),
        (HEAD + b"Content-Length: 2\r\n\r\n{}", True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", True),
        (HEAD + b"Content-Length: 2\r\n\r\n{", False),
        (HEAD + b"Content-Length: 9000000\r\n\r\n{}", False),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", False),
        (HEAD, False),
    ],
)
def test_only_a_request_that_is_still_arriving_has_a_deadline(ends, sent, whole):
    _, conn = ends
    conn.received[:] = sent
    conn.seconds_left = 1.0
    conn.is_ready()
    conn.begin()
    assert (conn.sock.read_by == float("inf")) is whole


@pytest.mark.parametrize("idle", [0.0, 1.9])
def test_a_request_on_an_idle_connection_has_all_the_time(ends, monkeypatch, idle):
    client, conn = ends
    conn.received.clear()
    conn.sock.setblocking(False)
    client.sendall(HEAD + b"Content-Length: 9000000\r\n\r\n")
    monkeypatch.setattr(Worker, "enqueue_req", lambda *_: None)
    Worker.__new__(Worker).receive(conn, time.monotonic() + 2.0 - idle)
    assert conn.seconds_left == REQUEST_SECONDS
