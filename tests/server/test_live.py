"""The service under real gunicorn: over HTTP, in two processes, and when it must not start."""

import http.client
import json
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.support.database import PASSWORD
from tests.support.service import BIN, ROOT, Service, environment, flask, free_port

CONTACTS = "/internal/contacts"


@pytest.fixture(scope="module")
def live(golden_file, tmp_path_factory):
    """One running service for what leaves no trace in its database."""
    folder = tmp_path_factory.mktemp("live")
    service = Service(environment(f"sqlite:///{golden_file}", PORT=str(free_port())), folder / "log").wait()
    yield service
    service.stop()


@pytest.fixture
def service(database_url, tmp_path):
    """The running service, and the owner's session in `service.session`."""
    env = environment(database_url, PORT=str(free_port()), WEB_CONCURRENCY="2")
    service = Service(env, tmp_path / "gunicorn.log")
    service.wait()
    token = flask(env, "users", "session", "owner@example.com").strip()
    service.session = {"Authorization": f"Bearer {token}"}
    service.cookie = {"Cookie": f"session={token}"}
    yield service
    service.stop()


def test_the_four_calls(service):
    status, contact, headers = service.call("POST", CONTACTS, {"phone": "0700000000"}, **service.session)
    assert (status, headers["Location"]) == (201, f"{CONTACTS}/{contact['id']}")
    rows = {"contacts": [{"phone": f"+2547000{n:05}"} for n in range(1000)]}
    status, bulk, _ = service.call("POST", f"{CONTACTS}/bulk", rows, **service.cookie)
    assert (status, bulk["created"], bulk["unchanged"]) == (200, 999, 1)
    status, patched, _ = service.call("PATCH", headers["Location"], {"name": "Jane"}, **service.session)
    assert (status, patched["name"]) == (200, "Jane")
    status, listed, _ = service.call("GET", f"{CONTACTS}?q=jane", **service.cookie)
    assert (status, listed["contacts"]) == (200, [patched])
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines if line["route"] != "/readyz"] == [201, 200, 200, 200]


def test_a_person_signs_in_over_plain_local_http(service):
    credentials = {"email": "owner@example.com", "password": PASSWORD}
    status, _, headers = service.call("POST", "/session", credentials)
    assert status == 200
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert service.call("GET", CONTACTS, Cookie=cookie)[0] == 200


def test_errors_come_in_the_envelope(service):
    big = b'{"name": "' + b"x" * 8_000_000 + b'"}'
    for status, code, call in (
        (413, "body_too_large", lambda: service.call("POST", CONTACTS, big, **service.session)),
        (401, "session_required", lambda: service.call("POST", CONTACTS, big)),
        (401, "session_required", lambda: service.call("GET", CONTACTS, Cookie="session=\xff\xfe")),
        (404, "not_found", lambda: service.call("GET", "/%ff%00", **service.session)),
        (400, "malformed_json", lambda: service.call("POST", CONTACTS, b"[" * 99_999, **service.session)),
    ):
        answer = call()
        assert (answer[0], answer[1]["error"]["code"]) == (status, code)


def test_a_chunked_body_is_read_and_limited(service):
    def send(chunks, size=b"%x"):
        head = "".join(f"{k}: {v}\r\n" for k, v in service.session.items())
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as client:
            client.sendall(
                f"POST {CONTACTS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Connection: close\r\n{head}Transfer-Encoding: chunked\r\n\r\n".encode()
            )
            for chunk in (*chunks, b""):
                client.sendall((size % len(chunk) if b"%" in size else size) + b"\r\n" + chunk + b"\r\n")
            return client.makefile("rb").read()

    assert b" 201 " in send([b'{"phone": ', b'"+254700000000"}'])
    assert b"body_too_large" in send([b"x" * 1_000_000] * 6)
    assert b"The body is incomplete." in send([b""], size=b"zz")


MALFORMED = [
    (400, b"GET /internal/contacts?q=Zo\xc3\xab HTTP/1.1\r\nHost: x\r\n\r\n"),
    (400, b"Jane Doe\r\n\r\n"),
    (400, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: Jane\r\n\r\n"),
    (414, b"GET /?q=" + b"Jane" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    (431, b"GET / HTTP/1.1\r\nHost: x\r\nX-Name: " + b"Jane" * 3000 + b"\r\n\r\n"),
    (404, b"GET /x HTTP/1.1\r\nHost: x\r\nSCRIPT_NAME: /foo\r\n\r\n"),
]


@pytest.mark.parametrize(("status", "sent"), MALFORMED)
def test_invalid_http_gets_the_envelope_and_is_not_logged(live, status, sent):
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as client:
        client.sendall(sent)
        answer = http.client.HTTPResponse(client)
        answer.begin()
        error = json.loads(answer.read())["error"]
    assert answer.status == status
    assert set(error) == {"type", "code", "message", "request_id"}
    assert answer.headers["X-Request-Id"] == error["request_id"]
    log = live.log.read_text()
    assert error["request_id"] in log
    assert "Jane" not in log
    assert "Zo" not in log


def open_body(live, path, count, **headers):
    """Return connections that have sent the head of a request and one byte of its body."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    clients = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", live.port), timeout=30)
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n{head}\r\nx".encode())
        clients.append(client)
    return clients


def test_clients_that_stop_sending_get_a_response_and_delay_nobody(live):
    stalled = open_body(live, "/nope", 80) + open_body(live, CONTACTS, 80)  # a worker has 64 threads
    started = time.monotonic()
    assert live.call("GET", "/healthz")[0] == 200
    assert time.monotonic() - started < 5
    for client in stalled:
        assert client.recv(12) in (b"HTTP/1.1 404", b"HTTP/1.1 401")
        client.close()


def test_a_body_that_comes_a_byte_a_second_is_given_up(live):
    dripping = open_body(live, "/session", 140, **{"Content-Type": "application/json"})
    stop = threading.Event()

    def drip():
        while not stop.wait(1):
            for client in dripping:
                with suppress(OSError):
                    client.send(b"x")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    started = time.monotonic()
    assert live.call("GET", "/healthz")[0] == 200
    assert time.monotonic() - started < 8  # sooner than any of them is given up
    assert {client.recv(12) for client in dripping} == {b"HTTP/1.1 400"}
    stop.set()
    thread.join()
    for client in dripping:
        client.close()


def test_a_head_that_is_never_finished_is_given_up(live):
    client = socket.create_connection(("127.0.0.1", live.port), timeout=30)
    client.sendall(b"GET /healthz HT")
    assert client.recv(1) == b""
    client.close()


def test_refused_calls_share_a_connection_without_a_pause(live):
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=20)
    started = time.monotonic()
    for _ in range(20):
        connection.request("POST", CONTACTS, b'{"phone": "+254700000000"}', {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["code"]) == (401, "session_required")
    assert time.monotonic() - started < 20  # with a pause of two seconds each it would be 40
    connection.close()


def test_pipelined_requests_get_responses_in_order(live):
    paths = ["/healthz", "/nope", CONTACTS, "/healthz"]
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as client:
        client.sendall("".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in paths).encode())
        answers = client.makefile("rb")
        statuses = []
        for _ in paths:
            statuses.append(int(answers.readline().split()[1]))
            head = http.client.parse_headers(answers)
            answers.read(int(head["Content-Length"]))
    assert statuses == [200, 404, 401, 200]


def test_busy_and_idle_clients_delay_nobody(live):
    callers = [http.client.HTTPConnection("127.0.0.1", live.port, timeout=20) for _ in range(100)]
    stop = threading.Event()

    def call(caller):
        while not stop.is_set():
            caller.request("GET", "/healthz")
            caller.getresponse().read()

    with ThreadPoolExecutor(90) as pool:
        work = [pool.submit(call, caller) for caller in callers[:90]]
        try:
            for caller in callers[90:]:
                caller.request("GET", "/healthz")
                assert caller.getresponse().read()
            started = time.monotonic()
            assert live.call("GET", "/healthz")[0] == 200
            assert time.monotonic() - started < 10
        finally:
            stop.set()
        for done in work:
            done.result()
    for caller in callers:
        caller.close()


def test_two_processes_write_the_same_phones(service):
    rows = [{"phone": f"+2547000{n:05}"} for n in range(50)]

    def work(n):
        answers = []
        for turn in range(5):
            mine = [row | {"attributes": {f"w{n}": turn}} for row in (rows if n % 2 else rows[::-1])]
            answers.append(service.call("POST", f"{CONTACTS}/bulk", {"contacts": mine}, **service.session)[0])
        return answers

    with ThreadPoolExecutor(16) as pool:
        assert {status for answers in pool.map(work, range(16)) for status in answers} == {200}
    listed = service.call("GET", CONTACTS, **service.session)[1]["contacts"]
    assert len(listed) == 50
    assert all(contact["attributes"] == {f"w{n}": 4 for n in range(16)} for contact in listed)


def test_the_command_line_and_the_service_work_on_one_list(service):
    flask(service.env, "contacts", "opt-out", "+254700000000", "--workspace", "Acme")
    status, contact, _ = service.call("POST", CONTACTS, {"phone": "+254700000000", "name": "x"}, **service.session)
    assert (status, contact["optedIn"]) == (200, False)


def refuses_to_start(env):
    started = time.monotonic()
    done = subprocess.run(
        [BIN / "gunicorn"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode != 0
    assert time.monotonic() - started < 20
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "Can't start" in line]
    assert "Traceback" not in done.stdout + done.stderr
    return lines


def test_it_does_not_start_while_a_migration_is_pending(tmp_path):
    env = environment(f"sqlite:///{tmp_path / 'new.db'}", PORT=str(free_port()))
    (line,) = refuses_to_start(env)
    assert "0001_initial" in line
    assert "flask db upgrade" in line
    flask(env, "db", "upgrade")
    service = Service(env, tmp_path / "log").wait()
    service.stop()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "", "SECRET_KEY"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL"),
        ("DATABASE_URL", "postgresql://localhost:1/x", "can't be reached"),
    ],
)
def test_it_does_not_start_with_settings_that_cannot_work(tmp_path, name, value, said):
    env = environment(f"sqlite:///{tmp_path / 'new.db'}", PORT=str(free_port())) | {name: value}
    (line,) = refuses_to_start(env)
    assert said in line
    flask_done = subprocess.run(
        [BIN / "flask", "users", "list"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert flask_done.returncode != 0
    assert "Traceback" not in flask_done.stderr


def test_gunicorn_accepts_its_configuration(tmp_path):
    env = environment(f"sqlite:///{tmp_path / 'new.db'}")
    assert subprocess.run([BIN / "gunicorn", "--check-config"], cwd=ROOT, env=env, check=False).returncode == 0
    assert (ROOT / "Procfile").read_text() == "web: gunicorn\n"
