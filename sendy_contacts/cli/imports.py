"""flask contacts import and flask contacts imports: lists into a workspace, and what became of them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, with_appcontext

from ..accounts.models import Workspace
from ..accounts.users import find_workspace, list_workspaces
from ..imports.failed_rows import name_failures
from ..imports.header_row import HeaderError
from ..imports.recognition.overrides import MappingError, list_columns
from ..imports.record import store
from ..imports.record.prune import prune_imports
from ..imports.record.records import ImportRecord, Refusal, Step
from ..imports.steps.check import NoPhoneColumn, check
from ..imports.steps.draft import create_import, describe, plan_draft
from ..imports.steps.failed import failed_rows
from ..imports.steps.reading import read_rows_ahead
from ..imports.steps.run import run
from ..imports.steps.undo import undo
from ..imports.targets import TARGETS
from ..spreadsheets.csv_files import open_csv, read_delimiter, write_csv
from ..spreadsheets.errors import UnreadableFile
from ..spreadsheets.sheet import Sheet, open_sheet
from ..text import show
from .import_report import show_plan, show_record, show_report, show_undo
from .shared import CommandError, country_option, current_actor, open_connection, workspace_option

_SHOWN_FAILURES = 20

map_option = click.option(
    "--map", "overrides", multiple=True, metavar="COLUMN=TARGET",
    help=f"Say what a column holds: {', '.join(TARGETS[:-1])}, attributes.KEY or ignore.",
)  # fmt: skip
any_workspace_option = click.option("--workspace", metavar="NAME", help="Look in this workspace only.")


@click.command("import")
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@country_option
@map_option
@click.option("--encoding", metavar="NAME", help="Read the text in this encoding, such as Windows-1251.")
@click.option("--delimiter", metavar="CHARACTER", help="Say what parts the columns of a CSV file, such as # or tab.")
@click.option("--header-row", type=click.IntRange(min=1), metavar="LINE", help="Say in which line the header is.")
@click.option("--no-header", is_flag=True, help="Say that there is none: the first row is a contact.")
@click.option("--dry-run", is_flag=True, help="Show what an import would do, and write nothing.")
def import_(
    file: Path,
    workspace: str,
    country: str | None,
    encoding: str | None,
    delimiter: str | None,
    dry_run: bool,
    **options: Any,
) -> None:
    """Import a list: CSV, XLSX, XLS, ODS or the vCards of an address book.

    Exit status: 0 all rows, 1 some failed, 2 the file can't be read or has no phones.
    """
    if options["header_row"] and options["no_header"]:
        raise CommandError("--header-row and --no-header contradict each other; give one of them.")
    if delimiter and not (delimiter := read_delimiter(delimiter)):
        raise CommandError("--delimiter must be the character between two columns, such as ;, or tab.")
    with open_connection():
        found = find_workspace(workspace)
        region = country or found.country
        reading = {"encoding": encoding, "delimiter": delimiter, "country": region}
        with _readable(file), open_sheet(file, **reading) as sheet:
            if dry_run:
                _dry_run(found, sheet, file.name, region, **options)
            record, plan = create_import(found, sheet, file.name, current_actor("import"), region, **options)
            show_plan(plan)
        with _readable(file):
            _run(found, record, len(plan.notices), file)


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Turn what is wrong with a file, or with what is asked of its columns, into a line that names the file."""
    try:
        yield
    except (UnreadableFile, MappingError, HeaderError) as error:
        raise CommandError(f"{file}: {error}") from None
    except NoPhoneColumn as error:
        what = f'no column holds phones; name it with --map "COLUMN=phone". {list_columns(error.headers)}'
        raise CommandError(f"{file}: {what}") from None


def _dry_run(workspace: Workspace, sheet: Sheet, file_name: str, region: str | None, **options: Any) -> NoReturn:
    """Print what an import would do, and exit."""
    plan = plan_draft(workspace, sheet, region, **options)
    show_plan(plan)
    record = describe(plan, "", file_name, current_actor("import"))
    record, refused = _follow(record, check(workspace, record, plan.chunks()))
    show_report(record, len(plan.notices), dry_run=True)
    _show_refused(record, refused)
    sys.exit(_status(record))


def _run(workspace: Workspace, record: ImportRecord, known: int, file: Path) -> NoReturn:
    """Write the rows, print what became of them, and exit; the refused ones go beside `file`."""
    try:
        record, refused = _follow(record, run(workspace, record.id, current_actor("import"), read=read_rows_ahead))
    except (NoPhoneColumn, store.ImportExpired):
        raise
    except BaseException:
        click.echo(f"\nStopped. To go on: flask contacts imports continue {record.id}", err=True)
        raise
    click.echo(f"To take it back: flask contacts imports undo {record.id}")
    show_report(record, known, dry_run=False)
    if record.counts["failed"]:
        _write_refused(workspace, record, file, refused)
    sys.exit(_status(record))


def _follow(record: ImportRecord, steps: Iterable[Step]) -> tuple[ImportRecord, list[Refusal]]:
    """Show the progress of a run or of a check; return the import at the end, and the first refused rows."""
    first: list[Refusal] = []
    gc.freeze()  # what is loaded stays, so the garbage collector needn't walk it again and again
    with click.progressbar(length=record.rows - record.position, label="Importing", file=sys.stderr) as bar:
        for step in steps:
            first += step.refused[: _SHOWN_FAILURES - len(first)]
            bar.update(len(step.statuses))
            record = step.record
    return record, first


def _status(record: ImportRecord) -> int:
    return 1 if record.counts["failed"] else 0


def _show_refused(record: ImportRecord, first: list[Refusal]) -> None:
    for row in first:
        click.echo(f"line {row.line}: {show(row.reason, 500)}")
    if record.counts["failed"] > len(first):
        click.echo(f"and {record.counts['failed'] - len(first):,} more")


def _write_refused(workspace: Workspace, record: ImportRecord, file: Path, first: list[Refusal]) -> None:
    """Write the refused rows with line and reason beside `file`, so that they can be corrected and imported again."""
    beside = name_failures(file)
    try:
        with open_csv(beside) as stream:
            write_csv(stream, failed_rows(workspace, record))
    except OSError as error:
        _show_refused(record, first)
        raise CommandError(f"The failed rows can't be written beside the file ({error.strerror}).") from None
    click.echo(f"The failed rows, with line and reason: {show(str(beside), 1_000)}")


@click.group("imports", cls=AppGroup, invoke_without_command=True)
@any_workspace_option
@click.pass_context
def group(context: click.Context, workspace: str | None) -> None:
    """List imports, go on with one, or take one back."""
    if context.invoked_subcommand is None:
        context.invoke(list_, workspace=workspace)


@group.command("list")
@any_workspace_option
def list_(workspace: str | None) -> None:
    """List the newest imports: when, who, file, state, counts."""
    with open_connection():
        for found in [find_workspace(workspace)] if workspace else list_workspaces():
            for record in store.list_imports(found.id):
                show_record(found.name, record)


@group.command("continue")
@click.argument("import_id", metavar="ID")
@any_workspace_option
def continue_(import_id: str, workspace: str | None) -> None:
    """Go on with an import that was cut off. Refused rows are written to a file in this folder."""
    with open_connection(), _stored():
        found, record = _find(import_id, workspace)
        if record.is_open:
            _run(found, record, 0, Path(Path(record.file_name).name or record.id))
        show_record(found.name, record)


@group.command("undo")
@click.argument("import_id", metavar="ID")
@any_workspace_option
def undo_(import_id: str, workspace: str | None) -> None:
    """Take an import back. What was changed again since stays, and so does every opt-out."""
    with open_connection(), _stored():
        found, record = _find(import_id, workspace)
        with click.progressbar(length=record.position, label="Taking back", file=sys.stderr) as bar:
            for step in undo(found, import_id, current_actor("undo")):
                bar.update(record.position - step.record.position)
                record = step.record
    show_undo(record)


@contextmanager
def _stored() -> Iterator[None]:
    """Turn what is wrong with a stored import into a line."""
    try:
        yield
    except store.ImportNotFound as error:
        raise CommandError(f"There is no import {show(str(error))}. List them with: flask contacts imports") from None
    except store.ImportExpired:
        raise CommandError(f"The rows of this import were dropped after {store.KEPT_DAYS} days.") from None
    except NoPhoneColumn:
        raise CommandError('No column holds phones. Import the file again with --map "COLUMN=phone".') from None


def _find(import_id: str, workspace: str | None) -> tuple[Workspace, ImportRecord]:
    found = find_workspace(workspace) if workspace else store.find_owner(import_id)
    return found, store.find_import(found.id, import_id)


@click.command()
@with_appcontext
def prune() -> None:
    """Drop the rows that imports have kept for 30 days, and what contacts were before. Past imports stay listed."""
    with open_connection():
        count = sum(prune_imports(workspace.id) for workspace in list_workspaces())
    click.echo(f"dropped the rows of {count:,} imports")
