"""The flask commands: thin shells over the functions of the service. They print; they decide nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask

from ..accounts.models import User, Workspace
from ..contacts.filters import ListQuery
from ..contacts.models import Contact
from ..contacts.records import Actor
from ..contacts.store import iterate, list_recent, patch, upsert_many
from ..database.connection import db
from ..validation.schemas import load_rows
from . import contacts, database, exports, imports, openapi, users

for command in (imports.import_, exports.export):
    contacts.group.add_command(command)


def init_app(app: Flask) -> None:
    """Add the commands, and what `flask shell` has at hand."""
    for commands in (database, users, contacts):
        app.cli.add_command(commands.group)
    app.cli.add_command(openapi.command)
    app.shell_context_processor(shell_context)


def shell_context() -> dict[str, Any]:
    """Return the models, the functions of contacts and what makes their rows, over an open connection."""
    db.connect(reuse_if_open=True)
    models = {"Contact": Contact, "User": User, "Workspace": Workspace, "db": db}
    functions = (list_recent, upsert_many, patch, iterate, load_rows, Actor, ListQuery)
    return models | {function.__name__: function for function in functions}
