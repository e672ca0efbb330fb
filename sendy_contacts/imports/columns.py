"""Cells into rows of the bulk call, by what each column holds. Values are checked later, as those of any call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from ..phones.cells import first_phone
from ..phones.errors import InvalidPhone
from ..phones.parse import E164
from ..spreadsheets.formulas import Literal, unescape_formula
from ..text import show
from ..validation.errors import FieldError, field_error
from ..validation.fields import MAX_VALUE
from .cells import BLANK, CLEAR, CLEARED, NOTHING, Value, read_cells, read_json, split_tags
from .targets import PARTS_OF_NAMES, TARGETS, Column, split_target
from .words.consent import Verdict
from .words.countries import read_country
from .words.headers import OTHER_PHONE, rank_label

Payload = dict[str, Any]
_IDEOGRAPHS = "\u2e80"  # names in these scripts begin with the family's, without a space


class Columns:
    """What the columns of a sheet hold.

    `region` is the country in which phones are read, `titles` are the headers of a file of failed rows.
    """

    def __init__(self, columns: Sequence[Column], region: str | None, titles: Sequence[str]) -> None:
        self.columns = list(columns)
        self.region = region
        self.titles = list(titles)
        self._own = [i for i, column in enumerate(columns) if not column.ours]
        self._places = {target: self._find(target) for target in TARGETS}
        self._phones = sorted(self._places["phone"], key=lambda index: columns[index].rank)
        self._labelled = any(columns[index].labels is not None for index in self._phones)
        self._attributes = [
            (index, *split_target(column.target), column.literal)
            for index, column in enumerate(columns)
            if column.target not in TARGETS
        ]
        self._consent = [
            (index, column.header, lru_cache(4_096)(column.read_consent))
            for index, column in enumerate(columns)
            if column.sense
        ]
        explicit = {key for _, key, _, _ in self._attributes}
        self._parts = [(target, index) for target in PARTS_OF_NAMES for index in self._places[target]]
        self._kept_parts = [(target, key) for target, key in PARTS_OF_NAMES.items() if key not in explicit]

    def _find(self, target: str) -> list[int]:
        return [index for index, column in enumerate(self.columns) if column.target == target]

    def read_row(self, cells: Sequence[str]) -> tuple[Payload, list[FieldError]]:
        """Return the payload row of a sheet's row, and what refuses it; `--` becomes null."""
        missing = len(self.columns) - len(cells)
        if missing < 0:
            what = f"has {len(cells)} cells, the header has {len(self.columns)}"
            return {}, [field_error("row", "too_many", what)]
        if missing:
            cells = [*cells, *[""] * missing]
        values = read_cells(cells)
        row: Payload = {}
        problems: list[FieldError] = []
        region = self._read_country(values, row, problems)
        self._read_phone(values, region, row, problems)
        self._read_name(values, row)
        self._read_tags(values, row)
        self._read_consent(cells, row, problems)
        self._read_attributes(values, row)
        return row, problems

    def _read_country(self, values: Sequence[Value], row: Payload, problems: list[FieldError]) -> str | None:
        """Read the country, and return the one in which the phone is read: a calling code says it best."""
        region = self.region
        for target in ("country", "callingCode"):
            for index in self._places[target]:
                value = values[index]
                country = read_country(value) if isinstance(value, str) else None
                if country:
                    region = country.region
                elif value and value is not CLEARED:
                    problems.append(self._refuse_country(index, value))
                if target == "country" and (value is CLEARED or (country and country.code)):
                    row["country"] = country and country.code
        return region

    def _refuse_country(self, index: int, value: str) -> FieldError:
        header = show(self.columns[index].header)
        what = f'{header}: "{show(value)}" isn\'t a country; write its name, or a code such as KE or +254'
        return FieldError("country", "invalid_country", what)

    def _read_phone(
        self, values: Sequence[Value], region: str | None, row: Payload, problems: list[FieldError]
    ) -> None:
        """Read the first phone that reads as one; if there is none, say why the first one doesn't."""
        phones = self._order_phones(values)
        row["phone"] = phones[0] if phones else ""
        if len(phones) == 1 and E164.fullmatch(phones[0]):
            return
        reasons = []
        for phone in phones:
            try:
                row["phone"] = first_phone(phone, region).e164
                return
            except InvalidPhone as error:
                reasons.append(str(error))
        if reasons and not problems:  # in a country that can't be read no phone can be judged
            problems.append(field_error("phone", "invalid_phone", reasons[0]))

    def _order_phones(self, values: Sequence[Value]) -> list[str]:
        """Return the filled cells of phones: WhatsApp, then mobiles, then others, as header or label say."""
        filled = [index for index in self._phones if isinstance(values[index], str)]
        if self._labelled:
            ranked = [(rank, index) for index in filled if (rank := self._rank(index, values)) is not None]
            filled = [index for _, index in sorted(ranked, key=itemgetter(0))]
        return [str(values[index]) for index in filled]

    def _rank(self, index: int, values: Sequence[Value]) -> int | None:
        column = self.columns[index]
        label = values[column.labels] if column.labels is not None else None
        rank = rank_label(label) if isinstance(label, str) else OTHER_PHONE
        return None if rank is None else min(rank, column.rank)

    def _read_name(self, values: Sequence[Value], row: Payload) -> None:
        for index in self._places["name"]:
            if values[index] is not None:
                row["name"] = _or_null(values[index])
        if not self._parts:
            return
        parts = {target: values[index] for target, index in self._parts if values[index] is not None}
        if parts and "name" not in row:
            row["name"] = _join_name(*(_or_null(parts.get(target)) for target in PARTS_OF_NAMES))
        attributes = {key: _or_null(parts[target]) for target, key in self._kept_parts if target in parts}
        if attributes:
            row["attributes"] = attributes

    def _read_tags(self, values: Sequence[Value], row: Payload) -> None:
        filled = [
            value
            for index in self._places["tags"]
            if (value := values[index]) is not None and (value not in NOTHING or self.columns[index].literal)
        ]
        if tags := [tag for value in filled if isinstance(value, str) for tag in split_tags(value)]:
            row["tags"] = tags
        elif CLEARED in filled:
            row["tags"] = None

    def _read_consent(self, cells: Sequence[str], row: Payload, problems: list[FieldError]) -> None:
        """Read what is said of consent: an opt-out before anything, then what can't be read, then an opt-in."""
        unclear: list[FieldError] = []
        for index, header, read in self._consent:
            verdict = read(cells[index])
            if verdict is Verdict.OUT:
                row["optedIn"] = False
                return
            if verdict is Verdict.IN:
                row["optedIn"] = True
            elif verdict is Verdict.UNCLEAR:
                what = f'{show(header)}: write yes or no ("{show(cells[index])}" is neither)'
                unclear.append(FieldError("optedIn", "invalid_type", what))
        problems += unclear

    def _read_attributes(self, values: Sequence[Value], row: Payload) -> None:
        attributes = row.get("attributes", {})
        for index, key, typed, literal in self._attributes:
            value = values[index]
            if value is None or (value in NOTHING and not literal):
                continue
            if value is CLEARED:
                attributes[key] = None
            elif typed:
                attributes[key] = read_json(value)
            elif len(value) <= MAX_VALUE:
                attributes[key] = value
        if attributes:
            row["attributes"] = attributes

    def failed_header(self) -> list[str]:
        """Return the header for a file of failed rows, to be written by `write_csv`."""
        return ["import_line", "import_reason", *(self.titles[i] or BLANK for i in self._own)]

    def failed_row(self, line: int, cells: Sequence[str], reason: str) -> list[str]:
        """Return a sheet's row so that it imports again with the same meaning, behind its line and reason."""
        padded = [*cells, *[""] * (len(self.columns) - len(cells))]
        own = [*(padded[i] for i in self._own), *cells[len(self.columns) :]]
        return [
            str(line),
            reason,
            *(Literal(cell) if cell in ("", CLEAR) else unescape_formula(cell) for cell in own),
        ]


def _or_null(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _join_name(first: str | None, last: str | None) -> str | None:
    if first and last and first[0] >= _IDEOGRAPHS and last[0] >= _IDEOGRAPHS:
        return last + first
    return " ".join(filter(None, (first, last))) or None
