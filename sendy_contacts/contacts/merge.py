"""Merge rules: how one row changes a contact. Pure functions, no I/O."""

from __future__ import annotations

from functools import lru_cache

import orjson

from ..phones.parse import Phone
from ..text import fold
from ..validation.errors import FieldError, field_error
from ..validation.fields import MAX_ATTRIBUTES, MAX_ATTRIBUTES_BYTES, MAX_TAGS
from ..validation.schemas import Row
from .records import ContactRecord, dump_json

OPT_OUT_KEPT = field_error(
    "optedIn",
    "opt_out_kept",
    "this contact has opted out; bulk requests and imports can't opt a contact back in",
)

PHONE_UNVERIFIED = field_error(
    "phone",
    "phone_unverified",
    "the length is right for this country, but no assigned range is known to include this number; check it",
)


class UpdateRefused(ValueError):
    """The contact would exceed a limit; it stays unchanged."""

    def __init__(self, reason: FieldError) -> None:
        super().__init__(reason.code)
        self.problem = reason


def new_contact(contact_id: str, phone: Phone, timestamp: str) -> ContactRecord:
    """Return a new contact that has only a phone number."""
    return ContactRecord(contact_id, phone.e164, None, phone.region, "{}", "[]", True, timestamp, timestamp)


def merge_row(
    contact: ContactRecord, row: Row, region: str | None, *, may_opt_in: bool
) -> tuple[ContactRecord, list[FieldError]]:
    """Return the contact with a row of POST, bulk or an import merged in, and the warnings.

    Tags are added. An opt-out stays unless `may_opt_in`. A row that clears the country resets it to `region`, the
    phone number's own. Raise UpdateRefused if the contact would exceed a limit.
    """
    opted_in = row.get("opted_in", contact.opted_in)
    kept = opted_in and not contact.opted_in and not may_opt_in
    changed = ContactRecord(
        id=contact.id,
        phone=contact.phone,
        name=row.get("name", contact.name),
        country=(row["country"] or region) if "country" in row else contact.country,
        attributes=_merge_attributes(contact.attributes, row),
        tags=_merge_tags(contact.tags, row),
        opted_in=opted_in and not kept,
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )
    return changed, [OPT_OUT_KEPT] if kept else []


def apply_patch(contact: ContactRecord, row: Row) -> ContactRecord:
    """Return the contact after a PATCH: tags are replaced, attributes merged. Raise UpdateRefused."""
    return contact._replace(
        name=row.get("name", contact.name),
        attributes=_merge_attributes(contact.attributes, row),
        tags=dump_json(row["tags"] or []) if "tags" in row else contact.tags,
    )


def _merge_attributes(stored: str, row: Row) -> str:
    """Merge attributes as in RFC 7396: a null removes its key; null instead of an object removes all."""
    if "attributes" not in row:
        return stored
    if row["attributes"] is None:
        return "{}"
    known = {} if stored == "{}" else orjson.loads(stored)
    merged = {k: v for k, v in (known | row["attributes"]).items() if v is not None}
    if len(merged) > MAX_ATTRIBUTES:
        what = f"the contact would have {len(merged)}; remove some, at most {MAX_ATTRIBUTES} are allowed"
        raise UpdateRefused(field_error("attributes", "too_many", what))
    text = dump_json(merged)
    if len(text) > MAX_ATTRIBUTES_BYTES or len(text.encode()) > MAX_ATTRIBUTES_BYTES:
        what = f"all together would exceed {MAX_ATTRIBUTES_BYTES // 1024} KiB as JSON; shorten or remove some"
        raise UpdateRefused(field_error("attributes", "too_large", what))
    return text


def _merge_tags(stored: str, row: Row) -> str:
    if "tags" not in row and "more_tags" not in row:
        return stored
    cleared = row.get("tags", []) is None
    return _add_tags("[]" if cleared else stored, (*(row.get("tags") or ()), *row.get("more_tags", ())))


@lru_cache(1_024)  # the contacts of a list have few different tags
def _add_tags(stored: str, tags: tuple[str, ...]) -> str:
    merged = {fold(tag): tag for tag in orjson.loads(stored)}
    for tag in tags:
        merged.setdefault(fold(tag), tag)
    if len(merged) > MAX_TAGS:
        what = f"the contact would have {len(merged)}; remove some, at most {MAX_TAGS} are allowed"
        raise UpdateRefused(field_error("tags", "too_many", what))
    return dump_json(list(merged.values()))
