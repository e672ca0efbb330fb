"""JSON responses written by orjson, and the security headers of every response."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask, Response
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """JSON by orjson, which can embed stored JSON without parsing it."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Return the JSON text."""
        return orjson.dumps(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a JSON response, encoded directly to bytes."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return the value of a JSON text."""
        return orjson.loads(s)


def init_app(app: Flask) -> None:
    """Write the app's JSON with orjson and set the security headers."""
    app.json = OrjsonProvider(app)
    app.after_request(set_security_headers)


def set_security_headers(response: Response) -> Response:
    """Forbid caching, and content sniffing by browsers."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
