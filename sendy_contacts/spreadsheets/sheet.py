"""Files of rows (CSV, XLSX, XLS, ODS, vCard) as cells of text. It must not know what a cell means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .csv_files import CsvRows
from .encodings.text import find_text
from .errors import UnreadableFile
from .files import open_to_read, whole
from .vcards import VcardRows
from .workbooks.reader import STARTS, read_workbook

Rows = Iterator[tuple[int, list[str]]]
_PICTURE, _COMPRESSED = "a binary file, a picture", "a compressed, binary file"
_OTHER_KINDS = {
    b"%PDF-": "a document (PDF)", b"{\\rtf": "a document (RTF)", b"\x89PNG": _PICTURE, b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE, b"\x1f\x8b": _COMPRESSED, b"7z\xbc\xaf": _COMPRESSED, b"Rar!": _COMPRESSED,
    b"SQLite format 3": "a database, a binary file",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of rows."""

    kind: str  # CSV, XLSX, XLS, ODS or vCard
    encoding: str | None  # None for workbooks
    delimiter: str | None  # None for all but CSV
    read: Callable[[], Rows]
    name: str | None = None  # of the sheet in a workbook
    other_sheets: tuple[str, ...] = ()  # the others of the workbook that are filled and shown

    def rows(self) -> Rows:
        """Yield each record with its line, from 1: in a workbook its row, of a card the line where it begins.

        Cells are stripped texts, as they stand in the file: `unescape_formula` gives what was meant. A blank record
        is [], and blank cells at the end are left out. Each call starts anew. Raise UnreadableFile, maybe in the
        middle: look at all rows before one of them is written.
        """
        return self.read()


@contextmanager
def open_sheet(path: Path, **options: str | None) -> Iterator[Sheet]:
    """Open a file, as `read_sheet` reads it. Raise UnreadableFile."""
    with open_to_read(path) as file, read_sheet(file, **options) as sheet:
        yield sheet


@contextmanager
def read_sheet(
    file: BinaryIO, *, encoding: str | None = None, delimiter: str | None = None, country: str | None = None
) -> Iterator[Sheet]:
    """Read a file that is open, and on disk; its kind is told by its content. Raise UnreadableFile.

    `encoding` and `delimiter` are those of a text, if a person says so; else `country` (ISO 3166) helps to tell the
    encoding.
    """
    head = next(whole(file).chunks(), b"")
    if head.startswith(STARTS):
        with read_workbook(file) as rows:
            yield _check(Sheet(rows.kind, None, None, rows.read, rows.name, tuple(rows.others)))
        return
    for start, kind in _OTHER_KINDS.items():
        if head.startswith(start):
            raise UnreadableFile(f"is {kind}, not a list; save the list as CSV or XLSX")
    yield _open_text(file, encoding, delimiter, country)


def _open_text(file: BinaryIO, encoding: str | None, delimiter: str | None, country: str | None) -> Sheet:
    text = find_text(whole(file), encoding, country)
    start = next((line for line in text.lines() if line.strip()), "").lstrip()
    if start.startswith(("<", "%PDF-", "{\\rtf")):
        raise UnreadableFile("is a document or a web page, not a table; save it as CSV or XLSX")
    if start.upper().startswith("BEGIN:VCARD"):
        return Sheet("vCard", text.encoding, None, VcardRows(text).read)
    rows = CsvRows(text, delimiter)
    return _check(Sheet("CSV", text.encoding, rows.delimiter, rows.read))


def _check(sheet: Sheet) -> Sheet:
    """Return the sheet if a row of it is filled."""
    if not any(cells for _, cells in sheet.rows()):
        raise UnreadableFile("is empty")
    return sheet
