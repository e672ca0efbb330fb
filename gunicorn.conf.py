"""gunicorn's settings and hooks. PORT, WEB_CONCURRENCY and FORWARDED_ALLOW_IPS are gunicorn's own variables.

The master loads the libraries of the service, so that the workers share their memory. It must not load the service
itself: after a reload (HUP), the new workers would run the old code.
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
)

wsgi_app = "wsgi:app"
worker_class = Worker
threads = 64
timeout = 60
limit_request_line = 8190  # room for dozens of tags; percent-encoding makes some scripts six times as long
forwarder_headers = ""
sendfile = False  # sendfile would wait for slow readers
control_socket_disable = True


def on_starting(_server):
    """Exit with a one-line message if the settings, the database or its migrations aren't ready."""
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
    """Allocate the metrics files of a new worker."""
    metrics_files.reserve(worker.pid)


def post_worker_init(_worker):
    """Spare the garbage collector the app, which stays."""
    gc.freeze()


def child_exit(_server, worker):
    """Keep the counters of a worker that has ended."""
    metrics_files.release(worker.pid)


def on_exit(_server):
    """Remove the metrics files."""
    metrics_files.remove_folder()
