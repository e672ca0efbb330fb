"""The rows of one request or file chunk, applied to existing contacts. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

from ..clock import next_timestamp, now
from ..phones.parse import InvalidPhone, Phone, parse_phone
from ..validation.errors import MAX_ERRORS, FieldError, field_error
from ..validation.schemas import RefusedRow, Row
from .merge import PHONE_UNVERIFIED, UpdateRefused, merge_row, new_contact
from .records import ContactRecord, Outcome


class ParsedRow(NamedTuple):
    """A valid row and its parsed phone number."""

    row: Row
    phone: Phone


# Results of `parse_row`.
ParsedRows = Sequence[ParsedRow | list[FieldError]]

# A change of an opt-in state: contact id, timestamp, old state or None, new state.
OptInChange = tuple[str, str, bool | None, bool]


class Batch:
    """Rows applied one after the other.

    `outcomes` has one item per row, `changed` the contacts to write, by phone number, and `consent` the changes of
    opt-in states.
    """

    def __init__(self, existing: Mapping[str, ContactRecord], ids: Iterator[str], *, may_opt_in: bool) -> None:
        """Begin with the `existing` contacts by phone number; `ids` are for new ones."""
        self.existing = existing
        self.may_opt_in = may_opt_in
        self.ids = ids
        self.timestamp = now()
        self.outcomes: list[Outcome] = []
        self.changed: dict[str, ContactRecord] = {}
        self.consent: list[OptInChange] = []

    def apply_all(self, rows: ParsedRows) -> Self:
        """Apply rows; return the batch."""
        self.outcomes += map(self.apply, rows)
        return self

    def apply(self, parsed: ParsedRow | list[FieldError]) -> Outcome:
        """Apply one result of `parse_row`; return the outcome."""
        if isinstance(parsed, list):
            return Outcome("failed", problems=parsed)
        row, phone = parsed
        before = self.changed.get(phone.e164) or self.existing.get(phone.e164)
        try:
            contact = before or new_contact(next(self.ids), phone, self.timestamp)
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
    """Return the row with its phone number, parsed for the row's country or else `region`, or its errors."""
    problems, values = row if isinstance(row, RefusedRow) else ([], row)
    # Without a valid country, an error of the phone number could be wrong.
    parseable = "phone" in values and all(found.field != "country" for found in problems)
    try:
        phone = parse_phone(values["phone"], values.get("country") or region) if parseable else None
    except InvalidPhone as error:
        return [field_error("phone", "invalid_phone", str(error)), *problems][:MAX_ERRORS]
    return problems if problems or phone is None else ParsedRow(values, phone)


def phones_of(rows: ParsedRows) -> set[str]:
    """Return the phone numbers of the valid rows."""
    return {row.phone.e164 for row in rows if isinstance(row, ParsedRow)}
