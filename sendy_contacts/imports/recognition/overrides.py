"""What a person says of columns, as texts `COLUMN=TARGET`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...text import show, words
from ..targets import ATTRIBUTE, SHARED, TARGETS

_SHOWN = 30


class MappingError(ValueError):
    """The columns can't be mapped as asked; the message is for a person."""


def read_overrides(overrides: Sequence[str], headers: Sequence[str]) -> dict[int, str]:
    """Return the target of each column that an override names. Raise MappingError."""
    targets: dict[int, str] = {}
    for override in overrides:
        index, target = _read_override(override, headers, targets)
        if target in targets.values() and target not in SHARED:
            raise MappingError(f"{target} can be mapped from one column only")
        targets[index] = target
    return targets


def find_asked_of_consent(overrides: Sequence[str], headers: Sequence[str]) -> set[int]:
    """Return the columns of which an override says that they are about consent, if all can be followed."""
    try:
        targets = read_overrides(overrides, name_columns(headers))
    except MappingError:  # which is for `map_sheet` to say
        return set()
    return {index for index, target in targets.items() if target in ("optedIn", "optedOut")}


def name_columns(headers: Sequence[str]) -> list[str]:
    """Return what columns are called: by their header, else by their letter."""
    return [header or f"Column {_letters(index)}" for index, header in enumerate(headers)]


def _letters(index: int) -> str:
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
