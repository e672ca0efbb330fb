"""Responses that are sent while the work goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any

import orjson
from flask import Response, current_app, request, stream_with_context

NDJSON = "application/x-ndjson"
_ESTABLISHED = 1  # the state of a TCP connection neither side of which has ended


def stream_lines(steps: Iterator[Mapping[str, Any]]) -> Response:
    """Return a response with a line of JSON for each step, sent at once; if the client hangs up, no more are taken.

    An error of the first step is an ordinary response, that of a later one the last line.
    """
    first = list(islice(steps, 1))
    lines = stream_with_context(_encode(chain(first, steps)))
    # nginx passes on each line as it comes.
    return Response(lines, mimetype=NDJSON, headers={"X-Accel-Buffering": "no"})


def _encode(steps: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    try:
        for step in steps:
            yield orjson.dumps(step) + b"\n"
            if _has_hung_up():
                return
    except Exception as error:
        response = current_app.make_response(current_app.handle_user_exception(error))
        yield response.get_data() + b"\n"


def _has_hung_up() -> bool:
    """Return whether the client has closed the connection, if gunicorn says which one it is."""
    client: socket.socket | None = request.environ.get("gunicorn.socket")
    if client is None or client.family == socket.AF_UNIX:  # which fails at the next line
        return False
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED
