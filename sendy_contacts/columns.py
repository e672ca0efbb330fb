"""Tell what each column of a sheet holds: cells into rows of the bulk call, contacts into cells.

It must not do I/O, nor know Flask or the database, nor judge values: the bulk call checks its rows itself.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .headers import ATTRIBUTE, JSON_MARK, make_key, recognise, squeeze
from .spreadsheets.formulas import Literal, unescape_formula

TARGETS = ("phone", "name", "firstName", "lastName", "country", "tags", "optedIn", "optedOut", "ignore")
CLEAR = "--"
BLANK = Literal("")

# Targets that several columns may share: the first phone that is filled in counts, all tags, and any opt-out.
_SHARED = {"phone", "tags", "optedOut", "ignore"}
_TAG_SEPARATOR = re.compile(r":::|[|,;]")  # Google Contacts writes ` ::: ` between several values of a cell
_CONSENT = {**dict.fromkeys(("true", "yes", "y", "1", "x"), True), **dict.fromkeys(("false", "no", "n", "0"), False)}


class MappingError(ValueError):
    """The columns cannot be told apart as asked; the message is for a person."""


class RowError(ValueError):
    """A row does not fit its header; the message is for a person and omits the line."""


class Columns:
    """What each column holds: a name of TARGETS, or `attributes.KEY`, with ` (json)` if its cells are JSON."""

    def __init__(self, header: Sequence[str], targets: Sequence[str]) -> None:
        self._header = list(header)
        self._targets = list(targets)
        self._own = [i for i, title in enumerate(header) if recognise(title) != "ignore"]
        self._places = {target: [i for i, t in enumerate(targets) if t == target] for target in TARGETS}
        self._attributes = [(i, *_split_target(t)) for i, t in enumerate(targets) if t not in TARGETS]

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
        if tags := [tag for text in texts if text for tag in _split_tags(text)]:
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


def map_columns(header: Sequence[str], overrides: Sequence[str] = ()) -> Columns:
    """Recognise the columns of a sheet by their headers; overrides are texts `COLUMN=TARGET`.

    Any other column becomes an attribute. Raises MappingError for an override that names no column or no
    target, and if no column holds phones.
    """
    titles = [unescape_formula(cell) for cell in header]
    targets = _read_overrides(overrides, titles)
    # Where the phone column that was asked for is blank, another person's number elsewhere must not step in.
    full = {target for target in targets.values() if target not in _SHARED - {"phone"}}
    for index, title in enumerate(titles):
        target = recognise(title)
        if index not in targets and target and target not in full:
            targets[index] = target
            full |= {target} - _SHARED
    keys = {_split_target(target)[0] for target in targets.values() if target not in TARGETS}
    for index, title in enumerate(titles):
        if index not in targets:
            targets[index] = "ignore"
            if key := make_key(title, keys):
                targets[index] = f"attributes.{key}"
                keys.add(key)
    if "phone" not in targets.values():
        raise MappingError(f'no column holds phones; name it with --map "COLUMN=phone". {_list_columns(titles)}')
    return Columns(titles, [targets[index] for index in range(len(titles))])


def collect_keys(contacts: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Return the attribute keys of contacts, and whether any of a key's values is not a text."""
    keys: dict[str, bool] = {}
    for contact in contacts:
        for key, value in contact["attributes"].items():
            keys[key] = keys.get(key, False) or not isinstance(value, str)
    return keys


def export_header(attribute_keys: Mapping[str, bool]) -> list[str]:
    """Return the header that `map_columns` reads back, to be written by `write_csv`."""
    marks = (f"{key}{JSON_MARK if _is_json(key, typed) else ''}" for key, typed in attribute_keys.items())
    return ["name", "phone", "country", "tags", "optedIn", *(f"attributes.{mark}" for mark in marks)]


def export_row(contact: Mapping[str, Any], attribute_keys: Mapping[str, bool]) -> list[str]:
    """Return the cells of a contact in its wire shape, to be written by `write_csv`."""
    attributes = contact["attributes"]
    cells = [BLANK if contact["name"] is None else contact["name"], Literal(contact["phone"])]
    cells += [contact["country"] or BLANK, _join_tags(contact["tags"]), Literal(json.dumps(contact["optedIn"]))]
    for key, typed in attribute_keys.items():
        if key not in attributes:
            cells.append(BLANK)
        elif _is_json(key, typed):
            cells.append(Literal(json.dumps(attributes[key], ensure_ascii=False)))
        else:
            cells.append(attributes[key])
    return cells


def _is_json(key: str, typed: bool) -> bool:
    # A key that ends like a mark gets one more, so that just the last is ever taken off.
    return typed or key.endswith(JSON_MARK)


def _split_target(target: str) -> tuple[str, bool]:
    match = ATTRIBUTE.fullmatch(target)
    return (match[1], match[2] is not None) if match else ("", False)


def _read_overrides(overrides: Sequence[str], titles: Sequence[str]) -> dict[int, str]:
    targets: dict[int, str] = {}
    for override in overrides:
        index, target = _read_override(override, titles, targets)
        if target in targets.values() and target not in _SHARED:
            raise MappingError(f"{target} can be mapped from one column only")
        targets[index] = target
    return targets


def _read_override(override: str, titles: Sequence[str], mapped: Mapping[int, str]) -> tuple[int, str]:
    # A header and the key of an attribute may hold an equals sign themselves.
    cuts = [cut for cut, character in enumerate(override) if character == "="]
    splits = [(_find_column(override[:cut], titles, mapped), override[cut + 1 :].strip()) for cut in reversed(cuts)]
    for index, text in splits:
        target = next((t for t in TARGETS if t.casefold() == text.casefold()), text)
        if index is not None and (target in TARGETS or ATTRIBUTE.fullmatch(target)):
            return index, target
    if any(index is not None for index, _ in splits):
        raise MappingError(f'"{override}": the target must be one of {", ".join(TARGETS)} or attributes.KEY')
    raise MappingError(f'"{override}" is not COLUMN=TARGET with a column not mapped yet. {_list_columns(titles)}')


def _find_column(text: str, titles: Sequence[str], mapped: Mapping[int, str]) -> int | None:
    free = [(index, title) for index, title in enumerate(titles) if title and index not in mapped]
    exact = (index for index, title in free if title.strip() == text.strip())
    alike = (index for index, title in free if squeeze(title) and squeeze(title) == squeeze(text))
    return next(exact, next(alike, None))


def _list_columns(titles: Sequence[str]) -> str:
    return "The columns are " + ", ".join(f'"{title}"' for title in titles if title)


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


def _split_tags(text: str) -> list[str]:
    tags = _parse(text) if text.startswith("[") else None
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        return tags
    return [tag.strip() for tag in _TAG_SEPARATOR.split(text) if tag.strip()]


def _join_tags(tags: Sequence[str]) -> str:
    joined = "|".join(tags)
    if not tags:
        return BLANK
    return joined if _split_tags(joined) == list(tags) else json.dumps(tags, ensure_ascii=False)
