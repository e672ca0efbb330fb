"""What a person says of columns, as texts `COLUMN=TARGET`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ...text import show, words
from ..targets import ATTRIBUTE, SHARED, TARGETS, Column

OF_CONSENT = ("optedIn", "optedOut")
_SHOWN = 30


class MappingError(ValueError):
    """The columns can't be mapped as asked; the message is for a person."""


class Asked(NamedTuple):
    """What a person says that a column holds, and where they said so."""

    target: str
    why: str


def list_asked(columns: Sequence[Column], why: str = "") -> dict[int, Asked]:
    """Return what was asked of columns, by index; with another reason if one is given."""
    return {i: Asked(column.target, why or column.why) for i, column in enumerate(columns) if column.asked}


def ask(
    overrides: Sequence[str], headers: Sequence[str], recalled: Mapping[int, Asked] = MappingProxyType({})
) -> dict[int, Asked]:
    """Return what is asked of columns by overrides, and what was asked before if it fits. Raise MappingError."""
    asked = {index: Asked(target, "as asked") for index, target in read_overrides(overrides, headers).items()}
    taken = {target for target, _ in asked.values()} - SHARED
    still = {i: found for i, found in recalled.items() if i < len(headers) and found.target not in taken}
    return still | asked


def read_overrides(overrides: Sequence[str], headers: Sequence[str]) -> dict[int, str]:
    """Return the target of each column that an override names. Raise MappingError."""
    targets: dict[int, str] = {}
    for override in overrides:
        index, target = _read_override(override, headers, targets)
        if target in targets.values() and target not in SHARED:
            raise MappingError(f"{target} can be mapped from one column only")
        targets[index] = target
    return targets


def find_asked_of_consent(
    overrides: Sequence[str], headers: Sequence[str], recalled: Mapping[int, Asked]
) -> set[int]:
    """Return the columns of which an override says that they are about consent, if all can be followed."""
    try:
        asked = ask(overrides, name_columns(headers), recalled)
    except MappingError:  # which is for `map_sheet` to say
        return set()
    return {index for index, (target, _) in asked.items() if target in OF_CONSENT}


def name_columns(headers: Sequence[str]) -> list[str]:
    """Return what columns are called: by their header, else by their letter."""
    return [header or f"Column {name_column(index)}" for index, header in enumerate(headers)]


def name_column(index: int) -> str:
    """Return the name that spreadsheets give to a column: A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def list_columns(headers: Sequence[str]) -> str:
    """Return the sentence that names the columns."""
    named = [f'"{show(header)}"' for header in headers if header]
    return f"The columns are {', '.join(named[:_SHOWN])}{', …' if len(named) > _SHOWN else ''}"


def _read_override(override: str, headers: Sequence[str], mapped: Mapping[int, str]) -> tuple[int, str]:
    # A header and the key of an attribute may hold an equals sign themselves.
    cuts = [cut for cut, character in enumerate(override) if character == "="]
    splits = [(_find_column(override[:cut], headers, mapped), override[cut + 1 :].strip()) for cut in reversed(cuts)]
    for index, text in splits:
        target = next((t for t in TARGETS if t.casefold() == text.casefold()), text)
        if index is not None and (target in TARGETS or ATTRIBUTE.fullmatch(target)):
            return index, target
    shown = show(override)
    if any(index is not None for index, _ in splits):
        raise MappingError(f'"{shown}": the target must be one of {", ".join(TARGETS)} or attributes.KEY')
    raise MappingError(f'"{shown}" is not COLUMN=TARGET with a column not mapped yet. {list_columns(headers)}')


def _find_column(text: str, headers: Sequence[str], mapped: Mapping[int, str]) -> int | None:
    free = [(index, header) for index, header in enumerate(headers) if header and index not in mapped]
    exact = (index for index, header in free if header.strip() == text.strip())
    plain = words(text)
    alike = (index for index, header in free if plain and "".join(words(header)) == "".join(plain))
    return next(exact, next(alike, None))
