"""The statements that read and write contacts.

    >>> with db.connection_context():
    ...     list_recent(workspace.id, ListQuery(tags=("vip",)))
    Page(contacts=[ContactRecord(id="con_…", phone="+254712345678", …), …], next_cursor=None)

Writes of one workspace run one after the other (`transactions.workspace_lock`); `writes` says what they do.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from ..database.connection import db, is_postgres
from ..database.sql import execute, in_list, insert_rows, search, wire_columns
from ..text import fold
from .batch import OptInChange
from .filters import Condition, ListQuery, and_all, index_lookup, match, where
from .models import ConsentEvent, Contact
from .records import CONTACT_ID, Actor, ContactRecord, dump_json
from .search_keys import contact_keys, tag_keys

SAVE = """ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, country = excluded.country,
attributes = excluded.attributes, tags = excluded.tags, opted_in = excluded.opted_in,
updated_at = excluded.updated_at, name_key = excluded.name_key, tag_keys = excluded.tag_keys,
search_keys = excluded.search_keys"""

# With this many matches among a million contacts, sorting them is as fast as a scan from the newest contact.
FEW = 5_000

# What SQLite's full-text index lacks: contacts that changed since, and new ones until a thousand are complete.
UNINDEXED = """SELECT contact FROM contact_changed
UNION SELECT rowid FROM contact WHERE rowid > (SELECT max(rowid) / 1000 * 1000 FROM contact)"""
# The contacts before a cursor, even if the contact of the cursor is gone.
OLDER = """rowid < ifnull((SELECT rowid FROM contact WHERE workspace_id = ? AND id >= ? ORDER BY id LIMIT 1),
9223372036854775807)"""

# Rows per statement on PostgreSQL, which writes them while the keys of the next ones are computed.
SLICE = 250


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
    rows = _search(workspace_id, query, condition)
    if rows is None:
        text, values = condition
        select = _select_anew if query.is_filtered else _select
        rows = select(f"{text} ORDER BY id DESC LIMIT ?", *values, query.limit + 1)
    page = rows[: query.limit]
    return Page(page, page[-1].id if len(rows) > len(page) else None)


def count_contacts(workspace_id: int, query: ListQuery, most: int) -> int:
    """Return how many contacts match the filters of the query, of which at most so many are counted."""
    query = query._replace(cursor=None)
    text, values = and_all(filter(None, [where(workspace_id, query), index_lookup(workspace_id, query)]))
    counted = f"SELECT 1 FROM contact WHERE {text} LIMIT ?"  # noqa: S608 - no value in the text
    return search(f"SELECT count(*) FROM ({counted}) AS found", *values, most).fetchone()[0]  # noqa: S608


def _find_few(workspace_id: int, query: ListQuery, condition: Condition) -> list[str] | None:
    """Return the ids of the matches, newest first; None if no index helps or more than FEW contacts match.

    PostgreSQL can't choose this plan itself: it knows how many contacts have each key, not how many have all of them.
    """
    found = index_lookup(workspace_id, query)
    if found is None:
        return None
    text, values = and_all([condition, found])
    rows = search(f"SELECT id FROM contact WHERE {text} LIMIT ?", *values, FEW + 1).fetchall()  # noqa: S608
    return sorted((row[0] for row in rows), reverse=True) if len(rows) <= FEW else None


def _search(workspace_id: int, query: ListQuery, condition: Condition) -> list[ContactRecord] | None:
    """Return one contact more than a page of those that SQLite's full-text index finds; None if it can't help.

    The index finds the newest first, because in a workspace contacts have the order of their rowids. It lacks the
    contacts of `UNINDEXED`.
    """
    found = None if is_postgres() else match(workspace_id, query)
    if found is None:
        return None
    if query.cursor is not None:
        found = and_all([found, (OLDER, [workspace_id, query.cursor])])
    text, values = condition
    indexed = f"""SELECT found FROM (SELECT rowid AS found FROM contact_search WHERE {found[0]})
    CROSS JOIN contact ON contact.rowid = found WHERE {text} ORDER BY found DESC LIMIT ?"""  # noqa: S608
    columns = ", ".join(ContactRecord._fields)
    statement = f"""SELECT {columns} FROM (SELECT * FROM ({indexed}) UNION {UNINDEXED})
    CROSS JOIN contact ON contact.rowid = found WHERE {text} ORDER BY id DESC LIMIT ?"""  # noqa: S608
    most = query.limit + 1
    return list(map(ContactRecord._make, execute(statement, *found[1], *values, most, *values, most).fetchall()))


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


def _select_anew(condition: str, *values: Any) -> list[ContactRecord]:
    """Do the same by a plan of its own: see `sql.search`."""
    return list(map(ContactRecord._make, search(_statement(condition), *values).fetchall()))


def _statement(condition: str) -> str:
    columns = wire_columns(Contact, ContactRecord._fields)
    return f"SELECT {columns} FROM contact WHERE {condition}"  # noqa: S608 - no value in the text


def find_contacts(workspace_id: int, phones: Iterable[str]) -> dict[str, ContactRecord]:
    """Return the contacts of these phones, by phone."""
    condition, wanted = in_list(sorted(phones))
    return {c.phone: c for c in _select(f"workspace_id = ? AND phone {condition}", workspace_id, wanted)}


def find_by_ids(workspace_id: int, ids: Iterable[str]) -> dict[str, ContactRecord]:
    """Return those of these contacts that there are, by id."""
    condition, wanted = in_list(sorted(ids))
    return {c.id: c for c in _select(f"workspace_id = ? AND id {condition}", workspace_id, wanted)}


def find_to_write(workspace_id: int, phones: Iterable[str], ids: Iterable[str]) -> dict[str, ContactRecord]:
    """Return, by phone, the contacts with these phones or ids; with phones also the newest: new ids follow its id."""
    conditions = []
    if phones:
        condition, wanted = in_list(sorted(phones))
        conditions.append((f"workspace_id = ? AND phone {condition}", [workspace_id, wanted]))
        newest = "workspace_id = ? AND id = (SELECT max(id) FROM contact WHERE workspace_id = ?)"
        conditions.append((newest, [workspace_id, workspace_id]))
    if ids:
        condition, wanted = in_list(sorted(ids))
        conditions.append((f"workspace_id = ? AND id {condition}", [workspace_id, wanted]))
    if not conditions:
        return {}
    first, *more = (text for text, _ in conditions)
    union = " UNION ALL ".join([first, *map(_statement, more)])
    return {c.phone: c for c in _select(union, *(value for _, values in conditions for value in values))}


def save_contacts(workspace_id: int, contacts: Iterable[ContactRecord]) -> None:
    """Write contacts, new or changed, but for their phone; to be called under `workspace_lock`."""
    rows = ((workspace_id, *contact, *_keys(workspace_id, contact)) for contact in contacts)
    while chunk := list(itertools.islice(rows, SLICE if is_postgres() else None)):
        insert_rows(Contact, chunk, on_conflict=SAVE)


def record_consent(workspace_id: int, changes: Iterable[tuple[OptInChange, Actor]]) -> None:
    """Add changes of the opt-in state to the history, each with who made it."""
    rows = [(workspace_id, *change, actor.source, actor.name, actor.import_id) for change, actor in changes]
    if rows:
        insert_rows(ConsentEvent, rows)


def change_phone(workspace_id: int, contact_id: str, phone: str) -> None:
    """Give a contact another phone number; to be called before `save_contacts`, which writes what depends on it."""
    execute("UPDATE contact SET phone = ? WHERE workspace_id = ? AND id = ?", phone, workspace_id, contact_id)


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
