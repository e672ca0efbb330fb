"""Workspaces and their users: add, change, find."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from werkzeug.security import generate_password_hash

from ..clock import now
from ..database.sql import execute
from ..database.transactions import accounts_lock
from ..text import fold, is_storable, show
from .models import User, Workspace

ACTIVE_USER = """SELECT u.id, u.role, w.id, w.country FROM "user" u JOIN workspace w ON w.id = u.workspace_id
WHERE u.session_id = ? AND u.active = ?"""

HASHING = "scrypt:32768:8:1"  # takes 32 MiB of memory for each check
MIN_PASSWORD = 8  # characters
EMAIL = re.compile(r"(?=.{3,254}\Z)[!-?A-~\u00a1-\ud7ff]+@[!-?A-~\u00a1-\ud7ff]+")

# The lock for writing accounts. Workspace ids, whose locks protect contacts, begin at 1.
ACCOUNTS = 0


class AccountError(ValueError):
    """A user or a workspace can't be found or added; the message is for the operator."""


class ActiveUser(NamedTuple):
    """An active user, with the columns that each request needs."""

    id: int
    role: str
    workspace: Workspace


def load_active_user(session_id: str) -> ActiveUser | None:
    """Return the active user with this session id, as stored now; None if there is none."""
    if not (session_id.isascii() and 0 < len(session_id) <= 64 and is_storable(session_id)):
        return None
    row = execute(ACTIVE_USER, session_id, True).fetchone()
    return ActiveUser(row[0], row[1], Workspace(id=row[2], country=row[3])) if row else None


def new_session_id() -> str:
    """Return a new random session id."""
    return secrets.token_urlsafe(24)


def add_user(email: str, workspace_name: str, role: str, country: str | None, password: str) -> User:
    """Add a user, and the workspace if it doesn't exist. Raise AccountError.

    `country` becomes the workspace's country if it has none.
    """
    if not (0 < len(workspace_name := workspace_name.strip()) <= 200 and workspace_name.isprintable()):
        raise AccountError("The workspace name isn't valid. Use 1 to 200 printable characters.")
    if not EMAIL.fullmatch(email := email.strip()):
        raise AccountError(f"{show(email)} isn't a valid email address.")
    password_hash = hash_password(password)
    with accounts_lock():
        defaults = {"created_at": now(), "country": country}
        workspace, _ = Workspace.get_or_create(name=workspace_name, defaults=defaults)
        if country and workspace.country is None:
            workspace.country = country
            workspace.save()
        if country and workspace.country != country:
            raise AccountError(f"The country of {workspace_name} is {workspace.country}. Leave --country out.")
        if User.get_or_none(User.email == fold(email)):
            raise AccountError(f"{email} is already a user. Change it with: flask users set")
        return User.create(
            workspace=workspace,
            email=fold(email),
            password_hash=password_hash,
            role=role,
            active=True,
            created_at=now(),
            session_id=new_session_id(),
        )


def hash_password(password: str) -> str:
    """Return the hash of a password. Raise AccountError if the password is too short or not UTF-8."""
    if not is_storable(password):
        raise AccountError("The password isn't UTF-8. Encode it in UTF-8.")
    if len(password) < MIN_PASSWORD:
        raise AccountError(f"The password is too short. Use at least {MIN_PASSWORD} characters.")
    return generate_password_hash(password, HASHING)


def change_user(
    email: str,
    role: str | None = None,
    active: bool | None = None,
    password: str | None = None,
    *,
    sign_out: bool = False,
) -> User:
    """Change a user; None keeps the stored value. Raise AccountError.

    A new password, deactivation and `sign_out` end all sessions of the user.
    """
    password_hash = None if password is None else hash_password(password)
    with accounts_lock():
        user = find_user(email)
        user.role = user.role if role is None else role
        user.active = user.active if active is None else active
        user.password_hash = password_hash or user.password_hash
        if sign_out or password_hash or active is False or user.session_id is None:
            user.session_id = new_session_id()
        user.save()
    return user


def find_user(email: str) -> User:
    """Return the user with this email, active or not. Raise AccountError if there is none."""
    user = User.get_or_none(User.email == fold(email)) if is_storable(email) else None
    if user is None:
        raise AccountError(f"There is no user {show(email)}. List them with: flask users list")
    return user


def get_user(user_id: int) -> User:
    """Return a user with their workspace."""
    return User.select(User, Workspace).join(Workspace).where(User.id == user_id).get()


def find_workspace(name: str) -> Workspace:
    """Return the workspace with this name. Raise AccountError, naming the existing ones, if there is none."""
    workspace = Workspace.get_or_none(Workspace.name == name) if is_storable(name) else None
    if workspace is None:
        names = ", ".join(w.name for w in Workspace.select().order_by(Workspace.name).limit(20))
        raise AccountError(f"There is no workspace “{show(name)}”. Existing ones: {names or 'none yet'}.")
    return workspace


def find_emails(workspace_id: int, actors: Iterable[str]) -> dict[str, str]:
    """Return the email addresses of those actors (`user:ID` or `cli:LOGIN`) who are users of a workspace."""
    ids = {int(number) for kind, _, number in (actor.partition(":") for actor in actors) if kind == "user"}
    users = User.select(User.id, User.email).where(User.workspace == workspace_id, User.id.in_(list(ids)))
    return {f"user:{user.id}": user.email for user in users}


def list_workspaces() -> list[Workspace]:
    """Return all workspaces, ordered by name."""
    return list(Workspace.select().order_by(Workspace.name))


def list_users() -> list[User]:
    """Return all users with their workspaces, ordered by workspace and email."""
    return list(User.select(User, Workspace).join(Workspace).order_by(Workspace.name, User.email))
