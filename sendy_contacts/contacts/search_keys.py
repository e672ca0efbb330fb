"""What the filters of the list look at, made from a contact when it is written. It must not query.

`tag_keys` holds the case-folded tags, each behind its workspace's id. `search_keys`, on PostgreSQL, holds a number
for each tag, for an opt-out, for each byte and each two bytes in a row of the case-folded name, and each three of the
phone. One GIN index finds them all: what contains a text has all the numbers of the text. Others may have them too,
so the texts are compared as well. One number more is of all of it, so that none of it can change and the numbers not.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from ..text import fold

OPTED_OUT = b"!out"  # longer than what is taken of texts, and no tag


def tag_keys(workspace_id: int, tags: Iterable[str]) -> list[str]:
    """Return the tags as they are compared."""
    return [f"{workspace_id}:{fold(tag)}" for tag in tags]


def contact_keys(workspace_id: int, name: str, phone: str, tags: Iterable[str], *, opted_in: bool) -> str:
    """Return the numbers of a contact, by its folded name and the keys of its tags, as PostgreSQL's array text."""
    tags = list(tags)
    whole = repr((name, tags, bool(opted_in))).encode()
    parts = {*_split(name, 1), *_split(name, 2), *_split(phone, 3), *map(_mark, tags), whole}
    return _hash(workspace_id, parts if opted_in else parts | {OPTED_OUT})


def name_keys(workspace_id: int, part: str) -> str:
    """Return the numbers that a name with this folded part has."""
    return _hash(workspace_id, _split(part, min(2, len(part.encode()))))


def phone_keys(workspace_id: int, digits: str) -> str | None:
    """Return the numbers that a phone with these digits has; None for less than three, which most phones have."""
    return _hash(workspace_id, _split(digits, 3)) if len(digits) >= 3 else None


def tagged_keys(workspace_id: int, tags: Iterable[str]) -> str:
    """Return the numbers that a contact with all of these keys of tags has."""
    return _hash(workspace_id, map(_mark, tags))


def opted_out_keys(workspace_id: int) -> str:
    """Return the number that a contact has who opted out."""
    return _hash(workspace_id, [OPTED_OUT])


def _split(text: str, size: int) -> set[bytes]:
    data = text.encode()
    return {data[n : n + size] for n in range(len(data) - size + 1)}


def _mark(tag: str) -> bytes:
    return b"#" + tag.encode()


def _hash(workspace_id: int, parts: Iterable[bytes]) -> str:
    """Return a number for each of the parts, another one in another workspace."""
    seed = zlib.crc32(b"%d" % workspace_id)
    return f"{{{','.join([str(zlib.crc32(part, seed) - 2**31) for part in parts])}}}"
