"""The tables and their indexes. It must not query them.

Every key begins with the workspace: the newest contacts of one are a contiguous range of the primary key, and the
tables can be partitioned or distributed by workspace as they are.
"""

from __future__ import annotations

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    Check,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    JSONField,
    TextField,
)

from .database.fields import IntegersField, Table, UtcField, VerbatimJSONField

ROLES = ("owner", "admin", "developer", "viewer")


class Workspace(Table):
    """A customer's account: the unit that contacts and users belong to. `country` reads phones without a +."""

    id = AutoField()
    name = CharField(200, unique=True)
    country = CharField(2, null=True)
    created_at = UtcField()


class User(Table):
    """A person who signs in to the dashboard. `email` is stored case-folded."""

    id = AutoField()
    workspace = ForeignKeyField(Workspace)
    email = CharField(254, unique=True)
    password_hash = TextField()
    role = CharField(20, constraints=[Check(f"role IN {ROLES}")])
    active = BooleanField(default=True)
    created_at = UtcField()


class Contact(Table):
    """A recipient of broadcasts.

    The last three columns are what the filters look at (`search`): the case-folded name, the case-folded tags, and,
    on PostgreSQL, the numbers by which one index finds tags, opt-outs and parts of names and phones; null where an
    earlier release has written the contact.
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


class ConsentEvent(Table):
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


class SignInAttempts(Table):
    """Attempts to sign in that failed, counted for a hashed e-mail or client address until `expires_at` (epoch s)."""

    key = CharField(64, primary_key=True)
    attempts = IntegerField()
    expires_at = IntegerField()


TABLES = (Workspace, User, Contact, ConsentEvent, SignInAttempts)
