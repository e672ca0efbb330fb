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
NONE = "zzyzx"
RARE = rows.RARE_NAME.lower()


class Filter(NamedTuple):
    """A query string, and the SQL condition that counts its matches without the service."""

    query: str
    condition: str


def list_filters(kind: str, phone: str) -> list[Filter]:
    """Return the filters to measure; `phone` is a stored phone number."""
    tags = "tags" if kind == SQLITE else "tags::text"
    parts = (RARE, rows.COMMON_NAME, NONE, RARE[:2], RARE[:1])
    digits = phone[-7:]
    return [
        *(Filter(f"q={part}", f"lower(name) LIKE '%{part}%'") for part in parts),
        Filter(f"q={digits}", f"phone LIKE '%{digits}%'"),
        *(
            Filter(f"tag={tag}", f"lower({tags}) LIKE '%\"{tag}\"%'")
            for tag in (rows.RARE_TAG, rows.COMMON_TAG, NONE)
        ),
        Filter("optedIn=false", "NOT opted_in"),
    ]


def measure(service: Web, size: int, scale: Scale, results: Results) -> Table:
    """Time each filter; return a table with the number of matches and the query plan."""
    kind = service.database
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
            remark = explain(service, query).judge(size) if kind == POSTGRESQL else ""
            lines.append(Line(f"{query} ({matches:,} match)", "ms", {kind: seconds * 1_000}, remark=remark))
    return Table(f"Filters over {size:,} contacts on {kind}", (kind,), lines)


def check_found(system: System, response: Response, count: int) -> None:
    """Raise AssertionError unless the service returned `count` contacts."""
    assert response[0] == 200, response
    assert len(json.loads(response[1])["contacts"]) == count, (system.name, count)
