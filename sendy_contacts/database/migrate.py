"""The runner of the migrations in `migrations/`."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from .connection import db, is_postgres


class MigrationsPending(Exception):
    """Migrations are pending; the message names them."""


MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def allow_long_statements() -> None:
    """Remove the time limits on statements of this connection: a migration may take longer.

    On Citus, let migrations change several tables in one transaction; elsewhere the setting has no effect.
    """
    if is_postgres():
        db.execute_sql("SET statement_timeout = 0")
        db.execute_sql("SET citus.multi_shard_modify_mode TO 'sequential'")
        db.connection().seconds = None
    else:
        db.obj.statement_seconds = float("inf")


def migration_runner() -> Runner:
    """Return the runner; it needs an open connection."""
    return Runner(db.obj, str(MIGRATIONS))


def pending_migrations() -> list[str]:
    """Return the names of the pending migrations, in order."""
    return [step.name for step in migration_runner().status() if not step.applied]
