"""The dataset: contacts written with bulk requests, and queries of the stored contacts."""

import multiprocessing
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from .rows import make_phone, make_rows
from .systems import Web

FILLERS = 2  # processes

Run = Callable[[str], list[tuple[Any, ...]]]


@contextmanager
def open_sql(url: str) -> Iterator[Run]:
    """Open a database; yield a function that executes a query and returns its rows."""
    connection: Any = (
        sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)
    )
    with closing(connection):
        yield lambda sql: connection.execute(sql).fetchall()


def fill(system: Web, size: int, chunk: int) -> None:
    """Write contacts 0 to `size` - 1 to an empty service."""
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_fill, args=(system, size, chunk, n)) for n in range(FILLERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert not any(process.exitcode for process in processes), system.name


def _fill(system: Web, size: int, chunk: int, part: int) -> None:
    with closing(system.connect()) as connection:
        for start in range(part * chunk, size, FILLERS * chunk):
            request = system.bulk(make_rows(start, chunk))
            connection.wake()
            system.confirm(connection.call(request), "created", chunk)


def pick_known(url: str, size: int, count: int) -> list[tuple[str, str]]:
    """Return the ids and phone numbers of `count` random contacts that `fill` has written."""
    phones = [make_phone(n) for n in random.Random(size).sample(range(size), min(count, size))]  # noqa: S311
    listed = ", ".join(f"'{phone}'" for phone in phones)
    with open_sql(url) as run:
        known = run(f"SELECT id, phone FROM contact WHERE workspace_id = 1 AND phone IN ({listed})")
    assert len(known) == len(phones), url
    return known
