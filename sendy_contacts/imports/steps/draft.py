"""A new import: its file is read and stored, its columns are mapped, and mapped anew as a person says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from ...accounts.models import Workspace
from ...clock import now
from ...contacts.records import STATUSES, Actor
from ...database.connection import db
from ...database.transactions import workspace_lock, write_connection
from ...spreadsheets.sheet import Sheet
from ...text import show
from ..header_row import Record
from ..plan import Plan, Recalled, plan_import
from ..recognition.overrides import list_asked
from ..record import store
from ..record.prune import drop_rows, prune_imports
from ..record.records import ImportRecord, to_warnings

MAX_FILE_NAME = 255
RECALLED = "as in the last import of these columns"


def plan_draft(workspace: Workspace, sheet: Sheet, country: str | None, **options: Any) -> Plan:
    """Return the plan of an import of a sheet; `options` are those of `plan_import`.

    Phones are read in `country` if a person says so, else as those of the last file with this header, else in the
    country of the workspace. What a person said of the columns of that file is proposed again, too.
    """

    def recall(header: Sequence[str]) -> Recalled:
        with db.connection_context():
            last = store.find_last(workspace.id, header) if header else None
        return Recalled(list_asked(last.columns, RECALLED), None if country else last.country) if last else Recalled()

    return plan_import(sheet, country or workspace.country, recall=recall, **options)


def create_import(
    workspace: Workspace, sheet: Sheet, file_name: str, actor: Actor, country: str | None, **options: Any
) -> tuple[ImportRecord, Plan]:
    """Store a file and what its columns hold as a draft. Raise as `plan_import`; then nothing is stored.

    `country` and `options` are those of `plan_draft`. What imports have kept for too long is dropped first.
    """
    import_id = store.new_import_id()
    numbers = count()

    def keep(rows: Sequence[Record]) -> None:
        with write_connection(workspace.id), workspace_lock(workspace.id):
            store.add_chunk(workspace.id, import_id, next(numbers), rows)

    prune_imports(workspace.id)
    try:
        plan = plan_draft(workspace, sheet, country, keep=keep, **options)
    except BaseException:
        with write_connection(workspace.id), workspace_lock(workspace.id):
            drop_rows(workspace.id, [import_id])
        raise
    record = describe(plan, import_id, file_name, actor)
    with write_connection(workspace.id), workspace_lock(workspace.id):
        store.save_import(workspace.id, record)
    return record, plan


def describe(plan: Plan, import_id: str, file_name: str, actor: Actor) -> ImportRecord:
    """Return the draft of a plan."""
    layout, time = plan.survey.layout, now()
    return ImportRecord(
        id=import_id,
        file_name=show(file_name, MAX_FILE_NAME)[:MAX_FILE_NAME],
        state="draft",
        kind=plan.sheet.kind,
        encoding=plan.sheet.encoding,
        delimiter=plan.sheet.delimiter,
        header_row=layout.header_line,
        country=plan.columns.region,
        rows=plan.survey.rows,
        blank=plan.blank,
        passed_over=plan.passed_over,
        position=0,
        header=layout.header,
        columns=plan.columns.columns,
        titles=plan.columns.titles,
        add_tags=[],
        counts=dict.fromkeys(STATUSES, 0),
        warnings=to_warnings(plan.notices),
        taken_back={},
        created_at=time,
        created_by=actor.name,
        updated_at=time,
    )
