"""Which row of a sheet is its header: titles above it are passed over, and a first row with a phone is a contact."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..phones.cells import first_phone
from ..phones.errors import InvalidPhone
from .words.dates import is_date
from .words.headers import read_header

Record = tuple[int, list[str]]

LOOK_AHEAD = 50  # rows that aren't blank
_SHOWN_TITLES = 10
_FEWEST_DIGITS = 7
_FEWEST_REMAINING = 5
_PHONE_LIKE = re.compile(r"[+(]?[0-9][0-9 ()./+-]*\.?")
_YEARS = re.compile(r"(?:19|20)\d\d\s?[-/]\s?(?:(?:19|20)?\d\d)")


class HeaderError(ValueError):
    """There is no such row; the message is for a person."""


@dataclass
class Layout:
    """Where the header stands, and how many records come before the contacts.

    `header` holds its cells, [] if there is none. `titles` counts the rows above that aren't blank, and `shown` holds
    the first of them with their line.
    """

    header: list[str] = field(default_factory=list)
    header_line: int | None = None
    titles: int = 0
    blank: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)

    @property
    def skipped(self) -> int:
        """Return the number of records before the first contact."""
        return self.titles + self.blank + bool(self.header)

    def is_header(self, cells: Sequence[str]) -> bool:
        """Return whether a row is the header, or its repetition on a later page."""
        return bool(self.header) and cells == self.header

    def pass_over(self, line: int, cells: Sequence[str]) -> None:
        """Count a row above the header, or above the first contact."""
        text = " ".join(filter(None, cells))
        if not text:
            self.blank += 1
            return
        self.titles += 1
        if len(self.shown) < _SHOWN_TITLES:
            self.shown.append((line, text))


def find_header(
    records: Iterable[Record], region: str | None, *, header_row: int | None = None, no_header: bool = False
) -> tuple[Layout, Iterator[Record]]:
    """Return the layout, and the records of contacts, blank ones too. Raise HeaderError for a row that isn't there.

    `header_row` is a line; `region` is the country in which phones are read.
    """
    rows = iter(records)
    if header_row is not None:
        return _take_row(rows, header_row)
    head = list(_look_ahead(rows))
    filled = [index for index, (_, cells) in enumerate(head) if cells]
    candidates = [head[index] for index in filled]
    header = None if no_header else _choose(candidates, region)
    first = 0 if no_header else _first_contact(candidates, region) if header is None else header
    start = filled[first] if first < len(filled) else 0
    layout = Layout()
    for line, cells in head[:start]:
        layout.pass_over(line, cells)
    if header is not None:
        layout.header_line, layout.header = candidates[header]
    return layout, itertools.chain(head[layout.skipped :], rows)


def _look_ahead(rows: Iterator[Record]) -> Iterator[Record]:
    """Yield records until enough of them aren't blank."""
    count = 0
    for record in rows:
        yield record
        count += bool(record[1])
        if count == LOOK_AHEAD:
            return


def _take_row(rows: Iterator[Record], header_row: int) -> tuple[Layout, Iterator[Record]]:
    layout = Layout(header_line=header_row)
    line = 0
    for line, cells in rows:
        if line == header_row and any(cells):
            layout.header = cells
            return layout, rows
        if line >= header_row:
            break
        layout.pass_over(line, cells)
    what = "is blank" if line >= header_row else f"isn't in the file, which ends in line {line}"
    raise HeaderError(f"line {header_row} can't be the header, it {what}; give another one")


def _choose(rows: Sequence[Record], region: str | None) -> int | None:
    """Return the index of the header, None if there is none."""
    if not rows:
        return None
    width = max(_count(cells) for _, cells in rows)
    contact = _first_contact(rows, region)
    known = [_rate(cells) if _count(cells) >= min(width, 2) else 0 for _, cells in rows[:contact]]
    if any(known):
        return known.index(max(known))
    counts = [_count(cells) for _, cells in rows[:contact]]
    # A title fills fewer cells than the header does, and so may a contact without a phone.
    return counts.index(max(counts)) if counts and max(counts) >= min(width, 2) else None


def _first_contact(rows: Sequence[Record], region: str | None) -> int:
    """Return the index of the first row that holds a phone, or what is left of one in a column of phones.

    A lone phone above a row of known headers is a letterhead's. Return the number of rows if none holds one.
    """
    columns = _phone_columns(rows)
    for index, (_, cells) in enumerate(rows):
        phones = any(is_phone(cell, region) for cell in cells)
        remains = any(_is_remains(cells[column]) for column in columns if column < len(cells))
        if (phones or remains) and not (_count(cells) == 1 and _is_letterhead(rows[index + 1 :], region)):
            return index
    return len(rows)


def _is_remains(cell: str) -> bool:
    """Return whether a cell of a column of phones has enough digits for a phone that was damaged."""
    return sum(map(str.isdecimal, cell)) >= _FEWEST_REMAINING and not _YEARS.fullmatch(cell)


def _is_letterhead(following: Sequence[Record], region: str | None) -> bool:
    """Return whether known headers come before the next phone."""
    for _, cells in following:
        if any(is_phone(cell, region) for cell in cells):
            return False
        if sum(map(_is_known, cells)) > 1:
            return True
    return False


def _phone_columns(rows: Sequence[Record]) -> list[int]:
    """Return the columns most of whose cells look like phones, whatever the country."""
    columns = itertools.zip_longest(*(cells for _, cells in rows), fillvalue="")
    shares = ([_looks_like_phone(cell) for cell in column if cell] for column in columns)
    return [index for index, share in enumerate(shares) if sum(share) * 2 > len(share) > 1]


def is_phone(cell: str, region: str | None) -> bool:
    """Return whether a cell reads as a phone that is known to be assigned, and isn't a date."""
    if sum(map(str.isdecimal, _YEARS.sub("", cell))) < _FEWEST_DIGITS or is_date(cell):
        return False
    try:
        return first_phone(cell, region).verified
    except InvalidPhone:
        return False


def _looks_like_phone(cell: str) -> bool:
    enough = sum(map(str.isdecimal, cell)) >= _FEWEST_DIGITS
    return enough and bool(_PHONE_LIKE.fullmatch(cell)) and not _YEARS.fullmatch(cell) and not is_date(cell)


def _rate(cells: Sequence[str]) -> int:
    """Return how many cells are known headers; one of phones counts twice, as a header without one is rare."""
    return sum(_is_known(cell) + (read_header(cell).role in ("phone", "channel")) for cell in cells)


def _is_known(cell: str) -> bool:
    meaning = read_header(cell)
    return meaning.role != "own" or meaning.silent


def _count(cells: Sequence[str]) -> int:
    return sum(map(bool, cells))
