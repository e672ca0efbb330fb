"""Dates in a cell, in the languages of this package."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from ...text import simplify, words
from .vocabulary import LANGUAGES

_DAY_AND_YEAR = re.compile(
    r"(?<![\d./-])(?:(?:19|20)\d\d\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}[日일]?"
    r"|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:\d{4}|\d\d))(?![./-]?\d)"
)
_COMPACT = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:t?\d{4,6}z?)?|1\d{9}(?:\d{3})?")
_TIME = re.compile(
    r"(?:\bt)?\d{1,2}[:.h]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?(?:\s?(?:[ap]\.?\s?m\b\.?|z\b|utc|gmt|[+-]\d\d:?\d\d))*"
)
_NUMBERS = re.compile(r"\d+(?:st|nd|rd|th|er)?")
_NUMBERS = re.compile(r"\d+(?:st|nd|rd|th|er)?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DAY = re.compile(r"\b(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º|ª|\.)?\b")


def without_date(text: str) -> str | None:
    """Return what a text says besides a date and time; None if it holds no date."""
    plain = "".join(str(int(c)) if c.isdecimal() and not c.isascii() else c for c in simplify(text))
    if _COMPACT.fullmatch(plain):
        return ""
    rest, found = _DAY_AND_YEAR.subn(" ", plain, count=1)
    if found:
        return _TIME.sub(" ", rest)
    if month := _find_month(plain):
        return _NUMBERS.sub(" ", _TIME.sub(" ", plain).replace(month, " ", 1))
    return None


def is_date(text: str) -> bool:
    """Return whether a text is nothing but a date written in digits, and perhaps a time."""
    found = _DAY_AND_YEAR.match(text)
    return found is not None and not _TIME.sub("", text[found.end() :].lower()).strip(" ,")


def _find_month(plain: str) -> str | None:
    """Return the name of a month in a text that also has a day and a year."""
    if not (_YEAR.search(plain) and _DAY.search(_YEAR.sub(" ", plain))):
        return None
    return next((word for word in words(plain) if word in _months()), None)


@cache
def _months() -> frozenset[str]:
    """Return the names of the months, short and long."""
    names: set[str] = set()
    for file in LANGUAGES:
        months = Locale.parse(file.stem).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for name in months[form][width].values():
                    names.update(word for word in words(name) if not word[0].isdigit())
    return frozenset(names)
