"""What a load balancer asks: is the process up, and can it serve?"""

from __future__ import annotations

from flask import Blueprint

from ..database.connection import db
from ..database.migrate import MigrationsPending, pending_migrations

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> dict[str, str]:
    """Answer as long as the process is up."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> dict[str, str]:
    """Answer 200 when the database is reachable and migrated, else 503."""
    with db.connection_context():
        pending = pending_migrations()
    if pending:
        raise MigrationsPending(f"Migrations are pending: {', '.join(pending)}. Run: flask db upgrade")
    return {"status": "ok"}
