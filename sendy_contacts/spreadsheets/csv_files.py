"""Rows of cells in a CSV file."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from .encodings.text import Text
from .errors import UnreadableFile, check_width
from .files import create_private
from .formulas import Literal, escape_formula

DELIMITERS = "\t;|,:"  # of two that split a file equally well the earlier one is taken
DELIMITER_LINE = re.compile(r'"?sep=(\t|[^"\s])"?\s*', re.IGNORECASE)
_SAMPLE = 200  # rows


@contextmanager
def open_csv(path: Path | None) -> Iterator[TextIO]:
    """Create a file that only its owner can read, or open standard output, for `write_csv`. Raise OSError."""
    binary = create_private(path) if path else sys.stdout.buffer
    try:
        with encode_csv(binary) as stream:
            yield stream
    finally:
        if path:
            binary.close()


@contextmanager
def encode_csv(binary: BinaryIO) -> Iterator[TextIO]:
    """Yield a text stream into a binary one: UTF-8 with the mark Excel needs."""
    stream = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
    try:
        yield stream
    finally:
        stream.detach()  # flushes


def write_csv(stream: TextIO, rows: Iterable[Sequence[str]], delimiter: str = ",") -> None:
    """Write rows, escaping each cell that is not Literal; a blank cell is Literal("")."""
    # Quotes everywhere leave no doubt about the delimiter, whatever the cells hold.
    writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([cell if isinstance(cell, Literal) else escape_formula(cell) for cell in row] for row in rows)


class CsvRows:
    """The records of a CSV file and their delimiter: as asked, or as its first line says, or what fits best."""

    def __init__(self, text: Text, delimiter: str | None = None) -> None:
        self._text = text
        named = DELIMITER_LINE.fullmatch(next(text.lines(), ""))
        self._first = 2 if named else 1
        self.delimiter = delimiter or (named[1] if named else guess_delimiter(text))

    def read(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record with its line; its cells are stripped, blank ones at its end left out."""
        lines = islice(self._text.lines(), self._first - 1, None)
        return _read_records(lines, self.delimiter, self._first)


def read_delimiter(text: str) -> str | None:
    """Return the character that a person names, or `tab`; None if it can't part cells."""
    named = {"tab": "\t"}.get(text.strip().casefold(), text.strip() or text)
    return named if len(named) == 1 and named not in ' "\r\n\0' else None


def guess_delimiter(text: Text) -> str:
    """Return the delimiter that parts most of the first rows into equally many cells."""
    ratings = {delimiter: _rate(text, delimiter) for delimiter in DELIMITERS}
    # A header such as URN:Tel holds a colon, so that one must fit every row.
    fitting = [d for d, (even, *_, width) in ratings.items() if width > 1 and (d != ":" or even == 1)]
    return max(fitting, key=ratings.__getitem__, default=",")


def _rate(text: Text, delimiter: str, strict: bool = True) -> tuple[float, bool, bool, int]:
    """Tell how well a delimiter fits: share of rows of the commonest width, quotes in order, no colon, that width."""
    reader = csv.reader(text.lines(), delimiter=delimiter, skipinitialspace=True, strict=strict)
    widths: Counter[int] = Counter()
    try:
        widths.update(islice((len(cells) for cells in reader if any(map(str.strip, cells))), _SAMPLE))
    except csv.Error:
        if strict:
            return _rate(text, delimiter, strict=False)
    # Titles above the header are one cell wide, and have no part in this.
    width = max((width for width in widths if width > 1), key=lambda width: (widths[width], width), default=0)
    return (widths[width] / widths.total() if width else 0.0), strict, delimiter != ":", width


def _read_records(lines: Iterator[str], delimiter: str, line: int) -> Iterator[tuple[int, list[str]]]:
    held: list[str] = []
    # The empty line put at the end is a record of its own, unless a quote is still open there.
    reader = csv.reader(_hold(chain(lines, [""]), held), delimiter=delimiter, skipinitialspace=True)
    try:
        for cells in reader:
            if not held[-1]:
                if len(held) > 1:
                    raise UnreadableFile(f"line {line}: a quote is opened and never closed")
                return
            if len(held) > 1:
                _check_quotes(held, delimiter, line)
            yield line, _strip(cells, line)
            line += len(held)
            held.clear()
    except csv.Error as error:
        limit = csv.field_size_limit()
        raise UnreadableFile(
            f"line {line}: a cell is longer than {limit:,} characters; a quote that is never closed can cause that"
        ) from error


def _hold(lines: Iterable[str], held: list[str]) -> Iterator[str]:
    """Pass on lines, and keep those of the record at hand."""
    for line in lines:
        held.append(line)
        yield line


def _check_quotes(held: Sequence[str], delimiter: str, line: int) -> None:
    """Raise UnreadableFile if a cell of several lines ends in the middle of one: it swallowed rows."""
    try:
        next(csv.reader(held, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error as error:
        last = line + len(held) - 1
        raise UnreadableFile(
            f"line {line}: a quote is opened, and the next one, in line {last}, doesn't end a cell; mend these lines"
        ) from error


def _strip(cells: list[str], line: int) -> list[str]:
    stripped = list(map(str.strip, cells))
    while stripped and not stripped[-1]:
        stripped.pop()
    check_width(len(stripped), line)
    return stripped
