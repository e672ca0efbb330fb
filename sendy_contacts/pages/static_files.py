"""Styles and scripts. One hash of them all stands in their addresses, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, url_for
from werkzeug.exceptions import NotFound

# Only the stylesheet of Bootstrap-Flask is used, so it isn't imported.
_BOOTSTRAP = Path(str(distribution("bootstrap-flask").locate_file("flask_bootstrap")))
_PATHS = [
    _BOOTSTRAP / "static/bootstrap5/css/bootstrap.min.css",
    *sorted(Path(__file__).with_name("static").iterdir()),
]
FILES = {path.name: path.read_bytes() for path in _PATHS}
VERSION = hashlib.sha256(repr(FILES).encode()).hexdigest()[:12]

bp = Blueprint("static_files", __name__, url_prefix="/contacts/static")


@bp.get("/<version>/<name>")
def send_file(version: str, name: str) -> Response:
    """Return a file. What an address of another version returns isn't kept."""
    if name not in FILES:
        raise NotFound
    response = Response(FILES[name], mimetype=guess_type(name)[0])
    if version == VERSION:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def find_address(name: str) -> str:
    """Return the address of a file."""
    return url_for("pages.static_files.send_file", version=VERSION, name=name)
