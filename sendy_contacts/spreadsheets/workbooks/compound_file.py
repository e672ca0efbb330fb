"""The streams of a compound file, the container of XLS workbooks and of protected XLSX ones ([MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from ..errors import UnreadableFile

STREAMS = ("workbook", "book", "encryptedpackage")
_LAST = 0xFFFFFFF0  # sector numbers from here on are no sectors
_ENTRY = 128  # bytes
_IN_HEADER = 109  # sectors of the table of sectors


def read_streams(data: bytes) -> dict[str, bytes]:
    """Return those of STREAMS that a file has, by their names. Raise UnreadableFile if it is damaged."""
    try:
        return _CompoundFile(data).read_streams()
    except struct.error as error:
        raise UnreadableFile("is a damaged workbook; save it again") from error


class _CompoundFile:
    """A file of sectors; a table has the number of each sector's next one. Short streams share a larger one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, short_shift = struct.unpack_from("<HH", data, 30)
        self._size, self._short_size = 1 << min(shift, 16), 1 << min(short_shift, 16)
        self._directory, self._shortest = (
            struct.unpack_from("<I4xI", data, 48)[0],
            struct.unpack_from("<I", data, 56)[0],
        )
        self._short_table, self._table_goes_on = (struct.unpack_from("<I", data, at)[0] for at in (60, 68))
        self._next = self._read_table()

    def read_streams(self) -> dict[str, bytes]:
        directory = self._read(self._directory)
        entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
        found = {}
        for entry in entries:
            length = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower()
            if name in STREAMS:
                start, size = struct.unpack_from("<II", entry, 116)
                found[name] = self._read_stream(start, size, entries[0])
        return found

    def _read_stream(self, start: int, size: int, root: bytes) -> bytes:
        if size >= self._shortest:
            return self._read(start)[:size]
        shared = self._read(struct.unpack_from("<I", root, 116)[0])
        following = _numbers(self._read(self._short_table))
        places = _follow(start, following)
        return b"".join(shared[at * self._short_size : (at + 1) * self._short_size] for at in places)[:size]

    def _read_table(self) -> Sequence[int]:
        sectors = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        sector, seen = self._table_goes_on, 0
        while sector < _LAST and seen <= len(self._data) // self._size:
            *more, sector = _numbers(self._sector(sector)) or [_LAST]
            sectors += more
            seen += 1
        return _numbers(b"".join(self._sector(sector) for sector in sectors if sector < _LAST))

    def _read(self, start: int) -> bytes:
        return b"".join(self._sector(sector) for sector in _follow(start, self._next))

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        return self._data[at : at + self._size]


def _numbers(data: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _follow(sector: int, following: Sequence[int]) -> Iterator[int]:
    """Yield the numbers of a chain; a damaged one that never ends, as often as there are sectors."""
    for _ in following:
        if sector >= len(following):
            return
        yield sector
        sector = following[sector]
