"""flask db: migrations and partitions."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from ..contacts.renumber import renumber_contacts
from ..database.connection import is_postgres
from ..database.distribution import distribute_tables
from ..database.migrate import allow_long_statements, migration_runner
from ..database.partitions import partition_tables
from .shared import CommandError, current_actor, open_connection

group = AppGroup("db", help="Apply or list the migrations of the database.")


@group.command()
@click.option(
    "--partitions",
    type=click.IntRange(2, 1024),
    metavar="COUNT",
    help="Split contacts and their history into COUNT partitions by workspace (PostgreSQL only).",
)
@click.option("--distribute", is_flag=True, help="Distribute the tables by workspace over the nodes of Citus.")
def upgrade(partitions: int | None, distribute: bool) -> None:
    """Apply the pending migrations."""
    if partitions and distribute:
        raise CommandError("Give either --partitions or --distribute: Citus splits the tables itself.")
    done = False
    with open_connection():
        if partitions and not is_postgres():
            raise CommandError("Only PostgreSQL has partitions. Leave --partitions out.")
        allow_long_statements()
        for name in migration_runner().up():
            done = report(f"applied {name}")
        if count := renumber_contacts(current_actor("upgrade")):
            done = report(f"gave {count:,} contacts today's phone number")
        for table in partition_tables(partitions) if partitions else ():
            done = report(f"partitioned {table}")
        for table in distribute_tables() if distribute else ():
            done = report(f"distributed {table}")
    if not done:
        click.echo("nothing to do")


def report(what: str) -> bool:
    """Print what was done; return True."""
    click.echo(what)
    return True


@group.command()
def status() -> None:
    """List the migrations; exit with 1 if one is pending."""
    with open_connection():
        steps = migration_runner().status()
    for step in steps:
        click.echo(f"{'applied' if step.applied else 'pending'} {step.name}")
    sys.exit(0 if all(step.applied for step in steps) else 1)
