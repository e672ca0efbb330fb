"""Authentication and authorization: sessions from the cookie or the header, roles, the cross-site check.

Each reason to refuse a request is an exception of its own.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadData

from ..accounts.models import Workspace
from ..accounts.users import load_active_user
from ..database.connection import db

WRITERS = frozenset({"owner", "admin", "developer"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API_KEY_PREFIXES = ("wac_live_", "wac_test_")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})

login_manager = LoginManager()


class SessionRequired(Exception):
    """The request has no valid session of an active user."""


class ApiKeyNotAllowed(SessionRequired):
    """The request has an API key instead of a session."""


class RoleNotAllowed(Exception):
    """The user's role can read contacts but not change them."""


class CrossSiteRequest(Exception):
    """A page of another site made a browser send this write."""


class SessionUser(UserMixin):  # type: ignore[misc]
    """The user of this request, with the role and the workspace as they are stored now."""

    def __init__(self, user_id: int, role: str, workspace: Workspace) -> None:
        self.id = user_id
        self.role = role
        self.workspace = workspace


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure except on plain HTTP to localhost."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; ignore a signed value that isn't an object."""
        try:
            return super().open_session(app, request)
        except (TypeError, ValueError):
            return self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask passes it
        """Return whether browsers must send the cookie over TLS only."""
        return request.is_secure or LOCAL_HOSTS.isdisjoint({request.host, request.host.rsplit(":", 1)[0]})


def init_app(app: Flask) -> None:
    """Read sessions from the cookie or the Authorization header."""
    app.session_interface = SessionCookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # No cookie can have this name, so Flask-Login's "remember me" stays off.
        REMEMBER_COOKIE_NAME=";",
    )
    # Flask-Login would compare address and browser with those at sign-in; behind the dashboard they differ.
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(session_id: object) -> SessionUser | None:
    """Return the active user with this session id."""
    user = load_active_user(str(session_id))
    return SessionUser(user.id, user.role, user.workspace) if user else None


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load_user_of_header(_: Request) -> SessionUser | None:
    """Return the active user of the session in the Authorization header."""
    values = read_session(_bearer_token())
    return load_user(values["_user_id"]) if "_user_id" in values else None


def read_session(token: str) -> dict[str, Any]:
    """Return the contents of a signed session value; empty if it is forged or has expired."""
    serializer = SessionCookie().get_signing_serializer(current_app)
    lifetime = int(current_app.permanent_session_lifetime.total_seconds())
    try:
        values = serializer.loads(token, max_age=lifetime) if serializer and token else {}
    except BadData:
        return {}
    return values if isinstance(values, dict) else {}


def start_session(session_id: str) -> None:
    """Replace the session of this request with one of the user."""
    session.clear()
    session.update(_session_of(session_id))


def sign_session(session_id: str) -> str:
    """Return a signed session value, for the cookie or the Authorization header."""
    serializer = SessionCookie().get_signing_serializer(current_app)
    return str(serializer.dumps(_session_of(session_id)))  # type: ignore[union-attr]


def _session_of(session_id: str) -> dict[str, Any]:
    return {"_user_id": session_id, "_fresh": True, "_permanent": True}


def authorize() -> None:
    """Check the session and the role. The connection is released before the body is read."""
    with db.connection_context():
        require_access()


def authorize_reader() -> None:
    """Check the session for a request that changes nothing, whatever its method."""
    with db.connection_context():
        require_session()


def require_access() -> None:
    """Raise unless the user may make this request: every user may read, WRITERS may also write."""
    require_session()
    if request.method not in SAFE_METHODS and current_user.role not in WRITERS:
        raise RoleNotAllowed


def require_session() -> None:
    """Raise unless a user is signed in, and no other site makes a browser send this."""
    if not current_user.is_authenticated:
        raise ApiKeyNotAllowed if _bearer_token().startswith(API_KEY_PREFIXES) else SessionRequired
    if request.method not in SAFE_METHODS and "_user_id" in session:
        reject_cross_site()


def reject_cross_site() -> None:
    """Raise CrossSiteRequest if a browser sent this for another site (Fetch Metadata, W3C; Origin, RFC 6454).

    Clients other than browsers send neither header and are accepted.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin is None or origin.partition("://")[2] == request.host
    if not same:
        raise CrossSiteRequest


def _bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
