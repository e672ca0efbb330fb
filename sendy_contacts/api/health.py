"""Health checks for load balancers."""

from __future__ import annotations

from flask import Blueprint

from ..database.connection import db
from ..database.migrate import MigrationsPending, pending_migrations

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """Return 200 while the process is up."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> dict[str, str]:
    """Return 200 if the database is reachable and migrated, otherwise 503."""
    with db.connection_context():
        pending = pending_migrations()
    if pending:
        raise MigrationsPending(f"Migrations are pending: {', '.join(pending)}. Run: flask db upgrade")
    return {"status": "ok"}
