"""`make run`: start the service; create the key, the database and an owner if they don't exist."""

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

INSTANCE = Path("instance")
OWNER = "owner@example.com"
LOG = INSTANCE / "service.log"

STARTED = """
SendyStack Contacts runs at {address}

Open it in a browser and sign in as {owner}, password: {password}

Create a contact with the owner's session:

{curl}

The log is in {log}. Stop the service with Ctrl-C.
"""
CURL = (
    "curl -s {address}/internal/contacts -H 'Content-Type: application/json' "
    "-H 'Authorization: Bearer {session}' -d '{row}'"
)
ROW = (
    '{"name": "Jane Doe", "phone": "+254700000000", "country": "KE", '
    '"attributes": {"rent_amount": "25000", "invoice_no": "ALF-0042"}, "tags": ["tenant", "nairobi"]}'
)


def flask(*args: str, **options: str) -> str:
    """Run a flask command and return its output; exit with its message if it fails."""
    done = subprocess.run([sys.executable, "-m", "flask", *args], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(done.stderr.strip().rpartition("\n")[2])
    return done.stdout


def keep_secret(name: str, new: str) -> str:
    """Return the content of a file in instance/; create the file if it doesn't exist."""
    path = INSTANCE / name
    if not path.exists():
        path.write_text(new)
    return path.read_text().strip()


def find_owner() -> tuple[str, str]:
    """Return an active owner and their password, if it is known; add an owner if there is none."""
    users = [line.split("\t") for line in flask("users", "list").splitlines()]
    owner = next((email for email, role, _, state in users if (role, state) == ("owner", "active")), None)
    if owner is None:
        owner, password = OWNER, keep_secret("owner_password", secrets.token_urlsafe(12))
        args = ("--workspace", "Acme", "--role", "owner", "--country", "KE", "--password-stdin")
        flask("users", "add", owner, *args, input=password)
    known = owner == OWNER and (INSTANCE / "owner_password").exists()
    return owner, keep_secret("owner_password", "") if known else "the one you chose"


def await_start(process: subprocess.Popen, address: str) -> None:
    """Wait until the service is ready; exit with its log if it stops."""
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(LOG.read_text())


def main() -> int:
    """Start the service, print how to use it, and wait until it ends."""
    os.umask(0o077)
    INSTANCE.mkdir(exist_ok=True)
    os.environ.setdefault("SECRET_KEY", keep_secret("secret_key", secrets.token_hex(32)))
    flask("db", "upgrade")
    owner, password = find_owner()
    port = os.environ.get("PORT", "8000")
    address = f"http://127.0.0.1:{port}"
    with LOG.open("a") as log:
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: process.terminate())
    await_start(process, address)
    session = flask("users", "session", owner).strip()
    curl = CURL.format(address=address, session=session, row=ROW)
    print(STARTED.format(address=address, owner=owner, password=password, curl=curl, log=LOG), flush=True)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
