"""Settings from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

MAX_BODY = 5 * 1024 * 1024
MAX_CREDENTIALS = 8 * 1024  # bytes of a sign-in
MIN_SECRET = 16  # characters
SESSION_LIFETIME = 12 * 60 * 60
LOCAL = "127.0.0.1,::1"


class ConfigurationError(ValueError):
    """A setting is missing or not valid; the message says which to change."""


def load_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings, named as Flask names them if it has a name.

    SECRET_KEY is required. SECRET_KEY_FALLBACKS lists earlier keys, separated by commas.
    PERMANENT_SESSION_LIFETIME is in seconds.
    """
    secret = environ.get("SECRET_KEY", "").strip()
    if not secret:
        raise ConfigurationError("SECRET_KEY is not set. Set it to the dashboard's key, or to a long random string.")
    if len(secret) < MIN_SECRET:
        raise ConfigurationError(
            f"SECRET_KEY is too short. Set it to a random string of at least {MIN_SECRET} characters."
        )
    lifetime = environ.get("PERMANENT_SESSION_LIFETIME") or str(SESSION_LIFETIME)
    if not (lifetime.isascii() and lifetime.isdigit() and len(lifetime) < 10):
        raise ConfigurationError("PERMANENT_SESSION_LIFETIME must be a whole number of seconds.")
    return {
        "SECRET_KEY": secret,
        "SECRET_KEY_FALLBACKS": _split(environ.get("SECRET_KEY_FALLBACKS", "")),
        "SESSION_COOKIE_NAME": environ.get("SESSION_COOKIE_NAME") or "session",
        "PERMANENT_SESSION_LIFETIME": int(lifetime),
        "DATABASE_URL": environ.get("DATABASE_URL") or "sqlite:///instance/contacts.db",
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "CONTACTS_PAGE": _read_switch("CONTACTS_PAGE", environ.get("CONTACTS_PAGE") or "on"),
        "TRUSTED_PROXIES": _read_networks(environ.get("FORWARDED_ALLOW_IPS") or LOCAL),
    }


def _read_networks(text: str) -> list[IPv4Network | IPv6Network] | None:
    """Return the networks of a list as gunicorn reads it; None means every address (`*`)."""
    parts = _split(text)
    try:
        return None if "*" in parts else [ip_network(part, strict=False) for part in parts]
    except ValueError:
        raise ConfigurationError(
            "FORWARDED_ALLOW_IPS must list IP addresses or networks, separated by commas."
        ) from None


def _read_switch(name: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise ConfigurationError(f"{name} must be on or off.")
    return text == "on"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
