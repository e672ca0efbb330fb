"""Column types and the base class of all models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import Field, JSONField, Model

from .connection import db


class UtcField(Field):
    """A timestamp: in Python and SQLite an ISO 8601 string in UTC with milliseconds, in PostgreSQL TIMESTAMPTZ."""

    field_type = "UTC"

    def python_value(self, value: Any) -> str | None:
        """Return the string; psycopg returns a datetime."""
        if isinstance(value, datetime):
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return value


class VerbatimJSONField(JSONField):
    """JSON that keeps the order of keys and the spelling of numbers: JSON instead of JSONB on PostgreSQL."""

    field_type = "VERBATIM_JSON"


class IntegersField(Field):
    """Integers as PostgreSQL's array text, stored as INTEGER[]. Null on SQLite, which has no index for arrays."""

    field_type = "INTEGERS"


class BaseModel(Model):
    class Meta:
        database = db
        legacy_table_names = False
