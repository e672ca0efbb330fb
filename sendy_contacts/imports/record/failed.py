"""The refused rows of an import, as a file to correct and to import again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from .records import ImportRecord
from .store import read_refused


def failed_rows(workspace_id: int, record: ImportRecord) -> Iterator[list[str]]:
    """Return the header and the refused rows, each with its line and reason, for `write_csv`. Raise ImportExpired."""
    columns = record.to_columns()
    chunks = read_refused(workspace_id, record)
    first = list(islice(chunks, 1))  # which says whether the rows are kept
    rows = (row for refused in chain(first, chunks) for row in refused)
    return chain([columns.failed_header()], (columns.failed_row(row.line, row.cells, row.reason) for row in rows))
