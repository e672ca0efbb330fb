"""The tables of workspaces, users and sign-in attempts."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, Check, ForeignKeyField, IntegerField, TextField

from ..database.fields import BaseModel, UtcField

ROLES = ("owner", "admin", "developer", "viewer")


class Workspace(BaseModel):
    """A customer's account: the unit that contacts and users belong to. `country` reads phones without a +."""

    id = AutoField()
    name = CharField(200, unique=True)
    country = CharField(2, null=True)
    created_at = UtcField()


class User(BaseModel):
    """A person who signs in to the dashboard. `email` is stored case-folded.

    A session names the user by `session_id`, which is renewed to end all sessions; null until the first sign-in of a
    user whom the previous release added.
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
    """Attempts to sign in that failed, counted for a hashed e-mail or client address until `expires_at` (epoch s)."""

    key = CharField(64, primary_key=True)
    attempts = IntegerField()
    expires_at = IntegerField()

    class Meta:
        table_name = "sign_in_attempts"
