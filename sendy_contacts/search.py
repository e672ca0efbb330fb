"""What the filters of the list look at, made from a contact when it is written. It must not query.

`tag_keys` holds the case-folded tags. `search_keys`, on PostgreSQL, holds a number for each tag and for each three
bytes in a row of the case-folded name and of the phone, so that one GIN index finds tags and parts of texts: what
contains a text has all the numbers of the text. Others may have them too, so the texts are compared as well.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from .text import fold

GRAM = 3


def tag_keys(tags: Iterable[str]) -> list[str]:
    """Return the tags as they are compared."""
    return [fold(tag) for tag in tags]


def search_keys(workspace_id: int, texts: Iterable[str], tags: Iterable[str]) -> str:
    """Return the numbers of folded texts and tags, which are others in another workspace, as PostgreSQL's array text.

    A text of less than three bytes has none.
    """
    seed = zlib.crc32(b"%d" % workspace_id)
    grams = {data[n : n + GRAM] for data in map(str.encode, texts) for n in range(len(data) - GRAM + 1)}
    grams.update(f"#{tag}".encode() for tag in tags)
    return f"{{{','.join([str(zlib.crc32(gram, seed) - 2**31) for gram in grams])}}}"
