"""What a browser shows at the address of the service."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

TEXT = """SendyStack Contacts: the contact list of a WhatsApp broadcast platform.

This service has no page of its own. The dashboard and other programs call it under /internal/contacts;
README.md and docs/api.md of the project describe how.
"""

bp = Blueprint("front", __name__)


@bp.get("/")
def show_front() -> Response:
    """Tell a browser what this is; to anything else the address is not found."""
    if "text/html" not in request.accept_mimetypes.values():
        raise NotFound
    return Response(TEXT, mimetype="text/plain")
