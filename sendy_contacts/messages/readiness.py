"""A check of a template against a workspace's contacts, before it is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..contacts.filters import ListQuery
from ..contacts.serialize import dump_plain
from ..contacts.store import iterate, list_recent
from .placeholders import Filled, Template


@dataclass
class Readiness:
    """The messages of the newest opted-in contacts by phone number, and counts of all opted-in contacts.

    `ready` contacts have all values, `fallback` ones use at least one fallback, `incomplete` ones lack a value.
    `missing` counts, for each placeholder, the contacts that lack its value.
    """

    newest: list[tuple[str, Filled]] = field(default_factory=list)
    ready: int = 0
    fallback: int = 0
    incomplete: int = 0
    missing: Counter[int] = field(default_factory=Counter)


def check_readiness(workspace_id: int, template: Template, newest: int = 5) -> Readiness:
    """Fill the template for every opted-in contact of the workspace."""
    page = list_recent(workspace_id, ListQuery(limit=newest, opted_in=True))
    readiness = Readiness([(contact.phone, template.fill(dump_plain(contact))) for contact in page.contacts])
    for contact in iterate(workspace_id):
        if contact.opted_in:
            filled = template.fill(dump_plain(contact))
            readiness.missing.update(filled.missing)
            readiness.incomplete += bool(filled.missing)
            readiness.fallback += bool(filled.fallbacks and not filled.missing)
            readiness.ready += not filled.missing and not filled.fallbacks
    return readiness
