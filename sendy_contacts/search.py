"""What the filters of the list look at, made from a contact when it is written. It must not query.

`tag_keys` holds the case-folded tags. `search_keys`, on PostgreSQL, holds a number for each tag, for an opt-out, and
for each one, two and three bytes in a row of the case-folded name and three of the phone. One GIN index over them
finds all of these: what contains a text has all the numbers of the text. Others may have them too, so the texts are
compared as well.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from .text import fold

LONGEST = 3
OPTED_OUT = b"!out"  # longer than a part of a name, and no tag


def tag_keys(tags: Iterable[str]) -> list[str]:
    """Return the tags as they are compared."""
    return [fold(tag) for tag in tags]


def contact_keys(workspace_id: int, name: str, phone: str, tags: Iterable[str], *, opted_in: bool) -> str:
    """Return the numbers of a contact, of whose texts only the phone isn't folded, as PostgreSQL's array text."""
    text = name.encode()
    parts = {text[n : n + size] for size in range(1, LONGEST + 1) for n in range(len(text) - size + 1)}
    digits = phone.encode()
    parts.update(digits[n : n + LONGEST] for n in range(len(digits) - LONGEST + 1))
    parts.update(map(_mark, tags))
    if not opted_in:
        parts.add(OPTED_OUT)
    return _number(workspace_id, parts)


def name_keys(workspace_id: int, part: str) -> str:
    """Return the numbers that a name with this folded part has."""
    text = part.encode()
    size = min(LONGEST, len(text))
    return _number(workspace_id, {text[n : n + size] for n in range(len(text) - size + 1)})


def phone_keys(workspace_id: int, digits: str) -> str | None:
    """Return the numbers that a phone with these digits has; None for less than three, which most phones have."""
    return name_keys(workspace_id, digits) if len(digits) >= LONGEST else None


def tags_keys(workspace_id: int, tags: Iterable[str]) -> str:
    """Return the numbers that a contact with all of these folded tags has."""
    return _number(workspace_id, map(_mark, tags))


def opted_out_keys(workspace_id: int) -> str:
    """Return the number that a contact has who opted out."""
    return _number(workspace_id, [OPTED_OUT])


def _mark(tag: str) -> bytes:
    return b"#" + tag.encode()


def _number(workspace_id: int, parts: Iterable[bytes]) -> str:
    """Return a number for each of the parts, another one in another workspace."""
    seed = zlib.crc32(b"%d" % workspace_id)
    return f"{{{','.join([str(zlib.crc32(part, seed) - 2**31) for part in parts])}}}"
