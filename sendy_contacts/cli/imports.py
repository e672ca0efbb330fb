"""flask contacts import: a list into a workspace. What was understood is shown before anything is written."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from ..accounts.models import Workspace
from ..accounts.users import find_workspace
from ..contacts.records import STATUSES
from ..imports.columns import Columns
from ..imports.failed_rows import name_failures
from ..imports.header_row import HeaderError
from ..imports.recognition.overrides import MappingError, list_columns
from ..imports.run import Plan, Report, plan_import, run_import
from ..imports.targets import TARGETS, Column
from ..spreadsheets.csv_files import open_csv, write_csv
from ..spreadsheets.errors import UnreadableFile
from ..spreadsheets.sheet import Sheet, open_sheet
from ..text import show
from .shared import CommandError, country_option, current_actor, open_connection, workspace_option

_SHOWN_FAILURES = 20
_SHOWN_NAMES = 10
_SHOWN_CELL = 40  # characters

map_option = click.option(
    "--map", "overrides", multiple=True, metavar="COLUMN=TARGET",
    help=f"Say what a column holds: {', '.join(TARGETS[:-1])}, attributes.KEY or ignore.",
)  # fmt: skip


@click.command("import")
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@country_option
@map_option
@click.option("--encoding", metavar="NAME", help="Read the text in this encoding, such as Windows-1251.")
@click.option("--header-row", type=click.IntRange(min=1), metavar="LINE", help="Say in which line the header is.")
@click.option("--no-header", is_flag=True, help="Say that there is none: the first row is a contact.")
@click.option("--dry-run", is_flag=True, help="Show what an import would do, and write nothing.")
def import_(
    file: Path, workspace: str, country: str | None, encoding: str | None, dry_run: bool, **options: Any
) -> None:
    """Import a list: CSV, XLSX, XLS, ODS or the vCards of an address book.

    Exit status: 0 all rows, 1 some failed, 2 the file can't be read or has no phones.
    """
    if options["header_row"] and options["no_header"]:
        raise CommandError("--header-row and --no-header contradict each other; give one of them.")
    with open_connection():
        found = find_workspace(workspace)
    region = country or found.country
    try:
        with open_sheet(file, encoding=encoding, country=region) as sheet:
            plan = plan_import(sheet, region, **options)
            show_plan(plan)
            report, failed = _run(plan, found, file, dry_run=dry_run)
    except (UnreadableFile, MappingError, HeaderError) as error:
        raise CommandError(f"{file}: {error}") from None
    show_report(report, dry_run=dry_run)
    failed.show()
    sys.exit(1 if failed.count else 0)


def _run(plan: Plan, workspace: Workspace, file: Path, *, dry_run: bool) -> tuple[Report, FailedRows]:
    headers = [column.header for column in plan.columns.columns]
    if not plan.columns.has_phones:
        raise MappingError(f'no column holds phones; name it with --map "COLUMN=phone". {list_columns(headers)}')
    failed = FailedRows(plan.columns, None if dry_run else file)
    bar = click.progressbar(length=plan.survey.rows, label="Importing", file=sys.stderr)
    with open_connection(), failed, bar:
        report = run_import(
            workspace, plan, current_actor("import"), dry_run=dry_run, refuse=failed.add, advance=bar.update
        )
    return report, failed


class FailedRows:
    """The rows that an import refused, written beside its file as they come; only the first ones are held."""

    def __init__(self, columns: Columns, file: Path | None) -> None:
        self.count = 0
        self._columns = columns
        self._file = file
        self._beside: Path | None = None
        self._error: OSError | None = None
        self._first: list[tuple[int, str]] = []
        self._stack = ExitStack()

    def __enter__(self) -> FailedRows:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stack.close()
        except OSError as error:
            self._error = error

    def add(self, line: int, cells: Sequence[str], reason: str) -> None:
        """Write a row with its line and reason, so that it can be corrected and imported again."""
        self.count += 1
        if len(self._first) < _SHOWN_FAILURES:
            self._first.append((line, reason))
        if self._file is None or self._error is not None:
            return
        try:
            if self._beside is None:
                self._beside = name_failures(self._file)
                self._stream = self._stack.enter_context(open_csv(self._beside))
                write_csv(self._stream, [self._columns.failed_header()])
            write_csv(self._stream, [self._columns.failed_row(line, cells, reason)])
        except OSError as error:
            self._error = error

    def show(self) -> None:
        """Print where the failed rows are, or the first of them where they are in no file."""
        if self._beside is not None and self._error is None:
            click.echo(f"The failed rows, with line and reason: {show(str(self._beside), 1_000)}")
            return
        for line, reason in self._first:
            click.echo(f"line {line}: {show(reason, 500)}")
        if self.count > len(self._first):
            click.echo(f"and {self.count - len(self._first):,} more")
        if self._error is not None:
            raise CommandError(f"The failed rows can't be written beside the file ({self._error.strerror}).")


def show_plan(plan: Plan) -> None:
    """Print what the file is, what each column holds and why, what is left out, and what to know."""
    _show_file(plan.sheet)
    _show_rows(plan)
    _show_columns(plan.columns.columns)
    if plan.notices:
        click.echo("Note:")
    for notice in plan.notices:
        click.echo(f"  {show(notice.message, 500)}{_list_lines(notice.rows, notice.lines)}")


def _show_columns(columns: Sequence[Column]) -> None:
    click.echo("Columns:")
    left_out: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        if column.target == "ignore":
            left_out[column.why].append(show(column.header))
            continue
        why = f" ({show(column.why, 200)})" if column.why else ""
        samples = ", ".join(f'"{show(sample, _SHOWN_CELL)}"' for sample in column.samples)
        click.echo(f"  {show(column.header)} -> {show(column.target, 80)}{why}{samples and f': {samples}'}")
    if left_out:
        click.echo("Left out:")
    for why, headers in left_out.items():
        click.echo(f"  {_list(headers)}: {show(why, 200)}")


def _show_file(sheet: Sheet) -> None:
    facts = [sheet.kind]
    facts += [sheet.encoding] if sheet.encoding else []
    facts += [f"columns separated by {sheet.delimiter!r}"] if sheet.delimiter else []
    facts += [f'sheet "{show(sheet.name)}"'] if sheet.name else []
    click.echo(", ".join(facts))
    if sheet.other_sheets:
        click.echo(f"Sheets that are not read: {_list([show(name) for name in sheet.other_sheets])}")


def _show_rows(plan: Plan) -> None:
    survey, layout = plan.survey, plan.survey.layout
    blank = f", {survey.blank:,} blank" if survey.blank else ""
    repeated = f", {survey.repeated:,} with the header once more, passed over" if survey.repeated else ""
    click.echo(f"{survey.rows:,} row{'' if survey.rows == 1 else 's'}{blank}{repeated}")
    where = f"the header in line {layout.header_line}" if layout.header_line else "the first contact"
    if layout.header_line is None:
        click.echo("There is no header, so the columns are recognised by their cells (--header-row says otherwise)")
    if layout.titles or layout.blank:
        shown = [f'line {line} "{show(text, _SHOWN_CELL)}"' for line, text in layout.shown]
        shown += [f"{layout.titles - len(shown):,} more"] if layout.titles > len(shown) else []
        shown += [f"{layout.blank:,} blank"] if layout.blank else []
        click.echo(f"Passed over above {where}: {', '.join(shown)}")
    elif layout.header_line:
        click.echo(f"The header is in line {layout.header_line}")


def show_report(report: Report, *, dry_run: bool) -> None:
    """Print the counts, and the lines that were warned of."""
    counts = ", ".join(f"{report.counts[status]:,} {status}" for status in STATUSES)
    others = ", ".join(f"{report.counts[kind]:,} {kind}" for kind in ("blank", "passed over"))
    click.echo(f"{'Would be: ' if dry_run else ''}{counts}; {others}")
    for message, found in report.warnings.items():
        click.echo(f"{found.rows:,} with a warning{_list_lines(found.rows, found.lines)}: {show(message, 500)}")


def _list_lines(rows: int, lines: Iterable[int]) -> str:
    """Return the first line numbers as text."""
    numbers = list(map(str, lines))
    return f" (lines {', '.join(numbers)}{', …' if rows > len(numbers) else ''})" if numbers else ""


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN_NAMES:,} more" if len(names) > _SHOWN_NAMES else ""
    return ", ".join(names[:_SHOWN_NAMES]) + more
