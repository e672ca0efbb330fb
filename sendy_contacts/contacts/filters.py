"""The filters of the list as conditions of SQL. It must not execute them.

A condition is its text, with `?` for each value, and the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..database.connection import is_postgres
from ..text import fold
from .records import dump_json
from .search_keys import (
    name_keys,
    opted_out_keys,
    phone_keys,
    tag_keys,
    tagged_keys,
    trigrams,
    workspace_trigram,
)

MAX_PAGE = 500


class ListQuery(NamedTuple):
    """What GET asks for: the newest `limit` contacts older than `cursor` that match every filter given.

    `phone` is the E.164 of a `q` that reads as a phone number: a contact with it matches `q` too.
    """

    limit: int = MAX_PAGE
    cursor: str | None = None
    tags: tuple[str, ...] = ()
    opted_in: bool | None = None
    q: str = ""
    phone: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Return whether it asks for some of the contacts only."""
        return bool(self.tags or self.q or self.opted_in is not None)


Condition = tuple[str, list[Any]]

# The trigram of a tag; one that no contact has if the index has no contact with this tag.
_TAG_TRIGRAM = "'\"' || ifnull((SELECT token FROM contact_token WHERE key = ?), '\uf8ff\uf8ff\uf8ff') || '\"'"


def where(workspace_id: int, query: ListQuery) -> Condition:
    """Return the condition that the contacts of a workspace meet which match the query."""
    return and_all([("workspace_id = ?", [workspace_id]), *_compare(workspace_id, query)])


def index_lookup(workspace_id: int, query: ListQuery) -> Condition | None:
    """Return what the indexes of `search_keys` find: all that match, and few others. None where they can't help."""
    found = list(_look_up(workspace_id, query)) if is_postgres() else []
    return and_all(found) if found else None


def match(workspace_id: int, query: ListQuery) -> Condition | None:
    """Return what SQLite's full-text index finds: all that match, and few others. None where it can't help."""
    tags = tag_keys(workspace_id, query.tags)
    named = _match_q(query)
    if not tags and not named and query.opted_in is not False:
        return None
    fixed = [named] if named else []
    if query.opted_in is False:
        fixed.append(_quote([workspace_trigram(workspace_id, opted_out=True)]))
    elif not tags:
        fixed.append(_quote([workspace_trigram(workspace_id)]))
    parts = ["?"] * len(fixed) + [_TAG_TRIGRAM] * len(tags)
    return "contact_search MATCH " + " || ' AND ' || ".join(parts), [*fixed, *tags]


def and_all(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that holds where all of them do."""
    conditions = list(conditions)
    return " AND ".join(f"({text})" for text, _ in conditions), [v for _, values in conditions for v in values]


def _compare(workspace_id: int, query: ListQuery) -> Iterator[Condition]:
    if query.cursor is not None:
        yield "id < ?", [query.cursor]
    if query.opted_in is not None:
        yield "opted_in = ?", [query.opted_in]
    tags = tag_keys(workspace_id, query.tags)
    if tags and is_postgres():
        yield "tag_keys @> ?::jsonb", [dump_json(tags)]
    elif tags:
        yield from (("EXISTS (SELECT 1 FROM json_each(tag_keys) WHERE value = ?)", [tag]) for tag in tags)
    if query.q:
        name, digits = _read(query.q)
        phones = [("phone LIKE ?", _pattern(digits))] if digits else []
        yield _any_of([("name_key LIKE ? ESCAPE '!'", _pattern(name)), *phones, *_exact(query)])


def _look_up(workspace_id: int, query: ListQuery) -> Iterator[Condition]:
    if query.opted_in is False:
        yield "search_keys @> ?", [opted_out_keys(workspace_id)]
    if query.tags:
        yield "search_keys @> ?", [tagged_keys(workspace_id, tag_keys(workspace_id, query.tags))]
    if query.q:
        name, digits = _read(query.q)
        named, phones = name_keys(workspace_id, name), phone_keys(workspace_id, digits)
        if phones or not digits:
            keys = [named, phones] if phones else [named]
            yield _any_of([*(("search_keys @> ?", key) for key in keys), *_exact(query)])


def _match_q(query: ListQuery) -> str:
    name, digits = _read(query.q)
    ways = [name, *([digits] if digits else []), *([query.phone] if query.phone else [])]
    found = [_quote(trigrams(way)) for way in ways]
    return f"({' OR '.join(found)})" if all(found) else ""


def _quote(terms: Iterable[str]) -> str:
    """Return the expression of FTS5 for contacts with all of these terms."""
    quoted = " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)
    return f"({quoted})" if quoted else ""


def _exact(query: ListQuery) -> list[tuple[str, str]]:
    """Return the condition on the whole phone, which the unique index of phones finds."""
    return [("phone = ?", query.phone)] if query.phone else []


def _any_of(conditions: Iterable[tuple[str, str]]) -> Condition:
    """Return the condition that holds if any of them does; each has one value."""
    conditions = list(conditions)
    return " OR ".join(text for text, _ in conditions), [value for _, value in conditions]


def _read(q: str) -> tuple[str, str]:
    """Return what to look for in folded names, and in phones if it may be a part of one."""
    digits = "".join(c for c in q if c not in " -.()/")
    return fold(q), digits if digits.isascii() and digits.removeprefix("+").isdecimal() else ""


def _pattern(part: str) -> str:
    for special in "!%_":
        part = part.replace(special, f"!{special}")
    return f"%{part}%"
