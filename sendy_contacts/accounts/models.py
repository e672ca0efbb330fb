"""The tables of workspaces, users and sign-in attempts."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from ..database.fields import BaseModel, UtcField

ROLES = ("owner", "admin", "developer", "viewer")


class Workspace(BaseModel):
    """A customer's account with contacts and users. `country` is the default for phone numbers without a +."""

    id = AutoField()
    name = CharField(200, unique=True)
    country = CharField(2, null=True)
    created_at = UtcField()


class User(BaseModel):
    """A person who signs in to the dashboard. `email` is stored case-folded.

    Sessions hold `session_id`; a new one ends all sessions. It is null for a user whom the previous release added,
    until they sign in.
    """

    id = AutoField()
    workspace = ForeignKeyField(Workspace)
    email = CharField(254, unique=True)
    password_hash = TextField()
    role = CharField(20, constraints=[Check(f"role IN {ROLES}")])
    active = BooleanField(default=True)
    created_at = UtcField()
    session_id = CharField(64, null=True, unique=True)


class SignInAttempt(BaseModel):
    """A count of failed sign-ins for a hashed email or client address, until `expires_at` (seconds since 1970)."""

    key = CharField(64, primary_key=True)
    attempts = IntegerField()
    expires_at = IntegerField()

    class Meta:
        table_name = "sign_in_attempts"
