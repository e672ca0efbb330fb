"""flask contacts import and export: spreadsheets into a workspace and back."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from ..accounts.users import find_workspace
from ..contacts.records import STATUSES
from ..imports.columns import Columns
from ..imports.failed_rows import name_failures
from ..imports.mapping import MappingError, map_columns
from ..imports.run import Report, import_sheet, lay_out
from ..spreadsheets.csv_files import open_csv, write_csv
from ..spreadsheets.errors import UnreadableFile
from ..spreadsheets.sheet import Sheet, open_sheet
from .shared import CommandError, country_option, current_actor, open_connection, workspace_option


@click.command("import")
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@country_option
@click.option("--map", "overrides", multiple=True, metavar="COLUMN=TARGET", help="Say what a column holds: phone, "
              "name, firstName, lastName, country, tags, optedIn, optedOut, attributes.KEY or ignore.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Report what an import would do, and write nothing.")
def import_(file: Path, workspace: str, country: str | None, overrides: tuple[str, ...], dry_run: bool) -> None:
    """Import a CSV, XLSX, XLS or ODS file. Exit status: 0 all rows, 1 some failed, 2 the file can't be read."""
    try:
        with open_sheet(file, country=country) as sheet:
            _import(sheet, file, workspace, country, overrides, dry_run)
    except (UnreadableFile, MappingError) as error:
        raise CommandError(f"{file}: {error}") from None


def _import(
    sheet: Sheet, file: Path, workspace: str, country: str | None, overrides: tuple[str, ...], dry_run: bool
) -> None:
    header, rows = lay_out(sheet)
    columns = map_columns(header, overrides)
    if sheet.encoding:
        click.echo(f"{sheet.encoding}, columns separated by {sheet.delimiter!r}")
    for title, target in columns.describe():
        click.echo(f"  {title or '(no header)'} -> {target}")
    with (
        open_connection(),
        click.progressbar(length=sheet.records, label="Importing", file=sys.stderr) as bar,
    ):
        report = import_sheet(
            find_workspace(workspace),
            rows,
            columns,
            current_actor("import"),
            region=country,
            dry_run=dry_run,
            advance=bar.update,
        )
    show_report(report, dry_run)
    if report.failures:
        if dry_run:
            show_failures(report)
        else:
            write_failures(report, columns, file)
        sys.exit(1)


def show_report(report: Report, dry_run: bool) -> None:
    """Print the counts, and the lines that were warned of."""
    counts = ", ".join(f"{report.counts[status]:,} {status}" for status in STATUSES)
    click.echo(f"{'Would be: ' if dry_run else ''}{counts}")
    for message, lines in report.warnings.items():
        click.echo(f"{len(lines):,} with a warning (lines {list_lines(lines)}): {message}")


def list_lines(lines: list[int]) -> str:
    """Return the first line numbers as text."""
    return ", ".join(map(str, lines[:10])) + (", …" if len(lines) > 10 else "")


def show_failures(report: Report) -> None:
    """Print the first failed rows with their lines and reasons."""
    for line, _, reason in report.failures[:20]:
        click.echo(f"line {line}: {reason}")
    if len(report.failures) > 20:
        click.echo(f"and {len(report.failures) - 20:,} more")


def write_failures(report: Report, columns: Columns, file: Path) -> None:
    """Write the failed rows beside the input, ready to be mended and imported again."""
    rows = [columns.failed_row(*failure) for failure in report.failures]
    try:
        beside = name_failures(file)
        with open_csv(beside) as stream:
            write_csv(stream, [columns.failed_header(), *rows])
    except OSError as error:
        show_failures(report)
        raise CommandError(f"The failed rows can't be written beside {file.name} ({error.strerror}).") from None
    click.echo(f"The failed rows, with line and reason: {beside}")
