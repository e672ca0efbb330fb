"""The program that reads a workbook from standard input and prints its rows; see `workbooks`."""

from __future__ import annotations

import io
import json
import resource
import sys
from contextlib import suppress
from datetime import datetime

import python_calamine as calamine

MAX_MEMORY = 2 << 30  # bytes


def _print_workbook() -> None:
    """Print the filled rows of the workbook on standard input as JSON; runs in a process of its own."""
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    workbook = calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    shown = calamine.SheetVisibleEnum.Visible
    for sheet in sorted(workbook.sheets_metadata, key=lambda sheet: sheet.visible != shown):
        grid = ([_show(cell) for cell in row] for row in workbook.get_sheet_by_name(sheet.name).iter_rows())
        filled = [(number, cells) for number, cells in enumerate(grid, 1) if any(map(str.strip, cells))]
        if filled:
            sys.stdout.writelines(json.dumps(row) + "\n" for row in filled)
            return


def _show(cell: object) -> str:
    """Return a workbook's value as a person sees it: 15 digits at most, no .0, ISO dates."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
        case datetime():
            return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    _print_workbook()
