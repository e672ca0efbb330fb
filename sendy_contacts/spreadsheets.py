"""Turn a file of rows (CSV, XLSX, XLS, ODS) into cells of text, and cells of text into a CSV file.

It must not know what a cell means: no contacts, no Flask, no database.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from .workbooks import UnreadableFile, read_workbook

DELIMITERS = "\t;|,:"  # of two that split a file equally well the earlier one is taken

_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # a ZIP (XLSX, ODS), an OLE2 file (XLS)
_BOMS = ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16-LE"), (codecs.BOM_UTF16_BE, "UTF-16-BE"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_DELIMITER_LINE = re.compile(r'"?sep=(\t|[^"\s])"?\s*', re.IGNORECASE)

# Matched at the start and the end of a text; the full-width signs count as formulas in Japanese Excel.
_RISKY_START, _RISKY_END = re.compile(r"'*(?:[=+\-@＝＋－＠\s]|\Z)"), re.compile(r"\s'*\Z")
_DEFUSED_START, _DEFUSED_END = re.compile(r"'+(?:[=+\-@＝＋－＠\s]|\Z)"), re.compile(r"\s'+\Z")


class Bare(str):
    """A cell that `write_csv` writes as it stands, since nothing in it needs defusing."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first row that is not blank, and the later ones with their line (in a workbook: row), from 1 on.

    Cells are stripped, and at least as many as the header has; a row that holds more keeps what it has.
    They stand as in the file: `restore` gives what was meant. A workbook has no encoding and no delimiter.
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
    text, encoding = _decode(data)
    if text.lstrip()[:5].startswith(("<", "%PDF-", "{\\rtf")):
        raise UnreadableFile("is a document or a web page, not a table; save it as CSV or XLSX")
    stream = io.StringIO(text, newline="")
    named = _DELIMITER_LINE.fullmatch(stream.readline())
    start = stream.tell() if named else 0
    delimiter = named[1] if named else _guess_delimiter(stream)
    stream.seek(start)
    return Sheet(*_lay_out(_read_records(stream, delimiter, 2 if named else 1)), encoding, delimiter)


def defuse(cell: str) -> str:
    """Return the text in a form that no spreadsheet takes for a formula and that `restore` undoes.

    A leading ' protects = + - @ and white space (OWASP, "CSV Injection") and marks the empty text, which is
    not a blank cell; a closing ' protects white space at the end. One that was there already is doubled.
    """
    start = "'" if _RISKY_START.match(cell) else ""
    return f"{start}{cell}'" if _RISKY_END.search(cell) else start + cell


def restore(cell: str) -> str:
    """Undo `defuse`; any other text, such as 't Hooft, stays as it is."""
    if "'" not in cell:
        return cell
    start = 1 if _DEFUSED_START.match(cell) else 0
    return cell[start:-1] if _DEFUSED_END.search(cell) else cell[start:]


@contextmanager
def open_csv(path: Path | None) -> Iterator[TextIO]:
    """Open a file, or standard output, for `write_csv`: UTF-8 with the mark Excel needs. Raises OSError."""
    binary = path.open("wb") if path else sys.stdout.buffer
    stream = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
    try:
        yield stream
    finally:
        stream.detach()  # flushes
        if path:
            binary.close()


def write_csv(stream: TextIO, rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    """Write rows, defusing each cell that is not Bare; a blank cell is Bare("")."""
    # Quotes everywhere leave no doubt about the delimiter, whatever the cells hold.
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([cell if isinstance(cell, Bare) else defuse(cell) for cell in row] for row in rows)


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


def _decode(data: bytes) -> tuple[str, str]:
    try:
        text, encoding = _try_encodings(data)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{error.object[error.start]:02X} in line {line}"
        raise UnreadableFile(f"is not text in a known encoding ({found}); save it as CSV UTF-8") from error
    # In UTF-8 someone may mean a control character; in the other encodings binary files can be read as well.
    unwanted = "\0" in text if encoding == "UTF-8" else _CONTROL.search(text)
    if unwanted:
        raise UnreadableFile("is a binary file, neither a workbook nor text")
    return text, encoding


def _try_encodings(data: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding), encoding
    # Without a mark UTF-16 shows by the zero bytes of its digits and delimiters: many, on one side.
    even, odd = data[::2].count(0), data[1::2].count(0)
    if max(even, odd) * 20 > len(data):
        encoding = "UTF-16-LE" if odd > even else "UTF-16-BE"
        return data.decode(encoding), encoding
    try:
        return data.decode("UTF-8"), "UTF-8"
    except UnicodeDecodeError as error:
        if not data[: error.start].isascii():  # UTF-8 up to here, so it is damaged and not another encoding
            raise
    return data.decode("Windows-1252"), "Windows-1252"


def _guess_delimiter(stream: TextIO) -> str:
    ratings = {delimiter: _rate(stream, delimiter) for delimiter in DELIMITERS}
    # A header such as URN:Tel holds a colon, so that one must fit every row.
    fitting = [d for d, (even, *_, width) in ratings.items() if width > 1 and (d != ":" or even == 1)]
    return max(fitting, key=ratings.__getitem__, default=",")


def _rate(stream: TextIO, delimiter: str, strict: bool = True) -> tuple[float, bool, bool, int]:
    """Tell how well a delimiter fits: share of rows as wide as the header, quotes in order, no colon, width."""
    stream.seek(0)
    reader = csv.reader(stream, delimiter=delimiter, skipinitialspace=True, strict=strict)
    widths: list[int] = []
    try:
        widths.extend(islice((len(cells) for cells in reader if any(map(str.strip, cells))), 51))
    except csv.Error:
        if strict:
            return _rate(stream, delimiter, strict=False)
    header, *rows = widths or [0]
    even = rows.count(header) / len(rows) if rows else 1.0
    return even, strict, delimiter != ":", header


def _read_records(stream: TextIO, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    # The empty line put at the end is a record of its own, unless a quote is still open there.
    reader = csv.reader(chain(stream, [""]), delimiter=delimiter, skipinitialspace=True)
    line = following = first
    cells: list[str] = []
    try:
        for cells in reader:
            line, following = following, first + reader.line_num
            yield line, cells
    except csv.Error as error:
        raise UnreadableFile(f"line {following}: {error}") from error
    if cells:
        raise UnreadableFile(f"line {line}: a quote is opened and never closed")
