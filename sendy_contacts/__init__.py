"""SendyStack Contacts: the contact list of a WhatsApp broadcast platform."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Flask, Response
from flask.json.provider import JSONProvider

from . import api, auth, bodies, cli, errors, health, logs, metrics, sessions
from .config import load_settings
from .database.connection import open_database
from .proxy import TrustedProxy


class OrjsonProvider(JSONProvider):
    """JSON answers written by orjson, which takes stored JSON over unparsed."""

    def dumps(self, obj: Any, **_: Any) -> str:
        """Return the JSON text."""
        return orjson.dumps(obj).decode()

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return an answer, without a detour through text."""
        body = orjson.dumps(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Return what a JSON text holds."""
        return orjson.loads(s)


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Return the service, configured by the process's environment or the one given.

    Raises ConfigurationError or UnsupportedDatabase. One process serves one database: the newest app's.
    """
    app = Flask(__name__, static_folder=None)
    app.config.update(load_settings(os.environ if environ is None else environ))
    app.json = OrjsonProvider(app)
    app.url_map.merge_slashes = False
    app.wsgi_app = TrustedProxy(app.wsgi_app, app.config["TRUSTED_PROXIES"])  # type: ignore[method-assign]
    open_database(app.config["DATABASE_URL"])
    for part in (logs, bodies, errors, auth, cli):
        part.init_app(app)
    for blueprint in (api.bp, sessions.bp, health.bp, metrics.bp):
        app.register_blueprint(blueprint)
    app.after_request(harden)
    return app


def harden(response: Response) -> Response:
    """Keep answers out of caches and their type beyond doubt."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
