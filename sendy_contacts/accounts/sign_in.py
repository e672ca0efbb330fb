"""Check an email address and a password, and limit failed attempts."""

from __future__ import annotations

import hashlib
import time

from werkzeug.security import check_password_hash

from ..database.sql import execute
from ..database.transactions import workspace_lock
from ..text import fold
from .models import User
from .users import ACCOUNTS, HASHING


class InvalidCredentials(Exception):
    """No active user has this e-mail and password."""


# What an unknown user's password is checked against, so that the answer takes as long as for a known one.
NOBODY = f"{HASHING}$nobody${128 * '0'}"

COUNT_SIGN_IN = """INSERT INTO sign_in_attempts AS a (key, attempts, expires_at) VALUES (?, 1, ?)
ON CONFLICT (key) DO UPDATE SET attempts = a.attempts + 1 RETURNING attempts, expires_at"""

SIGN_IN_WINDOW = 15 * 60
SIGN_INS_PER_EMAIL = 10
SIGN_INS_PER_ADDRESS = 100


class TooManySignIns(Exception):
    """Too many guesses came for this e-mail or from this address; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def sign_in(email: str, password: str, address: str) -> User | None:
    """Return the active user whom e-mail and password name, or None, as slowly for an e-mail that nobody has.

    Ten wrong guesses for an e-mail, or a hundred from an address, in 15 minutes: then TooManySignIns for right ones
    too.
    """
    keys = _digest("email", fold(email)), _digest("address", address)
    # Counted before the password is looked at, so that guesses sent at once are all counted.
    with workspace_lock(ACCOUNTS):
        execute("DELETE FROM sign_in_attempts WHERE expires_at <= ?", int(time.time()))
        retry_after = _count_sign_in(keys[0], SIGN_INS_PER_EMAIL) or _count_sign_in(keys[1], SIGN_INS_PER_ADDRESS)
    if retry_after:
        raise TooManySignIns(retry_after)
    user = User.get_or_none(User.email == fold(email))
    matches = check_password_hash(user.password_hash if user else NOBODY, password)
    if not (user and user.active and matches):
        return None
    with workspace_lock(ACCOUNTS):
        execute("DELETE FROM sign_in_attempts WHERE key = ?", keys[0])
        execute("UPDATE sign_in_attempts SET attempts = attempts - 1 WHERE key = ?", keys[1])
    return user


def _count_sign_in(key: str, limit: int) -> int:
    """Count one more, and return how many seconds to wait if that is above the limit, else 0."""
    present = int(time.time())
    attempts, expires_at = execute(COUNT_SIGN_IN, key, present + SIGN_IN_WINDOW).fetchone()
    return max(1, expires_at - present) if attempts > limit else 0


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
