"""Calls that write contacts, those of a workspace in the order in which they came.

    >>> upsert_many(workspace, load_rows([{"phone": "0712 345678"}]), Actor("cli:ann", "cli"))
    [Outcome(status="created", contact=ContactRecord(id="con_…", phone="+254712345678", …), …)]

A transaction reads the contacts of all its calls, applies one call after the other, and writes what they changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from ..accounts.models import Workspace
from ..clock import next_timestamp
from ..database.group_commit import write_in_turn
from ..validation.schemas import RefusedRow, Row
from .batch import Batch, OptInChange, ParsedRows, parse_row, phones_of
from .merge import apply_patch
from .records import CONTACT_ID, Actor, ContactRecord, Outcome, contact_ids
from .store import ContactNotFound, find_contacts, find_to_write, record_consent, save_contacts


class _Upsert(NamedTuple):
    rows: ParsedRows
    actor: Actor
    may_opt_in: bool


class _Patch(NamedTuple):
    contact_id: str
    row: Row


def upsert_many(
    workspace: Workspace,
    rows: Sequence[Row | RefusedRow],
    actor: Actor,
    *,
    region: str | None = None,
    may_opt_in: bool = False,
) -> list[Outcome]:
    """Create or update contacts in one transaction, as if the rows came one after the other; return their outcomes.

    `rows` come from `schemas.load_rows`: refused ones fail, the others are written. `region` overrides the
    workspace's country for phone numbers without one.
    """
    call = _Upsert(parse_rows(workspace, rows, region), actor, may_opt_in)
    return cast("list[Outcome]", write_in_turn(workspace.id, call, len(rows), _write))


def patch(workspace_id: int, contact_id: str, row: Row) -> ContactRecord:
    """Edit one contact and return it. Raise ContactNotFound, or UpdateRefused if it would exceed a limit."""
    if not CONTACT_ID.fullmatch(contact_id):
        raise ContactNotFound(contact_id)
    return cast("ContactRecord", write_in_turn(workspace_id, _Patch(contact_id, row), 1, _write))


def parse_rows(workspace: Workspace, rows: Sequence[Row | RefusedRow], region: str | None = None) -> ParsedRows:
    """Return the rows with their phone numbers parsed; `region` is as in `upsert_many`."""
    return [parse_row(row, region or workspace.country) for row in rows]


def write_batch(workspace_id: int, rows: ParsedRows, actor: Actor) -> Batch:
    """Write parsed rows, to be called under `workspace_lock`; return what was applied to which contacts."""
    turn = _Turn(workspace_id, [call := _Upsert(rows, actor, may_opt_in=False)])
    batch = turn.upsert(call)
    turn.save()
    return batch


def plan_upsert(
    workspace: Workspace,
    rows: Sequence[Row | RefusedRow],
    *,
    region: str | None = None,
    planned: Mapping[str, ContactRecord] = MappingProxyType({}),
) -> Batch:
    """Return the batch that `upsert_many` would write, without writing it. New contacts have the id "".

    `planned` holds the contacts that earlier calls for the same plan would have written, by phone number.
    """
    parsed = parse_rows(workspace, rows, region)
    phones = phones_of(parsed)
    existing = find_contacts(workspace.id, phones) if phones else {}
    existing |= {phone: planned[phone] for phone in phones & planned.keys()}
    return Batch(existing, itertools.repeat(""), may_opt_in=False).apply_all(parsed)


def _write(workspace_id: int, calls: list[_Upsert | _Patch]) -> list[Any]:
    """Write calls, to be called under `workspace_lock`; return what each gave, or the exception that refused it."""
    turn = _Turn(workspace_id, calls)
    gave = [turn.try_to_apply(call) for call in calls]
    turn.save()
    return gave


class _Turn:
    """Calls applied one after the other. What a refused call would have changed isn't kept."""

    def __init__(self, workspace_id: int, calls: Sequence[_Upsert | _Patch]) -> None:
        self.workspace_id = workspace_id
        phones = {phone for call in calls if isinstance(call, _Upsert) for phone in phones_of(call.rows)}
        ids = {call.contact_id for call in calls if isinstance(call, _Patch)}
        self.contacts = find_to_write(workspace_id, phones, ids)
        self.phones = {contact.id: phone for phone, contact in self.contacts.items()}
        self.ids = contact_ids(max(self.phones, default=None))
        self.changed: dict[str, ContactRecord] = {}
        self.consent: list[tuple[OptInChange, Actor]] = []

    def try_to_apply(self, call: _Upsert | _Patch) -> Any:
        try:
            return self.patch(call) if isinstance(call, _Patch) else self.upsert(call).outcomes
        except Exception as error:  # of this call alone
            return error

    def upsert(self, call: _Upsert) -> Batch:
        batch = Batch(self.contacts, self.ids, may_opt_in=call.may_opt_in).apply_all(call.rows)
        self._keep(batch.changed)
        self.consent += ((change, call.actor) for change in batch.consent)
        return batch

    def patch(self, call: _Patch) -> ContactRecord:
        if call.contact_id not in self.phones:
            raise ContactNotFound(call.contact_id)
        before = self.contacts[self.phones[call.contact_id]]
        after = apply_patch(before, call.row)
        if after != before:
            after = after._replace(updated_at=next_timestamp(before.updated_at))
            self._keep({after.phone: after})
        return after

    def _keep(self, changed: dict[str, ContactRecord]) -> None:
        # A new mapping, because the batch of a call shows what was there before it.
        self.contacts = self.contacts | changed
        self.changed |= changed

    def save(self) -> None:
        save_contacts(self.workspace_id, self.changed.values())
        record_consent(self.workspace_id, self.consent)
