"""The tables of imports and their rows."""

from __future__ import annotations

from peewee import CharField, CompositeKey, ForeignKeyField, IntegerField, JSONField, TextField

from ...accounts.models import Workspace
from ...database.fields import BaseModel, UtcField, VerbatimJSONField

STATES = ("draft", "paused", "done", "undone")


class Import(BaseModel):
    """A file that was brought in.

    `position` rows are written, `undone` chunks are taken back. `header_key` is a hash of the headers, by which the
    mapping is proposed again.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    id = CharField(30)
    file_name = TextField()
    state = CharField(10)
    rows = IntegerField()
    position = IntegerField()
    undone = IntegerField()
    kind = CharField(10)
    encoding = TextField(null=True)
    delimiter = CharField(10, null=True)
    header_row = IntegerField(null=True)
    header_key = CharField(64)
    country = CharField(2, null=True)
    add_tags = VerbatimJSONField()
    columns = VerbatimJSONField()
    counts = JSONField()
    warnings = VerbatimJSONField()
    created_at = UtcField()
    created_by = CharField(100)

    class Meta:
        primary_key = CompositeKey("workspace", "id")


class ImportChunk(BaseModel):
    """Up to 1,000 rows of an import: `[[line, [cell, …]], …]`.

    After the run `refused` holds `[[index, reason], …]` and `changes` what each contact was before and after:
    `[[before or null, after], …]`. All three are null once they are 30 days old.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    import_id = CharField(30)
    number = IntegerField()
    rows = VerbatimJSONField(null=True)
    refused = VerbatimJSONField(null=True)
    changes = VerbatimJSONField(null=True)

    class Meta:
        primary_key = CompositeKey("workspace", "import_id", "number")
