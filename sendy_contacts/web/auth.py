"""Who calls, and whether they may: the session of the cookie or the header, roles, the cross-site check.

It must not know what a route does. Every refusal is an exception of its own.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Request, current_app, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadData

from ..accounts.models import Workspace
from ..accounts.users import load_active_user

WRITERS = frozenset({"owner", "admin", "developer"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API_KEY_PREFIXES = ("wac_live_", "wac_test_")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})

login_manager = LoginManager()


class SessionRequired(Exception):
    """No valid session of an active user came with the request."""


class ApiKeyNotAllowed(SessionRequired):
    """An API key came instead of a session."""


class RoleNotAllowed(Exception):
    """The user's role may read but not write."""


class CrossSiteRequest(Exception):
    """A browser sent a write that a page of another site caused."""


class SessionUser(UserMixin):  # type: ignore[misc]
    """The user of this request. `role` and `workspace` are as the database has them now."""

    def __init__(self, user_id: int, role: str, workspace: Workspace) -> None:
        self.id = user_id
        self.role = role
        self.workspace = workspace


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure except where a person tries the service over plain local HTTP."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a request; a signed value that isn't an object is no session."""
        try:
            return super().open_session(app, request)
        except (TypeError, ValueError):
            return self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask passes it
        """Tell whether the cookie must only travel over TLS."""
        return request.is_secure or LOCAL_HOSTS.isdisjoint({request.host, request.host.rsplit(":", 1)[0]})


def init_app(app: Flask) -> None:
    """Make the app read sessions from the cookie or the Authorization header."""
    app.session_interface = SessionCookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # No cookie can have this name: a session is the only way to be signed in.
        REMEMBER_COOKIE_NAME=";",
    )
    # The address and browser of a session would be compared, and the dashboard's proxy is neither.
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_user(session_id: object) -> SessionUser | None:
    """Return the active user whom a session names by their session id."""
    caller = load_active_user(str(session_id))
    return SessionUser(caller.id, caller.role, caller.workspace) if caller else None


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load_user_of_header(_: Request) -> SessionUser | None:
    """Return the active user of the session in the Authorization header."""
    values = read_session(_bearer_token())
    return load_user(values["_user_id"]) if "_user_id" in values else None


def read_session(token: str) -> dict[str, Any]:
    """Return what a signed session value holds; nothing where it is forged or has expired."""
    serializer = SessionCookie().get_signing_serializer(current_app)
    lifetime = int(current_app.permanent_session_lifetime.total_seconds())
    try:
        values = serializer.loads(token, max_age=lifetime) if serializer and token else {}
    except BadData:
        return {}
    return values if isinstance(values, dict) else {}


def start_session(session_id: str) -> None:
    """Sign the user in to the session of this request; whatever it held before is dropped."""
    session.clear()
    session.update(_session_of(session_id))


def sign_session(session_id: str) -> str:
    """Return a session value for a user, as the cookie or the Authorization header carries it."""
    serializer = SessionCookie().get_signing_serializer(current_app)
    return str(serializer.dumps(_session_of(session_id)))  # type: ignore[union-attr]


def _session_of(session_id: str) -> dict[str, Any]:
    return {"_user_id": session_id, "_fresh": True, "_permanent": True}


def require_access() -> None:
    """Let pass who may make this request: anyone signed in may read, the writing roles may also write."""
    if not current_user.is_authenticated:
        raise ApiKeyNotAllowed if _bearer_token().startswith(API_KEY_PREFIXES) else SessionRequired
    if request.method in SAFE_METHODS:
        return
    if "_user_id" in session:
        reject_cross_site()
    if current_user.role not in WRITERS:
        raise RoleNotAllowed


def reject_cross_site() -> None:
    """Refuse what a browser sends on behalf of another site (Fetch Metadata, W3C; Origin, RFC 6454).

    Callers that are no browsers send neither header and pass.
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
