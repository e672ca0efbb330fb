"""The dry run of an import: what it says is what the run does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from ...accounts.models import Workspace
from ...contacts.batch import Batch
from ...contacts.writes import plan_upsert
from ...database.connection import db
from ..header_row import Record
from ..record import store
from ..record.records import ImportRecord, Refusal, Step, Update, add_warning
from ..rows import load_chunk
from ..survey import MAX_LINES
from .planned import PlannedContacts

SHOWN = 5  # rows of a chunk that update a contact


class NoPhoneColumn(ValueError):
    """No column of the import holds phones; `headers` are all."""

    def __init__(self, headers: Sequence[str]) -> None:
        super().__init__("no phone column")
        self.headers = headers


def has_phones(record: ImportRecord) -> bool:
    """Return whether a column of the import holds phones."""
    return any(column.target == "phone" for column in record.columns)


def require_phones(record: ImportRecord) -> None:
    """Raise NoPhoneColumn unless a column holds phones."""
    if not has_phones(record):
        raise NoPhoneColumn([column.header for column in record.columns])


def check_stored(workspace: Workspace, import_id: str) -> Iterator[Step]:
    """Yield what a run of a stored import would do, chunk by chunk; nothing if no rows are left to be written.

    Raise ImportNotFound, ImportExpired or NoPhoneColumn.
    """
    with db.connection_context():
        record = store.find_import(workspace.id, import_id)
    if record.is_open:
        yield from check(workspace, record, store.read_chunks(workspace.id, record, record.position))


def check(workspace: Workspace, record: ImportRecord, chunks: Iterable[Sequence[Record]]) -> Iterator[Step]:
    """Yield what a run would do with chunks of rows. Raise NoPhoneColumn."""
    require_phones(record)
    columns = record.to_columns()
    with closing(PlannedContacts()) as planned:
        for chunk in chunks:
            rows = load_chunk(columns, chunk, record.add_tags)
            with db.connection_context():
                batch = plan_upsert(workspace, rows, region=record.country, planned=planned)
            planned.add(batch.changed)
            step = account_for(record, chunk, batch)
            record = step.record
            read = zip(chunk, batch.outcomes, strict=True)
            phones = [(line, found.contact.phone) for (line, _), found in read if found.contact]
            yield step._replace(repeats=planned.find_repeats(phones))


def account_for(record: ImportRecord, chunk: Sequence[Record], batch: Batch) -> Step:
    """Return the import after a chunk, with what became of its rows."""
    counts, warnings = dict(record.counts), [warning | {} for warning in record.warnings]
    refused: list[Refusal] = []
    updates: list[Update] = []
    kept = 0
    for (line, cells), outcome in zip(chunk, batch.outcomes, strict=True):
        counts[outcome.status] += 1
        for found in outcome.warnings:
            add_warning(warnings, found, line, MAX_LINES)
        if outcome.contact and not outcome.contact.opted_in:
            before = batch.existing.get(outcome.contact.phone)
            kept += before is not None and not before.opted_in
        if outcome.contact is None:
            refused.append(Refusal(line, cells, outcome.problems))
        elif outcome.status == "updated" and len(updates) < SHOWN and outcome.contact.phone in batch.existing:
            phone = outcome.contact.phone
            updates.append(Update(line, batch.existing[phone], batch.changed[phone]))
    position = record.position + len(chunk)
    after = record._replace(position=position, counts=counts, warnings=warnings)
    opted_out = sum(not new for _, _, _, new in batch.consent)
    return Step(after, [outcome.status for outcome in batch.outcomes], refused, updates, opted_out, kept)
