"""Error responses to requests that never reached the app, in the envelope of the service."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from gunicorn.http import errors

STATUS = {
    errors.LimitRequestLine: "414 URI Too Long",
    errors.LimitRequestHeaders: "431 Request Header Fields Too Large",
}


def send_error(client: socket.socket, address: Any, exception: Exception) -> None:
    """Send an error response, and log it without the content of the request. Only workers may call this."""
    # The master loads this module and must not load the service.
    import orjson

    from ..web.error_codes import envelope
    from ..web.logs import log_malformed_request

    internal = not isinstance(exception, errors.ParseException)
    status = "500 Internal Server Error" if internal else STATUS.get(type(exception), "400 Bad Request")
    request_id = log_malformed_request(type(exception).__name__, int(status[:3]), address[0] if address else None)
    body = orjson.dumps(envelope("internal_error" if internal else "malformed_request", request_id))
    head = f"Content-Type: application/json\r\nX-Request-Id: {request_id}\r\nContent-Length: {len(body)}"
    with suppress(OSError):
        client.sendall(f"HTTP/1.1 {status}\r\nConnection: close\r\n{head}\r\n\r\n".encode() + body)
