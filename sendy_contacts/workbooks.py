"""The rows of a workbook (XLSX, XLS, ODS), read in a process of its own.

It must not know what a cell means. Run as a program it reads a workbook from standard input.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import python_calamine as calamine

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # what Excel names the one stream of a protected XLSX
_WORKBOOK_BYTES = 2 << 30
_WORKBOOK_SECONDS = 60


class UnreadableFile(ValueError):
    """The file cannot be read as rows of cells; the message is for a person and omits the file's name."""


def read_workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the filled rows of the first sheet that has any, with their numbers from 1. Raises UnreadableFile."""
    if _ENCRYPTED in data:
        raise UnreadableFile("is protected by a password; save it without one")
    # Damaged files make calamine panic, or ask for so much memory that its process dies: so not this one.
    command = [sys.executable, "-P", __file__]
    try:
        child = subprocess.run(  # noqa: S603 - nothing of the command comes from outside
            command, input=data, capture_output=True, timeout=_WORKBOOK_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = "is not a workbook that can be read: damaged, protected, too large or another kind of file"
        raise UnreadableFile(message) from error
    for answer in child.stdout.splitlines():
        number, cells = json.loads(answer)
        yield number, cells


def _print_workbook() -> None:
    """Print the filled rows of the workbook on standard input as JSON; runs in a process of its own."""
    with suppress(ValueError, OSError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (_WORKBOOK_BYTES, _WORKBOOK_BYTES))
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
