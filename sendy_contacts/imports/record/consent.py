"""Who changed a contact's consent, when, from where, and by which import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...accounts.users import find_emails
from ...contacts.history import list_consent
from .store import find_imports


def describe_consent(workspace_id: int, contact_id: str) -> Iterator[dict[str, Any]]:
    """Yield the changes of consent as the API shows them, newest first. Raise ContactNotFound."""
    changes = list_consent(workspace_id, contact_id)
    emails = find_emails(workspace_id, {change.actor for change in changes})
    imports = find_imports(workspace_id, sorted({change.import_id for change in changes if change.import_id}))
    names = {found.id: found.file_name for found in imports}
    for change in changes:
        yield {
            "changedAt": change.changed_at,
            "old": change.old,
            "new": change.new,
            "source": change.source,
            "actor": change.actor,
            "email": emails.get(change.actor),
            "importId": change.import_id,
            "fileName": names.get(change.import_id or ""),
        }
