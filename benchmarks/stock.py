"""A service with many contacts in it, brought there through its own bulk calls, and what stands in its table."""

import multiprocessing
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from .contestants import Web
from .rows import make_phone, make_rows

FILLERS = 2

Run = Callable[[str], list[tuple[Any, ...]]]


@contextmanager
def open_sql(url: str) -> Iterator[Run]:
    """Open a database and yield a function that executes a query and returns its rows."""
    connection: Any = (
        sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)
    )
    with closing(connection):
        yield lambda sql: connection.execute(sql).fetchall()


def fill(contestant: Web, size: int, chunk: int) -> None:
    """Bring an empty service to `size` contacts, numbers 0 and following."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_fill, args=(contestant, size, chunk, n)) for n in range(FILLERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert not any(process.exitcode for process in processes), contestant.name


def _fill(contestant: Web, size: int, chunk: int, part: int) -> None:
    with closing(contestant.connect()) as connection:
        for start in range(part * chunk, size, FILLERS * chunk):
            request = contestant.bulk(make_rows(start, chunk))
            connection.wake()
            contestant.confirm(connection.call(request), "created", chunk)


def pick_known(url: str, size: int, count: int) -> list[tuple[str, str]]:
    """Return ids and phones of some of the contacts that `fill` made, from all over the table."""
    phones = [make_phone(n) for n in random.Random(size).sample(range(size), min(count, size))]  # noqa: S311
    listed = ", ".join(f"'{phone}'" for phone in phones)
    with open_sql(url) as run:
        known = run(f"SELECT id, phone FROM contact WHERE workspace_id = 1 AND phone IN ({listed})")
    assert len(known) == len(phones), url
    return known
