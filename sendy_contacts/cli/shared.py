"""What the commands share: the connection, and one line instead of a traceback."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from peewee import DatabaseError, InterfaceError

from ..accounts.users import AccountError
from ..contacts.records import Actor
from ..database.connection import db
from ..phones.countries import COUNTRIES


class CommandError(click.ClickException):
    """The command can't do what was asked: exit status 2, as for a wrong option."""

    exit_code = 2


@contextmanager
def open_connection() -> Iterator[None]:
    """Hold a connection; turn what the operator can mend into one line."""
    try:
        with db.connection_context():
            yield
    except AccountError as error:
        raise CommandError(str(error)) from None
    except (DatabaseError, InterfaceError):
        raise CommandError(
            "The database can't be reached, is busy, or isn't migrated (flask db status). "
            "What was reported as done is done; the command can be given again."
        ) from None


def read_country(_context: object, _parameter: object, value: str | None) -> str | None:
    """Check a country given on the command line."""
    if value is not None and value.upper() not in COUNTRIES:
        raise click.BadParameter("must be a two-letter code (ISO 3166-1), such as KE.")
    return value and value.upper()


workspace_option = click.option("--workspace", required=True, metavar="NAME")
country_option = click.option("--country", callback=read_country, help="Reads phones without a +. Such as KE.")


def current_actor(source: str) -> Actor:
    """Return the person at the command line as the one who changes contacts."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = str(os.getuid())
    return Actor(f"cli:{login}"[:100], source)
