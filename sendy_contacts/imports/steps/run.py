"""The run of an import, 1,000 rows in a transaction, each with the position: no row is written twice.

It can be cut off anywhere, and goes on where it stood, in any process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

from ...accounts.models import Workspace
from ...clock import now
from ...contacts.batch import ParsedRows
from ...contacts.models import Contact
from ...contacts.records import Actor
from ...contacts.writes import write_batch
from ...database.connection import db
from ...database.sql import refresh_statistics
from ...database.transactions import workspace_lock, write_connection
from ...validation.schemas import MAX_ROWS
from ..header_row import Record
from ..record import store
from ..record.changes import add_changes
from ..record.records import ImportRecord, State, Step
from .check import account_for, require_phones
from .reading import Chunks, read_rows

MANY_ROWS = 10_000  # so many can change which plan of a query is the best one


def run(
    workspace: Workspace,
    import_id: str,
    actor: Actor,
    *,
    read: Callable[[Workspace, ImportRecord], Chunks] = read_rows,
) -> Iterator[Step]:
    """Write the rows that aren't written yet, as `read` gives them; yield after each chunk.

    Another process may write chunks of the same import meanwhile: each is written once. `actor` gets the import's id.
    Raise ImportNotFound, ImportExpired or NoPhoneColumn.
    """
    actor = actor._replace(import_id=import_id)
    with db.connection_context():
        record = store.find_import(workspace.id, import_id)
    while record.is_open:
        require_phones(record)
        with closing(read(workspace, record)) as chunks:
            for chunk, parsed in chunks:
                step = _write(workspace, record, chunk, parsed, actor)
                if step is None:
                    break
                record = step.record
                yield step
        with db.connection_context():
            if record.state == "done" and record.rows >= MANY_ROWS:
                refresh_statistics(Contact)
            record = store.find_import(workspace.id, import_id)


def _write(
    workspace: Workspace, record: ImportRecord, chunk: list[Record], parsed: ParsedRows, actor: Actor
) -> Step | None:
    """Write a chunk, unless the import has changed since it was read."""
    number = record.position // MAX_ROWS
    with write_connection(workspace.id), workspace_lock(workspace.id):
        if store.find_import(workspace.id, record.id) != record:
            return None
        batch = write_batch(workspace.id, parsed, actor)
        step = account_for(record, chunk, batch)
        state: State = "done" if step.record.position == record.rows else "paused"
        step = step._replace(record=step.record._replace(state=state, updated_at=now()))
        store.save_outcomes(workspace.id, record.id, number, batch.outcomes)
        add_changes(workspace.id, record.id, number, batch)
        store.save_import(workspace.id, step.record)
    return step
