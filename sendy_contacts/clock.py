"""The current time, as stored timestamps.

A timestamp is an ISO 8601 string in UTC with milliseconds (`2026-11-23T08:15:30.123Z`). Later ones compare greater.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """Return the current time."""
    return _format(datetime.now(UTC))


def next_timestamp(last: str) -> str:
    """Return the current time, or one millisecond after `last` if the clock isn't later than that."""
    current = now()
    return current if current > last else _format(datetime.fromisoformat(last) + timedelta(milliseconds=1))


def days_ago(days: float) -> str:
    """Return the time so many days ago."""
    return _format(datetime.now(UTC) - timedelta(days=days))


def _format(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
