"""The program that reads a workbook from standard input and prints its rows; see `reader`."""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, BinaryIO, Protocol

import orjson

from ..errors import UnreadableFile
from .archive import TOO_LARGE, Archive
from .ods import OdsWorkbook
from .rows import Emit, RowWriter
from .xlsx import XlsxWorkbook

MAX_MEMORY = 1 << 30  # bytes
REFUSED = 3  # exit status; standard error has the reason
_DOCUMENTS = {"word/": "a Word document", "ppt/": "a presentation", "index/": "an Apple Numbers document"}


class Workbook(Protocol):
    """What the three kinds have in common."""

    kind: str

    @property
    def sheets(self) -> Sequence[Any]: ...

    def is_filled(self, sheet: Any) -> bool: ...

    def read(self, sheet: Any, emit: Emit) -> None: ...


def main() -> None:
    """Print the filled rows, one line of JSON each, and to standard error what was read, or why it was refused."""
    limit = int(sys.argv[1])
    with suppress(ValueError, OSError):  # macOS has no limit of memory
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with os.fdopen(0, "rb", closefd=False) as file, os.fdopen(1, "wb", closefd=False) as out:
            summary = _print_rows(_open(file, limit), out)
    except UnreadableFile as error:
        sys.exit(_refuse(str(error)))
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        sys.exit(_refuse(TOO_LARGE.format(limit)))
    except MemoryError:
        sys.exit(_refuse("takes too much memory to read; save it as CSV"))
    os.write(2, orjson.dumps(summary))


def _refuse(reason: str) -> int:
    os.write(2, reason.encode())
    return REFUSED


def _open(file: BinaryIO, limit: int) -> Workbook:
    if file.read(2) != b"PK":
        from .xls import XlsWorkbook  # only for them, since calamine needs time and memory to be loaded

        file.seek(0)
        return XlsWorkbook(file.read())
    archive = Archive(file, limit)
    if "content.xml" in archive and "xl/workbook.xml" not in archive:
        return OdsWorkbook(archive)
    for name in archive.names():
        for folder, document in _DOCUMENTS.items():
            if name.startswith(folder):
                raise UnreadableFile(f"is {document}, not a list; save it as CSV or XLSX")
    if "[content_types].xml" not in archive and "xl/workbook.xml" not in archive:
        raise UnreadableFile("is an archive, not a workbook; unpack it first")
    return XlsxWorkbook(archive)


def _print_rows(workbook: Workbook, out: BinaryIO) -> dict[str, Any]:
    """Print the first sheet that has rows, hidden ones last; return what it is, and the others that are shown."""
    writer = RowWriter(out)
    name, others = "", []
    for sheet in sorted(workbook.sheets, key=lambda sheet: not sheet.visible):
        if writer.rows and not sheet.visible:
            break
        if workbook.is_filled(sheet):
            if writer.rows:
                others.append(sheet.name)
            else:
                workbook.read(sheet, writer.emit)
                name = sheet.name
    out.flush()
    return {"kind": workbook.kind, "name": name, "others": others}


if __name__ == "__main__":
    main()
