"""Clients that hold up nobody: those who don't read, who say nothing, and who send slowly."""

import resource
import socket
import time
from contextlib import ExitStack, contextmanager

import pytest

from sendy_contacts.server.connection import find_end_of_chunks
from tests.support.service import Service, environment, flask, free_port

CONTACTS = "/internal/contacts"


@contextmanager
def run(database_url, tmp_path, **options):
    env = environment(database_url, PORT=str(free_port()), WEB_CONCURRENCY="1")
    service = Service(env, tmp_path / "log", **options).wait()
    service.session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}
    try:
        yield service
    finally:
        service.stop()


def connect(service, stack, count, sent=b"", read_buffer=None):
    """Open connections and send the same over each; return them."""
    clients = []
    for _ in range(count):
        client = stack.enter_context(socket.socket())
        if read_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, read_buffer)
        client.settimeout(40)
        client.connect(("127.0.0.1", service.port))
        client.sendall(sent)
        clients.append(client)
    return clients


def slowest(service, calls=5, path="/healthz", **headers):
    """Return the seconds that the slowest of some calls took."""
    taken = []
    for _ in range(calls):
        begin = time.monotonic()
        assert service.call("GET", path, **headers)[0] == 200
        taken.append(time.monotonic() - begin)
    return max(taken)


def head(path, *lines):
    return "\r\n".join([f"{path} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


def test_clients_that_do_not_read_hold_no_thread_and_are_disconnected(database_url, tmp_path):
    with run(database_url, tmp_path) as service, ExitStack() as stack:
        rows = [{"phone": f"+2547000{n:05}", "attributes": {"note": "x" * 1000}} for n in range(500)]
        assert service.call("POST", f"{CONTACTS}/bulk", {"contacts": rows}, **service.session)[0] == 200
        session = f"Authorization: {service.session['Authorization']}"
        lists = connect(service, stack, 70, head(f"GET {CONTACTS}", session) * 50, read_buffer=4096)
        wait_until_quiet(service.log)
        begin = time.monotonic()
        assert slowest(service) < 2
        assert slowest(service, path=f"{CONTACTS}?limit=1", **service.session) < 2
        assert_ended(lists[0], within=begin + 60)


def wait_until_quiet(log):
    """Wait until all clients are stuck: no request has been logged for a second."""
    size = -1
    while size != log.stat().st_size:
        size = log.stat().st_size
        time.sleep(1)


def assert_ended(client, within):
    """Hold that the other side shuts a connection both ways."""
    while time.monotonic() < within:
        try:
            client.send(b"x")
        except OSError:
            return
        time.sleep(0.5)
    raise AssertionError("The connection is still open.")


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /healthz HTT", head("POST /session", "Content-Type: application/json", "Content-Length: 90") + b"{",
     head("POST /session", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"5\r\n{",
     head(f"POST {CONTACTS}", "Content-Length: 5000000") + b"{",
     head("GET /healthz", "Connection: close"),
     head("POST /session", "Content-Type: application/json", "Content-Length: 0000000000100") + b"{",
     head("POST /session", "Content-Type: application/json", "Transfer-Encoding: chunked") + b"5\r\n0\r\n\r\n"],
    ids=["nothing", "half a line", "half a body", "half a chunk", "a body nobody reads", "no end",
         "a length with zeros", "a chunk that looks like the last one"],
)  # fmt: skip
def test_clients_that_stall_hold_no_thread(database_url, tmp_path, sent):
    with run(database_url, tmp_path) as service, ExitStack() as stack:
        connect(service, stack, 200, sent)
        assert slowest(service) < 2


@pytest.mark.parametrize("descriptors", [64, 256])
def test_workers_survive_more_connections_than_descriptors(database_url, tmp_path, descriptors):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

    with run(database_url, tmp_path, preexec_fn=limit) as service, ExitStack() as stack:
        workers = service.workers()
        connect(service, stack, 2 * descriptors)
        assert slowest(service) < 3
        assert slowest(service, path=CONTACTS, **service.session) < 3
        assert service.workers() == workers


def test_the_limit_on_descriptors_is_raised(database_url, tmp_path):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))

    with run(database_url, tmp_path, preexec_fn=limit) as service:
        assert resource.prlimit(service.workers()[0], resource.RLIMIT_NOFILE) == (hard, hard)


@pytest.mark.parametrize(
    ("body", "complete"),
    [(b"", False), (b"5", False), (b"5\r\nab", False), (b"5\r\nabcde\r\n", False), (b"5\r\nabcde\r\n0\r\n\r\n", True),
     (b"5;x=y\r\nabcde\r\n0\r\nX: y\r\n\r\n", True), (b"5\r\nabcde\r\n0\r\n", False), (b"zz\r\n", True),
     (b"9\r\n0\r\n\r\n0\r\n", False), (b"1" * 300, True), (b"5\r\nabcdeXX1" * 99, True)],
)  # fmt: skip
def test_the_end_of_a_chunked_body(body, complete):
    assert find_end_of_chunks(bytearray(body), 0)[0] is complete


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"GET /healthz HTTP/1.1\r\n\r\n", b"400"), (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
     (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
     (head("GET /healthz", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x"), b"200"),
     (b"GET /healthz HTTP/1.1\r\n" + b"X-Name: Jane\r\n" * 9000, b"431")],
    ids=["no Host", "two Hosts", "HTTP/1.0", "websocket", "an endless head"],
)  # fmt: skip
def test_odd_requests_get_the_status_that_http_demands(service, sent, status):
    with ExitStack() as stack:
        (client,) = connect(service, stack, 1, sent)
        assert client.recv(12).split()[1] == status


def test_what_follows_a_final_response_is_not_served(service):
    with ExitStack() as stack:
        (client,) = connect(service, stack, 1, b"NOT HTTP\r\n\r\n")
        assert client.recv(12).split()[1] == b"400"
        client.sendall(head("GET /healthz", "X-Request-Id: after-the-end"))
        time.sleep(3)
        assert "after-the-end" not in service.log.read_text()


def test_a_chunked_body_with_trailers_is_answered_at_once(service):
    lines = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    begin = time.monotonic()
    with ExitStack() as stack:
        (client,) = connect(service, stack, 1, head("POST /session", *lines) + b"2\r\n{}\r\n0\r\nX: y\r\n\r\n")
        assert client.recv(12).split()[1] == b"400"
    assert time.monotonic() - begin < 8  # at the deadline it would be ten


def test_a_client_that_expects_100_continue_gets_it(service):
    body = b'{"email": "a@example.com", "password": "wrong password"}'
    lines = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Expect: 100-continue")
    with ExitStack() as stack:
        (client,) = connect(service, stack, 1, head("POST /session", *lines))
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body)
        lines = iter(client.makefile("rb").readline, b"")
        assert next(line for line in lines if line.startswith(b"HTTP") and b" 100 " not in line).split()[1] == b"401"


@pytest.fixture(scope="module")
def service(golden_file, tmp_path_factory):
    """One service for the tests that don't change it."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "contacts.db").write_bytes(golden_file.read_bytes())
    with run(f"sqlite:///{folder / 'contacts.db'}", folder) as service:
        yield service
