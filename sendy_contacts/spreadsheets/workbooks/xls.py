"""The rows of an XLS workbook: calamine reads its cells, except errors and number formats.

These come from the records of the file ([MS-XLS]); older ones (Excel 5 and 95) have them alike.
"""

from __future__ import annotations

import io
import struct
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

import python_calamine as calamine

from ..errors import UnreadableFile
from .compound_file import read_streams
from .number_formats import BUILT_IN, Formatter, make_formatter, show_day_and_time, show_duration, show_number
from .rows import Emit, is_filled

_BOF, _EOF, _FILEPASS, _DATEMODE, _BOUNDSHEET, _XF = 0x809, 0x0A, 0x2F, 0x22, 0x85, 0xE0
_FORMAT, _FORMAT_OF_EXCEL_5 = 0x41E, 0x1E
_NUMBER, _RK, _MULRK, _FORMULA, _BOOLERR = 0x203, 0x27E, 0xBD, 0x06, 0x205
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_PROTECTED = "is protected by a password; save it without one"


class XlsSheet(NamedTuple):
    """A sheet, and where its records begin."""

    name: str
    visible: bool
    start: int


class XlsWorkbook:
    """An open workbook."""

    kind = "XLS"

    def __init__(self, data: bytes) -> None:
        streams = read_streams(data)
        if "encryptedpackage" in streams:
            raise UnreadableFile(_PROTECTED)
        if not streams:
            raise UnreadableFile("is a document of another program, not a workbook; save it as CSV or XLSX")
        self._records = streams.get("workbook") or streams.get("book", b"")
        self._codes, self._format_of, self._epoch_1904 = dict(BUILT_IN), list[int](), False
        starts = self._read_globals()
        self._formatters = [self._make(number) for number in self._format_of]
        self._workbook = calamine.load_workbook(io.BytesIO(data))
        self.sheets = [
            XlsSheet(sheet.name, sheet.visible == calamine.SheetVisibleEnum.Visible, start)
            for sheet, start in zip(self._workbook.sheets_metadata, starts, strict=True)
            if sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]

    def is_filled(self, sheet: XlsSheet) -> bool:
        """Return whether a sheet has a filled row."""
        return is_filled(lambda emit: self.read(sheet, emit))

    def read(self, sheet: XlsSheet, emit: Emit) -> None:
        """Call `emit` with the number and the cells of each row, as far as they are filled."""
        special: dict[int, dict[int, str]] = defaultdict(dict)
        for row, column, text in self._read_special_cells(sheet.start):
            special[row + 1][column + 1] = text
        cells_of = self._workbook.get_sheet_by_name(sheet.name)
        _, first = cells_of.start or (0, 0)  # its rows count from the top, its columns from the first filled one
        for number, values in enumerate(cells_of.iter_rows(), 1):
            cells = {column: _show(value) for column, value in enumerate(values, first + 1) if value != ""}
            emit(number, cells | special.pop(number, {}))
        for number in sorted(special):  # below what calamine takes for the last filled cell
            emit(number, special[number])

    def _make(self, number: int) -> Formatter | None:
        return make_formatter(self._codes.get(number, ""), self._epoch_1904)

    def _read_globals(self) -> list[int]:
        """Read the formats; return where the records of each sheet begin."""
        is_unicode = struct.unpack_from("<H", self._records, 4)[0] >= 0x600
        starts = []
        for kind, data in _records(self._records, 0):
            if kind == _FILEPASS:
                raise UnreadableFile(_PROTECTED)
            if kind == _BOUNDSHEET:
                starts.append(struct.unpack_from("<I", data)[0])
            elif kind == _DATEMODE:
                self._epoch_1904 = data[:1] == b"\1"
            elif kind == _XF:
                self._format_of.append(struct.unpack_from("<H", data, 2)[0])
            elif kind in (_FORMAT, _FORMAT_OF_EXCEL_5):
                self._codes[struct.unpack_from("<H", data)[0]] = _read_code(data, is_unicode)
        return starts

    def _read_special_cells(self, start: int) -> Iterator[tuple[int, int, str]]:
        """Yield the row, the column (from 0) and the text of errors and of numbers with a format of their own."""
        for kind, data in _records(self._records, start):
            if error := _find_error(kind, data):
                yield *_place(data), error
            elif kind in (_NUMBER, _FORMULA) and data[12:14] != b"\xff\xff":
                yield from self._show(*struct.unpack_from("<HHHd", data))
            elif kind == _RK:
                row, column, style = struct.unpack_from("<HHH", data)
                yield from self._show(row, column, style, _read_rk(data, 6))
            elif kind == _MULRK:
                row, column = _place(data)
                for index in range((len(data) - 6) // 6):
                    style = struct.unpack_from("<H", data, 4 + 6 * index)[0]
                    yield from self._show(row, column + index, style, _read_rk(data, 6 + 6 * index))

    def _show(self, row: int, column: int, style: int, number: float) -> Iterator[tuple[int, int, str]]:
        formatter = self._formatters[style] if style < len(self._formatters) else None
        if formatter:
            yield row, column, formatter(repr(number))


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of the workbook, without those of the charts in it."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        start += 4 + length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
        elif depth == 1:
            yield kind, stream[start - length : start]
        if depth <= 0:
            return


def _find_error(kind: int, data: bytes) -> str | None:
    if kind == _BOOLERR and data[7]:
        return _ERRORS.get(data[6], "#VALUE!")
    if kind == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
        return _ERRORS.get(data[8], "#VALUE!")
    return None


def _place(data: bytes) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", data)
    return row, column


def _read_rk(data: bytes, at: int) -> float:
    """Return a number that is packed into 30 bits, as an integer or the upper half of a double, maybe hundredfold."""
    (packed,) = struct.unpack_from("<i", data, at)
    number = packed >> 2 if packed & 2 else struct.unpack("<d", struct.pack("<iI", 0, packed & 0xFFFFFFFC))[0]
    return number / 100 if packed & 1 else number


def _read_code(data: bytes, is_unicode: bool) -> str:
    if not is_unicode:
        return data[3:].decode("cp1252", "replace")
    return data[5:].decode("utf-16-le" if data[4] & 1 else "latin-1", "replace")


def _show(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return show_number(repr(value))
        case date() | time():
            return show_day_and_time(value)
        case timedelta():
            return show_duration(round(value.total_seconds()))
    return str(value)
