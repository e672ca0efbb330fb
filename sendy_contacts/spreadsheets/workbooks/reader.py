"""The rows of a workbook (XLSX, XLS, ODS), read in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from ..errors import UnreadableFile
from ..files import Part, open_temporary, whole
from .process import REFUSED

STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # a ZIP (XLSX, ODS), a compound file (XLS)
MAX_SECONDS = 120
# A workbook may unfold to so many times its size, always to so many bytes, and never to more than so many.
MAX_FACTOR, ALWAYS, MAX_UNFOLDED = 64, 1 << 20, 512 << 20
_PACKAGE = Path(__file__).parents[3]
_REASON = 1000  # bytes
_DAMAGED = "is not a workbook that can be read: damaged, too large or another kind of file"


@dataclass(frozen=True, slots=True)
class Rows:
    """The filled rows of a workbook's first filled sheet, and the names of the others that are filled and shown."""

    kind: str
    name: str
    others: list[str]
    part: Part

    def read(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row from the first to the last filled one with its number; [] for a blank one."""
        line = 1
        for answer in self.part.open():
            number, cells = orjson.loads(answer)
            while line < number:
                yield line, []
                line += 1
            yield number, cells
            line = number + 1


@contextmanager
def read_workbook(file: BinaryIO) -> Iterator[Rows]:
    """Read the rows into a file that is gone at the end. Raise UnreadableFile."""
    limit = min(max(MAX_FACTOR * whole(file).end, ALWAYS), MAX_UNFOLDED)
    # Damaged files make calamine panic, or ask for so much memory that its process dies: so not this one.
    command = [sys.executable, "-P", "-m", "sendy_contacts.spreadsheets.workbooks.process", str(limit)]
    with open_temporary() as out, open_temporary() as said:
        file.seek(0)
        try:
            # Of this process's environment, such as SECRET_KEY, the other one gets nothing.
            done = subprocess.run(  # noqa: S603 - nothing of the command comes from outside
                command, stdin=file, stdout=out, stderr=said, timeout=MAX_SECONDS, env={"PYTHONPATH": str(_PACKAGE)},
                check=False,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            raise UnreadableFile(_DAMAGED) from error
        if done.returncode == REFUSED:
            raise UnreadableFile(os.pread(said.fileno(), _REASON, 0).decode())
        if done.returncode:
            raise UnreadableFile(_DAMAGED)
        rows = Rows(**orjson.loads(os.pread(said.fileno(), os.fstat(said.fileno()).st_size, 0)), part=whole(out))
        if not rows.part.end:
            raise UnreadableFile("is empty")
        yield rows
