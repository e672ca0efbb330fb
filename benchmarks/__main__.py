"""python -m benchmarks: measure this service, a baseline and a peer in one run, and print the results."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

from . import comparison, page, sizes, slow_disk, workspaces
from .databases import run_databases
from .results import Results
from .scale import FULL, LARGE, QUICK, Scale
from .servers import temporary_folder
from .versions import describe_machine, describe_run


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="take about a minute: smaller sizes and fewer rounds")
    parser.add_argument("--large", action="store_true", help="also measure 10,000,000 contacts")
    parser.add_argument(
        "--workspaces", action="store_true", help="measure only 10,000,000 contacts in 50,000 workspaces"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    options = parser.parse_args()
    results = Results()
    scale = QUICK if options.quick else LARGE if options.large else FULL
    try:
        for part in (measure_workspaces if options.workspaces else measure)(scale, results):
            print(part, flush=True)
    finally:
        if options.json:
            options.json.write_text(json.dumps(results.list_all(), indent=1))


def measure(scale: Scale, results: Results) -> Iterator[str]:
    """Measure everything; yield the parts of the report as they are ready."""
    with temporary_folder() as folder, run_databases(folder) as databases:
        yield describe_run(databases, scale)
        for table in comparison.compare(databases, scale, results):
            yield table.render()
        yield from slow_disk.compare(databases, scale, results)
        yield from page.measure(databases, scale, results)
        for table in sizes.compare(databases, scale, results):
            yield table.render()
    yield f"Load of the machine at the end: {os.getloadavg()[0]:.1f}"


def measure_workspaces(scale: Scale, results: Results) -> Iterator[str]:
    """Measure many workspaces; yield the parts of the report."""
    with temporary_folder() as folder, run_databases(folder) as databases:
        yield describe_machine(databases)
        for table in workspaces.compare(databases, scale, results):
            yield table.render()
    yield f"Load of the machine at the end: {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
