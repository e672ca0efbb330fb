"""flask db: apply migrations and list them."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from ..contacts import fill_search_keys
from ..database import allow_long_statements, migration_runner
from ..partitions import PartitionsNotSupported, partition_tables
from .connection import Refused, connected

group = AppGroup("db", help="Apply the migrations of the database, or list them.")


@group.command()
@click.option(
    "--partitions",
    type=click.IntRange(2, 1024),
    metavar="COUNT",
    help="Split contacts and their history by workspace into so many partitions (PostgreSQL).",
)
def upgrade(partitions: int | None) -> None:
    """Apply the pending migrations."""
    with connected():
        allow_long_statements()
        done = [f"applied {name}" for name in migration_runner().up()]
        if count := fill_search_keys():
            done.append(f"made {count:,} contacts of an earlier release searchable")
        try:
            done += [f"partitioned {table}" for table in (partition_tables(partitions) if partitions else ())]
        except PartitionsNotSupported as error:
            raise Refused(str(error)) from None
    click.echo("\n".join(done) or "nothing to do")


@group.command()
def status() -> None:
    """List the migrations; exit with 1 while any is pending."""
    with connected():
        steps = migration_runner().status()
    for step in steps:
        click.echo(f"{'applied' if step.applied else 'pending'} {step.name}")
    sys.exit(0 if all(step.applied for step in steps) else 1)
