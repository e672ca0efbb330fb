"""The flask commands: thin shells over the functions of the service. They print; they decide nothing."""

from __future__ import annotations

from typing import Any

from flask import Flask

from .. import contacts as contact_functions
from ..accounts.models import User, Workspace
from ..database.connection import db
from ..models import Contact
from ..schemas import load_rows
from . import contacts, database, openapi, users


def init_app(app: Flask) -> None:
    """Add the commands, and what `flask shell` has at hand."""
    for commands in (database, users, contacts):
        app.cli.add_command(commands.group)
    app.cli.add_command(openapi.command)
    app.shell_context_processor(shell_context)


def shell_context() -> dict[str, Any]:
    """Return the models, the functions of `contacts` and what makes their rows, over an open connection."""
    db.connect(reuse_if_open=True)
    functions = {
        name: value
        for name, value in vars(contact_functions).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == contact_functions.__name__
    }
    return {"Contact": Contact, "User": User, "Workspace": Workspace, "db": db, "load_rows": load_rows, **functions}
