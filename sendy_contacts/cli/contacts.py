"""flask contacts: import and export spreadsheets, change consent, preview a template."""

from __future__ import annotations

import gc
import itertools
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from ..accounts.users import find_workspace
from ..contacts.records import STATUSES
from ..contacts.store import upsert_many
from ..imports.columns import Columns
from ..imports.exports import export_rows
from ..imports.mapping import MappingError, map_columns
from ..imports.run import Report, import_sheet
from ..messages.placeholders import Template, TemplateError
from ..messages.readiness import check_readiness
from ..spreadsheets.csv_files import open_csv, write_csv
from ..spreadsheets.errors import UnreadableFile
from ..spreadsheets.sheet import read_sheet
from ..validation.schemas import load_rows
from .connection import Refused, connected, read_country, this_login

group = AppGroup("contacts", help="Import, export and change contacts.")

workspace_option = click.option("--workspace", required=True, metavar="NAME")
country_option = click.option("--country", callback=read_country, help="Reads phones without a +. Such as KE.")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@country_option
@click.option("--map", "overrides", multiple=True, metavar="COLUMN=TARGET", help="Say what a column holds: phone, "
              "name, firstName, lastName, country, tags, optedIn, optedOut, attributes.KEY or ignore.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Report what an import would do, and write nothing.")
def import_(file: Path, workspace: str, country: str | None, overrides: tuple[str, ...], dry_run: bool) -> None:
    """Import a CSV, XLSX, XLS or ODS file. Exit status: 0 all rows, 1 some failed, 2 the file can't be read."""
    try:
        sheet = read_sheet(file)
        columns = map_columns(sheet.header, overrides)
    except (UnreadableFile, MappingError) as error:
        raise Refused(f"{file}: {error}") from None
    if sheet.encoding:
        click.echo(f"{sheet.encoding}, columns separated by {sheet.delimiter!r}")
    for header, target in columns.describe():
        click.echo(f"  {header or '(no header)'} -> {target}")
    gc.freeze()  # the sheet stays to the end; to look through its cells for garbage took a sixth of the time
    with (
        connected(),
        click.progressbar(length=len(sheet.rows), label="Importing", file=sys.stderr) as bar,
    ):
        report = import_sheet(
            find_workspace(workspace),
            sheet,
            columns,
            this_login("import"),
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
        raise Refused(f"The failed rows can't be written beside {file.name} ({error.strerror}).") from None
    click.echo(f"The failed rows, with line and reason: {beside}")


def name_failures(file: Path) -> Path:
    """Return a name beside the input that is still free: somebody may be mending the file of an earlier import."""
    marks = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    names = (file.with_name(f"{file.stem}.failed{mark}.csv") for mark in marks)
    return next(name for name in names if not name.exists())


@group.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@workspace_option
def export(file: Path | None, workspace: str) -> None:
    """Write all contacts as CSV, to FILE or to standard output. It imports back unchanged."""
    try:
        with connected():
            rows = export_rows(find_workspace(workspace).id)
            with open_csv(file) as stream:
                write_csv(stream, rows)
    except OSError as error:
        raise Refused(f"{file or 'standard output'} can't be written ({error.strerror}).") from None


@group.command("opt-out")
@click.argument("phones", nargs=-1, required=True, metavar="PHONE…")
@workspace_option
@country_option
def opt_out(phones: tuple[str, ...], workspace: str, country: str | None) -> None:
    """Record that people don't want messages. An unknown phone is added, so that no import opts it in."""
    change_consent(phones, workspace, country, opted_in=False)


@group.command("opt-in")
@click.argument("phones", nargs=-1, required=True, metavar="PHONE…")
@workspace_option
@country_option
def opt_in(phones: tuple[str, ...], workspace: str, country: str | None) -> None:
    """Record that people want messages, even after an opt-out: you state that they said so."""
    change_consent(phones, workspace, country, opted_in=True)


def change_consent(phones: tuple[str, ...], workspace: str, country: str | None, *, opted_in: bool) -> None:
    """Set the opt-in state of phones; exit with 1 if one can't be read."""
    rows = load_rows([{"phone": phone, "optedIn": opted_in} for phone in phones])
    with connected():
        outcomes = upsert_many(find_workspace(workspace), rows, this_login("cli"), region=country, may_opt_in=True)
    for phone, outcome in zip(phones, outcomes, strict=True):
        said = [problem.message for problem in (*outcome.problems, *outcome.warnings)]
        click.echo(" ".join([f"{outcome.contact.phone if outcome.contact else phone}: {outcome.status}", *said]))
    sys.exit(1 if any(outcome.contact is None for outcome in outcomes) else 0)


@group.command()
@workspace_option
@click.option("--body", required=True, help='The text with its placeholders, such as "Hi {{1}}".')
@click.option("--map", "sources", multiple=True, metavar="N=ATTRIBUTE", help="What placeholder N stands for.")
@click.option("--fallback", "fallbacks", multiple=True, metavar="N=TEXT", help="What N says where that is missing.")
@click.option("--text", "texts", multiple=True, metavar="N=TEXT", help="What N says to everyone.")
def preview(
    workspace: str, body: str, sources: tuple[str, ...], fallbacks: tuple[str, ...], texts: tuple[str, ...]
) -> None:
    """Show what a template would say to the newest contacts, and how many are ready for it."""
    try:
        template = Template(body, read_mapping(sources, fallbacks, texts))
    except TemplateError as error:
        raise Refused(str(error)) from None
    with connected():
        result = check_readiness(find_workspace(workspace).id, template)
    for phone, filled in result.newest:
        lacks = ", ".join(f"{{{{{number}}}}}" for number in filled.missing)
        click.echo(f"{phone}: {filled.text if filled.text is not None else f'has no value for {lacks}'}")
    click.echo(f"{result.ready:,} ready, {result.fallback:,} use a fallback, {result.incomplete:,} lack a value")
    for number, lacking in sorted(result.missing.items()):
        click.echo(f"  {lacking:,} lack {{{{{number}}}}}")


def read_mapping(
    sources: tuple[str, ...], fallbacks: tuple[str, ...], texts: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    """Return the options as the mapping of a Template."""
    mapping: dict[str, dict[str, str]] = {}
    for kind, options in (("attribute", sources), ("fallback", fallbacks), ("text", texts)):
        for option in options:
            number, equals, value = option.partition("=")
            if not equals:
                raise click.BadParameter(f"“{option}” must be like 1=name.")
            mapping.setdefault(number.strip(), {})[kind] = value
    return mapping
