"""The service with few and with many contacts: times by size, and the cost of filters."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median

from . import filters, rows
from .databases import KINDS, Databases, gather_statistics, measure_disk
from .dataset import fill, pick_known
from .report import Line, Table, Target
from .results import Results, say, take_turns
from .scale import Scale
from .servers import run_service
from .systems import Request, System, Web
from .workloads import LIST, PATCH, UPSERT_KNOWN, UPSERT_NEW

WORKLOADS = (
    (LIST, "list the newest 500"),
    (UPSERT_NEW, "upsert one, new"),
    (UPSERT_KNOWN, "upsert one, existing"),
    (PATCH, "patch one"),
)
DISK = "disk for each contact"
PREFIX = "by size: "
MOST = 1.2


def compare(databases: Databases, scale: Scale, results: Results) -> Iterator[Table]:
    """Measure the same requests at each size in turn, and filters at the larger sizes; SQLite first."""
    for kind in KINDS:
        yield from _compare_on(kind, databases, scale, results)


def _compare_on(kind: str, databases: Databases, scale: Scale, results: Results) -> Iterator[Table]:
    with ExitStack() as stack:
        services: list[Web] = []
        for size in scale.sizes:
            say(f"{size:,} contacts on {kind}")
            service = stack.enter_context(run_service(databases.make_migrated(kind, f"of{size}"), databases.folder))
            service.name = f"{size:,}"
            fill(service, size, scale.bulk)
            gather_statistics(service.url)
            results.add(DISK, kind, service.name, measure_disk(service.url) / size)
            services.append(service)
        measure(services, scale, results)
        yield tabulate(kind, scale, results)
        for size, service in zip(scale.sizes[1:], services[1:], strict=True):
            yield filters.measure(service, size, scale, results)


def measure(services: Sequence[Web], scale: Scale, results: Results) -> None:
    """Time list, upsert and patch with random contacts."""
    burst, unused = scale.burst, max(scale.sizes)
    known = {
        service: pick_known(service.url, size, burst * (scale.rounds + 1))
        for size, service in zip(scale.sizes, services, strict=True)
    }

    def pick(one: System, turn: int) -> list[tuple[str, str]]:
        found = known[one]
        return [found[number % len(found)] for number in range(turn * burst, (turn + 1) * burst)]

    def add(one: System, turn: int) -> list[Request]:
        return [one.upsert(row, known=False) for row in rows.make_rows(unused + turn * burst, burst)]

    def change(one: System, turn: int) -> list[Request]:
        facts = rows.make_row(turn, version=turn)
        facts.pop("country", None)
        return [one.upsert(facts | {"phone": phone}, known=True) for _, phone in pick(one, turn)]

    def edit(one: System, turn: int) -> list[Request]:
        return [one.patch(contact_id, rows.make_patch(turn, turn + 100)) for contact_id, _ in pick(one, turn)]

    def list_newest(one: System, _: int) -> list[Request]:
        return [one.newest()] * 5

    for (work, _), requests in zip(WORKLOADS, (list_newest, add, change, edit), strict=True):
        take_turns(results, PREFIX + work, services, scale.rounds, requests)


def tabulate(kind: str, scale: Scale, results: Results) -> Table:
    """Return the table for one kind of database, with a column for each size."""
    few, *more = (f"{size:,}" for size in scale.sizes)
    targets = [Target(few, MOST, subject=size) for size in more]
    lines = []
    for work, title in WORKLOADS:
        found = results.summarise(PREFIX + work, kind, median)
        lines.append(Line(title, "ms", {size: figure * 1_000 for size, figure in found.items()}, targets))
    lines.append(Line(DISK, "B", results.summarise(DISK, kind, median)))
    return Table(f"This service on {kind}, by the number of contacts", (few, *more), lines)
