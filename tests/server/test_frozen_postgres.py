"""A PostgreSQL that has stopped (SIGSTOP) keeps nobody waiting for ever."""

import os
import signal
import threading
import time
from pathlib import Path

from tests.support.database import make_database, migrate_and_seed
from tests.support.service import Service, environment, flask, free_port, run_postgres

CONTACTS = "/internal/contacts"


def server_processes(server):
    """Return the process ids of a server, the children first."""
    main = server.get_pid() if hasattr(server, "get_pid") else server._postmaster_info.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [*map(int, children), main]


def test_every_wait_for_the_database_ends_with_503(tmp_path):
    with run_postgres() as server, make_database(server.get_uri()) as url:
        migrate_and_seed(url)
        env = environment(url, PORT=str(free_port()), WEB_CONCURRENCY="1")
        service = Service(env, tmp_path / "log").wait()
        session = {"Authorization": f"Bearer {flask(env, 'users', 'session', 'owner@example.com').strip()}"}
        assert service.call("POST", CONTACTS, {"phone": "+254700000001"}, **session)[0] == 201
        frozen = server_processes(server)
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        answers = []

        def call(method, path, body=None, **headers):
            begin = time.monotonic()
            status = service.call(method, path, body, timeout=60, **headers)[0]
            answers.append((path, status, time.monotonic() - begin < 45))

        calls = [("GET", "/readyz"), ("GET", CONTACTS), ("POST", CONTACTS, {"phone": "+254700000002"})]
        threads = [threading.Thread(target=call, args=args, kwargs=session) for args in calls for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert service.call("GET", "/healthz")[0] == 200
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
        assert {(status, ended) for _, status, ended in answers} == {(503, True)}, answers
        for _ in range(50):
            if service.call("GET", "/readyz")[0] == 200:
                break
            time.sleep(0.2)
        assert service.call("GET", CONTACTS, **session)[0] == 200
        service.stop()
