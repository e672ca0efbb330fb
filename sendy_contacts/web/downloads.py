"""Files that clients download, complete on disk before the first byte is sent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from flask import Response

from ..spreadsheets.csv_files import encode_csv, write_csv

_PIECE = 1 << 16  # bytes


class NoRoom(Exception):
    """There is no room for a file on this machine."""


def send_csv(rows: Iterable[Sequence[str]], name: str) -> Response:
    """Return a response with a CSV file, so that no slow reader holds what the rows come from. Raise NoRoom."""
    try:
        file = _write(rows)
    except OSError as error:
        raise NoRoom from error
    response = Response(_read(file), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.call_on_close(file.close)
    return response


def _write(rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """Return a file of the rows, at its start. Raise OSError."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    try:
        with encode_csv(file) as text:
            write_csv(text, rows)
        file.seek(0)
    except BaseException:
        file.close()  # raises OSError if there is no room
        raise
    return file


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
