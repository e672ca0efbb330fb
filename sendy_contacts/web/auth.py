"""Authentication and authorization: sessions from the cookie or the header, roles, the cross-site check.

Each reason to refuse a request is an exception of its own.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, Response, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadData, URLSafeTimedSerializer

from ..accounts.models import Workspace
from ..accounts.users import load_active_user
from ..database.connection import db

WRITERS = frozenset({"owner", "admin", "developer"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API_KEY_PREFIXES = ("wac_live_", "wac_test_")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


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

    _newest: tuple[Any, URLSafeTimedSerializer | None] | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; ignore a signed value that isn't an object."""
        try:
            return super().open_session(app, request)
        except (TypeError, ValueError):
            return self.session_class()

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return the serializer of the app's keys, a new one only if they have changed."""
        keys = (app.secret_key, *app.config["SECRET_KEY_FALLBACKS"])
        if self._newest is None or self._newest[0] != keys:
            self._newest = keys, super().get_signing_serializer(app)
        return self._newest[1]

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie if the session has changed. Flask works out all attributes of the cookie before it asks."""
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            response.vary.add("Cookie")

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask passes it
        """Return whether browsers must send the cookie over TLS only."""
        return request.is_secure or LOCAL_HOSTS.isdisjoint({request.host, request.host.rsplit(":", 1)[0]})


class SessionLogin(LoginManager):  # type: ignore[misc]
    """Flask-Login's manager, which finds the user of a request only by its session.

    Flask-Login's own would also look for a "remember me", and for whether address and browser are those of the
    sign-in: behind the dashboard they differ.
    """

    def _load_user(self) -> None:
        user = load_user(session.get("_user_id")) or load_user(read_session(_bearer_token()).get("_user_id"))
        self._update_request_context_with_user(user)


def init_app(app: Flask) -> None:
    """Read sessions from the cookie or the Authorization header."""
    app.session_interface = SessionCookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.login_manager = SessionLogin()  # type: ignore[attr-defined]


def load_user(session_id: object) -> SessionUser | None:
    """Return the active user with this session id; None if there is none, or no id."""
    user = None if session_id is None else load_active_user(str(session_id))
    return SessionUser(user.id, user.role, user.workspace) if user else None


def read_session(token: str) -> dict[str, Any]:
    """Return the contents of a signed session value; empty if it is forged or has expired."""
    if not token:
        return {}
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    lifetime = int(app.permanent_session_lifetime.total_seconds())
    try:
        values = _serializer_of(app).loads(token, max_age=lifetime)
    except BadData:
        return {}
    return values if isinstance(values, dict) else {}


def start_session(session_id: str) -> None:
    """Replace the session of this request with one of the user."""
    session.clear()
    session.update(_session_of(session_id))


def sign_session(session_id: str) -> str:
    """Return a signed session value, for the cookie or the Authorization header."""
    return str(_serializer_of(current_app).dumps(_session_of(session_id)))


def _serializer_of(app: Flask) -> URLSafeTimedSerializer:
    serializer: URLSafeTimedSerializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return serializer


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
    role = require_session()
    if request.method not in SAFE_METHODS and role not in WRITERS:
        raise RoleNotAllowed


def require_session() -> str:
    """Return the role of the user. Raise if nobody is signed in, or another site makes a browser send this."""
    user = current_user._get_current_object()
    if not user.is_authenticated:
        raise ApiKeyNotAllowed if _bearer_token().startswith(API_KEY_PREFIXES) else SessionRequired
    if request.method not in SAFE_METHODS and "_user_id" in session:
        reject_cross_site()
    return str(user.role)


def reject_cross_site() -> None:
    """Raise CrossSiteRequest if a browser sent this for another site (Fetch Metadata, W3C; Origin, RFC 6454).

    Clients other than browsers send neither header and are accepted.
    """
    headers = request.headers
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None:
        same = site in ("same-origin", "none")
    else:
        same = origin is None or origin.partition("://")[2] == request.host
    if not same:
        raise CrossSiteRequest


def _bearer_token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
