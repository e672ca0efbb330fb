"""The moments and ids that the service hands out. It must not store them.

A moment is ISO 8601 text in UTC with milliseconds (`2026-11-23T08:15:30.123Z`), so later ones compare greater.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the present moment."""
    return _text(datetime.now(UTC))


def next_timestamp(last: str) -> str:
    """Return the present moment, or one millisecond after `last` where the clock does not stand later than that."""
    present = now()
    return present if present > last else _text(datetime.fromisoformat(last) + timedelta(milliseconds=1))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
