"""Many workspaces of skewed sizes on a partitioned PostgreSQL: times for small ones and for the largest, and memory.

Small workspaces have the median size, and each request goes to another one.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import count
from statistics import median
from typing import NamedTuple

from tests.support.service import environment, flask

from . import calls, copying, memory, rows
from .databases import Databases, measure_disk
from .others import Work, run_others
from .report import Line, Table
from .results import Results, say, take_turns
from .scale import Scale
from .servers import run_service
from .systems import CONTACTS, POSTGRESQL, Request, SignedIn, System
from .tenants import Tenant, add_workspaces, choose_by_size, choose_typical, sign_in

PARTITIONS = 16
SMALL, LARGEST = "small", "largest"
ALONE, BUSY = "alone", "while others write"
BULK = "bulk, all new"
EXPORT, CHECK = "export as CSV", "check of a template"
TEMPLATE = {"body": "Unit {{1}}", "mapping": {"1": {"attribute": "unit"}}}
MOST = 1.0  # seconds

Make = Callable[[Tenant, int], bytes]


class Run(NamedTuple):
    """The service with its users."""

    service: SignedIn
    largest: Tenant
    typical: Sequence[Tenant]
    others: Sequence[Tenant]
    unused: Iterator[int]  # new contacts


def compare(databases: Databases, scale: Scale, results: Results) -> Iterator[Table]:
    """Load the workspaces, then time each route, alone and while others write."""
    url = databases.make_migrated(POSTGRESQL, "workspaces")
    flask(environment(url), "db", "upgrade", "--partitions", str(PARTITIONS))
    sizes = copying.skew(scale.workspaces, scale.contacts)
    add_workspaces(url, scale.workspaces)
    yield tabulate_loading(copying.fill(url, sizes, scale.bulk), measure_disk(url), sizes)
    with run_service(url, databases.folder) as service:
        yield from measure(service, sizes, scale, results)


def measure(service: SignedIn, sizes: Sequence[int], scale: Scale, results: Results) -> Iterator[Table]:
    """Measure on a loaded service; yield the tables."""
    run = prepare(service, sizes, scale)
    used = {"at the start": memory.measure(service.url, service.pid)}
    half = len(run.typical) // 2
    time_routes(ALONE, run._replace(typical=run.typical[:half]), scale, results)
    time_whole(run, results)
    used[ALONE] = memory.measure(service.url, service.pid)
    with run_others(service, run.others, scale.clients, scale.bulk) as done:
        time_routes(BUSY, run._replace(typical=run.typical[half:]), scale, results)
        used[BUSY] = memory.measure(service.url, service.pid)
    for mode in (ALONE, BUSY):
        yield tabulate(mode, scale, results, done)
    yield tabulate_whole(results)
    yield tabulate_memory(used)


def prepare(service: SignedIn, sizes: Sequence[int], scale: Scale) -> Run:
    """Sign in users of the workspaces that are measured, and of those that others write to."""
    # A bulk makes a small workspace large, so none gets a second one.
    typical = choose_typical(sizes, 2 * (scale.requests + 1))
    chosen = choose_by_size(sizes, 4 * scale.requests)
    say(f"users of {len({1, *typical, *chosen}):,} workspaces")
    tenants = sign_in(service.url, {1, *typical, *chosen})
    return Run(service, tenants[1], [tenants[n] for n in typical], [tenants[n] for n in chosen], count(sum(sizes)))


def list_routes(bulk: int, unused: Iterator[int]) -> dict[str, Make]:
    """Return, by title, what makes the request of a tenant and a turn."""

    def pick(tenant: Tenant, turn: int) -> tuple[str, str]:
        return tenant.known[turn % len(tenant.known)]

    def read(query: str) -> Make:
        return lambda tenant, _: calls.get(tenant, f"{CONTACTS}{query}")

    def change(tenant: Tenant, turn: int) -> bytes:
        return calls.upsert(tenant, rows.make_row(turn, version=turn) | {"phone": pick(tenant, turn)[1]})

    rare, common = rows.RARE_NAME.lower(), rows.COMMON_NAME
    return {
        "list the newest 500": read(""),
        "the page after any contact": lambda t, n: calls.get(t, f"{CONTACTS}?cursor={pick(t, n)[0]}"),
        f"q={rare}": read(f"?q={rare}"),
        f"q={common}": read(f"?q={common}"),
        "q= seven digits": lambda t, n: calls.get(t, f"{CONTACTS}?q={pick(t, n)[1][-7:]}"),
        f"tag={rows.RARE_TAG}": read(f"?tag={rows.RARE_TAG}"),
        f"tag={rows.COMMON_TAG}": read(f"?tag={rows.COMMON_TAG}"),
        "optedIn=false": read("?optedIn=false"),
        f"q={common}&tag={rows.COMMON_TAG}": read(f"?q={common}&tag={rows.COMMON_TAG}"),
        f"page with q={common} and its count": lambda t, _: calls.get(t, f"/contacts?q={common}"),
        "history of consent": lambda t, n: calls.get(t, f"{CONTACTS}/{pick(t, n)[0]}/consent"),
        "upsert one, new": lambda t, _: calls.upsert(t, calls.make_new(next(unused))),
        "upsert one, existing": change,
        "patch one": lambda t, n: calls.patch(t, pick(t, n)[0], n),
        BULK: lambda t, _: calls.bulk(t, [calls.make_new(next(unused)) for _ in range(bulk)]),
    }


def time_routes(mode: str, run: Run, scale: Scale, results: Results) -> None:
    """Time each route for small workspaces and for the largest, in turn."""
    tenants = {SMALL: run.typical, LARGEST: [run.largest]}
    with ExitStack() as stack:
        systems = [stack.enter_context(closing(rename(run.service, name))) for name in tenants]
        for title, make in list_routes(scale.bulk, run.unused).items():

            def requests(system: System, turn: int, make: Make = make) -> list[Request]:
                found = tenants[system.name]
                return [make(found[turn % len(found)], turn)]

            take_turns(results, f"{mode}: {title}", systems, scale.requests, requests)


def time_whole(run: Run, results: Results) -> None:
    """Time, once, what reads a whole workspace."""
    for name, tenant in ((SMALL, run.typical[0]), (LARGEST, run.largest)):
        for title, request in (
            (EXPORT, calls.get(tenant, f"{CONTACTS}/export.csv")),
            (CHECK, calls.post(tenant, "/internal/templates/check", TEMPLATE)),
        ):
            with closing(rename(run.service, name)) as system:
                take_turns(results, title, [system], 1, lambda *_, request=request: [request], warm_up=False)


def rename(service: SignedIn, name: str) -> SignedIn:
    """Return the service as a column of the report, on a connection of its own."""
    system = copy.copy(service)
    system.name, system.connection = name, service.connect()
    return system


def tabulate_loading(steps: dict[str, float], size: float, sizes: Sequence[int]) -> Table:
    """Return the table of the loading."""
    lines = [Line(step, "s", {"all": seconds}) for step, seconds in steps.items()]
    lines.append(Line("database", "MB", {"all": size / 1e6}))
    lines.append(Line("for each contact", "B", {"all": size / sum(sizes)}))
    title = f"{len(sizes):,} workspaces with {sum(sizes):,} contacts in {PARTITIONS} partitions"
    median_size = sizes[len(sizes) // 2]
    notes = [f"The largest has {sizes[0]:,} contacts, the median {median_size:,}. The n-th has 1/n of the largest."]
    return Table(title, ("all",), lines, notes)


def tabulate(mode: str, scale: Scale, results: Results, done: Sequence[Work]) -> Table:
    """Return the table of a mode: the median and the slowest of a hundred."""
    lines = []
    for title in list_routes(scale.bulk, count()):
        figures = {}
        for how, name in ((median, "p50"), (find_slowest, "p99")):
            found = results.summarise(f"{mode}: {title}", POSTGRESQL, how)
            figures |= {f"{column}, {name}": seconds * 1_000 for column, seconds in found.items()}
        slowest = max(figures.values()) / 1_000
        verdict = "ok" if slowest <= MOST else "**over**"
        lines.append(Line(title, "ms", figures, remark=f"≤ {MOST * 1_000:g} ms: {verdict}"))
    columns = [f"{column}, {name}" for column in (SMALL, LARGEST) for name in ("p50", "p99")]
    return Table(f"One request at a time, {mode}", columns, lines, describe(done) if mode == BUSY else ())


def find_slowest(times: Sequence[float]) -> float:
    """Return what 99 of 100 requests took at most."""
    return sorted(times)[(len(times) * 99 - 1) // 100]


def describe(done: Sequence[Work]) -> list[str]:
    """Return the note on what others did."""
    sent, written, refused = (sum(work[n] for work in done) for n in range(3))
    seconds = max(work.seconds for work in done)
    return [
        f"{len(done)} others sent {sent / seconds:,.0f} calls a second with {written / seconds:,.0f} rows; "
        f"{refused} were refused."
    ]


def tabulate_whole(results: Results) -> Table:
    """Return the table of what reads whole workspaces."""
    lines = [Line(title, "s", results.summarise(title, POSTGRESQL, median)) for title in (EXPORT, CHECK)]
    return Table("A whole workspace", (SMALL, LARGEST), lines)


def tabulate_memory(used: dict[str, dict[str, float]]) -> Table:
    """Return the table of memory and connections."""
    lines = [
        Line(what, "" if what == memory.CONNECTIONS else "MiB", {when: found[what] for when, found in used.items()})
        for what in (memory.SERVICE, memory.SERVER, memory.CONNECTION, memory.CONNECTIONS)
    ]
    return Table("Memory and connections", tuple(used), lines)
