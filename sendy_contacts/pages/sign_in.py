"""Sign-in and sign-out by forms."""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ..accounts.sign_in import InvalidCredentials, TooManySignIns, sign_in
from ..config import MAX_CREDENTIALS
from ..database.connection import db
from ..validation.errors import ValidationFailed
from ..validation.schemas import load_credentials
from ..web.auth import reject_cross_site, start_session
from .errors import describe_error

_LOCAL = re.compile(r"/(?![/\\])[!-~]*", re.ASCII)  # a path of this site; browsers read /\ as //

bp = Blueprint("sign_in", __name__)


@bp.before_request
def protect() -> None:
    """Refuse forms that another site makes a browser send."""
    if request.method == "POST":
        reject_cross_site()


@bp.get("/")
def show_start() -> AnyResponse:
    """Lead to the contacts."""
    return redirect(url_for("pages.contacts.list_contacts"))


@bp.get("/sign-in")
def show_sign_in() -> AnyResponse | str:
    """Show the form, unless somebody is signed in."""
    with db.connection_context():
        signed_in = current_user.is_authenticated
    return redirect(_find_next()) if signed_in else render_template("sign_in.html")


@bp.post("/sign-in")
def create_session() -> AnyResponse:
    """Sign in, and lead to where the person wanted to go."""
    request.max_content_length = MAX_CREDENTIALS
    email, password = load_credentials({name: request.form.get(name, "") for name in ("email", "password")})
    user = sign_in(email, password, request.remote_addr or "")
    start_session(str(user.session_id))
    return redirect(_find_next(), 303)


@bp.post("/sign-out")
def delete_session() -> AnyResponse:
    """Sign out."""
    session.clear()
    return redirect(url_for(".show_sign_in"), 303)


@bp.errorhandler(InvalidCredentials)
@bp.errorhandler(TooManySignIns)
@bp.errorhandler(ValidationFailed)
def show_refusal(error: Exception) -> Response:
    """Show the form again, with what was wrong."""
    status, message, headers = describe_error(error)
    return make_response(render_template("sign_in.html", problem=message), status, headers)


def _find_next() -> str:
    wanted = request.args.get("next", "")
    return wanted if _LOCAL.fullmatch(wanted) else url_for("pages.contacts.list_contacts")
