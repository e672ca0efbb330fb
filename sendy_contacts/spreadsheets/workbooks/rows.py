"""The rows that the workbook process prints: one line of JSON each."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import orjson

from ..errors import check_width

Emit = Callable[[int, dict[int, str]], None]  # a row's number and its cells by their column, both from 1


class RowWriter:
    """Writes the rows that hold anything, stripped, with their numbers; blank cells at the end are left out."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.rows = 0

    def emit(self, number: int, cells: dict[int, str]) -> None:
        """Write a row. Raise UnreadableFile if it is too wide, OSError if there is no room."""
        filled = {column: text.strip() for column, text in cells.items() if text and not text.isspace()}
        if not filled:
            return
        width = max(filled)
        check_width(width, number)
        line = [filled.get(column, "") for column in range(1, width + 1)]
        self._stream.write(orjson.dumps((number, line)) + b"\n")
        self.rows += 1


class _Found(Exception):
    """A row is filled."""


def is_filled(read: Callable[[Emit], None]) -> bool:
    """Return whether a sheet has a filled row; its reading ends there."""

    def emit(_: int, cells: dict[int, str]) -> None:
        if any(text and not text.isspace() for text in cells.values()):
            raise _Found

    try:
        read(emit)
    except _Found:
        return True
    return False
