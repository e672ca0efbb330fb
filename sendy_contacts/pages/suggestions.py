"""What fields propose while a person types: the tags and attribute keys of the newest contacts."""

from __future__ import annotations

from typing import NamedTuple

from ..contacts.filters import ListQuery
from ..contacts.serialize import dump_plain
from ..contacts.store import list_recent

MAX_PROPOSED = 200


class Suggestions(NamedTuple):
    """Tags and attribute keys, in alphabetical order."""

    tags: list[str]
    keys: list[str]


def suggest(workspace_id: int) -> Suggestions:
    """Return what the newest 500 contacts of a workspace have."""
    contacts = [dump_plain(contact) for contact in list_recent(workspace_id, ListQuery()).contacts]
    tags = {tag for contact in contacts for tag in contact["tags"]}
    keys = {key for contact in contacts for key in contact["attributes"]}
    return Suggestions(sorted(tags, key=str.casefold)[:MAX_PROPOSED], sorted(keys, key=str.casefold)[:MAX_PROPOSED])
