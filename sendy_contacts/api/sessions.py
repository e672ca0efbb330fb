"""Sign-in and sign-out with JSON, for deployments without a dashboard.

POST /session {"email": …, "password": …} -> 200 {"user": {…}} and the session cookie
DELETE /session -> 204
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, session

from ..accounts.sign_in import sign_in
from ..config import MAX_CREDENTIALS
from ..validation.schemas import load_credentials
from ..web.auth import reject_cross_site, start_session
from ..web.request_body import read_json

bp = Blueprint("session", __name__, url_prefix="/session")


@bp.before_request
def protect() -> None:
    """Refuse requests that another site makes a browser send."""
    reject_cross_site()


@bp.post("")
def create_session() -> dict[str, Any]:
    """Sign in with an email address and a password."""
    email, password = load_credentials(read_json(MAX_CREDENTIALS))
    user = sign_in(email, password, request.remote_addr or "")
    start_session(str(user.session_id))
    return {"user": {"email": user.email, "role": user.role, "workspace": user.workspace.name}}


@bp.delete("")
def delete_session() -> tuple[str, int]:
    """Sign out: clear the session cookie."""
    session.clear()
    return "", 204
