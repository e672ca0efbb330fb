"""An import as stored, and the JSON of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Literal, NamedTuple

import orjson

from ...contacts.records import ContactRecord, dump_json
from ...validation.errors import FieldError
from ..columns import Columns
from ..notices import Notice
from ..targets import Column
from ..words.consent import Sense

State = Literal["draft", "paused", "done", "undone"]
Warnings = list[dict[str, Any]]
TakenBack = dict[str, Any]

# Why something of an import stays when it is taken back.
CHANGED_SINCE = "changed_since"
OPT_OUT_KEPT = "opt_out_kept"

JSON_FIELDS = ("header", "columns", "titles", "add_tags", "counts", "warnings", "taken_back")


class ImportRecord(NamedTuple):
    """An import; see `models.Import`.

    `counts` has a number for each of `contacts.records.STATUSES`. `warnings` are objects with code, message, rows and
    the first lines. `taken_back` is what an undo has done so far, {} before any undo: numbers of contacts, also by
    the code of why something stays, and in `named` the ids of the first ones by code.
    """

    id: str
    file_name: str
    state: State
    kind: str
    encoding: str | None
    delimiter: str | None
    header_row: int | None
    country: str | None
    rows: int
    blank: int
    passed_over: int
    position: int
    header: list[str]
    columns: list[Column]
    titles: list[str]
    add_tags: list[str]
    counts: dict[str, int]
    warnings: Warnings
    taken_back: TakenBack
    created_at: str
    created_by: str
    updated_at: str

    @property
    def is_open(self) -> bool:
        """Return whether rows are left to be written. After the start of an undo none are."""
        return self.state in ("draft", "paused") and not self.taken_back

    def to_columns(self) -> Columns:
        """Return what reads the rows."""
        return Columns(self.columns, self.country, self.titles)


class Refusal(NamedTuple):
    """A row that was refused: its line and cells, and why."""

    line: int
    cells: Sequence[str]
    problems: Sequence[FieldError]

    @property
    def reason(self) -> str:
        """Return the sentences for a person."""
        return ". ".join(problem.message for problem in self.problems)


class Update(NamedTuple):
    """What a row changes: its line, and the contact before and after its chunk."""

    line: int
    before: ContactRecord
    after: ContactRecord


class Repeat(NamedTuple):
    """A row for the phone number of an earlier one, and the line of the first of these."""

    line: int
    first: int
    phone: str


class Step(NamedTuple):
    """An import after a chunk, and what became of the chunk's rows.

    `updates` are the first few rows that updated a contact. `opted_out` counts the contacts that were opted out,
    `opt_outs_kept` the rows of contacts that had opted out before, and stay so. Only a check knows `repeats`.
    """

    record: ImportRecord
    statuses: Sequence[str] = ()
    refused: Sequence[Refusal] = ()
    updates: Sequence[Update] = ()
    opted_out: int = 0
    opt_outs_kept: int = 0
    repeats: Sequence[Repeat] = ()


def to_row(record: ImportRecord) -> list[Any]:
    """Return the columns of `models.Import` behind the workspace."""
    columns = [asdict(column) | {"sense": column.sense and column.sense.name} for column in record.columns]
    values = record._asdict() | {"columns": columns}
    return [dump_cells(value) if name in JSON_FIELDS else value for name, value in values.items()]


def from_row(row: Iterable[Any]) -> ImportRecord:
    """Return the import of these columns."""
    values = dict(zip(ImportRecord._fields, row, strict=True))
    values |= {name: orjson.loads(values[name]) for name in JSON_FIELDS}
    values["columns"] = [_load_column(column) for column in values["columns"]]
    return ImportRecord(**values)


def _load_column(values: dict[str, Any]) -> Column:
    return Column(**values | {"sense": values["sense"] and Sense[values["sense"]]})


def dump_cells(value: Any) -> str:
    """Return the JSON of cells; half a surrogate pair, which JSON can't hold, becomes a question mark."""
    try:
        return dump_json(value)
    except TypeError:
        return dump_json(_replace_surrogates(value))


def _replace_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, dict):
        return {_replace_surrogates(key): _replace_surrogates(item) for key, item in value.items()}
    return [*map(_replace_surrogates, value)] if isinstance(value, list | tuple) else value


def to_warnings(notices: Iterable[Notice]) -> Warnings:
    """Return what is known before a run, as warnings."""
    return [{**notice._asdict(), "lines": list(notice.lines)} for notice in notices]


def add_warning(warnings: Warnings, found: FieldError, line: int, most: int) -> None:
    """Count a warning about a row; the first `most` lines are kept."""
    warning = next((warning for warning in warnings if warning["message"] == found.message), None)
    if warning is None:
        warning = {"code": found.code, "message": found.message, "rows": 0, "lines": []}
        warnings.append(warning)
    warning["rows"] += 1
    if len(warning["lines"]) < most:
        warning["lines"].append(line)
