"""A soak test of both databases: load while workers are killed. No write may be lost or half done.

Argument: seconds for each database. All connections stay on the loopback address.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sendy_contacts.database.connection import db, open_database
from sendy_contacts.server.worker import MAX_KEPT_BYTES
from tests.soak.attackers import Attackers
from tests.soak.clients import Clients
from tests.soak.faults import Faults, measure_memory
from tests.soak.ledger import Ledger
from tests.support.database import make_database, migrate_and_seed
from tests.support.service import Service, environment, flask, free_port, run_postgres

WORKERS = 3
MORE_UNDER_ATTACK = 2  # seconds; not checked in runs of less than half a minute
P99 = 8  # seconds; it would be ten if slow clients could occupy all threads of a worker
GROWTH = 40  # MiB; threads that start after the warm-up take half of it
KEPT = MAX_KEPT_BYTES >> 20  # MiB of responses that attackers don't read

COLUMNS = (
    "answered",
    "503",
    "cut off",
    "kills",
    "p50 read",
    "p99 read",
    "p50 write",
    "p99 write",
    "longest",
    "attacked",
    "memory",
    "contacts",
)


class Database(NamedTuple):
    """An empty database; on PostgreSQL also a function that restarts the server, and the server's log."""

    url: str
    restart: Callable[[], None] | None = None
    log: Path = Path(os.devnull)


@contextmanager
def sqlite():
    """Create a database file."""
    with tempfile.TemporaryDirectory(prefix="contacts-soak-") as folder:
        yield Database(f"sqlite:///{folder}/contacts.db")


@contextmanager
def postgresql():
    """Create a database on a new server."""

    def restart():
        server.stop()
        time.sleep(0.5)
        server.start()

    with run_postgres() as server, make_database(server.get_uri()) as url:
        yield Database(url, restart, server.log)


def soak(make, seconds):
    """Run on a database for `seconds`; return the columns of its line and the violations."""
    with make() as database, tempfile.TemporaryDirectory(prefix="contacts-soak-") as folder:
        migrate_and_seed(database.url)
        env = environment(database.url, PORT=str(free_port()), WEB_CONCURRENCY=str(WORKERS))
        service = Service(env, Path(folder) / "gunicorn.log").wait()
        ledger = Ledger()
        try:
            token = flask(env, "users", "session", "owner@example.com").strip()
            clients = Clients(service, {"Authorization": f"Bearer {token}"}, ledger)
            warm, last = load(service, clients, ledger, seconds, database.restart)
            service.stop()
        finally:
            service.process.kill()
            service.process.wait()
        rows = read_stored(database.url)
        log = service.log.read_text() + database.log.read_text()
    violations = [*ledger.violations, *ledger.check_cuts(), *ledger.check_stored(rows)]
    violations += ledger.check_waits(MORE_UNDER_ATTACK if seconds >= 30 else P99)
    violations += [
        f"{kind}: p99 over {P99} s" for kind, spent in ledger.durations.items() if quantile(spent, 99) > P99
    ]
    violations += [
        f"{word} in the log" for word in ("unhandled exception", "Traceback", "deadlock detected") if word in log
    ]
    if not ledger.answers[200]:
        violations.append("no request succeeded")
    if last > warm + GROWTH + KEPT:
        violations.append(f"a worker grew from {warm:.0f} to {last:.0f} MiB")
    return describe(ledger, warm, last, rows), violations


def load(service, clients, ledger, seconds, restart):
    """Put load on the service and kill workers for `seconds`, with attackers in the second half.

    Return the memory in MiB of a worker that is never killed, after a third and at the end.
    """
    spared = service.workers()[0]
    clients.start()
    attackers = Attackers(service, clients.session)
    faults = Faults(service, ledger, spared, seconds, restart)
    faults.start()
    try:
        time.sleep(seconds / 3)
        warm = measure_memory(spared)
        time.sleep(seconds / 6)
        ledger.phase = "attacked"
        attackers.start()
        time.sleep(seconds / 2)
        last = measure_memory(spared)
    finally:
        attackers.ended.set()
        faults.ended.set()
        faults.join()
        clients.stop()
        attackers.stop()
    return warm, last


def read_stored(url):
    """Return (phone, attributes) of every contact."""
    open_database(url)
    with db.connection_context():
        rows = db.execute_sql("SELECT phone, attributes FROM contact").fetchall()
    db.close_all()
    return rows


def quantile(durations, percent):
    """Return a percentile of the durations."""
    return sorted(durations)[int((len(durations) - 1) * percent / 100)] if durations else 0


def describe(ledger, warm, last, rows):
    """Return the columns of a line of the table."""
    times = [f"{quantile(ledger.durations[kind], p) * 1000:.0f} ms" for kind in ("read", "write") for p in (50, 99)]
    answers = ledger.answers
    counted = (answers[200] + answers[201], answers[503], answers["cut"], len(ledger.kills))
    times += [f"{max(ledger.waits[phase]) * 1000:.0f} ms" for phase in ("calm", "attacked")]
    return (*map(str, counted), *times, f"{warm:.0f}-{last:.0f} MiB", str(len(rows)))


def main(seconds):
    """Print a table and the violations; return the exit status."""
    failed = False
    print(f"{'':12}" + "".join(f"{name:>13}" for name in COLUMNS))  # noqa: T201
    for make in (sqlite, postgresql):
        line, violations = soak(make, seconds)
        print(f"{make.__name__:12}" + "".join(f"{column:>13}" for column in line), flush=True)  # noqa: T201
        if violations:
            print(f"  {len(violations)} violations:", *violations[:20], sep="\n  ")  # noqa: T201
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
