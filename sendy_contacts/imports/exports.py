"""Contacts as rows of cells that import back unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..contacts.filters import ListQuery
from ..contacts.records import ContactRecord
from ..contacts.serialize import dump_plain
from ..contacts.store import iterate, walk
from ..database.transactions import snapshot
from ..spreadsheets.errors import MAX_COLUMNS
from ..spreadsheets.formulas import Literal
from .cells import BLANK, split_tags
from .targets import JSON_MARK

EVERYBODY = ListQuery()
FIELDS = ["name", "phone", "country", "tags", "optedIn"]
MAX_KEYS = MAX_COLUMNS - len(FIELDS)  # an import reads no more


class TooManyKeys(ValueError):
    """The contacts have more different attribute keys than a file has columns for."""


def export_rows(workspace_id: int, query: ListQuery = EVERYBODY) -> Iterator[list[str]]:
    """Yield the header and the contacts, as cells for `spreadsheets.write_csv`.

    All contacts come oldest first, those that match a query newest first. All are of one moment, however long the
    reader takes: it holds a transaction until the last row. Raise TooManyKeys before the first row.
    """
    with snapshot():
        keys = collect_keys(dump_plain(contact) for contact in _find(workspace_id, query))
        yield export_header(keys)
        for contact in _find(workspace_id, query):
            yield export_row(dump_plain(contact), keys)


def _find(workspace_id: int, query: ListQuery) -> Iterator[ContactRecord]:
    return iterate(workspace_id) if query == EVERYBODY else walk(workspace_id, query)


def collect_keys(contacts: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Return the attribute keys of contacts, and whether any of a key's values is not a text. Raise TooManyKeys."""
    keys: dict[str, bool] = {}
    for contact in contacts:
        for key, value in contact["attributes"].items():
            keys[key] = keys.get(key, False) or not isinstance(value, str)
        if len(keys) > MAX_KEYS:
            raise TooManyKeys
    return keys


def export_header(attribute_keys: Mapping[str, bool]) -> list[str]:
    """Return the header that `map_columns` reads back, to be written by `write_csv`."""
    marks = (f"{key}{JSON_MARK if _is_json(key, typed) else ''}" for key, typed in attribute_keys.items())
    return [*FIELDS, *(f"attributes.{mark}" for mark in marks)]


def export_row(contact: Mapping[str, Any], attribute_keys: Mapping[str, bool]) -> list[str]:
    """Return the cells of a contact in its wire shape, to be written by `write_csv`."""
    attributes = contact["attributes"]
    cells = [BLANK if contact["name"] is None else contact["name"], Literal(contact["phone"])]
    cells += [contact["country"] or BLANK, join_tags(contact["tags"]), Literal(json.dumps(contact["optedIn"]))]
    for key, typed in attribute_keys.items():
        if key not in attributes:
            cells.append(BLANK)
        elif _is_json(key, typed):
            cells.append(_write_json(attributes[key]))
        else:
            cells.append(attributes[key])
    return cells


def _is_json(key: str, typed: bool) -> bool:
    # A key that ends like a mark gets one more, so that just the last is ever taken off.
    return typed or key.endswith(JSON_MARK)


def _write_json(value: str | int | float) -> str:
    """Return a value as JSON; in that of a text a spreadsheet may find a formula."""
    text = json.dumps(value, ensure_ascii=False)
    return text if isinstance(value, str) else Literal(text)


def join_tags(tags: Sequence[str]) -> str:
    """Return the cell that an import reads as these tags."""
    joined = "|".join(tags)
    if not tags:
        return BLANK
    return joined if split_tags(joined) == list(tags) else json.dumps(tags, ensure_ascii=False)
