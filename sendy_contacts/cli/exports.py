"""flask contacts export: a workspace's contacts as a file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from ..accounts.users import find_workspace
from ..imports.exports import MAX_KEYS, TooManyKeys, export_rows
from ..spreadsheets.csv_files import encode_csv, open_csv, write_csv
from ..spreadsheets.files import replace_private
from ..spreadsheets.workbooks.export import SheetTooLarge, write_xlsx
from ..text import show
from .shared import CommandError, open_connection, workspace_option


@click.command()
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@workspace_option
def export(file: Path | None, workspace: str) -> None:
    """Write all contacts to FILE, a workbook if it ends in .xlsx and else a CSV, or as CSV to standard output.

    It imports back unchanged. FILE is replaced at the end, when all is written; only its owner can read it.
    """
    try:
        with open_connection():
            rows = export_rows(find_workspace(workspace).id)
            if file is None:
                with open_csv(None) as text:
                    write_csv(text, rows)
                return
            with replace_private(file) as stream:
                if file.suffix.lower() == ".xlsx":
                    write_xlsx(stream, rows)
                else:
                    with encode_csv(stream) as text:
                        write_csv(text, rows)
    except OSError as error:
        name = show(str(file), 200) if file else "standard output"
        raise CommandError(f"{name} can't be written ({error.strerror}).") from None
    except SheetTooLarge as error:
        raise CommandError(str(error)) from None
    except TooManyKeys:
        what = f"have more than {MAX_KEYS} different attributes, more than a file has columns for"
        remedy = "Export some of them at a time: GET /internal/contacts/export.csv?tag=…"
        raise CommandError(f"The contacts of {workspace} {what}. {remedy}") from None
