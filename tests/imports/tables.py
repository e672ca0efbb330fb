"""Tables of cells as sheets, and what an import makes of them."""

from collections import Counter
from typing import NamedTuple

from sendy_contacts.contacts.records import Actor
from sendy_contacts.imports.plan import plan_import
from sendy_contacts.imports.record.records import ImportRecord
from sendy_contacts.imports.steps.check import check
from sendy_contacts.imports.steps.draft import create_import, describe
from sendy_contacts.imports.steps.run import run
from sendy_contacts.spreadsheets.sheet import Sheet

ACTOR = Actor("cli:ann", "import")


class Report(NamedTuple):
    """What became of all rows of a sheet; the steps are those of the chunks."""

    record: ImportRecord
    counts: Counter
    refused: list
    steps: list


def make_sheet(*rows):
    """Return a sheet of rows; a row is a list of cells, or a text with bars between them."""
    cells = [row.split("|") if isinstance(row, str) else list(row) for row in rows]
    records = []
    for line, row in enumerate(cells, 1):
        while row and not row[-1]:
            row.pop()
        records.append((line, [cell.strip() for cell in row]))
    return Sheet("CSV", "UTF-8", ",", lambda: iter([(line, list(row)) for line, row in records]))


def draft(workspace, sheet, country="KE", **options):
    """Store a sheet as a draft."""
    return create_import(workspace, sheet, "list.csv", ACTOR, country, **options)[0]


def import_sheet(workspace, sheet, country="KE", **options):
    """Import a sheet."""
    record = draft(workspace, sheet, country, **options)
    return report(record, run(workspace, record.id, ACTOR))


def check_sheet(workspace, sheet, country="KE", **options):
    """Say what an import of a sheet would do."""
    found = plan_import(sheet, country, **options)
    record = describe(found, "", "list.csv", ACTOR)
    return report(record, check(workspace, record, found.chunks()))


def report(record, steps):
    """Return what became of the rows of an import."""
    steps = list(steps)
    record = steps[-1].record if steps else record
    counts = Counter(record.counts) + Counter({"blank": record.blank, "passed over": record.passed_over})
    return Report(record, counts, [row for step in steps for row in step.refused], steps)


def plan(*rows, country="KE", **options):
    """Return the plan of importing a table."""
    return plan_import(make_sheet(*rows), country, **options)


def targets(*rows, **options):
    """Return what each column of a table holds, by header."""
    return {column.header: column.target for column in plan(*rows, **options).columns.columns}


def read(*rows, **options):
    """Return the payload rows of a table, without the numbers of those that are refused but with their reasons."""
    found = plan(*rows, **options)
    layout = found.survey.layout
    contacts = [cells for _, cells in list(found.sheet.rows())[layout.skipped :] if cells]
    outcomes = [found.columns.read_row(cells) for cells in contacts]
    return [[problem.message for problem in problems] or row for row, problems in outcomes]
