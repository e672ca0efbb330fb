"""What all views share: security headers, compression, and who is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response
from flask_compress import Compress
from flask_login import current_user

from ..accounts.users import get_user
from ..database.connection import db
from ..web.auth import WRITERS, SessionRequired
from . import contacts, errors, formats, imports, sign_in, static_files, templates

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def init_app(app: Flask) -> None:
    """Add the views to the app."""
    app.config.update(COMPRESS_REGISTER=False, COMPRESS_ALGORITHM=["br", "gzip"])
    compress = Compress()
    compress.init_app(app)
    formats.init_app(app)
    app.jinja_env.globals["asset"] = static_files.find_address
    bp = Blueprint("pages", __name__, template_folder="templates")
    for module in (sign_in, contacts, imports, templates, static_files):
        bp.register_blueprint(module.bp)
    bp.after_request(compress.after_request)
    bp.after_request(set_security_headers)
    bp.context_processor(describe_visitor)
    bp.register_error_handler(SessionRequired, errors.lead_to_sign_in)
    bp.register_error_handler(Exception, errors.show_error)
    app.register_blueprint(bp)


def set_security_headers(response: Response) -> Response:
    """Let a page load and send nothing but what is its own, and be shown in no frame (CSP Level 3)."""
    response.headers.update(SECURITY_HEADERS)
    return response


def describe_visitor() -> dict[str, Any]:
    """Return who is signed in, and whether they may write; nothing on the page of an error."""
    if errors.is_failing():
        return {}
    with db.connection_context():
        if not current_user.is_authenticated:
            return {}
        return {"visitor": get_user(current_user.id), "may_write": current_user.role in WRITERS}
