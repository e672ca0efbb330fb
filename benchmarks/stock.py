"""Many contacts, quickly: the first come in through the service, the others are copies that the database makes.

Copies have older ids and phones of their own. Nothing is known here of columns other than those that name a contact,
and whoever measures compares what the service finds with what stands in the table.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from .contestants import POSTGRESQL, SQLITE, Contestant
from .rows import make_rows

# The tables that hold something of each contact, and their column with its id.
TABLES = (("contact", "id"), ("consent_event", "contact_id"))

STRIDE = 7_654_321  # shares no factor with 10**8, so that neighbours are far apart in the index of phones
ID = {SQLITE: "'con_' || printf('%026d', {n})", POSTGRESQL: "'con_' || lpad(({n})::text, 26, '0')"}
PHONE = {
    SQLITE: f"'+2547' || printf('%08d', ({{n}}) * {STRIDE} % 100000000)",
    POSTGRESQL: f"'+2547' || lpad((({{n}})::bigint * {STRIDE} % 100000000)::text, 8, '0')",
}
COLUMNS = {
    SQLITE: "SELECT name FROM pragma_table_info('{table}')",
    POSTGRESQL: "SELECT column_name FROM information_schema.columns "
    "WHERE table_name = '{table}' AND table_schema = current_schema() AND is_generated = 'NEVER'",
}
HASTE = {
    SQLITE: ("PRAGMA synchronous = off", "PRAGMA cache_size = -500000", "PRAGMA temp_store = memory"),
    POSTGRESQL: ("SET synchronous_commit = off", "SET max_parallel_workers_per_gather = 0"),
}

Run = Callable[[str], list[tuple[Any, ...]]]


@contextmanager
def open_sql(url: str) -> Iterator[Run]:
    """Open a database and yield a function that executes a statement and returns its rows."""
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=60)
    else:
        connection = psycopg.connect(url, autocommit=True)

    def run(sql: str) -> list[tuple[Any, ...]]:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []

    with closing(connection):
        yield run


def fill(contestant: Contestant, first: int, size: int, chunk: int) -> None:
    """Bring an empty database to `size` contacts, the `first` of them through the contestant."""
    contestant.wake()
    for start in range(0, first, chunk):
        answer = contestant.send(contestant.bulk(make_rows(start, chunk)))
        contestant.confirm(answer, "created", chunk)
    if size > first:
        with open_sql(contestant.url) as run:
            _copy(run, contestant.database, first, size // first - 1)


def _copy(run: Run, kind: str, first: int, times: int) -> None:
    for statement in HASTE[kind]:
        run(statement)
    run("CREATE TEMP TABLE base AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM contact")
    run("CREATE UNIQUE INDEX base_id ON base (id)")
    for table, key in TABLES:
        run(
            f"CREATE TEMP TABLE base_{table} AS SELECT {table}.*, n FROM {table} JOIN base ON base.id = {table}.{key}"
        )
        columns = [name for (name,) in run(COLUMNS[kind].format(table=table))]
        for copy in range(times):
            number = f"n + {copy * first}"
            changed = {key: ID[kind].format(n=number), "phone": PHONE[kind].format(n=number)}
            values = ", ".join(changed.get(column, column) for column in columns)
            run(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM base_{table} ORDER BY n")


def pick_known(url: str, first: int, size: int, count: int) -> list[tuple[str, str]]:
    """Return ids and phones of some contacts, from all over the table."""
    chance = random.Random(size)  # noqa: S311 - no secret
    kind = SQLITE if url.startswith("sqlite") else POSTGRESQL
    with open_sql(url) as run:
        if size == first:
            return chance.sample(run("SELECT id, phone FROM contact ORDER BY id"), min(count, size))
        numbers = " UNION ALL ".join(f"SELECT {n} AS n" for n in chance.sample(range(size - first), count))
        return run(f"SELECT {ID[kind].format(n='n')}, {PHONE[kind].format(n='n')} FROM ({numbers}) AS numbers")
