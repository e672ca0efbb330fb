"""flask db: apply migrations and list them."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from ..database import migration_runner
from .connection import connected

group = AppGroup("db", help="Apply the migrations of the database, or list them.")


@group.command()
def upgrade() -> None:
    """Apply the pending migrations."""
    with connected():
        applied = migration_runner().up()
    for name in applied:
        click.echo(f"applied {name}")
    if not applied:
        click.echo("nothing to do")


@group.command()
def status() -> None:
    """List the migrations; exit with 1 while any is pending."""
    with connected():
        steps = migration_runner().status()
    for step in steps:
        click.echo(f"{'applied' if step.applied else 'pending'} {step.name}")
    sys.exit(0 if all(step.applied for step in steps) else 1)
