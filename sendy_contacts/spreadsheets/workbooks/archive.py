"""The parts of a workbook that is a ZIP of XML, unfolded within limits."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from ..errors import UnreadableFile

TOO_LARGE = "unfolds to more than {:,} bytes; save it as CSV"
_CHUNK = 1 << 16  # bytes
Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


class Archive:
    """A ZIP whose parts together unfold to no more than `limit` bytes. Damaged ones raise what zipfile raises."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._zip = zipfile.ZipFile(file)
        self._limit = limit
        self._unfolded: dict[str, int] = {}
        # Some programs write capitals or backslashes into names.
        self._names = {name.replace("\\", "/").lower(): name for name in self._zip.namelist()}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def names(self) -> list[str]:
        """Return the names of the parts in small letters."""
        return list(self._names)

    def parse(
        self, name: str, start: Start, end: End | None = None, text: Callable[[str], None] | None = None
    ) -> None:
        """Call back for each tag and each text of a part of XML. Nothing happens if the part is missing."""
        if name not in self:
            return
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        for chunk in self._unfold(name):
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _unfold(self, name: str) -> Iterator[bytes]:
        others = sum(size for part, size in self._unfolded.items() if part != name)
        size = 0
        with self._zip.open(self._names[name.lower()]) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if others + size > self._limit:
                    raise UnreadableFile(TOO_LARGE.format(self._limit))
                yield chunk
        self._unfolded[name] = size


def _refuse(*_: object) -> None:
    raise UnreadableFile("holds XML that no spreadsheet writes (DOCTYPE); save it as CSV")
