"""The history of a contact's consent."""

from __future__ import annotations

from typing import NamedTuple

from ..database.sql import execute, wire_columns
from .models import ConsentEvent
from .records import CONTACT_ID
from .store import ContactNotFound

MAX_CHANGES = 500


class ConsentChange(NamedTuple):
    """A change of the opt-in state. `old` is None for a new contact; the others are as in `records.Actor`."""

    changed_at: str
    old: bool | None
    new: bool
    source: str
    actor: str
    import_id: str | None


def list_consent(workspace_id: int, contact_id: str) -> list[ConsentChange]:
    """Return the newest 500 changes, newest first. Raise ContactNotFound."""
    key = "workspace_id = ? AND id = ?"
    known = (
        CONTACT_ID.fullmatch(contact_id)
        and execute(
            f"SELECT 1 FROM contact WHERE {key}",  # noqa: S608 - no value in the text
            workspace_id,
            contact_id,
        ).fetchone()
    )
    if not known:
        raise ContactNotFound(contact_id)
    columns = wire_columns(ConsentEvent, ConsentChange._fields)
    query = f"SELECT {columns} FROM consent_event WHERE workspace_id = ? AND contact_id = ?"  # noqa: S608
    rows = execute(f"{query} ORDER BY changed_at DESC LIMIT ?", workspace_id, contact_id, MAX_CHANGES).fetchall()
    return [ConsentChange(time, None if old is None else bool(old), bool(new), *how) for time, old, new, *how in rows]
