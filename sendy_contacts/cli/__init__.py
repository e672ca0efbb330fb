"""The flask commands: thin wrappers around the functions of the service."""

from __future__ import annotations

from typing import Any

from flask import Flask

from ..accounts.models import User, Workspace
from ..contacts.filters import ListQuery
from ..contacts.models import Contact
from ..contacts.records import Actor
from ..contacts.store import iterate, list_recent
from ..contacts.writes import patch, upsert_many
from ..database.connection import db
from ..validation.schemas import load_rows
from . import contacts, database, exports, imports, openapi, users

for command in (imports.import_, imports.group, imports.prune, exports.export):
    contacts.group.add_command(command)


def init_app(app: Flask) -> None:
    """Register the commands, and the names of `flask shell`."""
    for commands in (database, users, contacts):
        app.cli.add_command(commands.group)
    app.cli.add_command(openapi.command)
    app.shell_context_processor(shell_context)


def shell_context() -> dict[str, Any]:
    """Open a connection; return the models, the functions of contacts and the types they need."""
    db.connect(reuse_if_open=True)
    models = {"Contact": Contact, "User": User, "Workspace": Workspace, "db": db}
    functions = (list_recent, upsert_many, patch, iterate, load_rows, Actor, ListQuery)
    return models | {function.__name__: function for function in functions}
