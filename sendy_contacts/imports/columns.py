"""Tell what each column of a sheet holds: cells into rows of the bulk call, contacts into cells.

It must not do I/O, nor know Flask or the database, nor judge values: the bulk call checks its rows itself.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from ..spreadsheets.formulas import Literal, unescape_formula
from .headers import ATTRIBUTE, guess_target

TARGETS = ("phone", "name", "firstName", "lastName", "country", "tags", "optedIn", "optedOut", "ignore")
CLEAR = "--"
BLANK = Literal("")
_TAG_SEPARATOR = re.compile(r":::|[|,;]")  # Google Contacts writes ` ::: ` between several values of a cell
_CONSENT = {**dict.fromkeys(("true", "yes", "y", "1", "x"), True), **dict.fromkeys(("false", "no", "n", "0"), False)}


class RowError(ValueError):
    """A row does not fit its header; the message is for a person and omits the line."""


class Columns:
    """What each column holds: a name of TARGETS, or `attributes.KEY`, with ` (json)` if its cells are JSON."""

    def __init__(self, header: Sequence[str], targets: Sequence[str]) -> None:
        self._header = list(header)
        self._targets = list(targets)
        self._own = [i for i, title in enumerate(header) if guess_target(title) != "ignore"]
        self._places = {target: [i for i, t in enumerate(targets) if t == target] for target in TARGETS}
        self._attributes = [(i, *split_target(t)) for i, t in enumerate(targets) if t not in TARGETS]

    def describe(self) -> list[tuple[str, str]]:
        """Return each header with its target, in the order of the columns."""
        return list(zip(self._header, self._targets, strict=True))

    def to_row(self, cells: Sequence[str]) -> dict[str, Any]:
        """Return the payload row: phone, and what else is filled in; `--` becomes null.

        Cells are a row's of the Sheet, as many as its header. Raises RowError if there are more.
        """
        if len(cells) > len(self._header):
            raise RowError(f"has {len(cells)} cells, the header has {len(self._header)}")
        phone = next(filter(None, self._read(cells, "phone")), "")
        row: dict[str, Any] = {"phone": phone.partition(":::")[0].strip()}
        for name in self._read_name(cells):
            row["name"] = name
        for country in self._read(cells, "country"):
            row["country"] = country and country.strip().upper()
        texts = self._read(cells, "tags")
        if tags := [tag for text in texts if text for tag in split_tags(text)]:
            row["tags"] = tags
        elif None in texts:
            row["tags"] = None
        row |= self._read_consent(cells)
        if attributes := self._read_attributes(cells):
            row["attributes"] = attributes
        return row

    def failed_header(self) -> list[str]:
        """Return the header for a file of failed rows, to be written by `write_csv`."""
        return ["import_line", "import_reason", *(self._header[i] or BLANK for i in self._own)]

    def failed_row(self, line: int, cells: Sequence[str], reason: str) -> list[str]:
        """Return a sheet's row so that it imports again with the same meaning, behind its line and reason."""
        own = [*(cells[i] for i in self._own), *cells[len(self._header) :]]
        return [
            str(line),
            reason,
            *(Literal(cell) if cell in ("", CLEAR) else unescape_formula(cell) for cell in own),
        ]

    def _read(self, cells: Sequence[str], target: str) -> list[str | None]:
        return [_read_cell(cells[i]) for i in self._places[target] if cells[i]]

    def _read_name(self, cells: Sequence[str]) -> list[str | None]:
        parts = self._read(cells, "firstName") + self._read(cells, "lastName")
        joined = " ".join(filter(None, parts)) or None
        return self._read(cells, "name") or ([joined] if parts else [])

    def _read_consent(self, cells: Sequence[str]) -> dict[str, bool | str]:
        """Return what is said of consent, a text as it is where it says neither yes nor no. Any opt-out counts."""
        said = {_CONSENT.get(text.strip().casefold(), text) for text in self._read(cells, "optedOut") if text}
        if True in said:
            return {"optedIn": False}
        said = {text for text in said if isinstance(text, str)}
        said |= {_CONSENT.get(text.strip().casefold(), text) for text in self._read(cells, "optedIn") if text}
        return {"optedIn": said.pop()} if said else {}

    def _read_attributes(self, cells: Sequence[str]) -> dict[str, Any]:
        values = ((key, typed, _read_cell(cells[i])) for i, key, typed in self._attributes if cells[i])
        return {key: _read_json(value) if typed and value else value for key, typed, value in values}


def split_target(target: str) -> tuple[str, bool]:
    match = ATTRIBUTE.fullmatch(target)
    return (match[1], match[2] is not None) if match else ("", False)


def _read_cell(cell: str) -> str | None:
    return None if cell == CLEAR else unescape_formula(cell)


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_json(text: str) -> str | int | float:
    """Return what a JSON cell holds; what is no JSON value of an attribute stays a text."""
    value = _parse(text.lower() if text in ("TRUE", "FALSE") else text)  # as spreadsheets save them
    if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return text


def split_tags(text: str) -> list[str]:
    tags = _parse(text) if text.startswith("[") else None
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        return tags
    return [tag.strip() for tag in _TAG_SEPARATOR.split(text) if tag.strip()]
