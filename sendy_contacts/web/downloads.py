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
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    except OSError as error:
        raise NoRoom from error
    try:
        with encode_csv(file) as text:
            write_csv(text, rows)
        file.seek(0)
    except OSError as error:
        file.close()
        raise NoRoom from error
    except BaseException:
        file.close()
        raise
    response = Response(_read(file), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.call_on_close(file.close)
    return response


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
