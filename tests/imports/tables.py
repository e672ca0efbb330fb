"""Tables of cells as sheets, and what an import makes of them."""

from sendy_contacts.imports.run import plan_import
from sendy_contacts.spreadsheets.sheet import Sheet


def make_sheet(*rows):
    """Return a sheet of rows; a row is a list of cells, or a text with bars between them."""
    cells = [row.split("|") if isinstance(row, str) else list(row) for row in rows]
    records = []
    for line, row in enumerate(cells, 1):
        while row and not row[-1]:
            row.pop()
        records.append((line, [cell.strip() for cell in row]))
    return Sheet("CSV", "UTF-8", ",", lambda: iter([(line, list(row)) for line, row in records]))


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
