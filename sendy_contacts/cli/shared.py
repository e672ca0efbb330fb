"""Shared parts of the commands: the connection, error messages, options, the actor."""

from __future__ import annotations

import getpass
import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click
from peewee import DatabaseError, InterfaceError, InternalError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

from ..accounts.users import AccountError
from ..contacts.records import Actor
from ..database.connection import db
from ..database.distribution import CannotDistribute
from ..database.migrate import pending_migrations
from ..database.partitions import CannotPartition
from ..phones.countries import COUNTRIES


class CommandError(click.ClickException):
    """The command failed: exit status 2, as for a wrong option."""

    exit_code = 2


@contextmanager
def open_connection() -> Iterator[None]:
    """Hold a connection. Turn errors that the operator can fix into CommandError, with a one-line message."""
    try:
        with db.connection_context():
            yield
    except (AccountError, CannotDistribute, CannotPartition) as error:
        raise CommandError(str(error)) from None
    except (DatabaseError, InterfaceError, MaxConnectionsExceeded) as error:
        raise CommandError(f"{explain(error)} Changes reported above are saved. Run the command again.") from None


def explain(error: Exception) -> str:
    """Return a message about a database error, without the driver's text: it may hold values."""
    try:
        with db.connection_context():
            pending = pending_migrations()
    except (DatabaseError, InterfaceError, MaxConnectionsExceeded):
        return "The database can't be reached or is busy."
    if pending:
        return f"The database isn't migrated ({', '.join(pending)}). Run: flask db upgrade."
    if isinstance(error, OperationalError | InterfaceError | InternalError | MaxConnectionsExceeded):
        return "The database was busy, or the connection to it ended."
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"The database refused a statement ({type(error).__name__} in {place.name}). This is a fault of the program."
    )


def read_country(_context: object, _parameter: object, value: str | None) -> str | None:
    """Return the code of a country in upper case; raise BadParameter if it isn't valid."""
    if value is not None and value.upper() not in COUNTRIES:
        raise click.BadParameter("must be a two-letter code (ISO 3166-1), e.g. KE.")
    return value and value.upper()


workspace_option = click.option("--workspace", required=True, metavar="NAME")
country_option = click.option(
    "--country", callback=read_country, help="Default country for phone numbers without a +, e.g. KE."
)


def current_actor(source: str) -> Actor:
    """Return the operating system's user as the actor."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = str(os.getuid())
    return Actor(f"cli:{login}"[:100], source)
