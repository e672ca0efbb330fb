"""The refused rows of an import, as a file to correct and to import again."""

from __future__ import annotations

from collections.abc import Iterator

from ...accounts.models import Workspace
from ..record.records import ImportRecord, Refusal
from ..record.store import read_refused
from .check import check_stored


def failed_rows(workspace: Workspace, record: ImportRecord) -> Iterator[list[str]]:
    """Yield the header and the refused rows, each with its line and reason, for `write_csv`.

    Of a draft these are the rows that a run would refuse. Raise ImportExpired or NoPhoneColumn.
    """
    columns = record.to_columns()
    yield columns.failed_header()
    for refused in _find(workspace, record):
        yield from (columns.failed_row(row.line, row.cells, row.reason) for row in refused)


def _find(workspace: Workspace, record: ImportRecord) -> Iterator[list[Refusal]]:
    if record.state != "draft":
        return read_refused(workspace.id, record)
    return (list(step.refused) for step in check_stored(workspace, record.id))
