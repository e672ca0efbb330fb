"""What an undo does to a contact that an import changed. It does no I/O.

A field returns to its value from before the import, unless it was changed again. An opt-out always stays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from ...contacts.records import ContactRecord, dump_json
from ...text import fold
from ..record.changes import Change
from ..record.records import CHANGED_SINCE, OPT_OUT_KEPT


class Reverted(NamedTuple):
    """A contact after an undo, None if it is removed, and the codes of why something of the import stays."""

    contact: ContactRecord | None
    kept: tuple[str, ...] = ()


def revert(current: ContactRecord, change: Change) -> Reverted:
    """Return what becomes of a contact if the change is taken back."""
    before, after = change
    if before is None:
        return _revert_creation(current, after)
    kept = set()
    values: dict[str, Any] = {}
    for field in ("name", "country"):
        old, new, now = (getattr(contact, field) for contact in (before, after, current))
        values[field] = old if now == new else now
        if old != new and now != new:
            kept.add(CHANGED_SINCE)
    values["attributes"], changed = _revert_attributes(before.attributes, after.attributes, current.attributes)
    values["tags"] = _revert_tags(before.tags, after.tags, current.tags)
    if changed:
        kept.add(CHANGED_SINCE)
    if before.opted_in and not after.opted_in and not current.opted_in:
        kept.add(OPT_OUT_KEPT)
    return Reverted(current._replace(**values), tuple(sorted(kept)))


def rebase(later: Change, change: Change) -> Change:
    """Return a later import's change as if the earlier one had not been made, so that undo works in any order."""
    before = later.before and revert(later.before, change).contact
    return Change(before, revert(later.after, change).contact or later.after)


def _revert_creation(current: ContactRecord, after: ContactRecord) -> Reverted:
    if not current.opted_in:
        if current._replace(updated_at=after.updated_at) != after:
            return Reverted(current, (OPT_OUT_KEPT,))
        # Of a contact that the import added as opted out only the opt-out stays.
        return Reverted(current._replace(name=None, attributes="{}", tags="[]"), (OPT_OUT_KEPT,))
    if current._replace(updated_at=after.updated_at) != after:
        return Reverted(current, (CHANGED_SINCE,))
    return Reverted(None)


def _revert_attributes(before: str, after: str, current: str) -> tuple[str, bool]:
    """Return the attributes, and whether one that the import changed was changed again."""
    if current == after:
        return before, False
    old, new, now = map(orjson.loads, (before, after, current))
    touched = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    changed_again = [key for key in touched if now.get(key) != new.get(key)]
    for key in touched:
        if key in changed_again:
            continue
        now.pop(key, None)
        if key in old:
            now[key] = old[key]
    return dump_json(now), bool(changed_again)


def _revert_tags(before: str, after: str, current: str) -> str:
    """Return the tags without those that the import added, and with those that it removed."""
    if current == after:
        return before
    old, new, now = ({fold(tag): tag for tag in orjson.loads(tags)} for tags in (before, after, current))
    kept = {key: tag for key, tag in now.items() if key in old or key not in new}
    removed = {key: tag for key, tag in old.items() if key not in new}
    return dump_json(list((kept | removed).values()))
