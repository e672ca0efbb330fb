"""The tables and their indexes. It must not query them.

Every key begins with the workspace: the newest contacts of one are a contiguous range of the primary key, and the
tables can be partitioned or distributed by workspace as they are.
"""

from __future__ import annotations

from peewee import BooleanField, CharField, CompositeKey, ForeignKeyField, JSONField, TextField

from ..accounts.models import Workspace
from ..database.fields import BaseModel, IntegersField, UtcField, VerbatimJSONField


class Contact(BaseModel):
    """A recipient of broadcasts.

    The last three columns are what the filters look at (`search_keys`): the case-folded name, the case-folded tags,
    and, on PostgreSQL, the keys by which one index finds tags, opt-outs and parts of names and phones.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    id = CharField(30)
    phone = CharField(16)
    name = TextField(null=True)
    country = CharField(2, null=True)
    attributes = VerbatimJSONField()
    tags = VerbatimJSONField()
    opted_in = BooleanField()
    created_at = UtcField()
    updated_at = UtcField()
    name_key = TextField(null=True)
    tag_keys = JSONField()
    search_keys = IntegersField(null=True)

    class Meta:
        primary_key = CompositeKey("workspace", "id")
        indexes = ((("workspace", "phone"), True),)


class ConsentEvent(BaseModel):
    """One change of a contact's opt-in state. Rows are added, never changed: this is the proof of consent.

    `old` is null for a new contact. `actor` is `user:ID` or `cli:LOGIN`, `source` the way in (`api`, `bulk`,
    `import`, `cli`).
    """

    workspace = ForeignKeyField(Workspace, index=False)
    contact_id = CharField(30)
    changed_at = UtcField()
    old = BooleanField(null=True)
    new = BooleanField()
    source = CharField(20)
    actor = CharField(100)

    class Meta:
        primary_key = CompositeKey("workspace", "contact_id", "changed_at")
