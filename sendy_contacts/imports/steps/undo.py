"""An import taken back, chunk by chunk from the last one. `reverse` says what becomes of each contact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...accounts.models import Workspace
from ...clock import next_timestamp, now
from ...contacts.records import Actor, ContactRecord
from ...contacts.store import find_contacts, record_consent, remove_contacts, save_contacts
from ...database.connection import db
from ...database.transactions import workspace_lock, write_connection
from ...validation.schemas import MAX_ROWS
from ..record import store
from ..record.changes import StoredChange, drop_changes, find_changes, find_later_changes, save_changes
from ..record.records import ImportRecord, TakenBack
from .reverse import rebase, revert

MAX_NAMED = 50


class Kept(NamedTuple):
    """A contact of which something that the import did stays, and why: a code of `serialize.WHY_KEPT`."""

    contact: ContactRecord
    code: str


class UndoStep(NamedTuple):
    """An import after the undo of a chunk, and the contacts of which something stays."""

    record: ImportRecord
    kept: list[Kept]


def undo(workspace: Workspace, import_id: str, actor: Actor) -> Iterator[UndoStep]:
    """Take back what an import has done to contacts; yield after each chunk. An import that wrote nothing stays.

    It can be cut off and goes on where it stood. Raise ImportNotFound or ImportExpired.
    """
    actor = actor._replace(import_id=import_id)
    with db.connection_context():
        record = store.find_import(workspace.id, import_id)
    while record.state in ("paused", "done"):
        with write_connection(workspace.id), workspace_lock(workspace.id):
            record = store.find_import(workspace.id, import_id)
            if record.state not in ("paused", "done"):
                return
            step = _take_back(workspace.id, record, actor)
            record = step.record
        yield step


def _take_back(workspace_id: int, record: ImportRecord, actor: Actor) -> UndoStep:
    number = (record.position - 1) // MAX_ROWS
    if record.position:
        store.require_rows(workspace_id, record)
    changes = find_changes(workspace_id, record.id, number)
    phones = [change.phone for change in changes]
    later = find_later_changes(workspace_id, record.id, record.created_at, phones)
    reverted = _Reverted(find_contacts(workspace_id, phones), later)
    for change in changes:
        reverted.take(change)
    save_contacts(workspace_id, reverted.restored.values())
    remove_contacts(workspace_id, [contact.id for contact in reverted.removed])
    times = ((contact.id, next_timestamp(contact.updated_at)) for contact in reverted.removed)
    record_consent(workspace_id, [((*key, True, False), actor) for key in times])
    save_changes(workspace_id, reverted.rebased)
    drop_changes(workspace_id, record.id, number)
    position = number * MAX_ROWS if record.position else 0
    record = record._replace(
        position=position,
        state="paused" if position else "undone",
        taken_back=reverted.add_to(record.taken_back),
        updated_at=now(),
    )
    store.save_import(workspace_id, record)
    return UndoStep(record, reverted.kept)


class _Reverted:
    """What a chunk's undo does to contacts, and to what later imports know of them."""

    def __init__(self, contacts: dict[str, ContactRecord], later: Iterable[StoredChange]) -> None:
        self._contacts = contacts
        self._later: dict[str, list[StoredChange]] = defaultdict(list)
        for change in later:
            self._later[change.phone].append(change)
        self.restored: dict[str, ContactRecord] = {}
        self.removed: list[ContactRecord] = []
        self.rebased: list[StoredChange] = []
        self.kept: list[Kept] = []

    def take(self, stored: StoredChange) -> None:
        """Take one change back."""
        for later in self._later[stored.phone]:
            if later.changed_at > stored.changed_at:
                self.rebased.append(later._replace(change=rebase(later.change, stored.change)))
        current = self._contacts.get(stored.phone)
        if current is None:
            return
        contact, kept = revert(current, stored.change)
        self.kept += (Kept(current, code) for code in kept)
        if contact is None:
            self.removed.append(current)
        elif contact != current:
            self.restored[stored.phone] = contact._replace(updated_at=next_timestamp(current.updated_at))

    def add_to(self, taken_back: TakenBack) -> TakenBack:
        """Return what an undo has done, with this chunk."""
        done = {name: count for name, count in taken_back.items() if name != "named"}
        counts = Counter(done) + Counter(kept.code for kept in self.kept)
        counts.update(removed=len(self.removed), restored=len(self.restored))
        named = {code: list(ids) for code, ids in taken_back.get("named", {}).items()}
        for contact, code in self.kept:
            named.setdefault(code, []).append(contact.id)
        first = {code: ids[:MAX_NAMED] for code, ids in named.items()}
        return dict(counts) | ({"named": first} if first else {})
