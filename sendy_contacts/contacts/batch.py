"""The rows of one call, applied to the contacts they meet. It does no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Self

from ..clock import next_timestamp, now
from ..phones.parse import InvalidPhone, Phone, parse_phone
from ..validation.errors import MAX_ERRORS, FieldError, field_error
from ..validation.schemas import RefusedRow, Row
from .merge import PHONE_UNVERIFIED, UpdateRefused, merge_row, new_contact
from .records import ContactRecord, Outcome


class ParsedRow(NamedTuple):
    """A row that can be applied, and its phone."""

    row: Row
    phone: Phone


class Batch:
    """What the rows of one call do, applied one after the other.

    `outcomes` has one for each row, `changed` the contacts to write by phone, and `consent` the changes of the opt-in
    state: (id, timestamp, old or None, new).
    """

    def __init__(self, existing: Mapping[str, ContactRecord], ids: Iterator[str], *, may_opt_in: bool) -> None:
        """Begin with the stored contacts by phone, and an iterator of ids for new ones."""
        self.existing = existing
        self.may_opt_in = may_opt_in
        self.ids = ids
        self.moment = now()
        self.outcomes: list[Outcome] = []
        self.changed: dict[str, ContactRecord] = {}
        self.consent: list[tuple[str, str, bool | None, bool]] = []

    def apply_all(self, rows: Iterable[ParsedRow | list[FieldError]]) -> Self:
        """Apply what `parse_row` returned for each row; return the batch."""
        self.outcomes += map(self.apply, rows)
        return self

    def apply(self, read: ParsedRow | list[FieldError]) -> Outcome:
        """Apply one row; return what became of it."""
        if isinstance(read, list):
            return Outcome("failed", problems=read)
        row, phone = read
        before = self.changed.get(phone.e164) or self.existing.get(phone.e164)
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
        self.changed[after.phone] = after
        old = None if before is None else before.opted_in
        if old != after.opted_in:
            self.consent.append((after.id, after.updated_at, old, after.opted_in))


def parse_row(row: Row | RefusedRow, region: str | None) -> ParsedRow | list[FieldError]:
    """Return a row with its phone, read in the row's country or else in `region`, or all that is wrong with it."""
    problems, values = row if isinstance(row, RefusedRow) else ([], row)
    # In a country that was refused a phone can't be judged.
    readable = "phone" in values and all(found.field != "country" for found in problems)
    try:
        phone = parse_phone(values["phone"], values.get("country") or region) if readable else None
    except InvalidPhone as error:
        return [field_error("phone", "invalid_phone", str(error)), *problems][:MAX_ERRORS]
    return problems if problems or phone is None else ParsedRow(values, phone)
