"""What the cells of a column are, whatever its header says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...phones.cells import first_phone
from ...phones.errors import InvalidPhone
from ...phones.parse import Phone
from ...spreadsheets.formulas import unescape_formula
from ...text import words
from ..header_row import is_phone
from ..words.countries import read_country

_FEWEST_DIGITS = 5  # of a phone
_LONGEST_NAME = 60
_MOST_DIGITS = 2  # of a name
_ADDRESS = re.compile("[@/]")


class Share(NamedTuple):
    """How many of the cells that were tried are something."""

    found: int
    tried: int

    @property
    def most(self) -> bool:
        """Return whether more than half are."""
        return self.found * 2 > self.tried

    @property
    def all(self) -> bool:
        """Return whether each one is, and there are some."""
        return self.found == self.tried > 0

    def describe(self, what: str) -> str:
        """Return a reason such as `198 of 200 cells read as phones`."""
        return f"{self.found:,} of {self.tried:,} cells {what}"


def share_of(cells: Sequence[str], is_one: Callable[[str], object]) -> Share:
    """Return how many cells are one."""
    return Share(sum(map(bool, map(is_one, cells))), len(cells))


def share_of_phones(cells: Sequence[str], region: str | None, *, known: bool) -> Share:
    """Return how many cells read as phones in that country; `known` ones are assigned ones that aren't dates."""
    if known:
        return share_of(cells, lambda cell: is_phone(cell, region))
    return share_of(cells, lambda cell: try_phone(cell, region))


def try_phone(cell: str, region: str | None) -> Phone | None:
    """Return the phone of a cell, None if it doesn't read as one."""
    text = unescape_formula(cell)
    if sum(map(str.isdecimal, text)) < _FEWEST_DIGITS:
        return None
    try:
        return first_phone(text, region)
    except InvalidPhone:
        return None


def is_calling_code(cell: str) -> bool:
    """Return whether a cell holds a calling code alone."""
    country = read_country(cell)
    return country is not None and country.code is None


def looks_like_name(cell: str) -> bool:
    """Return whether a cell could be somebody's name: letters, hardly any digits, no address."""
    letters, digits = sum(map(str.isalpha, cell)), sum(map(str.isdecimal, cell))
    return len(cell) <= _LONGEST_NAME and letters > digits <= _MOST_DIGITS and not _ADDRESS.search(cell)


def has_letters(cell: str) -> bool:
    """Return whether there is a letter in a cell."""
    return any(map(str.isalpha, cell))


def share_that_contain(rows: Sequence[Sequence[str]], whole: int, part: int) -> Share:
    """Return in how many rows the words of one column are among those of another, of the rows that have both."""
    both = [(set(words(row[whole])), set(words(row[part]))) for row in rows if max(whole, part) < len(row)]
    both = [(all_words, some) for all_words, some in both if all_words and some]
    return Share(sum(some <= all_words for all_words, some in both), len(both))


def share_that_fit(
    rows: Sequence[Sequence[str]], countries: int, phones: Sequence[int], region: str | None
) -> tuple[Share, Share]:
    """Return how many phones are of the country in another column, and how many without it are known ones."""
    fitting = known = tried = 0
    for row in rows:
        cell = next((row[index] for index in phones if index < len(row) and row[index]), None)
        country = read_country(row[countries]) if countries < len(row) and row[countries] else None
        if cell is None or country is None:
            continue
        tried += 1
        there, here = try_phone(cell, country.region), try_phone(cell, region)
        fitting += there is not None and there.verified and (there.region == country.region or country.code is None)
        known += here is not None and here.verified
    return Share(fitting, tried), Share(known, tried)
