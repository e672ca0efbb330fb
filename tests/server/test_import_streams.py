"""Lines of an import's progress through gunicorn and a real nginx, and what happens when their reader hangs up."""

import http.client
import json
import socket
import time
from pathlib import Path

import pytest

from tests.server.test_nginx import certificate, service, site  # noqa: F401 - fixtures
from tests.support.service import flask

IMPORTS = "/internal/imports"
ROWS = 20_000
HEADER = ",".join(["Phone", *(f"Column {n}" for n in range(20))])

pytestmark = pytest.mark.needs("nginx", "openssl")


@pytest.fixture
def session(service):  # noqa: F811
    return {"Authorization": f"Bearer {flask(service.env, 'users', 'session', 'owner@example.com').strip()}"}


@pytest.fixture
def record(service, session):  # noqa: F811
    """A draft that takes some seconds to run."""
    rows = "".join(f"+2547{n:08},{','.join(f'value {n} {m}' for m in range(20))}\n" for n in range(ROWS))
    status, record = upload(service, session, f"{HEADER}\n{rows}")
    assert (status, record.get("rows")) == (201, ROWS), record
    return record


def upload(service, session, text):  # noqa: F811
    """Send a list; return the status and the import."""
    body, content_type = encode(text)
    return service.call("POST", IMPORTS, body, timeout=60, **session, **{"Content-Type": content_type})[:2]


def encode(text):
    """Return a multipart body with a file, and its media type."""
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
    return f"{head}{text}\r\n--x--\r\n".encode(), "multipart/form-data; boundary=x"


def wait_until_quiet(call, path):
    """Return the import once its position no longer grows."""
    positions = [None, -1]
    while positions[-1] != positions[-2]:
        time.sleep(1)
        found = call(path)
        positions.append(found["position"])
    return found


def finish(service, session, path):  # noqa: F811
    """Run the rest of an import; assert that each row was written once."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("POST", f"{path}/run", headers=session)
    done = json.loads(connection.getresponse().read().splitlines()[-1])
    connection.close()
    assert (done["state"], done["position"]) == ("done", ROWS)
    assert done["counts"] == {"created": ROWS, "updated": 0, "unchanged": 0, "failed": 0}


def test_lines_come_one_by_one_through_nginx(site, service, record):  # noqa: F811
    with site.open("POST", f"{IMPORTS}/{record['id']}/run") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/x-ndjson")
        first = json.loads(answer.readline())
        stored = site.call("GET", f"{IMPORTS}/{record['id']}")[1]
        assert first["position"] == 1_000
        assert stored["state"] == "paused"  # it goes on while the first line is here
        *lines, done = map(json.loads, answer)
    assert [line["position"] for line in lines] == list(range(2_000, ROWS + 1, 1_000))
    assert done["state"] == "done"


def test_who_hangs_up_stops_the_run_after_the_chunk_at_hand(service, session, record):  # noqa: F811
    path = f"{IMPORTS}/{record['id']}"
    with socket.create_connection(("127.0.0.1", service.port), 20) as client:
        head = "".join(f"{name}: {value}\r\n" for name, value in session.items())
        client.sendall(f"POST {path}/run HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
        seen = b""
        while seen.count(b'"position"') < 2:
            seen += client.recv(65_536)
    position = service.call("GET", path, **session)[1]["position"]
    stopped = wait_until_quiet(lambda path: service.call("GET", path, **session)[1], path)
    assert stopped["state"] == "paused"
    assert stopped["position"] <= position + 1_000 < ROWS
    finish(service, session, path)


def test_who_hangs_up_at_nginx_stops_the_run(site, service, session, record):  # noqa: F811
    path = f"{IMPORTS}/{record['id']}"
    with site.open("POST", f"{path}/run") as answer:
        answer.readline()
    stopped = wait_until_quiet(lambda path: site.call("GET", path)[1], path)
    assert stopped["state"] == "paused"
    assert stopped["position"] < ROWS
    finish(service, session, path)


def test_a_file_too_large_gets_the_envelope_from_nginx(site):  # noqa: F811
    body, content_type = encode("x" * (27 << 20))
    status, body, headers = site.call("POST", IMPORTS, body, Content_Type=content_type)
    assert (status, body["error"]["code"]) == (413, "body_too_large")
    assert "25 MiB" in body["error"]["message"]
    assert body["error"]["request_id"] == headers["X-Request-Id"]


def test_a_worker_takes_no_more_memory_for_a_large_file(service, session):  # noqa: F811
    def measure():
        """Return the highest memory of each worker, in MiB."""
        found = []
        for pid in service.workers():
            with Path(f"/proc/{pid}/status").open() as status:
                found.append(int(status.read().split("VmHWM:")[1].split()[0]) / 1024)
        return max(found)

    row = f"0712345601,{'x' * 1_000}\n"

    def send(size):
        """Upload a file of so many bytes."""
        assert upload(service, session, f"Phone,Note\n{row * (size // len(row))}")[0] == 201

    send(2_000_000)
    before = measure()
    send(24_000_000)
    assert measure() < before + 12
