"""The tables of imports."""

from __future__ import annotations

from peewee import CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from ...accounts.models import Workspace
from ...database.fields import BaseModel, UtcField


class Import(BaseModel):
    """A file of contacts: what it is, what its columns hold, and how far its rows are written.

    `position` is how many rows are written: it grows with a run and shrinks with an undo. The texts from `header` on
    are JSON.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    id = CharField(30)
    file_name = CharField(255)
    state = CharField(10)
    kind = CharField(10)
    encoding = CharField(40, null=True)
    delimiter = CharField(1, null=True)
    header_row = IntegerField(null=True)
    country = CharField(2, null=True)
    rows = IntegerField()
    blank = IntegerField()
    passed_over = IntegerField()
    position = IntegerField()
    header = TextField()
    columns = TextField()
    titles = TextField()
    add_tags = TextField()
    counts = TextField()
    warnings = TextField()
    taken_back = TextField()
    created_at = UtcField()
    created_by = CharField(100)
    updated_at = UtcField()

    class Meta:
        primary_key = CompositeKey("workspace", "id")


class ImportChunk(BaseModel):
    """A thousand rows of a file. All columns of content are JSON.

    `rows` are `[[line, [cell, …]], …]`, and `refused` `[[index, [[field, code, message], …]], …]`. `phones` are those
    of the contacts that the rows name, by which what is stored of a person is found.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    import_id = CharField(30)
    number = IntegerField()
    rows = TextField()
    refused = TextField(null=True)
    phones = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("workspace", "import_id", "number")


class ImportChange(BaseModel):
    """What a chunk did to a contact: the contact before, as JSON (null if it was created), and after.

    `changed_at` is `updated_at` of the contact after.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    import_id = CharField(30)
    number = IntegerField()
    phone = CharField(16)
    changed_at = UtcField()
    before = TextField(null=True)
    after = TextField()

    class Meta:
        primary_key = CompositeKey("workspace", "import_id", "number", "phone")
