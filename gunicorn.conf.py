"""How gunicorn hosts the service. PORT, WEB_CONCURRENCY and FORWARDED_ALLOW_IPS are gunicorn's own variables.

The master loads the packages that the service is made of, so that the workers share their memory. It must not load
the service itself: its workers would not load that anew on a reload (HUP).
"""

import gc
import importlib
import subprocess
import sys

from sendy_contacts.server import metrics_files
from sendy_contacts.server.worker import Worker

SHARED = (
    "apispec.ext.marshmallow",
    "flask_login",
    "marshmallow",
    "phonenumbers",
    "playhouse.db_url",
    "prometheus_client",
    "python_calamine",
)

wsgi_app = "wsgi:app"
worker_class = Worker
threads = 64
timeout = 60
limit_request_line = 8190  # a query may hold dozens of tags in scripts that percent-encoding makes six times as long
forwarder_headers = ""
sendfile = False  # it would wait for slow readers
control_socket_disable = True


def on_starting(_server):
    """Refuse to start, with one line, without settings, a database and the schema that this release needs."""
    status = subprocess.run([sys.executable, "-m", "flask", "db", "status"], capture_output=True, text=True)
    pending = [line.removeprefix("pending ") for line in status.stdout.splitlines() if line.startswith("pending ")]
    if pending:
        sys.exit(f"Can't start: migrations are pending ({', '.join(pending)}). Run: flask db upgrade")
    if status.returncode:
        sys.exit(f"Can't start: {status.stderr.strip().rpartition(chr(10))[2].removeprefix('Error: ')}")
    metrics_files.make_folder()
    for package in SHARED:
        importlib.import_module(package)
    gc.freeze()


def post_fork(_server, worker):
    """Take the space for what a new worker counts."""
    metrics_files.reserve(worker.pid)


def child_exit(_server, worker):
    """Forget the connections of a worker that has ended, and keep its counts."""
    metrics_files.release(worker.pid)


def on_exit(_server):
    """Leave no metrics behind."""
    metrics_files.remove_folder()
