"""The migrations of `migrations/`: apply, undo, list."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from .connection import db, is_postgres


class MigrationsPending(Exception):
    """The database lacks migrations; the message names them."""


MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def allow_long_statements() -> None:
    """Lift the time limits on statements of this connection: a migration may take its time."""
    if is_postgres():
        db.execute_sql("SET statement_timeout = 0")
        db.connection().seconds = None
    else:
        db.obj.statement_seconds = float("inf")


def migration_runner() -> Runner:
    """Return the runner over `migrations/`; it needs an open connection."""
    return Runner(db.obj, str(MIGRATIONS))


def pending_migrations() -> list[str]:
    """Return the names of the migrations that the database still lacks, in order."""
    return [step.name for step in migration_runner().status() if not step.applied]
