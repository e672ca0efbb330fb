"""Column types and the base class of all models."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import Field, JSONField, Model

from .connection import db


class UtcField(Field):
    """A moment as its ISO 8601 text in UTC with milliseconds; TIMESTAMPTZ on PostgreSQL, the text on SQLite."""

    field_type = "UTC"

    def python_value(self, value: Any) -> str | None:
        """Return the text, whichever the driver gave."""
        if isinstance(value, datetime):
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return value


class VerbatimJSONField(JSONField):
    """JSON that keeps its key order and the spelling of its numbers: JSON on PostgreSQL, not JSONB."""

    field_type = "VERBATIM_JSON"


class IntegersField(Field):
    """Integers as the text of an array; INTEGER[] on PostgreSQL. SQLite has no index for them and leaves it null."""

    field_type = "INTEGERS"


class BaseModel(Model):
    class Meta:
        database = db
        legacy_table_names = False
