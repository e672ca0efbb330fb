"""Queries and writes of contacts.

    >>> with db.connection_context():
    ...     upsert_many(workspace, load_rows([{"phone": "0712 345678"}]), Actor("cli:ann", "cli"))
    [Outcome(status="created", contact=ContactRecord(id="con_…", phone="+254712345678", …), …)]

Writes of one workspace run one after the other (`transactions.workspace_lock`). Each one reads, merges and writes.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson

from ..accounts.models import Workspace
from ..clock import next_timestamp
from ..database.connection import db, is_postgres
from ..database.sql import execute, in_list, insert_rows, wire_columns
from ..database.transactions import workspace_lock
from ..text import fold
from ..validation.errors import FieldError
from ..validation.schemas import RefusedRow, Row
from .batch import Batch, ParsedRow, parse_row
from .filters import Condition, ListQuery, and_all, index_lookup, where
from .merge import apply_patch
from .models import ConsentEvent, Contact
from .records import CONTACT_ID, Actor, ContactRecord, Outcome, contact_ids, dump_json
from .search_keys import contact_keys, tag_keys

SAVE = """ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, country = excluded.country,
attributes = excluded.attributes, tags = excluded.tags, opted_in = excluded.opted_in,
updated_at = excluded.updated_at, name_key = excluded.name_key, tag_keys = excluded.tag_keys,
search_keys = excluded.search_keys"""

# With this many matches among a million contacts, sorting them is as fast as a scan from the newest contact.
FEW = 5_000

# Rows per statement on PostgreSQL, which writes them while the keys of the next ones are computed.
SLICE = 250


ParsedRows = Sequence[ParsedRow | list[FieldError]]


class ContactNotFound(LookupError):
    """The workspace has no contact with this id."""


class Page(NamedTuple):
    """Contacts, newest first, and the cursor of the next page; None on the last page."""

    contacts: list[ContactRecord]
    next_cursor: str | None


def list_recent(workspace_id: int, query: ListQuery) -> Page:
    """Return the newest contacts that match the query."""
    condition = where(workspace_id, query)
    few = _find_few(workspace_id, query, condition)
    if few is not None:
        text, values = and_all([condition, ("id = ANY(?)", [few[: query.limit]])])
        cursor = few[query.limit - 1] if len(few) > query.limit else None
        return Page(_select(f"{text} ORDER BY id DESC", *values), cursor)
    text, values = condition
    rows = _select(f"{text} ORDER BY id DESC LIMIT ?", *values, query.limit + 1)
    page = rows[: query.limit]
    return Page(page, page[-1].id if len(rows) > len(page) else None)


def count_contacts(workspace_id: int, query: ListQuery, most: int) -> int:
    """Return how many contacts match the filters of the query, of which at most so many are counted."""
    text, values = where(workspace_id, query._replace(cursor=None))
    counted = f"SELECT 1 FROM contact WHERE {text} LIMIT ?"  # noqa: S608 - no value in the text
    return execute(f"SELECT count(*) FROM ({counted}) AS found", *values, most).fetchone()[0]  # noqa: S608


def _find_few(workspace_id: int, query: ListQuery, condition: Condition) -> list[str] | None:
    """Return the ids of the matches, newest first; None if no index helps or more than FEW contacts match.

    PostgreSQL can't choose this plan itself: it knows how many contacts have each key, not how many have all of them.
    """
    found = index_lookup(workspace_id, query)
    if found is None:
        return None
    text, values = and_all([condition, found])
    rows = execute(f"SELECT id FROM contact WHERE {text} LIMIT ?", *values, FEW + 1).fetchall()  # noqa: S608
    return sorted((row[0] for row in rows), reverse=True) if len(rows) <= FEW else None


def upsert_many(
    workspace: Workspace,
    rows: Sequence[Row | RefusedRow],
    actor: Actor,
    *,
    region: str | None = None,
    may_opt_in: bool = False,
) -> list[Outcome]:
    """Create or update contacts in one transaction, as if the rows came one after the other; return their outcomes.

    `rows` come from `schemas.load_rows`: refused ones fail, the others are written. `region` overrides the
    workspace's country for phone numbers without one.
    """
    parsed = parse_rows(workspace, rows, region)
    with workspace_lock(workspace.id):
        return write_batch(workspace.id, parsed, actor, may_opt_in=may_opt_in).outcomes


def parse_rows(workspace: Workspace, rows: Sequence[Row | RefusedRow], region: str | None = None) -> ParsedRows:
    """Return the rows with their phone numbers parsed; `region` is as in `upsert_many`."""
    return [parse_row(row, region or workspace.country) for row in rows]


def write_batch(workspace_id: int, parsed: ParsedRows, actor: Actor, *, may_opt_in: bool = False) -> Batch:
    """Write parsed rows, to be called under `workspace_lock`; return what was applied to which contacts."""
    existing = _find(workspace_id, parsed)
    newest = max((contact.id for contact in existing.values()), default=None)
    batch = Batch(existing, contact_ids(newest), may_opt_in=may_opt_in).apply_all(parsed)
    save_contacts(workspace_id, batch.changed.values())
    record_consent(workspace_id, batch.consent, actor)
    return batch


def plan_upsert(
    workspace: Workspace,
    rows: Sequence[Row | RefusedRow],
    *,
    region: str | None = None,
    planned: Mapping[str, ContactRecord] = MappingProxyType({}),
) -> Batch:
    """Return the batch that `upsert_many` would write, without writing it. New contacts have the id "".

    `planned` holds the contacts that earlier calls for the same plan would have written, by phone number.
    """
    parsed = parse_rows(workspace, rows, region)
    existing = _find(workspace.id, parsed)
    existing |= {phone: planned[phone] for phone in _phones(parsed) & planned.keys()}
    return Batch(existing, itertools.repeat(""), may_opt_in=False).apply_all(parsed)


def patch(workspace_id: int, contact_id: str, row: Row) -> ContactRecord:
    """Edit one contact and return it. Raise ContactNotFound, or UpdateRefused if it would exceed a limit."""
    with workspace_lock(workspace_id):
        stored = find_contact(workspace_id, contact_id)
        contact = apply_patch(stored, row)
        if contact == stored:
            return contact
        contact = contact._replace(updated_at=next_timestamp(contact.updated_at))
        save_contacts(workspace_id, [contact])
    return contact


def find_contact(workspace_id: int, contact_id: str) -> ContactRecord:
    """Return one contact. Raise ContactNotFound."""
    known = CONTACT_ID.fullmatch(contact_id)
    found = _select("workspace_id = ? AND id = ?", workspace_id, contact_id) if known else []
    if not found:
        raise ContactNotFound(contact_id)
    return found[0]


def iterate(workspace_id: int) -> Iterator[ContactRecord]:
    """Yield every contact, oldest first, reading a page at a time."""
    last = ""
    while page := _select("workspace_id = ? AND id > ? ORDER BY id LIMIT 500", workspace_id, last):
        yield from page
        last = page[-1].id


def walk(workspace_id: int, query: ListQuery) -> Iterator[ContactRecord]:
    """Yield every contact that matches the query, newest first, reading a page at a time."""
    while True:
        with db.connection_context():
            page = list_recent(workspace_id, query)
        yield from page.contacts
        if page.next_cursor is None:
            return
        query = query._replace(cursor=page.next_cursor)


def _select(condition: str, *values: Any) -> list[ContactRecord]:
    return list(map(ContactRecord._make, execute(_statement(condition), *values).fetchall()))


def _statement(condition: str) -> str:
    columns = wire_columns(Contact, ContactRecord._fields)
    return f"SELECT {columns} FROM contact WHERE {condition}"  # noqa: S608 - no value in the text


def find_contacts(workspace_id: int, phones: Iterable[str]) -> dict[str, ContactRecord]:
    """Return the contacts of these phones, by phone."""
    condition, wanted = in_list(sorted(phones))
    return {c.phone: c for c in _select(f"workspace_id = ? AND phone {condition}", workspace_id, wanted)}


def _find(workspace_id: int, rows: ParsedRows) -> dict[str, ContactRecord]:
    """Return, by phone number, the contacts of the rows, and the newest contact: new ids must follow its id."""
    phones = _phones(rows)
    if not phones:
        return {}
    condition, wanted = in_list(sorted(phones))
    newest = _statement("workspace_id = ? AND id = (SELECT max(id) FROM contact WHERE workspace_id = ?)")
    both = f"workspace_id = ? AND phone {condition} UNION ALL {newest}"
    return {c.phone: c for c in _select(both, workspace_id, wanted, workspace_id, workspace_id)}


def _phones(rows: ParsedRows) -> set[str]:
    return {row.phone.e164 for row in rows if isinstance(row, ParsedRow)}


def save_contacts(workspace_id: int, contacts: Iterable[ContactRecord]) -> None:
    """Write contacts, new or changed, but for their phone; to be called under `workspace_lock`."""
    rows = ((workspace_id, *contact, *_keys(workspace_id, contact)) for contact in contacts)
    while chunk := list(itertools.islice(rows, SLICE if is_postgres() else None)):
        insert_rows(Contact, chunk, on_conflict=SAVE)


def record_consent(workspace_id: int, changes: Iterable[tuple[Any, ...]], actor: Actor) -> None:
    """Add changes of the opt-in state to the history: (contact id, timestamp, old or None, new)."""
    rows = [(workspace_id, *change, actor.source, actor.name, actor.import_id) for change in changes]
    if rows:
        insert_rows(ConsentEvent, rows)


def remove_contacts(workspace_id: int, contact_ids: Iterable[str]) -> None:
    """Remove contacts; their history stays."""
    condition, wanted = in_list(sorted(contact_ids))
    execute(f"DELETE FROM contact WHERE workspace_id = ? AND id {condition}", workspace_id, wanted)  # noqa: S608


def _keys(workspace_id: int, contact: ContactRecord) -> tuple[str | None, str, str | None]:
    """Return the last three columns of Contact, which only filters read."""
    name = fold(contact.name) if contact.name else None
    tags, text = _tag_keys(workspace_id, contact.tags)
    if not is_postgres():
        return name, text, None
    return name, text, contact_keys(workspace_id, name or "", contact.phone, tags, opted_in=contact.opted_in)


@functools.lru_cache(1_024)  # the contacts of a list have few different tags
def _tag_keys(workspace_id: int, tags: str) -> tuple[list[str], str]:
    """Return the keys of stored tags, as a list and as JSON."""
    keys = tag_keys(workspace_id, orjson.loads(tags))
    return keys, dump_json(keys)
