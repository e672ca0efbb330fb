"""A short text for people who open the service's address in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

TEXT = """SendyStack Contacts: the contact list of a WhatsApp broadcast platform.

This service has no web pages. The dashboard and other programs call its API under /internal/contacts.
See README.md and docs/api.md of the project.
"""

bp = Blueprint("front", __name__)


@bp.get("/")
def show_front() -> Response:
    """Describe the service to a browser; respond to other clients with 404."""
    if not any(kind.lower().startswith("text/html") and quality for kind, quality in request.accept_mimetypes):
        raise NotFound
    return Response(TEXT, mimetype="text/plain")
