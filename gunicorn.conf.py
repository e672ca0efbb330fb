"""How gunicorn hosts the service. PORT, WEB_CONCURRENCY and FORWARDED_ALLOW_IPS are gunicorn's own variables."""

import subprocess
import sys

wsgi_app = "wsgi:app"
worker_class = "gthread"
threads = 8
timeout = 60
control_socket_disable = True


def on_starting(_server):
    """Refuse to start, with one line, without settings, a database and the schema that this release needs."""
    # Asked in another process: what this one imports, its workers would not load anew on a reload (HUP).
    status = subprocess.run([sys.executable, "-m", "flask", "db", "status"], capture_output=True, text=True)
    pending = [line.removeprefix("pending ") for line in status.stdout.splitlines() if line.startswith("pending ")]
    if pending:
        sys.exit(f"Can't start: migrations are pending ({', '.join(pending)}). Run: flask db upgrade")
    if status.returncode:
        sys.exit(f"Can't start: {status.stderr.strip().rpartition(chr(10))[2].removeprefix('Error: ')}")
