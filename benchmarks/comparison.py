"""This service, the baseline, the baseline in Flask, and PocketBase, on SQLite and on PostgreSQL."""

from contextlib import ExitStack, closing
from statistics import median

from . import imports, workloads
from .databases import KINDS, Databases
from .pocketbase import NAME as POCKETBASE
from .pocketbase import find_binary, run_pocketbase
from .report import Line, Table, Target
from .results import Results
from .scale import Scale
from .servers import run_bare, run_service
from .systems import BARE, BASELINE, POSTGRESQL, SERVICE, SQLITE, InProcess, System

COLUMNS = (BASELINE, BARE, SERVICE, POCKETBASE)

NO_SLOWER = Target(POCKETBASE, 1.0)
NEAR_BASELINE = Target(BASELINE, 1.5)
NEAR_BARE = Target(BARE, 1.5)

# Workload, title, unit, factor of the figures, targets.
LINES = (
    (workloads.IMPORT, "import of {dataset:,} over HTTP, {bulk:,} per request", "s", 1, (NEAR_BASELINE,)),
    (imports.IMPORT, "import of a CSV of {dataset:,}, command line", "s", 1, (NEAR_BASELINE,)),
    (workloads.BULK_NEW, "bulk of {bulk:,}, all new", "ms", 1_000, (NEAR_BASELINE,)),
    (workloads.BULK_OTHER, "bulk of {bulk:,} again, other values", "ms", 1_000, (NEAR_BASELINE,)),
    (workloads.BULK_SAME, "bulk of {bulk:,} again, unchanged", "ms", 1_000, (Target(BASELINE, 1.0),)),
    (workloads.LIST, "list the newest 500 of {dataset:,}", "ms", 1_000, (NEAR_BARE,)),
    (workloads.UPSERT_NEW, "upsert one, new", "ms", 1_000, (NEAR_BARE, NO_SLOWER)),
    (workloads.UPSERT_KNOWN, "upsert one, existing", "ms", 1_000, (NEAR_BARE, NO_SLOWER)),
    (workloads.PATCH, "patch one", "ms", 1_000, (NEAR_BARE, NO_SLOWER)),
    (workloads.CLIENTS_LIST, "{clients} clients: list", "/s", 1, (Target(POCKETBASE, 5, at_least=True),)),
    (workloads.CLIENTS_UPSERT, "{clients} clients: upsert, new", "/s", 1, (Target(POCKETBASE, 1.2, at_least=True),)),
    (workloads.MEMORY_IMPORT, "memory after the import (PSS)", "MB", 1, (Target(POCKETBASE, 1.2),)),
    (workloads.MEMORY_END, "memory after all of this (PSS)", "MB", 1, (Target(POCKETBASE, 1.2),)),
    (workloads.DISK, "disk for each contact, after the import", "B", 1, ()),
)

NOTES = {
    SQLITE: (
        "PocketBase checks no session, since its API rules are open. It commits with synchronous=NORMAL, the others "
        "with FULL. A bulk is a batch of upserts by id. A single upsert is a PATCH by id, or a POST if it is new.",
    ),
    POSTGRESQL: ("The baseline's bulk is one INSERT … SELECT from a JSON parameter.",),
}


def compare(databases: Databases, scale: Scale, results: Results) -> list[Table]:
    """Run all workloads on all systems; return a table for each kind of database."""
    with ExitStack() as stack:
        systems: list[System] = []
        for kind in KINDS:
            baseline, bare = (databases.make_empty(kind, name) for name in ("baseline", "bare"))
            service = databases.make_migrated(kind, "service")
            systems += [
                stack.enter_context(closing(InProcess(baseline))),
                stack.enter_context(run_bare(bare, databases.folder)),
                stack.enter_context(run_service(service, databases.folder)),
            ]
        if binary := find_binary():
            systems.append(stack.enter_context(run_pocketbase(binary, databases.folder / "pocketbase")))
        workloads.Workloads(systems, scale, results).run_all()
    imports.compare(databases, scale, results)
    return [tabulate(kind, scale, results) for kind in KINDS]


def tabulate(kind: str, scale: Scale, results: Results) -> Table:
    """Return the table for one kind of database."""
    sizes = scale._asdict()
    lines = []
    for work, title, unit, factor, targets in LINES:
        found = results.summarise(work, kind, sum if work == workloads.IMPORT else median)
        figures = {name: figure * factor for name, figure in found.items()}
        lines.append(Line(title.format(**sizes), unit, figures, targets))
    return Table(f"This service on {kind}", COLUMNS, lines, NOTES[kind])
