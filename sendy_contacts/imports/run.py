"""Contacts move between a workspace and a sheet of rows. It must not read or write files, nor print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ..accounts.models import Workspace
from ..contacts.records import Actor, ContactRecord
from ..contacts.store import upsert_many
from ..spreadsheets.sheet import Sheet
from ..validation.errors import field_error
from ..validation.schemas import IMPORTED_CONTACT, MAX_ROWS, RefusedRow, Row, load_rows
from .columns import Columns, RowError


@dataclass
class Report:
    """What became of the rows: how many of each status, the lines of each warning, and the failed rows."""

    counts: Counter[str] = field(default_factory=Counter)
    warnings: dict[str, list[int]] = field(default_factory=dict)
    failures: list[tuple[int, list[str], str]] = field(default_factory=list)


def lay_out(sheet: Sheet) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the first row that is filled, and the later ones with at least as many cells."""
    filled = ((line, cells) for line, cells in sheet.rows() if cells)
    _, header = next(filled)
    return header, ((line, cells + [""] * (len(header) - len(cells))) for line, cells in filled)


def import_sheet(
    workspace: Workspace,
    rows: Iterable[tuple[int, list[str]]],
    columns: Columns,
    actor: Actor,
    *,
    region: str | None = None,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> Report:
    """Upsert the rows of a sheet, as `lay_out` returns them, 1,000 in a transaction; a failed one stops no other.

    A dry run writes nothing and reports what the real one would. `advance` is told of each chunk's rows.
    """
    report = Report()
    preview: dict[str, ContactRecord] | None = {} if dry_run else None
    numbered = iter(rows)
    while chunk := list(islice(numbered, MAX_ROWS)):
        loaded = _load_chunk(columns, [cells for _, cells in chunk])
        outcomes = upsert_many(workspace, loaded, actor, region=region, preview=preview)
        for (line, cells), outcome in zip(chunk, outcomes, strict=True):
            report.counts[outcome.status] += 1
            for warning in outcome.warnings:
                report.warnings.setdefault(warning.message, []).append(line)
            if outcome.contact is None:
                reason = ". ".join(found.message for found in outcome.problems)
                report.failures.append((line, cells, reason))
        advance(len(chunk))
    return report


def _load_chunk(columns: Columns, rows: list[list[str]]) -> list[Row | RefusedRow]:
    payload: list[Any] = []
    misfits: dict[int, RefusedRow] = {}
    for index, cells in enumerate(rows):
        try:
            payload.append(columns.to_row(cells))
        except RowError as error:
            payload.append(None)
            misfits[index] = RefusedRow([field_error("row", "too_many", str(error))], {})
    loaded = load_rows(payload, IMPORTED_CONTACT)
    return [misfits.get(index, row) for index, row in enumerate(loaded)]
