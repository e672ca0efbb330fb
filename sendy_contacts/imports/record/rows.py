"""What became of rows -> the JSON of responses: why a row was refused and where, what it changes of a contact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...contacts.records import ContactRecord
from ...contacts.serialize import dump_plain
from ...text import show
from ...validation.errors import FieldError
from ..recognition.overrides import name_column
from ..targets import Column, split_target
from .records import ImportRecord, Refusal, Step, Update

_TARGETS = {
    "phone": ("phone",),
    "name": ("name", "firstName", "lastName"),
    "country": ("country", "callingCode"),
    "tags": ("tags",),
}
_FIELDS = ("name", "country", "optedIn", "tags")


def dump_step(step: Step) -> dict[str, Any]:
    """Return what a check or a run says of a chunk."""
    return {
        "counts": step.record.counts,
        "optedOut": step.opted_out,
        "optOutsKept": step.opt_outs_kept,
        "refused": [dump_refusal(step.record, row) for row in step.refused],
        "updates": [dump_update(row) for row in step.updates],
    }


def dump_check(step: Step) -> dict[str, Any]:
    """Return what a check says of a chunk: also which rows name a phone number again, if any do."""
    repeated = [repeat._asdict() for repeat in step.repeats]
    return dump_step(step) | ({"repeated": repeated} if repeated else {})


def dump_refusal(record: ImportRecord, row: Refusal) -> dict[str, Any]:
    """Return a refused row: its line in the file, and what is wrong in which column."""
    return {
        "line": row.line,
        "errors": [problem._asdict() | _locate(record, row, problem) for problem in row.problems],
    }


def _locate(record: ImportRecord, row: Refusal, problem: FieldError) -> dict[str, str | None]:
    """Return the column that a problem is about, and the value of its cell; None if it is about the row."""
    found = [index for index, column in enumerate(record.columns) if _is_about(column, problem.field)]
    if not found:
        return {"column": None, "letter": None, "value": None}
    cells = [*row.cells, *[""] * len(record.columns)]
    named = [index for index in found if problem.message.startswith(f"{show(record.columns[index].header)}:")]
    index = next((index for index in named or found if cells[index].strip()), found[0])
    return {"column": record.columns[index].header, "letter": name_column(index), "value": show(cells[index])}


def _is_about(column: Column, field: str) -> bool:
    if field == "optedIn":
        return column.sense is not None
    whole = field.partition("[")[0]  # one of several tags
    if whole in _TARGETS:
        return column.target in _TARGETS[whole]
    key, _ = split_target(column.target)
    return bool(key) and field == f"attributes.{key}"


def dump_update(row: Update) -> dict[str, Any]:
    """Return what a row changes of a contact."""
    return {"line": row.line, "phone": row.after.phone, "changes": list(_compare(row.before, row.after))}


def _compare(before: ContactRecord, after: ContactRecord) -> Iterator[dict[str, Any]]:
    old, new = dump_plain(before), dump_plain(after)
    pairs = [(field, old[field], new[field]) for field in _FIELDS]
    keys = dict.fromkeys([*old["attributes"], *new["attributes"]])
    pairs += [(f"attributes.{key}", old["attributes"].get(key), new["attributes"].get(key)) for key in keys]
    for field, was, becomes in pairs:
        if was != becomes:
            yield {"field": field, "old": was, "new": becomes}
