"""Search keys of contacts, computed on each write, with which the filters of the list find them. No I/O.

`tag_keys` holds the case-folded tags, each prefixed with its workspace's id.

On PostgreSQL, `search_keys` holds hashes of the tags, of an opt-out, of the byte unigrams and bigrams of the
case-folded name, and of the trigrams of the phone number. One GIN index covers them all. A name that contains a
string has all keys of that string. Other names may have them too, so the query also compares the strings.

One extra key hashes all fields together, so that every change to them changes the keys.

On SQLite, triggers keep a full-text index of trigrams (see the migration `0004_search`): those of the case-folded
name and of the phone number, and one for each tag, for the workspace and for an opt-out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from ..text import fold

OPTED_OUT = b"!out"  # longer than any n-gram, and without the # of a tag


def tag_keys(workspace_id: int, tags: Iterable[str]) -> list[str]:
    """Return the keys of tags: case-folded, with the workspace's id."""
    return [f"{workspace_id}:{fold(tag)}" for tag in tags]


def contact_keys(workspace_id: int, name: str, phone: str, tags: Iterable[str], *, opted_in: bool) -> str:
    """Return all keys of a contact as a PostgreSQL array; `name` is case-folded, `tags` are keys of tags."""
    tags = list(tags)
    whole = repr((name, tags, bool(opted_in))).encode()
    parts = {*_split(name, 1), *_split(name, 2), *_split(phone, 3), *map(_mark, tags), whole}
    return _hash(workspace_id, parts if opted_in else parts | {OPTED_OUT})


def name_keys(workspace_id: int, part: str) -> str:
    """Return the keys that every name containing this case-folded part has."""
    return _hash(workspace_id, _split(part, min(2, len(part.encode()))))


def phone_keys(workspace_id: int, digits: str) -> str | None:
    """Return the keys that every phone number with these digits has; None for fewer than three digits."""
    return _hash(workspace_id, _split(digits, 3)) if len(digits) >= 3 else None


def tagged_keys(workspace_id: int, tags: Iterable[str]) -> str:
    """Return the keys that every contact with all of these tags has; `tags` are keys of tags."""
    return _hash(workspace_id, map(_mark, tags))


def opted_out_keys(workspace_id: int) -> str:
    """Return the key that every opted-out contact has."""
    return _hash(workspace_id, [OPTED_OUT])


def _split(text: str, size: int) -> set[bytes]:
    data = text.encode()
    return {data[n : n + size] for n in range(len(data) - size + 1)}


def _mark(tag: str) -> bytes:
    return b"#" + tag.encode()


def _hash(workspace_id: int, parts: Iterable[bytes]) -> str:
    """Return a hash of each part, seeded with the workspace."""
    seed = zlib.crc32(b"%d" % workspace_id)
    return f"{{{','.join([str(zlib.crc32(part, seed) - 2**31) for part in parts])}}}"


def trigrams(text: str) -> list[str]:
    """Return the parts of three characters that any string containing this text has; none for a shorter text."""
    return sorted({text[n : n + 3] for n in range(len(text) - 2)})


def workspace_trigram(workspace_id: int, *, opted_out: bool = False) -> str:
    """Return the trigram of a workspace's contacts, or of its opted-out contacts."""
    return chr(0xE000 + workspace_id % 2048) + chr(0xE800 + workspace_id // 2048 % 2048) + chr(0xF800 + opted_out)
