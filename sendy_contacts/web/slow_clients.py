"""Deadlines for clients that send slowly."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask, Response, g, request

PIECE = 64 * 1024
REQUEST_SECONDS = 10
LINGER_SECONDS = 2


def init_app(app: Flask) -> None:
    """Let callers whose body is refused see the answer."""
    app.after_request(drain_unread_body)


def drain_unread_body(response: Response) -> Response:
    """Answer at once, then take in for a moment what the caller still sends: cut off, most never read the answer."""
    environ = request.environ
    if response.status_code >= 400 and "body_read" not in g and "gunicorn.socket" in environ:
        response.call_on_close(lambda: _drain(environ))
    return response


def _drain(environ: dict[str, Any]) -> None:
    with suppress(Exception), read_deadline(LINGER_SECONDS, environ["gunicorn.socket"]):
        while environ["wsgi.input"].read(PIECE):
            pass


# What is being read, by a key of each reading: when to give up, and the connection it comes from.
_readings: dict[object, tuple[float, socket.socket]] = {}
_watch: threading.Thread | None = None


@contextmanager
def read_deadline(seconds: float, connection: socket.socket) -> Iterator[None]:
    """End what a caller takes longer to send, so that it reads as cut off.

    A timeout of the socket would not: it begins anew with each byte.
    """
    key = object()
    _readings[key] = time.monotonic() + seconds, connection
    _start_watch()
    try:
        yield
    finally:
        _readings.pop(key, None)


def _start_watch() -> None:
    global _watch
    if _watch is None or not _watch.is_alive():
        _watch = threading.Thread(target=_end_overdue, daemon=True)
        _watch.start()


def _end_overdue() -> None:
    while True:
        time.sleep(0.25)
        for end, connection in list(_readings.values()):
            if time.monotonic() > end:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
