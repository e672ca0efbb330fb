"""What Prometheus reads: every request and row counted once, across the processes, and nothing of the contacts."""

import os
import re
import resource
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sendy_contacts.server.metrics_files import KINDS, SIZE
from tests.support.service import Service, environment, flask, free_port

CONTACTS = "/internal/contacts"


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def requests(method, route, status):
    return ("contacts_requests_total", ("method", method), ("route", route), ("status", str(status)))


def seconds(method, route):
    return ("contacts_request_duration_seconds_count", ("method", method), ("route", route))


def rows(outcome):
    return ("contacts_rows_total", ("outcome", outcome))


def connections(state):
    return ("contacts_database_connections", ("state", state))


def test_requests_and_rows_are_counted(client):
    before = samples(client.get("/metrics").text)
    client.post(CONTACTS, json={"phone": "+254700000001"})
    client.post(CONTACTS, json={"phone": "12"})
    bulk = {"contacts": [{"phone": "+254700000001"}, {"phone": "+254700000002"}, {"phone": "x"}]}
    client.post(f"{CONTACTS}/bulk?dryRun=true", json=bulk)
    client.post(f"{CONTACTS}/bulk", json=bulk)
    client.get("/nowhere/at/all")
    client.open(CONTACTS, method="BREW")
    answer = client.get("/metrics")
    after = samples(answer.text)
    assert answer.content_type.startswith("text/plain")
    grown = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)}
    expected = {
        requests("POST", CONTACTS, 201): 1,
        requests("POST", CONTACTS, 400): 1,
        requests("POST", f"{CONTACTS}/bulk", 200): 2,
        requests("any", "none", 404): 1,
        requests("any", CONTACTS, 405): 1,
        seconds("POST", CONTACTS): 2,
        rows("created"): 2,
        rows("unchanged"): 1,
        rows("failed"): 2,
    }
    assert {key: grown.get(key) for key in expected} == expected
    assert (after[connections("in_use")], after[connections("idle")]) == (0, 1)
    assert "2547000000" not in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_requests_through_a_proxy_get_404(client, method):
    answer = client.open("/metrics", method=method, headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 404


def test_figures_are_those_of_all_processes_even_after_one_dies(database_url, tmp_path):
    env = environment(database_url, PORT=str(free_port()), WEB_CONCURRENCY="2")
    service = Service(env, tmp_path / "log").wait()
    session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}

    def figures():
        with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/metrics") as answer:
            return samples(answer.read().decode())

    def write():
        for n in range(20):
            service.call("POST", CONTACTS, {"phone": f"+2547000000{n:02}"}, **session)

    write()
    assert {figures()[rows("created")] for _ in range(10)} == {20}
    killed = service.workers()[0]
    os.kill(killed, signal.SIGKILL)
    while killed in service.workers() or len(service.workers()) < 2:
        time.sleep(0.05)
    write()
    after = figures()
    assert (after[rows("created")], after[rows("unchanged")], after[connections("in_use")]) == (20, 20, 0)
    maps = Path(f"/proc/{service.workers()[0]}/maps").read_text()
    (folder,) = {Path(path).parent for path in re.findall(r"/\S*/contacts-metrics-\S*", maps)}
    allocated = [file.stat().st_blocks * 512 for file in folder.glob(f"*_{service.workers()[0]}.db")]
    assert allocated == [SIZE] * len(KINDS)
    assert all(used_bytes(file) < SIZE / 2 for file in folder.iterdir())
    service.stop()
    assert not folder.exists()


def used_bytes(file):
    return int.from_bytes(file.read_bytes()[:4], "little")


def test_without_space_for_metrics_the_service_goes_on(database_url, tmp_path):
    def allow_small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE - 1, SIZE - 1))

    env = environment(database_url, PORT=str(free_port()))
    service = Service(env, tmp_path / "log", preexec_fn=allow_small_files).wait()
    session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}
    assert [service.call("GET", CONTACTS, **session)[0] for _ in range(20)] == [200] * 20
    assert service.call("GET", "/metrics")[0] == 404
    service.stop()
