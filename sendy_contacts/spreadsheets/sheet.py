"""Turn a file of rows (CSV, XLSX, XLS, ODS) into cells of text, and cells of text into a CSV file.

It must not know what a cell means: no contacts, no Flask, no database.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .csv_files import DELIMITER_LINE, guess_delimiter, read_records
from .encodings import decode
from .errors import UnreadableFile
from .workbooks import read_workbook

_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # a ZIP (XLSX, ODS), an OLE2 file (XLS)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first row that is not blank, and the later ones with their line (in a workbook: row), from 1 on.

    Cells are stripped, and at least as many as the header has; a row that holds more keeps what it has.
    They stand as in the file: `unescape_formula` gives what was meant. A workbook has no encoding and no delimiter.
    """

    header: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str | None = None
    delimiter: str | None = None


def read_sheet(path: Path) -> Sheet:
    """Read a file, whose kind is told by its content. Raises UnreadableFile."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    if data.startswith(_WORKBOOK_STARTS):
        return Sheet(*_lay_out(read_workbook(data)))
    text, encoding = decode(data)
    if text.lstrip()[:5].startswith(("<", "%PDF-", "{\\rtf")):
        raise UnreadableFile("is a document or a web page, not a table; save it as CSV or XLSX")
    stream = io.StringIO(text, newline="")
    named = DELIMITER_LINE.fullmatch(stream.readline())
    start = stream.tell() if named else 0
    delimiter = named[1] if named else guess_delimiter(stream)
    stream.seek(start)
    return Sheet(*_lay_out(read_records(stream, delimiter, 2 if named else 1)), encoding, delimiter)


def _lay_out(records: Iterable[tuple[int, list[str]]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    stripped = ((line, [cell.strip() for cell in cells]) for line, cells in records)
    rows = [(line, cells) for line, cells in stripped if any(cells)]
    if not rows:
        raise UnreadableFile("is empty")
    _, header = rows.pop(0)
    for _, cells in rows:
        cells.extend([""] * (len(header) - len(cells)))
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
    return header, rows
