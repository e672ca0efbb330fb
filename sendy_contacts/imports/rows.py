"""Rows of a sheet into rows of a write: what its cells are refused for comes before what its values are."""

from __future__ import annotations

from collections.abc import Sequence

from ..validation.errors import FieldError
from ..validation.schemas import IMPORTED_CONTACT, RefusedRow, Row, load_rows
from .columns import Columns
from .header_row import Record


def load_chunk(columns: Columns, chunk: Sequence[Record], add_tags: Sequence[str] = ()) -> list[Row | RefusedRow]:
    """Return the rows of contacts, with tags that are added to each."""
    read = [columns.read_row(cells) for _, cells in chunk]
    loaded = load_rows([row for row, _ in read], IMPORTED_CONTACT)
    rows = [_refuse(row, problems) if problems else row for row, (_, problems) in zip(loaded, read, strict=True)]
    for row in rows if add_tags else ():
        if not isinstance(row, RefusedRow):
            row["more_tags"] = list(add_tags)
    return rows


def _refuse(row: Row | RefusedRow, problems: list[FieldError]) -> RefusedRow:
    """Return a row with what its cells are refused for, besides what its values are."""
    fields = {problem.field for problem in problems}
    if "row" in fields:
        return RefusedRow(problems, {})
    found, rest = row if isinstance(row, RefusedRow) else ([], row)
    if "phone" in fields:  # it can't be read, which needn't be said twice
        rest = Row(**{key: value for key, value in rest.items() if key != "phone"})  # type: ignore[typeddict-item]
    return RefusedRow([*problems, *found], rest)
