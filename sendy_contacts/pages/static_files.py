"""Styles and scripts. One hash of them all stands in their addresses, so browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, url_for
from werkzeug.exceptions import NotFound


def _find_bootstrap() -> Path:
    spec = find_spec("flask_bootstrap")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static/bootstrap5/css/bootstrap.min.css"


_PATHS = [_find_bootstrap(), *sorted(Path(__file__).with_name("static").iterdir())]
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
