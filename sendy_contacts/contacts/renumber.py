"""Contacts that were stored under a phone number which their country has since replaced."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from ..clock import next_timestamp
from ..database.sql import execute
from ..database.transactions import workspace_lock
from ..phones.replaced import is_old, replace_old
from ..validation.schemas import Row
from .merge import UpdateRefused, merge_row
from .records import Actor, ContactRecord
from .store import change_phone, find_contacts, record_consent, remove_contacts, save_contacts

PAGE = 5_000


def renumber_contacts(actor: Actor) -> int:
    """Give these contacts today's phone number, and return how many they were.

    If the person is stored under both, one contact stays, with the facts of both. It is opted out if either was.
    """
    count = 0
    for (workspace_id,) in execute("SELECT id FROM workspace").fetchall():
        for contact_id, phone in list(_find_old(workspace_id)):
            with workspace_lock(workspace_id):
                count += _renumber(workspace_id, contact_id, phone, actor)
    return count


def _find_old(workspace_id: int) -> Iterator[tuple[str, str]]:
    last = ""
    query = "SELECT id, phone FROM contact WHERE workspace_id = ? AND id > ? ORDER BY id LIMIT ?"
    while page := execute(query, workspace_id, last, PAGE).fetchall():
        yield from ((contact_id, phone) for contact_id, phone in page if is_old(phone))
        last = page[-1][0]


def _renumber(workspace_id: int, contact_id: str, phone: str, actor: Actor) -> bool:
    today = replace_old(phone)
    found = find_contacts(workspace_id, [phone, today])
    old = found.get(phone)
    if old is None or old.id != contact_id:
        return False
    other = found.get(today)
    merged = _merge(other, old) if other else old._replace(phone=today)
    merged = merged._replace(updated_at=next_timestamp(max(merged.updated_at, old.updated_at)))
    if other:
        remove_contacts(workspace_id, [old.id])
    else:
        change_phone(workspace_id, old.id, today)
    save_contacts(workspace_id, [merged])
    if other and other.opted_in and not merged.opted_in:
        record_consent(workspace_id, [((merged.id, merged.updated_at, True, False), actor)])
    return True


def _merge(contact: ContactRecord, old: ContactRecord) -> ContactRecord:
    row = Row() if old.opted_in else Row(opted_in=False)
    facts = Row(
        attributes=orjson.loads(old.attributes) | orjson.loads(contact.attributes), tags=orjson.loads(old.tags)
    )
    if contact.name is None:
        facts["name"] = old.name
    try:
        return merge_row(contact, row | facts, None, may_opt_in=False)[0]
    except UpdateRefused:  # more than a contact can hold: only the opt-out counts
        return merge_row(contact, row, None, may_opt_in=False)[0]
