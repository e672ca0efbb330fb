"""Why a file can't be read."""

from __future__ import annotations

MAX_COLUMNS = 1000


class UnreadableFile(ValueError):
    """The file cannot be read as rows of cells; the message is for a person and omits the file's name."""


def check_width(columns: int, line: int) -> None:
    """Raise UnreadableFile if a row has more columns than any list."""
    if columns > MAX_COLUMNS:
        raise UnreadableFile(f"has {columns:,} columns in line {line}; {MAX_COLUMNS:,} at most can be read")
