"""The JSON body of a request. It must not know what the body means."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

PIECE = 64 * 1024
REQUEST_SECONDS = 10
LINGER_SECONDS = 2


class UnsupportedMediaType(Exception):
    """The body is not declared as application/json."""


class MalformedJson(ValueError):
    """The body is no JSON (RFC 8259) in UTF-8; the message says where."""


def init_app(app: Flask) -> None:
    """Let callers whose body is refused see the answer."""
    app.after_request(linger_over_refused_body)


def read_json() -> Any:
    """Return the body of this request.

    NaN and Infinity, which are no JSON, are refused. An unpaired surrogate is not, so that it fails only its row.
    """
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    body = _read_body()
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise MalformedJson("The body is not encoded in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise MalformedJson(f"The body is not JSON: line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise MalformedJson("The body is nested too deeply.") from None
    except ValueError:
        raise MalformedJson("The body has NaN, Infinity or a number of thousands of digits.") from None


def _read_body() -> bytes:
    try:
        body = request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception:
        # Each server has exceptions of its own for broken chunks and callers that hang up.
        raise MalformedJson("The body is not complete.") from None
    if len(body) < (request.content_length or 0):
        raise MalformedJson("The body is not complete.")
    # Of a body without a length Werkzeug hands over what fits the limit, and says nothing of the rest.
    if request.content_length is None and len(body) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge
    g.body_read = True
    return body


def linger_over_refused_body(response: Response) -> Response:
    """Answer at once, then take in for a moment what the caller still sends: cut off, most never read the answer."""
    environ = request.environ
    if response.status_code >= 400 and "body_read" not in g and "gunicorn.socket" in environ:
        response.call_on_close(lambda: _drain(environ))
    return response


def _drain(environ: dict[str, Any]) -> None:
    with suppress(Exception), deadline(LINGER_SECONDS, environ["gunicorn.socket"]):
        while environ["wsgi.input"].read(PIECE):
            pass


# What is being read, by a key of each reading: when to give up, and the connection it comes from.
_readings: dict[object, tuple[float, socket.socket]] = {}
_watch: threading.Thread | None = None


@contextmanager
def deadline(seconds: float, connection: socket.socket) -> Iterator[None]:
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


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
