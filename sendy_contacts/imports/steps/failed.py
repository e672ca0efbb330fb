"""The refused rows of an import, as a file to correct and to import again."""

from __future__ import annotations

from collections.abc import Iterator

from phonenumbers import country_code_for_region

from ...accounts.models import Workspace
from ..cells import BLANK
from ..exports import join_tags
from ..record.records import ImportRecord, Refusal
from ..record.store import read_refused
from .check import check_stored

_OURS = 2  # columns of `Columns.failed_header` before those of the file


def failed_rows(workspace: Workspace, record: ImportRecord) -> Iterator[list[str]]:
    """Yield the header and the refused rows, each with its line and reason, for `write_csv`.

    What was said of the whole list, its country and tags, stands in columns, so that the rows mean the same in a file
    of their own. Of a draft these are the rows that a run would refuse. Raise ImportExpired or NoPhoneColumn.
    """
    columns = record.to_columns()
    said = {"callingCode": _find_calling_code(workspace, record), "tags": join_tags(record.add_tags)}
    said = {name: cell for name, cell in said.items() if cell}
    countries = [index for index, column in enumerate(record.columns) if column.target == "country"]
    header = columns.failed_header()
    yield [*header[:_OURS], *said, *header[_OURS:]]
    for refused in _find(workspace, record):
        for row in refused:
            own = columns.failed_row(row.line, row.cells, row.reason)
            is_named = any(cell for index in countries for cell in row.cells[index : index + 1])
            cells = [BLANK if name == "callingCode" and is_named else cell for name, cell in said.items()]
            yield [*own[:_OURS], *cells, *own[_OURS:]]


def _find_calling_code(workspace: Workspace, record: ImportRecord) -> str:
    """Return the calling code by which the local phones of a list were read, "" if that needn't be said."""
    has_codes = any(column.target == "callingCode" for column in record.columns)
    if has_codes or record.country in (None, workspace.country):
        return ""
    return f"+{country_code_for_region(record.country)}"


def _find(workspace: Workspace, record: ImportRecord) -> Iterator[list[Refusal]]:
    if record.state != "draft":
        return read_refused(workspace.id, record)
    return (list(step.refused) for step in check_stored(workspace, record.id))
