"""A check of a template against a workspace's contacts, before it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..contacts.filters import ListQuery
from ..contacts.records import ContactRecord
from ..contacts.serialize import dump_plain
from ..contacts.store import walk
from .placeholders import Filled, Template

Group = Literal["ready", "fallback", "incomplete"]
GROUPS: Sequence[Group] = ("ready", "fallback", "incomplete")
SHOWN = 5  # contacts of a group

Example = tuple[ContactRecord, Filled]


@dataclass
class Readiness:
    """The messages of the newest opted-in contacts, and what all opted-in contacts have and lack.

    `counts` has a number for each group: `ready` contacts have all values, `fallback` ones use at least one fallback,
    `incomplete` ones lack a value. `first` has the newest few of each group. `missing` counts, for each placeholder,
    the contacts that lack its value.
    """

    newest: list[Example] = field(default_factory=list)
    counts: Counter[Group] = field(default_factory=Counter)
    first: dict[Group, list[Example]] = field(default_factory=lambda: {group: [] for group in GROUPS})
    missing: Counter[int] = field(default_factory=Counter)

    def add(self, contact: ContactRecord, filled: Filled) -> None:
        """Take account of one contact."""
        group: Group = "incomplete" if filled.missing else "fallback" if filled.fallbacks else "ready"
        self.counts[group] += 1
        self.missing.update(filled.missing)
        for examples in (self.newest, self.first[group]):
            if len(examples) < SHOWN:
                examples.append((contact, filled))


def check_readiness(workspace_id: int, template: Template, tags: Sequence[str] = ()) -> Readiness:
    """Fill the template for every opted-in contact of the workspace with all these tags."""
    readiness = Readiness()
    for contact in walk(workspace_id, ListQuery(opted_in=True, tags=tuple(tags))):
        readiness.add(contact, template.fill(dump_plain(contact)))
    return readiness
