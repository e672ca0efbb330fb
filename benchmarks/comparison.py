"""This service beside its floor, the floor in a bare view, and PocketBase, on SQLite and on PostgreSQL."""

from contextlib import ExitStack, closing
from statistics import median

from . import imports, works
from .contestants import BARE, FLOOR, POSTGRESQL, SERVICE, SQLITE, Contestant, InProcess
from .databases import KINDS, Databases
from .pocketbase import NAME as POCKETBASE
from .pocketbase import find_binary, run_pocketbase
from .report import Line, Table, Target
from .samples import Samples
from .scale import Scale
from .servers import run_bare, run_service

COLUMNS = (FLOOR, BARE, SERVICE, POCKETBASE)

NO_SLOWER = Target(POCKETBASE, 1.0)
NEAR_FLOOR = Target(FLOOR, 1.5)
NEAR_BARE = Target(BARE, 1.5)

# Work, how it is called, unit, what a figure is multiplied by, targets.
LINES = (
    (works.IMPORT, "import of {stock:,} over HTTP, {bulk:,} a call", "s", 1, (NEAR_FLOOR,)),
    (imports.IMPORT, "import of a CSV of {stock:,}, command line", "s", 1, (NEAR_FLOOR,)),
    (works.BULK_NEW, "bulk of {bulk:,}, all new", "ms", 1_000, (NEAR_FLOOR,)),
    (works.BULK_OTHER, "bulk of {bulk:,} again, other values", "ms", 1_000, (NEAR_FLOOR,)),
    (works.BULK_SAME, "bulk of {bulk:,} again, unchanged", "ms", 1_000, (Target(FLOOR, 1.0),)),
    (works.LIST, "list the newest 500 of {stock:,}", "ms", 1_000, (NEAR_BARE,)),
    (works.UPSERT_NEW, "upsert one, new", "ms", 1_000, (NEAR_BARE, NO_SLOWER)),
    (works.UPSERT_KNOWN, "upsert one, existing", "ms", 1_000, (NEAR_BARE, NO_SLOWER)),
    (works.PATCH, "patch one", "ms", 1_000, (NEAR_BARE, NO_SLOWER)),
    (works.CLIENTS_LIST, "{clients} clients: list", "/s", 1, (Target(POCKETBASE, 5, at_least=True),)),
    (works.CLIENTS_UPSERT, "{clients} clients: upsert, new", "/s", 1, (Target(POCKETBASE, 1.2, at_least=True),)),
    (works.MEMORY_IMPORT, "memory after the import (PSS)", "MB", 1, (Target(POCKETBASE, 1.2),)),
    (works.MEMORY_END, "memory after all of this (PSS)", "MB", 1, (Target(POCKETBASE, 1.2),)),
    (works.DISK, "disk for each contact, after the import", "B", 1, ()),
)

NOTES = {
    SQLITE: (
        "PocketBase: API rules open, so it checks no session; commits with synchronous=NORMAL, the others with FULL; "
        "a bulk is a batch of upserts by id, one existing a PATCH by id, one new a POST.",
    ),
    POSTGRESQL: ("The floor's bulk is one INSERT … SELECT from a JSON parameter.",),
}


def compare(databases: Databases, scale: Scale, samples: Samples) -> list[Table]:
    """Let all contestants do all work and return a table for each database."""
    with ExitStack() as stack:
        contestants: list[Contestant] = []
        for kind in KINDS:
            floor, bare = (databases.make_empty(kind, name) for name in ("floor", "bare"))
            service = databases.make_migrated(kind, "service")
            contestants += [
                stack.enter_context(closing(InProcess(floor))),
                stack.enter_context(run_bare(bare, databases.folder)),
                stack.enter_context(run_service(service, databases.folder)),
            ]
        if binary := find_binary():
            contestants.append(stack.enter_context(run_pocketbase(binary, databases.folder / "pocketbase")))
        works.Works(contestants, scale, samples).do_all()
    imports.compare(databases, scale, samples)
    return [tabulate(kind, scale, samples) for kind in KINDS]


def tabulate(kind: str, scale: Scale, samples: Samples) -> Table:
    """Return the table of one kind of database."""
    sizes = scale._asdict()
    lines = []
    for work, title, unit, factor, targets in LINES:
        found = samples.summarise(work, kind, sum if work == works.IMPORT else median)
        figures = {name: figure * factor for name, figure in found.items()}
        lines.append(Line(title.format(**sizes), unit, figures, targets))
    return Table(f"This service on {kind}", COLUMNS, lines, NOTES[kind])
