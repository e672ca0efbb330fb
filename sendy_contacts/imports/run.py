"""A sheet into a workspace: looked at as a whole first, then written 1,000 rows at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from ..accounts.models import Workspace
from ..contacts.records import Actor, Outcome
from ..contacts.store import plan_upsert, upsert_many
from ..spreadsheets.errors import MAX_COLUMNS, UnreadableFile
from ..spreadsheets.formulas import unescape_formula
from ..spreadsheets.sheet import Sheet
from ..validation.errors import FieldError
from ..validation.schemas import IMPORTED_CONTACT, MAX_ROWS, RefusedRow, Row, load_rows
from .columns import Columns
from .header_row import Layout, Record, find_header
from .mapping import map_sheet
from .notices import Notice, find_notices
from .planned import PlannedContacts
from .recognition.overrides import find_asked_of_consent
from .survey import Lines, Survey, take_survey


@dataclass
class Plan:
    """What an import of a sheet would do: where its contacts are, what each column holds, what to know before."""

    sheet: Sheet
    survey: Survey
    columns: Columns
    notices: list[Notice]


@dataclass
class Report:
    """What became of the rows: how many of each status, blank or passed over, and the first lines of each warning.

    All counts add up to the rows of the sheet.
    """

    counts: Counter[str] = field(default_factory=Counter)
    warnings: dict[str, Lines] = field(default_factory=dict)


def plan_import(
    sheet: Sheet,
    region: str | None,
    *,
    overrides: Sequence[str] = (),
    header_row: int | None = None,
    no_header: bool = False,
) -> Plan:
    """Look at all rows of a sheet; `region` is the country in which phones without one are read.

    Raise MappingError or HeaderError for an override or a header that isn't there, UnreadableFile for the file.
    """
    layout, contacts = find_header(sheet.rows(), region, header_row=header_row, no_header=no_header)
    headers = list(map(unescape_formula, layout.header)) or [""] * MAX_COLUMNS
    survey = take_survey(layout, contacts, find_asked_of_consent(overrides, headers))
    if not layout.header and not survey.rows:
        raise UnreadableFile("is empty")
    columns = map_sheet(survey, overrides, region)
    return Plan(sheet, survey, columns, find_notices(survey, columns))


def run_import(
    workspace: Workspace,
    plan: Plan,
    actor: Actor,
    *,
    dry_run: bool = False,
    refuse: Callable[[int, Sequence[str], str], None] = lambda *_: None,
    advance: Callable[[int], None] = lambda _: None,
) -> Report:
    """Upsert the rows of a sheet, 1,000 in a transaction; a failed one stops no other.

    A dry run writes nothing and reports what the real one would. `refuse` gets each failed row: its line, cells and
    reason. `advance` gets the number of rows of each chunk.
    """
    report = Report()
    region = plan.columns.region
    contacts = _sort_out(plan.sheet.rows(), plan.survey.layout, report.counts)
    with closing(PlannedContacts()) as planned:
        while chunk := list(islice(contacts, MAX_ROWS)):
            rows = _load(plan.columns, chunk)
            if dry_run:
                batch = plan_upsert(workspace, rows, region=region, planned=planned)
                planned.add(batch.changed)
                outcomes = batch.outcomes
            else:
                outcomes = upsert_many(workspace, rows, actor, region=region)
            for (line, cells), outcome in zip(chunk, outcomes, strict=True):
                _note(report, line, outcome)
                if outcome.contact is None:
                    refuse(line, cells, ". ".join(found.message for found in outcome.problems))
            advance(len(chunk))
    return report


def _sort_out(records: Iterator[Record], layout: Layout, counts: Counter[str]) -> Iterator[Record]:
    """Yield the rows of contacts; count the blank ones, the header and the titles."""
    for index, (line, cells) in enumerate(records):
        if not cells:
            counts["blank"] += 1
        elif index < layout.skipped or layout.is_header(cells):
            counts["passed over"] += 1
        else:
            yield line, cells


def _load(columns: Columns, chunk: Sequence[Record]) -> list[Row | RefusedRow]:
    read = [columns.read_row(cells) for _, cells in chunk]
    loaded = load_rows([row for row, _ in read], IMPORTED_CONTACT)
    return [_refuse(row, problems) if problems else row for row, (_, problems) in zip(loaded, read, strict=True)]


def _refuse(row: Row | RefusedRow, problems: list[FieldError]) -> RefusedRow:
    """Return a row with what its cells are refused for, besides what its values are."""
    fields = {problem.field for problem in problems}
    if "row" in fields:
        return RefusedRow(problems, {})
    found, rest = row if isinstance(row, RefusedRow) else ([], row)
    if "phone" in fields:  # it can't be read, which needn't be said twice
        rest = Row(**{key: value for key, value in rest.items() if key != "phone"})  # type: ignore[typeddict-item]
    return RefusedRow([*problems, *found], rest)


def _note(report: Report, line: int, outcome: Outcome) -> None:
    report.counts[outcome.status] += 1
    for warning in outcome.warnings:
        report.warnings.setdefault(warning.message, Lines()).add(line)
