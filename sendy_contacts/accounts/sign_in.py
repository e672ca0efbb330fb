"""Sign-in by email address and password, with limits on failed attempts."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from ipaddress import IPv6Address, ip_address, ip_network

from werkzeug.security import check_password_hash

from ..database.sql import execute
from ..database.transactions import accounts_lock, write_connection
from ..text import fold
from .models import User, Workspace
from .users import ACCOUNTS, HASHING, new_session_id


class InvalidCredentials(Exception):
    """No active user has this email address and password."""


# A password for an unknown user is checked against this hash, so that the response takes as long as for a known one.
NOBODY = f"{HASHING}$nobody${128 * '0'}"

COUNT_SIGN_IN = """INSERT INTO sign_in_attempts AS a (key, attempts, expires_at) VALUES (?, 1, ?)
ON CONFLICT (key) DO UPDATE SET attempts = a.attempts + 1 RETURNING attempts, expires_at"""

# A check takes about 50 ms of CPU, so more checks than cores would only slow each other down.
_hashing = threading.BoundedSemaphore(os.cpu_count() or 1)

SIGN_IN_WINDOW = 15 * 60
SIGN_INS_PER_EMAIL = 10
SIGN_INS_PER_ADDRESS = 100


class TooManySignIns(Exception):
    """Too many attempts for this email or from this address failed; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def sign_in(email: str, password: str, address: str) -> User:
    """Return the active user with this email and password. No connection is held while the password is checked.

    Raise InvalidCredentials, after the same time for known and unknown emails. Raise TooManySignIns after 10 failed
    attempts for an email, or 100 from a client's address, within 15 minutes.
    """
    keys = _digest("address", network(address)), _digest("email", fold(email))
    with write_connection(ACCOUNTS):
        _count_attempt(*keys)
        user = User.get_or_none(User.email == fold(email))
    with _hashing:
        matches = check_password_hash(user.password_hash if user else NOBODY, password)
    if not (user and user.active and matches):
        raise InvalidCredentials
    with write_connection(ACCOUNTS), accounts_lock():
        execute("UPDATE sign_in_attempts SET attempts = attempts - 1 WHERE key = ?", keys[0])
        execute("DELETE FROM sign_in_attempts WHERE key = ?", keys[1])
        if user.session_id is None:
            execute('UPDATE "user" SET session_id = ? WHERE id = ? AND session_id IS NULL', new_session_id(), user.id)
        return User.select(User, Workspace).join(Workspace).where(User.id == user.id).get()


def network(address: str) -> str:
    """Return the address that counts as one client: an IPv4 address, or the /64 network of an IPv6 address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)


def _count_attempt(address_key: str, email_key: str) -> None:
    """Count an attempt before the password is checked, so that parallel attempts are all counted.

    An address above its limit is refused before the email is counted, so it can't lock out the user.
    """
    with accounts_lock():
        execute("DELETE FROM sign_in_attempts WHERE expires_at <= ?", int(time.time()))
        retry_after = _count_sign_in(address_key, SIGN_INS_PER_ADDRESS)
        retry_after = retry_after or _count_sign_in(email_key, SIGN_INS_PER_EMAIL)
    if retry_after:
        raise TooManySignIns(retry_after)


def _count_sign_in(key: str, limit: int) -> int:
    """Count an attempt; return the seconds to wait if the count is above the limit, otherwise 0."""
    current = int(time.time())
    attempts, expires_at = execute(COUNT_SIGN_IN, key, current + SIGN_IN_WINDOW).fetchone()
    return max(1, expires_at - current) if attempts > limit else 0


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
