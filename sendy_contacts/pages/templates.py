"""The check of a message template."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from ..database.connection import db
from ..messages.placeholders import OWN_FIELDS
from ..web.auth import authorize
from .suggestions import suggest

bp = Blueprint("templates", __name__, url_prefix="/contacts/templates")
bp.before_request(authorize)


@bp.get("")
def show_form() -> str:
    """Show the form of the check."""
    with db.connection_context():
        found = suggest(current_user.workspace.id)
    return render_template("templates.html", found=found, fields=OWN_FIELDS)
