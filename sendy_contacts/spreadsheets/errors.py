"""Why a file can't be read."""

from __future__ import annotations


class UnreadableFile(ValueError):
    """The file cannot be read as rows of cells; the message is for a person and omits the file's name."""
