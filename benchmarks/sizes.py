"""The service over few and over many contacts: what grows with their number, and what filters cost."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median

from . import filters, rows
from .contestants import Contestant, Request, Web
from .databases import KINDS, Databases, gather_statistics, measure_disk
from .report import Line, Table, Target
from .samples import Samples, say, take_turns
from .scale import Scale
from .servers import run_service
from .stock import fill, pick_known
from .works import LIST, PATCH, UPSERT_KNOWN, UPSERT_NEW

WORKS = (
    (LIST, "list the newest 500"),
    (UPSERT_NEW, "upsert one, new"),
    (UPSERT_KNOWN, "upsert one, existing"),
    (PATCH, "patch one"),
)
DISK = "disk for each contact"
PREFIX = "by size: "
MOST = 1.2


def compare(databases: Databases, scale: Scale, samples: Samples) -> Iterator[Table]:
    """Measure the same calls at each size, in turns, and filters at the larger ones; SQLite first."""
    for kind in KINDS:
        yield from _compare_on(kind, databases, scale, samples)


def _compare_on(kind: str, databases: Databases, scale: Scale, samples: Samples) -> Iterator[Table]:
    with ExitStack() as stack:
        services: list[Web] = []
        for size in scale.sizes:
            say(f"{size:,} contacts on {kind}")
            service = stack.enter_context(run_service(databases.make_migrated(kind, f"of{size}"), databases.folder))
            service.name = f"{size:,}"
            fill(service, size, scale.bulk)
            gather_statistics(service.url)
            samples.add(DISK, kind, service.name, measure_disk(service.url) / size)
            services.append(service)
        measure(services, scale, samples)
        yield tabulate(kind, scale, samples)
        for size, service in zip(scale.sizes[1:], services[1:], strict=True):
            yield filters.measure(service, size, scale, samples)


def measure(services: Sequence[Web], scale: Scale, samples: Samples) -> None:
    """Time list, upsert and patch over contacts from all over the tables."""
    burst, unused = scale.burst, max(scale.sizes)
    known = {
        service: pick_known(service.url, size, burst * (scale.rounds + 1))
        for size, service in zip(scale.sizes, services, strict=True)
    }

    def pick(one: Contestant, turn: int) -> list[tuple[str, str]]:
        found = known[one]
        return [found[number % len(found)] for number in range(turn * burst, (turn + 1) * burst)]

    def add(one: Contestant, turn: int) -> list[Request]:
        return [one.upsert(row, known=False) for row in rows.make_rows(unused + turn * burst, burst)]

    def change(one: Contestant, turn: int) -> list[Request]:
        facts = rows.make_row(turn, version=turn)
        facts.pop("country", None)
        return [one.upsert(facts | {"phone": phone}, known=True) for _, phone in pick(one, turn)]

    def edit(one: Contestant, turn: int) -> list[Request]:
        return [one.patch(contact_id, rows.make_patch(turn, turn + 100)) for contact_id, _ in pick(one, turn)]

    def list_newest(one: Contestant, _: int) -> list[Request]:
        return [one.newest()] * 5

    for (work, _), requests in zip(WORKS, (list_newest, add, change, edit), strict=True):
        take_turns(samples, PREFIX + work, services, scale.rounds, requests)


def tabulate(kind: str, scale: Scale, samples: Samples) -> Table:
    """Return the table of one kind of database, a column for each size."""
    few, *more = (f"{size:,}" for size in scale.sizes)
    targets = [Target(few, MOST, subject=size) for size in more]
    lines = []
    for work, title in WORKS:
        found = samples.summarise(PREFIX + work, kind, median)
        lines.append(Line(title, "ms", {size: figure * 1_000 for size, figure in found.items()}, targets))
    lines.append(Line(DISK, "B", samples.summarise(DISK, kind, median)))
    return Table(f"This service on {kind}, by the number of contacts", (few, *more), lines)
