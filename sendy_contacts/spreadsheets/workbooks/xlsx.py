"""The sheets of an XLSX workbook (ECMA-376, Office Open XML), each read once from its first row to its last."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import NamedTuple

from ..errors import UnreadableFile
from .archive import Archive, End, Start
from .number_formats import BUILT_IN, Formatter, make_formatter
from .rows import Emit, is_filled
from .xlsx_cells import SheetReader, TextReader, to_integer

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
        self._part = _find_part(archive, "", "/officeDocument", "xl/workbook.xml")
        if self._part.endswith(".bin"):
            raise UnreadableFile("is a binary workbook (XLSB); save it as XLSX")
        self._epoch_1904 = False
        self.sheets = self._read_sheets()
        self._strings: list[str] | None = None
        self._formatters = self._read_styles()

    def is_filled(self, sheet: SheetPart) -> bool:
        """Return whether a sheet has a filled row."""
        return is_filled(lambda emit: self.read(sheet, emit))

    def read(self, sheet: SheetPart, emit: Emit) -> None:
        """Call `emit` with the number and the cells of each row, as far as they are filled."""
        if self._strings is None:
            self._strings = self._read_strings()
        reader = SheetReader(emit, self._strings, self._formatters, self._epoch_1904)
        _parse(self._archive, sheet.part, reader.start, reader.end, reader.text)

    def _read_sheets(self) -> list[SheetPart]:
        parts = _relations(self._archive, self._part, "/worksheet")
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
        part = _find_part(self._archive, self._part, "/sharedStrings", "xl/sharedStrings.xml")
        reader = TextReader("si", strings.append)
        _parse(self._archive, part, reader.start, reader.end, reader.text)
        return strings

    def _read_styles(self) -> list[Formatter | None]:
        codes, numbers, parents = dict(BUILT_IN), list[int](), list[str]()

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt":
                codes[to_integer(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            if tag == "xf" and parents[-1:] == ["cellXfs"]:
                numbers.append(to_integer(attributes.get("numFmtId")))
            parents.append(tag)

        def end(_: str) -> None:
            parents.pop()

        part = _find_part(self._archive, self._part, "/styles", "xl/styles.xml")
        _parse(self._archive, part, start, end)
        made = {number: make_formatter(codes.get(number, ""), self._epoch_1904) for number in set(numbers)}
        return [made[number] for number in numbers]


def _parse(
    archive: Archive, part: str, start: Start, end: End = lambda _: None, text: Callable[[str], None] | None = None
) -> None:
    """Call back for a part's tags without the prefix of their namespace, which each program chooses itself."""

    def start_bare(tag: str, attributes: dict[str, str]) -> None:
        start(tag.rpartition(":")[2] if ":" in tag else tag, attributes)

    def end_bare(tag: str) -> None:
        end(tag.rpartition(":")[2] if ":" in tag else tag)

    archive.parse(part, start_bare, end_bare, text)


def _find_part(archive: Archive, part: str, kind: str, usual: str) -> str:
    return next(iter(_relations(archive, part, kind).values()), usual)


def _relations(archive: Archive, part: str, kind: str) -> dict[str, str]:
    """Return the parts of a kind that a part refers to, by the name that it has for each."""
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith(kind):
            target = attributes.get("Target", "").replace("\\", "/")
            found[attributes.get("Id", "")] = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return found
