"""The rows of a workbook (XLSX, XLS, ODS), read in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .errors import UnreadableFile

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # what Excel names the one stream of a protected XLSX
MAX_SECONDS = 60
PROGRAM = Path(__file__).with_name("workbook_process.py")


def read_workbook(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the filled rows of the first sheet that has any, with their numbers from 1. Raises UnreadableFile."""
    if _ENCRYPTED in data:
        raise UnreadableFile("is protected by a password; save it without one")
    # Damaged files make calamine panic, or ask for so much memory that its process dies: so not this one.
    command = [sys.executable, "-P", str(PROGRAM)]
    try:
        child = subprocess.run(  # noqa: S603 - nothing of the command comes from outside
            command, input=data, capture_output=True, timeout=MAX_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = "is not a workbook that can be read: damaged, protected, too large or another kind of file"
        raise UnreadableFile(message) from error
    for answer in child.stdout.splitlines():
        number, cells = json.loads(answer)
        yield number, cells
