"""The tables of contacts and of their consent, with indexes.

Every key begins with the workspace. So a workspace's newest contacts are a contiguous range of the primary key, and
the tables can be partitioned or distributed by workspace.
"""

from __future__ import annotations

from peewee import BooleanField, CharField, CompositeKey, ForeignKeyField, JSONField, TextField

from ..accounts.models import Workspace
from ..database.fields import BaseModel, IntegersField, UtcField, VerbatimJSONField


class Contact(BaseModel):
    """A recipient of broadcasts.

    Only filters read the last three columns (see the module `search_keys`): the case-folded name, the case-folded
    tags and, on PostgreSQL, the keys with which one index finds tags, opt-outs and parts of names and phone numbers.
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
    """One change of a contact's opt-in state. Rows are never changed: they are the proof of consent.

    `old` is null for a new contact. `source`, `actor` and `import_id` are those of an `Actor`.
    """

    workspace = ForeignKeyField(Workspace, index=False)
    contact_id = CharField(30)
    changed_at = UtcField()
    old = BooleanField(null=True)
    new = BooleanField()
    source = CharField(20)
    actor = CharField(100)
    import_id = CharField(30, null=True)

    class Meta:
        primary_key = CompositeKey("workspace", "contact_id", "changed_at")
