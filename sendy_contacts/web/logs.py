"""The log, one JSON line per request, and request ids.

No line may hold a name, a phone number, a value, a token or a secret.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import orjson
from flask import Flask, Request, Response, current_app, g, request
from ulid import ULID
from werkzeug.exceptions import MethodNotAllowed

from ..clock import now
from ..database.connection import db
from .metrics import count_request


def request_id() -> str:
    """Return a new request id."""
    return f"req_{ULID()}"


REQUEST_ID_PATTERN = re.compile(r"[\w.:/+=@-]{1,128}", re.ASCII)

logger = logging.getLogger("sendy_contacts")

# The number of statements of this request, as a list of one; None outside a request.
_statements: ContextVar[list[int] | None] = ContextVar("statements", default=None)


class JsonLines(logging.Formatter):
    """Log lines as JSON objects: time, level, event, and the `fields` of the record.

    A line has an exception's type and frames, not its message: drivers put values into messages.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, Any] = {"time": now(), "level": record.levelname.lower(), "event": record.getMessage()}
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            line |= {"exception": record.exc_info[0].__qualname__, "frames": _frames(record.exc_info[2])}
        return orjson.dumps(line).decode()


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{f.filename.rpartition('/')[2]}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)]


def init_app(app: Flask) -> None:
    """Log each request to standard output, and add the request id to each response."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    # psycopg warns that the statements after a failed one were skipped; the error itself is logged anyway.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    db.query_hooks.append(_count_statement)
    app.before_request(_start)
    app.after_request(_finish)


def get_request_id() -> str:
    """Return the id of this request: the one of the X-Request-Id header if it is valid, otherwise a new one."""
    known = g._get_current_object()
    if "request_id" not in known:
        given = request.headers.get("X-Request-Id", "")
        known.request_id = given if REQUEST_ID_PATTERN.fullmatch(given) else request_id()
    return str(known.request_id)


def log_malformed_request(kind: str, status: int, address: str | None) -> str:
    """Log a request that never reached the app, without its content; return its new request id."""
    fields = {"exception": kind, "status": status, "request_id": request_id(), "address": address}
    logger.warning("malformed request", extra={"fields": fields})
    return str(fields["request_id"])


def _start() -> None:
    g.started = time.perf_counter()
    _statements.set([0])


def _count_statement(_: Any) -> None:
    if (count := _statements.get()) is not None:
        count[0] += 1


def _route(current: Request) -> str | None:
    """Return the rule of the requested route, even if it doesn't allow the method."""
    if isinstance(current.routing_exception, MethodNotAllowed):
        adapter = current_app.url_map.bind_to_environ(current.environ)
        allowed = next(iter(adapter.allowed_methods()))
        return adapter.match(method=allowed, return_rule=True)[0].rule
    return current.url_rule.rule if current.url_rule else None


def _finish(response: Response) -> Response:
    known, current = g._get_current_object(), request._get_current_object()  # type: ignore[attr-defined]
    response.headers["X-Request-Id"] = get_request_id()
    user = known.get("_login_user")
    signed_in = user is not None and user.is_authenticated
    route = _route(current)
    seconds = time.perf_counter() - known.get("started", time.perf_counter())
    count_request(current.method, route, response.status_code, seconds)
    fields = {
        "method": current.method,
        "route": route,
        "status": response.status_code,
        "duration_ms": round(seconds * 1000, 2),
        "request_id": known.request_id,
        "workspace": user.workspace.id if signed_in else None,
        "user": user.id if signed_in else None,
        "address": current.remote_addr,
        "statements": (_statements.get() or [0])[0],
    }
    _statements.set(None)
    logger.info("request", extra={"fields": fields})
    return response
