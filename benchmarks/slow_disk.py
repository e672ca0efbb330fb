"""Single upserts by one client and by many at once, on a disk whose flush takes five milliseconds more.

strace delays the end of each flush: of gunicorn's workers for SQLite, of the server's processes for PostgreSQL.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median

from . import rows
from .clients import measure_throughput
from .databases import KINDS, Databases
from .report import Line, Table, Target
from .results import Results, say
from .scale import Scale
from .servers import run_service
from .systems import SQLITE, Web

DELAY = 5_000  # microseconds
STRACE = (
    "strace",
    "-f",
    "-qq",
    "-o",
    "/dev/null",
    "-e",
    "trace=fsync,fdatasync",
    "-e",
    f"inject=fsync,fdatasync:delay_exit={DELAY}",
)
ATTACHING = 1.0  # seconds
RATE = "upserts of single rows, new"
SLOWEST = "slowest of a hundred"
REFUSED = "refused"
MOST = 0.4  # seconds
FIRST = 2_000_000  # the first contact
OF_EACH = 20_000  # contacts of a client


def compare(databases: Databases, scale: Scale, results: Results) -> Iterator[str]:
    """Measure on SQLite, then on PostgreSQL; yield a table, or why there is none."""
    if shutil.which("strace") is None:
        yield "strace isn't installed, so the slow disk is left out."
        return
    for kind in KINDS:
        say(f"slow disk, {kind}")
        url = databases.make_migrated(kind, "slow")
        prefix = (*STRACE, "-D", "--seccomp-bpf") if kind == SQLITE else ()
        slow = nullcontext() if kind == SQLITE else _slow_down(databases)
        with run_service(url, databases.folder, prefix) as service, slow:
            _measure(service, scale, results)
        yield tabulate(kind, scale, results).render()


@contextmanager
def _slow_down(databases: Databases) -> Iterator[None]:
    """Delay the flushes of PostgreSQL."""
    server = int((Path(databases.show("data_directory")) / "postmaster.pid").read_text().split()[0])
    others = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    attached = [argument for pid in (server, *others) for argument in ("-p", str(pid))]
    with subprocess.Popen([*STRACE, *attached]) as tracer:
        time.sleep(ATTACHING)
        yield
        tracer.terminate()


def _measure(service: Web, scale: Scale, results: Results) -> None:
    for turn in range(scale.loads):
        for clients in (1, scale.crowd):

            def request(client: int, number: int, first: int = (turn * 2 + (clients > 1)) * scale.crowd) -> bytes:
                contact = FIRST + (first + client) * OF_EACH + number
                return service.upsert(rows.make_row(contact), known=False)

            load = measure_throughput(service, request, clients, scale.seconds)
            column = name(clients)
            results.add(RATE, f"{service.database}, slow", column, load.rate)
            results.add(SLOWEST, f"{service.database}, slow", column, load.slowest)
            results.add(REFUSED, f"{service.database}, slow", column, load.refused)


def name(clients: int) -> str:
    """Return the column of so many clients."""
    return f"{clients} client{'s' * (clients > 1)}"


def tabulate(kind: str, scale: Scale, results: Results) -> Table:
    """Return the table for one kind of database."""
    one, many = name(1), name(scale.crowd)
    rate, slowest, refused = (results.summarise(work, f"{kind}, slow", how) for work, how in FIGURES)
    in_time = "ok" if slowest[many] <= MOST else "**over**"
    none_refused = "ok" if not refused[many] else "**over**"
    return Table(
        f"A flush that takes {DELAY // 1_000} ms more, on {kind}",
        (one, many),
        [
            Line(RATE, "/s", rate, (Target(one, 5, at_least=True, subject=many),)),
            Line(
                SLOWEST,
                "ms",
                {column: figure * 1_000 for column, figure in slowest.items()},
                remark=f"≤ {MOST * 1_000:g} ms: {in_time}",
            ),
            Line(REFUSED, "", refused, remark=f"none: {none_refused}"),
        ],
    )


FIGURES = ((RATE, median), (SLOWEST, median), (REFUSED, sum))
