"""How gunicorn hosts the service. PORT, WEB_CONCURRENCY and FORWARDED_ALLOW_IPS are gunicorn's own variables.

The packages that the service is made of are loaded once, here, and shared by its workers, for the sake of memory.
Nothing of the service itself is: what this process holds, its workers would not load anew on a reload (HUP).
"""

import gc
import importlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker
from ulid import ULID

STATUS = {
    errors.LimitRequestLine: "414 URI Too Long",
    errors.LimitRequestHeaders: "431 Request Header Fields Too Large",
}

FEW_CONNECTIONS = 16

SHARED = (
    "apispec.ext.marshmallow",
    "flask_login",
    "marshmallow",
    "phonenumbers",
    "playhouse.db_url",
    "prometheus_client",
    "python_calamine",
)


class Worker(ThreadWorker):
    """gunicorn's worker, with a deadline for a request to arrive.

    What is no HTTP it answers in the service's envelope, and doesn't repeat it in the log.
    """

    def handle(self, conn):
        """Serve a request of a connection; where there are few connections, also those that follow at once.

        gunicorn's own gives each request to another thread, by way of the one that waits for all connections: fair
        to many, but for few that takes as long as a third of a small answer.
        """
        from sendy_contacts.web.slow_clients import REQUEST_SECONDS, read_deadline

        while True:
            with read_deadline(REQUEST_SECONDS, conn.sock):
                kept = super().handle(conn)
            if kept is not True or self.nr_conns > FEW_CONNECTIONS or not self.next_comes(conn):
                return kept

    @staticmethod
    def next_comes(conn):
        """Wait for the next request of a connection, for 50 ms; tell whether there is one."""
        poll = select.poll()
        poll.register(conn.sock, select.POLLIN)
        return bool(conn.parser.unreader.buf.getvalue() or poll.poll(50))

    def set_accept_enabled(self, enabled):
        """When stopping, take in who is waiting at the door and close it, not only after the last answer.

        Others are refused at once, instead of being left waiting for a worker that will never come.
        """
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                count = -1
                while self.nr_conns > count:
                    count = self.nr_conns
                    self.accept(listener)
                listener.close()

    def handle_error(self, _req, client, addr, exc):
        """Answer a request that never reached the service, or that the service did not answer."""
        ours = not isinstance(exc, errors.ParseException)
        status = "500 Internal Server Error" if ours else STATUS.get(type(exc), "400 Bad Request")
        request_id = f"req_{ULID()}"
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": "warning",
            "event": "malformed request",
            "exception": type(exc).__name__,
            "status": int(status[:3]),
            "request_id": request_id,
            "address": addr and addr[0],
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        error = {
            "type": "api_error" if ours else "invalid_request_error",
            "code": "internal_error" if ours else "malformed_request",
            "message": "Something went wrong here." if ours else "This is no HTTP request that can be served.",
            "request_id": request_id,
        }
        body = json.dumps({"error": error})
        head = f"Content-Type: application/json\r\nX-Request-Id: {request_id}\r\nContent-Length: {len(body)}"
        try:
            client.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n{head}\r\n\r\n{body}".encode())
        except OSError:
            self.log.debug("The caller is gone.")


wsgi_app = "wsgi:app"
worker_class = Worker
threads = 64  # most of them wait for callers who send slowly: the pool of connections says how many work
timeout = 60
limit_request_line = 8190  # a query may hold dozens of tags in scripts that percent-encoding makes six times as long
forwarder_headers = ""
control_socket_disable = True


def on_starting(_server):
    """Refuse to start, with one line, without settings, a database and the schema that this release needs.

    Otherwise make the folder in which the workers count, and load what they share.
    """
    status = subprocess.run([sys.executable, "-m", "flask", "db", "status"], capture_output=True, text=True)
    pending = [line.removeprefix("pending ") for line in status.stdout.splitlines() if line.startswith("pending ")]
    if pending:
        sys.exit(f"Can't start: migrations are pending ({', '.join(pending)}). Run: flask db upgrade")
    if status.returncode:
        sys.exit(f"Can't start: {status.stderr.strip().rpartition(chr(10))[2].removeprefix('Error: ')}")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="contacts-metrics-")
    for package in SHARED:
        importlib.import_module(package)
    gc.freeze()


def child_exit(_server, worker):
    """Forget the connections of a worker that is gone; what it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_exit(_server):
    """Leave no figures behind."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
