"""Contacts of many workspaces of skewed sizes, copied into PostgreSQL as the service would have stored them."""

import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import NamedTuple

import orjson
import psycopg

from sendy_contacts.clock import now
from sendy_contacts.contacts.batch import Batch, parse_row
from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.contacts.records import ContactRecord, contact_ids, dump_json
from sendy_contacts.contacts.search_keys import contact_keys, tag_keys
from sendy_contacts.database.partitions import CONSTRAINTS, INDEXES, TABLES
from sendy_contacts.text import fold
from sendy_contacts.validation.schemas import load_rows

from . import rows
from .dataset import FILLERS
from .results import say

PERIOD = 2 * rows.RARE  # contacts that differ by more than their phone numbers
OPTED_OUT = 50  # one contact in 50
INDEX_MEMORY = "512MB"

DROPS = """SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname FROM pg_constraint
WHERE conrelid = %(table)s::regclass AND contype IN ('p', 'u', 'f')
UNION ALL SELECT 'DROP INDEX ' || indexrelid::regclass FROM pg_index
WHERE indrelid = %(table)s::regclass AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"""


class Chunk(NamedTuple):
    """Contacts of a workspace that stand together in the table, as after a bulk: their numbers."""

    workspace_id: int
    first: int
    count: int


def skew(workspaces: int, contacts: int) -> list[int]:
    """Return the sizes of workspaces 1, 2, …: the n-th has one n-th of the contacts of the first (Zipf)."""
    largest = contacts / sum(1 / rank for rank in range(1, workspaces + 1))
    sizes = [max(1, round(largest / rank)) for rank in range(1, workspaces + 1)]
    return [sizes[0] + contacts - sum(sizes), *sizes[1:]]


def fill(url: str, sizes: Sequence[int], chunk: int) -> dict[str, float]:
    """Add the contacts of workspaces 1, 2, … to empty tables; return the seconds that each step took.

    Contacts are numbered through all workspaces, from 0. Chunks of them are in random order.
    """
    chunks = list(_split(sizes, chunk))
    random.Random(0).shuffle(chunks)  # noqa: S311 - no secret
    steps: dict[str, float] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        definitions = _drop_indexes(connection)
        with _timed(steps, "copy"):
            _copy_all(url, chunks)
        with _timed(steps, "indexes"):
            connection.execute(f"SET maintenance_work_mem = '{INDEX_MEMORY}'")
            for definition in definitions:
                connection.execute(definition)
        with _timed(steps, "statistics"):
            connection.execute("VACUUM ANALYZE")
    return steps


@contextmanager
def _timed(steps: dict[str, float], step: str) -> Iterator[None]:
    say(f"loading: {step}")
    start = time.perf_counter()
    yield
    steps[step] = time.perf_counter() - start


def _split(sizes: Sequence[int], most: int) -> Iterator[Chunk]:
    start = 0
    for workspace_id, size in enumerate(sizes, 1):
        for first in range(start, start + size, most):
            yield Chunk(workspace_id, first, min(most, start + size - first))
        start += size


def _drop_indexes(connection: psycopg.Connection) -> list[str]:
    """Drop the keys and indexes of the tables; return the statements that create them again."""
    definitions = []
    for table in TABLES:
        for query in (INDEXES, CONSTRAINTS):
            found = connection.execute(query.replace("?", "%s"), [table] * query.count("?"))
            definitions += [definition for (definition,) in found]
        for (drop,) in connection.execute(DROPS, {"table": table}).fetchall():
            connection.execute(drop)
    return definitions


def _copy_all(url: str, chunks: Sequence[Chunk]) -> None:
    context = multiprocessing.get_context("fork")
    _make_contacts()  # once, before the processes fork
    processes = [context.Process(target=_copy, args=(url, chunks[n::FILLERS])) for n in range(FILLERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert not any(process.exitcode for process in processes)


def _copy(url: str, chunks: Sequence[Chunk]) -> None:
    with (
        psycopg.connect(url) as for_contacts,
        psycopg.connect(url) as for_events,
        for_contacts.cursor().copy(_statement(Contact)) as contacts,
        for_events.cursor().copy(_statement(ConsentEvent)) as events,
    ):
        for chunk in chunks:
            stored = list(make_stored(chunk))
            contacts.write("".join(make_line(chunk.workspace_id, contact) for contact in stored))
            events.write("".join(_make_event(chunk.workspace_id, contact) for contact in stored))


def _statement(model: type) -> str:
    columns = ", ".join(field.column_name for field in model._meta.sorted_fields)
    return f"COPY {model._meta.table_name} ({columns}) FROM STDIN"


def make_stored(chunk: Chunk) -> Iterator[ContactRecord]:
    """Yield the contacts of a chunk as the service stores them, with new ids."""
    made, time_of_all = _make_contacts(), now()
    for number, contact_id in enumerate(islice(contact_ids(None), chunk.count), chunk.first):
        yield made[number % PERIOD]._replace(
            id=contact_id, phone=rows.make_phone(number), created_at=time_of_all, updated_at=time_of_all
        )


def make_rows(count: int) -> list[rows.Row]:
    """Return the first contacts as rows of a request."""
    return [row | {"optedIn": number % OPTED_OUT > 0} for number, row in enumerate(rows.make_rows(0, count))]


@cache
def _make_contacts() -> list[ContactRecord]:
    """Return the contacts of one period, as the service makes them of rows."""
    batch = Batch({}, contact_ids(None), may_opt_in=False)
    batch.apply_all([parse_row(row, None) for row in load_rows(make_rows(PERIOD))])
    assert len(batch.changed) == PERIOD
    return list(batch.changed.values())


def make_line(workspace_id: int, contact: ContactRecord) -> str:
    """Return a contact as a line of COPY, with the columns that the filters read."""
    name, tags = _fold_name(contact.name), tag_keys(workspace_id, _parse(contact.tags))
    keys = contact_keys(workspace_id, name, contact.phone, tags, opted_in=contact.opted_in)
    return _join(workspace_id, *contact, name, dump_json(tags), keys)


_fold_name = cache(fold)
_parse = cache(orjson.loads)


def _make_event(workspace_id: int, contact: ContactRecord) -> str:
    return _join(workspace_id, contact.id, contact.created_at, None, contact.opted_in, "bulk", "user:1", None)


def _join(*values: object) -> str:
    return "\t".join(["\\N" if value is None else str(value) for value in values]) + "\n"
