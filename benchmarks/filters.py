"""What filters of the list cost over many contacts, whether few, many or none match, and how they are planned."""

import json
from functools import partial
from statistics import median
from typing import NamedTuple

from . import rows
from .contestants import POSTGRESQL, SQLITE, Answer, Contestant, Web
from .plans import explain
from .report import Line, Table
from .samples import Samples, take_turns
from .scale import Scale
from .stock import open_sql

PAGE = 500
NONE = "zzyzx"
RARE = rows.RARE_NAME.lower()


class Filter(NamedTuple):
    """A query, and the condition by which its matches can be counted without the service."""

    query: str
    condition: str


def list_filters(kind: str, phone: str) -> list[Filter]:
    """Return the filters to measure; `phone` is one that is stored."""
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


def measure(service: Web, size: int, scale: Scale, samples: Samples) -> Table:
    """Time each filter over the service's contacts; return a table with what matches and how it is found."""
    kind = service.database
    lines = []
    with open_sql(service.url) as run:
        ((phone,),) = run("SELECT phone FROM contact ORDER BY id DESC LIMIT 1 OFFSET 7")
        for query, condition in list_filters(kind, phone):
            ((matches,),) = run(f"SELECT count(*) FROM contact WHERE {condition}")
            work = f"{size:,}: {query}"
            request = service.newest(f"?{query}")
            check = partial(check_found, count=min(matches, PAGE))
            take_turns(samples, work, [service], scale.filters, lambda *_, request=request: [request], check)
            seconds = samples.summarise(work, kind, median)[service.name]
            remark = explain(service, query).judge(size) if kind == POSTGRESQL else ""
            lines.append(Line(f"{query} ({matches:,} match)", "ms", {kind: seconds * 1_000}, remark=remark))
    return Table(f"Filters over {size:,} contacts on {kind}", (kind,), lines)


def check_found(contestant: Contestant, answer: Answer, count: int) -> None:
    """Raise unless the service found what stands in the table."""
    assert answer[0] == 200, answer
    assert len(json.loads(answer[1])["contacts"]) == count, (contestant.name, count)
