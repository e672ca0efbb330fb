"""The application factory."""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask import Flask

from . import cli
from .api import contacts, health, imports, sessions, templates
from .config import load_settings
from .database.connection import open_database
from .pages import site
from .web import auth, errors, logs, metrics, proxy, responses


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Return the app, configured from `environ` or the process's environment.

    Raise ConfigurationError or UnsupportedDatabase. A process has one database: the newest app's.
    """
    app = Flask(__package__, static_folder=None)
    app.config.update(load_settings(os.environ if environ is None else environ))
    app.url_map.merge_slashes = False
    # No function is a coroutine, and Flask would look at each of them at each request.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    open_database(app.config["DATABASE_URL"])
    for module in (proxy, logs, errors, auth, responses, cli):
        module.init_app(app)
    for blueprint in (contacts.bp, imports.bp, templates.bp, sessions.bp, health.bp, metrics.bp):
        app.register_blueprint(blueprint)
    if app.config["CONTACTS_PAGE"]:
        site.init_app(app)
    return app
