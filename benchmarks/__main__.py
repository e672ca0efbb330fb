"""python -m benchmarks: measure this service beside its floor and its peers in one run, and print what came out."""

import argparse
import json
import os
from contextlib import ExitStack
from pathlib import Path

from . import comparison, sizes
from .databases import run_databases
from .report import Table
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
    tables = measure(QUICK if options.quick else LARGE if options.large else FULL, samples)
    if options.json:
        options.json.write_text(json.dumps(samples.list_all(), indent=1))
    print("\n".join(tables))


def measure(scale: Scale, samples: Samples) -> list[str]:
    """Measure everything and return the report, part by part."""
    before = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        databases = stack.enter_context(run_databases(folder))
        tables: list[Table] = comparison.compare(databases, scale, samples)
        tables += sizes.compare(databases, scale, samples)
        return [describe_run(databases, scale, before), *(table.render() for table in tables)]


if __name__ == "__main__":
    main()
