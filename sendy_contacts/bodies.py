"""The JSON body of a request. It must not know what the body means."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

STALL_SECONDS = 10
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
    try:
        return json.loads(_read_body().decode("utf-8-sig"), parse_constant=_refuse_constant)
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
        with _patience():
            body = request.get_data(cache=False)
    except HTTPException:
        raise
    except Exception:
        # Each server has exceptions of its own for broken chunks and callers that hang up.
        raise MalformedJson("The body is not complete.") from None
    # Of a body without a length Werkzeug hands over what fits the limit, and says nothing of the rest.
    if request.content_length is None and len(body) >= (request.max_content_length or 0):
        raise RequestEntityTooLarge
    g.body_read = True
    return body


@contextmanager
def _patience() -> Iterator[None]:
    """Wait only so long for the next bytes of a caller who has stopped sending."""
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    if connection:
        connection.settimeout(STALL_SECONDS)
    try:
        yield
    finally:
        if connection:
            connection.settimeout(None)


def linger_over_refused_body(response: Response) -> Response:
    """Answer at once, then take in for a moment what the caller still sends: cut off, most never read the answer."""
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    has_body = request.content_length or request.headers.get("Transfer-Encoding")
    if connection and has_body and response.status_code >= 400 and "body_read" not in g:
        response.call_on_close(lambda: _drain(connection))
    return response


def _drain(connection: socket.socket) -> None:
    end = time.monotonic() + LINGER_SECONDS
    with suppress(OSError):
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(1 << 20):
                break
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # what comes after is no request


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
