"""Rows of cells in a CSV file."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from .errors import UnreadableFile
from .formulas import Literal, escape_formula

DELIMITERS = "\t;|,:"  # of two that split a file equally well the earlier one is taken
DELIMITER_LINE = re.compile(r'"?sep=(\t|[^"\s])"?\s*', re.IGNORECASE)


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
    """Write rows, escaping each cell that is not Literal; a blank cell is Literal("")."""
    # Quotes everywhere leave no doubt about the delimiter, whatever the cells hold.
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([cell if isinstance(cell, Literal) else escape_formula(cell) for cell in row] for row in rows)


def guess_delimiter(stream: TextIO) -> str:
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


def read_records(stream: TextIO, delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
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
