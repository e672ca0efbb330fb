"""The rows of an XLSX workbook (ECMA-376, Office Open XML), each sheet read once from its first row to its last."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from ..errors import UnreadableFile
from .archive import Archive, End, Start
from .number_formats import BUILT_IN, Formatter, make_formatter, show_day_and_time, show_number
from .rows import Emit

NOT_COMPUTED = "#CALC!"
_PLACE = re.compile(r"([A-Z]+)(\d+)")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_HIDDEN = ("hidden", "veryHidden")


class SheetPart(NamedTuple):
    """A sheet of cells, and which part of the workbook holds them."""

    name: str
    visible: bool
    part: str


class XlsxWorkbook:
    """An open workbook: its sheets, and what their cells refer to."""

    kind = "XLSX"

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._part = next(iter(_relations(archive, "", "/officeDocument")), "xl/workbook.xml")
        if self._part.endswith(".bin"):
            raise UnreadableFile("is a binary workbook (XLSB); save it as XLSX")
        self._epoch_1904 = False
        self.sheets = self._read_sheets()
        self._strings: list[str] | None = None
        self._formatters = self._read_styles()

    def read(self, sheet: SheetPart, emit: Emit) -> None:
        """Call `emit` with the number and the cells of each row, as far as they are filled."""
        if self._strings is None:
            self._strings = self._read_strings()
        reader = _SheetReader(emit, self._strings, self._formatters, self._epoch_1904)
        _parse(self._archive, sheet.part, reader.start, reader.end, reader.text)

    def _read_sheets(self) -> list[SheetPart]:
        parts = _relations_by_id(self._archive, self._part, "/worksheet")
        sheets: list[SheetPart] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "workbookPr":
                self._epoch_1904 = attributes.get("date1904") in ("1", "true")
            if tag == "sheet":
                relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                if part := parts.get(relation):
                    visible = attributes.get("state") not in _HIDDEN
                    sheets.append(SheetPart(attributes.get("name", ""), visible, part))

        _parse(self._archive, self._part, start)
        return sheets

    def _read_strings(self) -> list[str]:
        strings: list[str] = []
        part = next(iter(_relations(self._archive, self._part, "/sharedStrings")), "xl/sharedStrings.xml")
        reader = _TextReader("si", strings.append)
        _parse(self._archive, part, reader.start, reader.end, reader.text)
        return strings

    def _read_styles(self) -> list[Formatter | None]:
        codes, numbers, parents = dict(BUILT_IN), list[int](), list[str]()

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt":
                codes[_integer(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            if tag == "xf" and parents[-1:] == ["cellXfs"]:
                numbers.append(_integer(attributes.get("numFmtId")))
            parents.append(tag)

        def end(_: str) -> None:
            parents.pop()

        part = next(iter(_relations(self._archive, self._part, "/styles")), "xl/styles.xml")
        _parse(self._archive, part, start, end)
        made = {number: make_formatter(codes.get(number, ""), self._epoch_1904) for number in set(numbers)}
        return [made[number] for number in numbers]


class _TextReader:
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


class _SheetReader:
    """Turns the events of a sheet's XML into rows. A row or a cell without a place follows the one before."""

    def __init__(self, emit: Emit, strings: list[str], formatters: list[Formatter | None], epoch_1904: bool) -> None:
        self._emit, self._strings, self._formatters, self._epoch_1904 = emit, strings, formatters, epoch_1904
        self._row = self._column = 0
        self._cells: dict[int, str] = {}
        self._kind = self._style = ""
        self._pieces: list[str] = []
        self._reads = self._computed = False
        self._inline = _TextReader("is", self._pieces.append)
        self._columns: dict[str, int] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v":
            self._reads = self._kind != "inlineStr"
        elif tag == "f":
            self._computed = True
        elif tag == "row":
            self._row = _integer(attributes.get("r")) or self._row + 1
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
                index = _integer(text)
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
        style = _integer(self._style)
        formatter = self._formatters[style] if style < len(self._formatters) else None
        try:
            return formatter(text) if formatter else show_number(text)
        except (ValueError, ArithmeticError):
            return text

    def _find_column(self, letters: str) -> int:
        column = 0
        for letter in letters.upper()[:4]:
            column = column * 26 + max(ord(letter) - 64, 0)
        self._columns[letters] = column
        return column


def _parse(
    archive: Archive, part: str, start: Start, end: End = lambda _: None, text: Callable[[str], None] | None = None
) -> None:
    """Call back for a part's tags without the prefix of their namespace, which each program chooses itself."""

    def start_bare(tag: str, attributes: dict[str, str]) -> None:
        start(tag.rpartition(":")[2] if ":" in tag else tag, attributes)

    def end_bare(tag: str) -> None:
        end(tag.rpartition(":")[2] if ":" in tag else tag)

    archive.parse(part, start_bare, end_bare, text)


def _relations(archive: Archive, part: str, kind: str) -> Iterator[str]:
    return iter(_relations_by_id(archive, part, kind).values())


def _relations_by_id(archive: Archive, part: str, kind: str) -> dict[str, str]:
    """Return the parts of a kind that a part refers to, by the name that it has for each."""
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith(kind):
            target = attributes.get("Target", "").replace("\\", "/")
            found[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return found


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


def _integer(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
