"""The rows of an ODS workbook (ISO/IEC 26300, OpenDocument), each sheet read once from its first row to its last."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from ..errors import MAX_COLUMNS, UnreadableFile
from .archive import Archive
from .number_formats import make_formatter, show_day_and_time, show_duration, show_number
from .rows import Emit

_CONTENT = "content.xml"
_DURATION = re.compile(r"(-?)PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|Err:\d+")
_percentage = make_formatter("0%") or show_number
_CELLS = ("table:table-cell", "table:covered-table-cell")
_ASIDE = (
    "office:annotation",
    "draw:frame",
    "draw:custom-shape",
    "text:ruby-text",
)  # what a cell holds that isn't its text
_BLANKS = {"text:tab": "\t", "text:line-break": "\n"}


class Table(NamedTuple):
    """A sheet: its name, whether it is shown, and which of the document it is, from 1."""

    name: str
    visible: bool
    number: int


class OdsWorkbook:
    """An open workbook. Its one part of XML is read anew for each sheet. All programs use the same prefixes in it."""

    kind = "ODS"

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.sheets: list[Table] = []
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._filled: set[int] = set()
        archive.parse("META-INF/manifest.xml", _refuse_encrypted)
        archive.parse(_CONTENT, self._look, None, self._look_at_text)

    def is_filled(self, sheet: Table) -> bool:
        """Return whether a sheet has any value or text; to read it for that would take the time of all before it."""
        return sheet.number in self._filled

    def read(self, sheet: Table, emit: Emit) -> None:
        """Call `emit` with the number and the cells of each row, as far as they are filled."""
        reader = _TableReader(sheet.number, emit)
        self._archive.parse(_CONTENT, reader.start, reader.end, reader.text)

    def _look(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "style:style":
            self._style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif tag == "table:table":
            visible = attributes.get("table:style-name") not in self._hidden_styles
            self.sheets.append(Table(attributes.get("table:name", ""), visible, len(self.sheets) + 1))
        elif "office:value-type" in attributes:
            self._filled.add(len(self.sheets))

    def _look_at_text(self, text: str) -> None:
        if not text.isspace():
            self._filled.add(len(self.sheets))


class _TableReader:
    """Turns the events of the XML into the rows of one table. What repeats stands there once."""

    def __init__(self, number: int, emit: Emit) -> None:
        self._emit = emit
        self._until_here = number
        self._row = self._column = 0
        self._rows_alike = self._cells_alike = 1
        self._cells: dict[int, str] = {}
        self._attributes: dict[str, str] = {}
        self._pieces: list[str] = []
        self._in_paragraph = False
        self._aside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._until_here -= 1
        elif self._until_here != 0:
            return
        elif tag in _ASIDE:
            self._aside += 1
        elif tag == "table:table-row":
            self._rows_alike, self._column, self._cells = _count(attributes, "table:number-rows-repeated"), 0, {}
        elif tag in _CELLS:
            self._cells_alike, self._attributes = _count(attributes, "table:number-columns-repeated"), attributes
            self._pieces = []
        elif not self._aside:
            self._start_text(tag, attributes)

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "text:p":
            self._in_paragraph = True
            self._pieces += "\n" if self._pieces else ""
        elif self._in_paragraph:
            self._pieces += " " * min(_count(attributes, "text:c"), 1000) if tag == "text:s" else _BLANKS.get(tag, "")

    def text(self, text: str) -> None:
        if self._in_paragraph and not self._aside:
            self._pieces.append(text)

    def end(self, tag: str) -> None:
        if self._until_here != 0:
            return
        if tag in _ASIDE:
            self._aside -= 1
        elif tag == "text:p" and not self._aside:
            self._in_paragraph = False
        elif tag in _CELLS:
            self._end_cell()
        elif tag == "table:table-row":
            self._end_row()

    def _end_cell(self) -> None:
        if text := _show(self._attributes, "".join(self._pieces)):
            self._cells[self._column + 1] = text
            # One column too many is enough to refuse the row.
            for column in range(self._column + 2, self._column + 1 + min(self._cells_alike, MAX_COLUMNS + 1)):
                self._cells[column] = text
        self._column += self._cells_alike

    def _end_row(self) -> None:
        if self._cells:
            for number in range(self._row + 1, self._row + 1 + self._rows_alike):
                self._emit(number, self._cells)
        self._row += self._rows_alike


def _show(attributes: dict[str, str], text: str) -> str:
    """Return a cell's value; of its text only what the value lacks."""
    kind = attributes.get("office:value-type", "")
    if attributes.get("calcext:value-type") == "error" or (kind == "float" and _ERROR.fullmatch(text)):
        return "#VALUE!" if text.startswith("Err:") else text  # as LibreOffice itself says it in an XLSX
    match kind:
        case "float" | "currency":
            return _show_number(attributes.get("office:value", ""), text)
        case "percentage":
            return _percentage(attributes.get("office:value", ""))
        case "boolean":
            return attributes.get("office:boolean-value", "").upper()
        case "date":
            return _show_date(attributes.get("office:date-value", ""))
        case "time":
            return _show_time(attributes.get("office:time-value", ""), text)
    return text or attributes.get("office:string-value", "")


def _show_number(value: str, text: str) -> str:
    """Return a number; an integer with the zeros, the plus sign and the words of its text, TRUE as that."""
    if text and not any(map(str.isdigit, text)):
        return text
    number = show_number(value)
    digits = "".join(filter(str.isdecimal, text))
    is_more = digits != number or "+" in text
    return (
        text if number.isdecimal() and is_more and digits.endswith(number) and not set(".,%") & set(text) else number
    )


def _show_date(value: str) -> str:
    try:
        return show_day_and_time(datetime.fromisoformat(value))
    except ValueError:
        return value


def _show_time(value: str, text: str) -> str:
    """Return a duration, or the time of a day if the text is that of a clock."""
    match = _DURATION.fullmatch(value)
    if not match:
        return value
    sign, hours, minutes, seconds = match[1], int(match[2]), int(match[3]), int(match[4])
    if text.count(":") == 1 and hours < 24 and not sign:
        return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")
    return sign + show_duration(hours * 3600 + minutes * 60 + seconds)


def _refuse_encrypted(tag: str, _: dict[str, str]) -> None:
    if tag == "manifest:encryption-data":
        raise UnreadableFile("is protected by a password; save it without one")


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() else 1
