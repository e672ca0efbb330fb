"""Countries as people write them."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import localedata
from babel.core import get_global

from ...phones.countries import COUNTRIES, find_region
from ...text import simplify
from .vocabulary import LANGUAGES, country_names, squeeze

_DECIMALS = re.compile(r"^(\+?[0-9]+)\.0+$")  # a calling code that was a number
_STATE = re.compile(r"(?:the )?(?:(?:federal |islamic |united )?republic|kingdom|state|federation) of (?:the )?")
_PARTS = re.compile(r"\s*[()\[\],;:/|]\s*|\s+[-–—]\s+|(?<=\D)\s+(?=[+0-9])|(?<=[0-9])\s+(?=\D)")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FIRST_LETTER = 0x1F1E6  # of those that flags are made of
_CODE = re.compile(r"[a-z]{2,3}|(?!n\.a)(?:[a-z]\.){1,2}[a-z]\.?")  # `n/a` isn't Namibia
_LONGEST = 100  # characters


class Country(NamedTuple):
    """What a cell says: a country (ISO 3166-1 alpha-2), and the one in which phones are read.

    A calling code names no country, as several may share it.
    """

    code: str | None
    region: str


@lru_cache(4_096)
def read_common_country(cell: str) -> Country | None:
    """Return the country of a cell, by its names in the languages of this package only: to try many cells."""
    return _read(_prepare(cell), _common_names)


@lru_cache(4_096)
def read_country(cell: str) -> Country | None:
    """Return the country of a cell: a code of two or three letters, a name in any language, a calling code, a flag.

    Several that agree, such as `Kenya (+254)`, are one.
    """
    return read_common_country(cell) or _read(_prepare(cell), _all_names)


def _prepare(cell: str) -> str:
    return _DECIMALS.sub(r"\1", simplify(_FLAG.sub(_name_flag, cell[:_LONGEST])).strip())


def _read(text: str, names: Callable[[], Mapping[str, str]]) -> Country | None:
    spellings = [text, _STATE.sub("", text)]
    if "," in text:  # "Congo, Democratic Republic of the"
        first, _, last = text.partition(",")
        spellings.append(f"{last} {first}")
    for spelling in spellings:
        name = squeeze(spelling)
        if found := _read_part(spelling.strip(), names) or _country(country_names().get(name)):
            return found
    # "Congo" or "Korea" beside other words may be either of two: here only official names count.
    parts = {found for part in _PARTS.split(text) if (found := _read_part(part.strip(), names))}
    if len({country.region for country in parts}) != 1:
        return None
    return max(parts, key=lambda country: country.code is not None)


def _read_part(text: str, names: Callable[[], Mapping[str, str]]) -> Country | None:
    if region := find_region(text):
        return Country(None, region)
    name = squeeze(text)
    return _country(
        (_read_code(name) if _CODE.fullmatch(text) else None)
        or (names().get(name) if len(name) > 1 and not name.isdecimal() else None)
    )


def _country(code: str | None) -> Country | None:
    return Country(code, code) if code in COUNTRIES else None


def _read_code(name: str) -> str | None:
    code = name.upper()
    if code in COUNTRIES:
        return code
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")  # KEN and UK among them
    return aliases[code][0] if name.isalpha() and len(name) < 4 and len(aliases.get(code, ())) == 1 else None


@cache
def _common_names() -> Mapping[str, str]:
    """Return the codes of the names in the languages of this package, which takes a hundredth of all."""
    return _unambiguous(*(file.stem for file in LANGUAGES), "zh_Hant")


@cache
def _all_names() -> Mapping[str, str]:
    """Return the codes of the names in all languages of the CLDR; 0.7 s, since babel has 1,100 files of them."""
    return _unambiguous(*localedata.locale_identifiers())


def _unambiguous(*locales: str) -> dict[str, str]:
    """Return the codes of names, but for those that mean another country in another language ("Kongo")."""
    names: dict[str, set[str]] = {}
    for locale in locales:
        for code, name in _read_territories(locale):
            names.setdefault(squeeze(name), set()).add(code)
    return {name: min(codes) for name, codes in names.items() if len(codes) == 1}


def _read_territories(locale: str) -> Iterator[tuple[str, str]]:
    # Babel's own loading merges each locale with its parents and keeps it: 150 MB for all.
    with Path(localedata.resolve_locale_filename(locale)).open("rb") as file:
        territories = pickle.load(file).get("territories", {})  # noqa: S301 - a file of babel's
    return ((code, name) for code, name in territories.items() if code in COUNTRIES)


def _name_flag(flag: re.Match[str]) -> str:
    return "; " + "".join(chr(ord(letter) - _FIRST_LETTER + ord("A")) for letter in flag[0]) + "; "
