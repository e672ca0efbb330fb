"""What a row does to a contact: the merge rules of its fields and of consent. It must not do I/O."""

from __future__ import annotations

import orjson

from ..phones.parse import Phone
from ..text import fold
from ..validation.errors import FieldError, field_error
from ..validation.fields import MAX_ATTRIBUTES, MAX_ATTRIBUTES_BYTES, MAX_TAGS
from ..validation.schemas import Row
from .records import ContactRecord, dump_json

OPT_OUT_KEPT = field_error(
    "optedIn", "opt_out_kept", "the contact has opted out, which many rows at once don't undo; it stays false"
)

PHONE_UNVERIFIED = field_error(
    "phone", "phone_unverified", "is possible in its country, but in no range known to be assigned; check it"
)


class UpdateRefused(ValueError):
    """The contact would grow past a limit; it stays as it is."""

    def __init__(self, reason: FieldError) -> None:
        super().__init__(reason.code)
        self.problem = reason


def new_contact(contact_id: str, phone: Phone, moment: str) -> ContactRecord:
    """Return a contact that nothing but its phone is known of."""
    return ContactRecord(contact_id, phone.e164, None, phone.region, "{}", "[]", True, moment, moment)


def merge_row(
    contact: ContactRecord, row: Row, region: str | None, *, may_opt_in: bool
) -> tuple[ContactRecord, list[FieldError]]:
    """Return the contact after a row of POST or bulk, and the warnings.

    `region` is the phone's own, for a row that clears the country. Tags are added; an opt-out stays unless
    `may_opt_in`. Raises UpdateRefused.
    """
    opted_in = row.get("opted_in", contact.opted_in)
    kept = opted_in and not contact.opted_in and not may_opt_in
    changed = ContactRecord(
        id=contact.id,
        phone=contact.phone,
        name=row.get("name", contact.name),
        country=(row["country"] or region) if "country" in row else contact.country,
        attributes=_merge_attributes(contact.attributes, row),
        tags=_add_tags(contact.tags, row["tags"]) if "tags" in row else contact.tags,
        opted_in=opted_in and not kept,
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )
    return changed, [OPT_OUT_KEPT] if kept else []


def apply_patch(contact: ContactRecord, row: Row) -> ContactRecord:
    """Return the contact after a PATCH: tags are replaced, attributes merged. Raises UpdateRefused."""
    return contact._replace(
        name=row.get("name", contact.name),
        attributes=_merge_attributes(contact.attributes, row),
        tags=dump_json(row["tags"] or []) if "tags" in row else contact.tags,
    )


def _merge_attributes(stored: str, row: Row) -> str:
    """Apply RFC 7396 to the stored JSON: a key replaces, a null removes, null for the whole clears."""
    if "attributes" not in row:
        return stored
    if row["attributes"] is None:
        return "{}"
    merged = {k: v for k, v in (orjson.loads(stored) | row["attributes"]).items() if v is not None}
    if len(merged) > MAX_ATTRIBUTES:
        what = f"would be {len(merged)}; a contact has at most {MAX_ATTRIBUTES}"
        raise UpdateRefused(field_error("attributes", "too_many", what))
    text = dump_json(merged)
    if len(text) > MAX_ATTRIBUTES_BYTES or len(text.encode()) > MAX_ATTRIBUTES_BYTES:
        what = f"would take more than {MAX_ATTRIBUTES_BYTES // 1024} KiB as JSON; shorten or remove some"
        raise UpdateRefused(field_error("attributes", "too_large", what))
    return text


def _add_tags(stored: str, tags: list[str] | None) -> str:
    if tags is None:
        return "[]"
    merged = {fold(tag): tag for tag in orjson.loads(stored)}
    for tag in tags:
        merged.setdefault(fold(tag), tag)
    if len(merged) > MAX_TAGS:
        what = f"would be {len(merged)}; a contact has at most {MAX_TAGS}"
        raise UpdateRefused(field_error("tags", "too_many", what))
    return dump_json(list(merged.values()))
