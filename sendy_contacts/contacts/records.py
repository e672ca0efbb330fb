"""Contact records, contact ids, outcomes of rows, and actors."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from ulid import ULID

from ..validation.errors import FieldError

SOURCES = ("api", "bulk", "import", "undo", "cli", "upgrade")
STATUSES = ("created", "updated", "unchanged", "failed")


class Outcome(NamedTuple):
    """The outcome of a row. `status` is one of STATUSES; only a failed row has no contact."""

    status: str
    contact: ContactRecord | None = None
    warnings: Sequence[FieldError] = ()
    problems: Sequence[FieldError] = ()


def dump_json(value: Any) -> str:
    """Return the JSON that is stored for a value; equal values have equal JSON."""
    return orjson.dumps(value).decode()


class Actor(NamedTuple):
    """Who changes contacts, and how.

    `name` is `user:ID` or `cli:LOGIN`, `source` one of SOURCES. Of an import or its undo, `import_id` says which one.
    """

    name: str
    source: str
    import_id: str | None = None


_PAIRS = list(map("".join, itertools.product("0123456789ABCDEFGHJKMNPQRSTVWXYZ", repeat=2)))


def contact_ids(newest: str | None) -> Iterator[str]:
    """Yield new contact ids in ascending order, all greater than `newest`, even if the clock was set back."""
    first = ULID()
    if newest is not None and f"con_{first}" <= newest:
        first = ULID.from_int(int(ULID.from_str(newest.removeprefix("con_"))) + 1)
    # Encoding each ULID would take a third of the time of a new contact, so the last two characters are counted up.
    high, low = divmod(int(first), len(_PAIRS))
    for number in itertools.count(high):
        prefix = f"con_{ULID.from_int(number * len(_PAIRS))}"[:-2]
        yield from (prefix + pair for pair in _PAIRS[low:])
        low = 0


CONTACT_ID = re.compile(r"con_[0-7][0-9A-HJKMNP-TV-Z]{25}", re.ASCII)


class ContactRecord(NamedTuple):
    """A contact as stored: `attributes` and `tags` are JSON, timestamps ISO 8601, `opted_in` is 0 or 1 on SQLite."""

    id: str
    phone: str
    name: str | None
    country: str | None
    attributes: str
    tags: str
    opted_in: bool
    created_at: str
    updated_at: str
