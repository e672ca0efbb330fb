"""Filters of the list over many contacts, with few, many or no matches, and their query plans."""

import json
from functools import partial
from statistics import median
from typing import NamedTuple

from . import rows
from .dataset import open_sql
from .plans import explain
from .report import Line, Table
from .results import Results, take_turns
from .scale import Scale
from .systems import POSTGRESQL, SQLITE, Response, System, Web

PAGE = 500
MOST = 20  # times the list without a filter
SHORT = len("q=ab")  # a `q` so short may look at all contacts
NONE = "zzyzx"
RARE = rows.RARE_NAME.lower()
PARTS = (RARE, rows.COMMON_NAME, NONE, RARE[:2], RARE[:1])
LISTED = (rows.RARE_TAG, rows.COMMON_TAG, rows.TAGS[1], NONE)


class Filter(NamedTuple):
    """A query string, and the SQL condition that counts its matches without the service."""

    query: str
    condition: str


def list_filters(kind: str, phone: str) -> list[Filter]:
    """Return the filters to measure, alone and together; `phone` is a stored phone number."""
    tags = "tags" if kind == SQLITE else "tags::text"
    digits = phone[-7:]
    names = {part: Filter(f"q={part}", f"lower(name) LIKE '%{part}%'") for part in PARTS}
    tagged = {tag: Filter(f"tag={tag}", f"lower({tags}) LIKE '%\"{tag}\"%'") for tag in LISTED}
    opted_out = Filter("optedIn=false", "NOT opted_in")
    return [
        *names.values(),
        Filter(f"q={digits}", f"phone LIKE '%{digits}%'"),
        *tagged.values(),
        opted_out,
        combine(tagged[rows.COMMON_TAG], tagged[rows.TAGS[1]]),
        combine(names[rows.COMMON_NAME], tagged[rows.COMMON_TAG]),
        combine(names[rows.COMMON_NAME], tagged[NONE]),
        combine(names[RARE], tagged[rows.COMMON_TAG], opted_out),
    ]


def combine(*filters: Filter) -> Filter:
    """Return the filter for what all of them match."""
    return Filter("&".join(f.query for f in filters), " AND ".join(f"({f.condition})" for f in filters))


def measure(service: Web, size: int, scale: Scale, results: Results) -> Table:
    """Time the list without a filter and with each; return a table with the number of matches and the query plan."""
    kind = service.database
    take_turns(results, f"{size:,}: list", [service], scale.filters, lambda *_: [service.newest()])
    plain = results.summarise(f"{size:,}: list", kind, median)[service.name]
    lines = []
    with open_sql(service.url) as run:
        ((phone,),) = run("SELECT phone FROM contact ORDER BY id DESC LIMIT 1 OFFSET 7")
        for query, condition in list_filters(kind, phone):
            ((matches,),) = run(f"SELECT count(*) FROM contact WHERE {condition}")
            work = f"{size:,}: {query}"
            request = service.newest(f"?{query}")
            check = partial(check_found, count=min(matches, PAGE))
            take_turns(results, work, [service], scale.filters, lambda *_, request=request: [request], check)
            seconds = results.summarise(work, kind, median)[service.name]
            remarks = [explain(service, query).judge(size)] if kind == POSTGRESQL else []
            if not query.startswith("q=") or len(query) > SHORT:
                kept = "ok" if seconds <= MOST * plain else "**over**"
                remarks.insert(0, f"{seconds / plain:.1f} × list (≤ {MOST}): {kept}")
            figures = {kind: seconds * 1_000}
            lines.append(Line(f"{query} ({matches:,} match)", "ms", figures, remark="; ".join(remarks)))
    return Table(f"Filters over {size:,} contacts on {kind}", (kind,), lines)


def check_found(system: System, response: Response, count: int) -> None:
    """Raise AssertionError unless the service returned `count` contacts."""
    assert response[0] == 200, response
    assert len(json.loads(response[1])["contacts"]) == count, (system.name, count)
