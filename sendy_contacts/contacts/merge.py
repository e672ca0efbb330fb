"""What a row does to a contact: the merge rules of its fields and of consent. It must not do I/O."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import orjson

from ..clock import next_timestamp, now
from ..phones.parse import InvalidPhone, Phone, parse_phone
from ..text import fold
from ..validation.errors import MAX_ERRORS, FieldError, field_error
from ..validation.fields import MAX_ATTRIBUTES, MAX_TAGS
from ..validation.schemas import RefusedRow, Row
from .records import ContactRecord, Outcome, dump_json

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


class ParsedRow(NamedTuple):
    """A row that can be applied, and its phone."""

    row: Row
    phone: Phone


class Batch:
    """The rows of one call, applied one after the other to the contacts they meet.

    `existing` holds the stored contacts by phone, `ids` yields the ids of new ones. Afterwards `changed` holds what
    to write, by phone, and `consent` the changes of the opt-in state: (id, moment, old or None, new).
    """

    def __init__(self, existing: dict[str, ContactRecord], may_opt_in: bool, ids: Iterator[str]) -> None:
        self.existing = existing
        self.may_opt_in = may_opt_in
        self.ids = ids
        self.moment = now()
        self.changed: dict[str, ContactRecord] = {}
        self.consent: list[tuple[str, str, bool | None, bool]] = []

    def apply(self, read: ParsedRow | list[FieldError]) -> Outcome:
        """Apply what `parse_row` gave."""
        if isinstance(read, list):
            return Outcome("failed", problems=read)
        row, phone = read
        before = self.existing.get(phone.e164)
        try:
            contact = before or new_contact(next(self.ids), phone, self.moment)
            after, warnings = merge_row(contact, row, phone.region, may_opt_in=self.may_opt_in)
        except UpdateRefused as refused:
            return Outcome("failed", problems=[refused.problem])
        if not phone.verified:
            warnings = [PHONE_UNVERIFIED, *warnings]
        if after == before:
            return Outcome("unchanged", before, warnings)
        if before is not None:
            after = after._replace(updated_at=next_timestamp(before.updated_at))
        self._keep(before, after)
        return Outcome("created" if before is None else "updated", after, warnings)

    def _keep(self, before: ContactRecord | None, after: ContactRecord) -> None:
        self.existing[after.phone] = self.changed[after.phone] = after
        old = None if before is None else before.opted_in
        if old != after.opted_in:
            self.consent.append((after.id, after.updated_at, old, after.opted_in))


def parse_row(row: Row | RefusedRow, region: str | None) -> ParsedRow | list[FieldError]:
    """Return a row with its phone, read in the row's country or else in `region`, or all that is wrong with it."""
    problems, values = row if isinstance(row, RefusedRow) else ([], row)
    # In a country that was refused a phone can't be judged.
    existing = "phone" in values and all(found.field != "country" for found in problems)
    try:
        phone = parse_phone(values["phone"], values.get("country") or region) if existing else None
    except InvalidPhone as error:
        return [field_error("phone", "invalid_phone", str(error)), *problems][:MAX_ERRORS]
    return problems if problems or phone is None else ParsedRow(values, phone)


def new_contact(contact_id: str, phone: Phone, moment: str) -> ContactRecord:
    """Return a contact that nothing but its phone is existing of."""
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
    return dump_json(merged)


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
