"""python -m benchmarks: measure this service beside its floor and its peers in one run, and print what came out."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path

from . import comparison, sizes
from .databases import run_databases
from .samples import Samples
from .scale import FULL, LARGE, QUICK, Scale
from .servers import temporary_folder
from .versions import describe_run


def main() -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute, with smaller sizes and fewer rounds")
    parser.add_argument("--large", action="store_true", help="also with 10,000,000 contacts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every single figure there")
    options = parser.parse_args()
    samples = Samples()
    try:
        for part in measure(QUICK if options.quick else LARGE if options.large else FULL, samples):
            print(part, flush=True)
    finally:
        if options.json:
            options.json.write_text(json.dumps(samples.list_all(), indent=1))


def measure(scale: Scale, samples: Samples) -> Iterator[str]:
    """Measure everything and yield the report, part by part as it comes."""
    with temporary_folder() as folder, run_databases(folder) as databases:
        yield describe_run(databases, scale)
        for table in comparison.compare(databases, scale, samples):
            yield table.render()
        for table in sizes.compare(databases, scale, samples):
            yield table.render()
    yield f"The load of the machine at the end: {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
