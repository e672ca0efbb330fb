"""A draft is changed as a person says: what columns hold, the country of phones, tags for every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from ...accounts.models import Workspace
from ...clock import now
from ...database.connection import db
from ...database.transactions import workspace_lock, write_connection
from ...text import show
from ...validation.errors import ErrorCode, ValidationFailed, field_error
from ...validation.fields import MAX_KEY
from ..columns import Columns
from ..header_row import Layout
from ..mapping import map_sheet
from ..notices import OTHER_SHEETS, Notice, find_notices
from ..recognition.overrides import OF_CONSENT, Asked, list_asked
from ..record import store
from ..record.records import ImportRecord, to_warnings
from ..survey import take_survey
from ..targets import SHARED, TARGETS, Column, split_target

Targets = Sequence[tuple[str, str | None]]


class NotADraft(ValueError):
    """Rows of this import have been written, so it can't be changed any more."""


def edit_import(workspace: Workspace, import_id: str, changes: Mapping[str, Any]) -> ImportRecord:
    """Apply `schemas.load_import_patch`, and propose again what wasn't said. Of edits at once each counts.

    Raise ValidationFailed, ImportNotFound, NotADraft or ImportExpired.
    """
    while True:
        with db.connection_context():
            record = store.find_import(workspace.id, import_id)
        edited = _edit(workspace, record, changes)
        with write_connection(workspace.id), workspace_lock(workspace.id):
            # Another edit, or a run, may have come between.
            if store.find_import(workspace.id, import_id) == record:
                store.save_import(workspace.id, edited)
                return edited


def _edit(workspace: Workspace, record: ImportRecord, changes: Mapping[str, Any]) -> ImportRecord:
    if record.state != "draft":
        raise NotADraft(record.id)
    country = changes.get("country", record.country)
    asked = _ask(record.columns, changes.get("columns", ()))
    edited = record._replace(add_tags=changes.get("add_tags", record.add_tags), updated_at=now())
    if "columns" not in changes and country == record.country:
        return edited
    columns, notices = _map_anew(workspace, record, asked, country)
    of_file = [warning for warning in record.warnings if warning["code"] == OTHER_SHEETS]
    warnings = of_file + to_warnings(notices)
    return edited._replace(country=country, columns=columns.columns, titles=columns.titles, warnings=warnings)


def _ask(columns: Sequence[Column], targets: Targets) -> dict[int, Asked]:
    """Return what a person says of columns, now and before."""
    asked = list_asked(columns)
    said: set[str] = set()
    for index, (place, target) in _find_columns(columns, targets):
        if target is None:
            asked.pop(index, None)
            continue
        if target != columns[index].target:
            _check_target(place, target)
            asked[index] = Asked(target, "as asked")
        elif target == "phone":  # else a phone that is asked of another column would be the only one
            asked.setdefault(index, Asked(target, columns[index].why))
        if target in said - SHARED:
            raise _refuse(place, "invalid_target", f"{show(target)} can be mapped from one column only")
        said.add(target)
        for other, found in list(asked.items()):
            if other != index and found.target == target and target not in SHARED:
                del asked[other]
    return asked


def _find_columns(columns: Sequence[Column], targets: Targets) -> Iterator[tuple[int, tuple[str, str | None]]]:
    """Yield the index of each column, and where its target stands and what it is."""
    free = dict(enumerate(column.header for column in columns))
    for number, (header, target) in enumerate(targets):
        index = next((index for index, name in free.items() if name == header), None)
        if index is None:
            what = f'there is no column "{show(header)}", or it is named more than once'
            raise _refuse(f"columns[{number}].header", "unknown_field", what)
        del free[index]
        yield index, (f"columns[{number}].target", target)


def _check_target(place: str, target: str) -> None:
    key, _ = split_target(target)
    if target not in TARGETS and not 0 < len(key) <= MAX_KEY:
        what = f"must be one of {', '.join(TARGETS)} or attributes.KEY with a key of at most {MAX_KEY} characters"
        raise _refuse(place, "invalid_target", what)


def _refuse(place: str, code: ErrorCode, what: str) -> ValidationFailed:
    return ValidationFailed([field_error(place, code, what)])


def _map_anew(
    workspace: Workspace, record: ImportRecord, asked: Mapping[int, Asked], country: str | None
) -> tuple[Columns, list[Notice]]:
    """Look at the stored rows again: what is asked of one column can change what others mean."""
    of_consent = [index for index, (target, _) in asked.items() if target in OF_CONSENT]
    rows = chain.from_iterable(store.read_chunks(workspace.id, record))
    survey = take_survey(Layout(record.header, record.header_row), rows, of_consent)
    columns = map_sheet(survey, (), country, asked)
    return columns, find_notices(survey, columns)
