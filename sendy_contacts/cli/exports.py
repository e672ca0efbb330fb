"""flask contacts export: a workspace's contacts as a file."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from ..accounts.users import find_workspace
from ..imports.exports import export_rows
from ..spreadsheets.csv_files import open_csv, write_csv
from .shared import CommandError, open_connection, workspace_option


@click.command()
@with_appcontext
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@workspace_option
def export(file: Path | None, workspace: str) -> None:
    """Write all contacts as CSV, to FILE or to standard output. It imports back unchanged."""
    try:
        with open_connection():
            rows = export_rows(find_workspace(workspace).id)
            with open_csv(file) as stream:
                write_csv(stream, rows)
    except OSError as error:
        raise CommandError(f"{file or 'standard output'} can't be written ({error.strerror}).") from None
