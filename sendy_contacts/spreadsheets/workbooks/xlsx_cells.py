"""The cells of an XLSX sheet and its texts, from the events of their XML."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from .number_formats import Formatter, show_day_and_time, show_number
from .rows import Emit

# The value of a formula that was never computed: a program wrote it, and no spreadsheet has opened it since.
NOT_COMPUTED = "#CALC!"
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


class TextReader:
    """Collects the text of each `tag`: its runs, without the readings that East Asian text has above it."""

    def __init__(self, tag: str, emit: Callable[[str], None]) -> None:
        self._tag, self._emit = tag, emit
        self._pieces: list[str] = []
        self._depth_of_reading = 0
        self._in_text = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "t":
            self._in_text = not self._depth_of_reading
        elif tag == "rPh":
            self._depth_of_reading += 1

    def text(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._depth_of_reading -= 1
        elif tag == self._tag:
            self._emit(_unescape("".join(self._pieces)))
            self._pieces.clear()


class SheetReader:
    """Turns the events of a sheet's XML into rows. A row or a cell without a place follows the one before."""

    def __init__(self, emit: Emit, strings: list[str], formatters: list[Formatter | None], epoch_1904: bool) -> None:
        self._emit, self._strings, self._formatters, self._epoch_1904 = emit, strings, formatters, epoch_1904
        self._row = self._column = 0
        self._cells: dict[int, str] = {}
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._reads = self._computed = False
        self._inline = TextReader("is", self._pieces.append)
        self._columns: dict[str, int] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v":
            self._reads = self._kind != "inlineStr"
        elif tag == "f":
            self._computed = True
        elif tag == "row":
            self._row = to_integer(attributes.get("r")) or self._row + 1
            self._column = 0
        else:
            self._inline.start(tag, attributes)

    def text(self, text: str) -> None:
        if self._reads:
            self._pieces.append(text)
        else:
            self._inline.text(text)

    def end(self, tag: str) -> None:
        if tag == "c":
            self._end_cell()
        elif tag == "v":
            self._reads = False
        elif tag == "row":
            self._emit(self._row, self._cells)
            self._cells = {}
        elif tag != "f":
            self._inline.end(tag)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._computed = False
        self._pieces.clear()
        letters = attributes.get("r", "").rstrip("0123456789")
        if letters:
            self._column = self._columns.get(letters) or self._find_column(letters)
        else:
            self._column += 1

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if text or (self._computed and self._kind == "n"):
            self._cells[self._column] = self._show(text)

    def _show(self, text: str) -> str:
        match self._kind:
            case "s":
                index = to_integer(text)
                return self._strings[index] if index < len(self._strings) else ""
            case "n":
                return self._show_number(text) if text else NOT_COMPUTED
            case "b":
                return "TRUE" if text.strip() in ("1", "true") else "FALSE"
            case "d":
                return _show_iso(text)
            case "str":
                return _unescape(text)
        return text

    def _show_number(self, text: str) -> str:
        style = to_integer(self._style)
        formatter = self._formatters[style] if style < len(self._formatters) else None
        return formatter(text) if formatter else show_number(text)

    def _find_column(self, letters: str) -> int:
        column = 0
        for letter in letters.upper()[:4]:
            column = column * 26 + max(ord(letter) - 64, 0)
        self._columns[letters] = column
        return column


def _unescape(text: str) -> str:
    """Return a text with the characters that XML can't hold, such as _x000D_ for a carriage return."""
    if "_x" not in text:
        return text
    units = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def _show_iso(text: str) -> str:
    try:
        return show_day_and_time(datetime.fromisoformat(text))
    except ValueError:
        return text


def to_integer(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
