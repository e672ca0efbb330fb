"""Rows of cells written as an XLSX workbook, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from ..formulas import Literal, escape_formula

MAX_ROWS = 1_048_576
_OPTIONS = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False,
}  # fmt: skip


class SheetTooLarge(ValueError):
    """The rows don't fit into a sheet; the message is for a person."""


def write_xlsx(stream: BinaryIO, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as text, so that phone numbers keep their plus sign and numbers their zeros.

    Cells are escaped as `write_csv` does it: they import back alike, also after a spreadsheet saved them as CSV.
    Raise SheetTooLarge.
    """
    with xlsxwriter.Workbook(stream, _OPTIONS) as workbook:
        sheet = workbook.add_worksheet("Contacts")
        as_text = workbook.add_format({"num_format": "@"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                text = cell if isinstance(cell, Literal) else escape_formula(cell)
                if text and sheet.write_string(number, column, text, as_text):
                    raise SheetTooLarge(
                        f"A sheet holds {MAX_ROWS:,} rows and 16,384 columns at most, and a cell 32,767 characters; "
                        "export to CSV instead."
                    )
