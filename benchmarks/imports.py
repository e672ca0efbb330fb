"""The import of a CSV file by the command, and of the same rows by the baseline, each into a new database."""

import csv
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.support.service import environment, flask

from . import rows
from .databases import KINDS, WORKSPACE, Databases
from .results import Results, say
from .scale import Scale
from .systems import BASELINE, SERVICE, InProcess

IMPORT = "import through the command line"
HEADER = ("Phone", "Name", "Country", "Tags", "Rent", "Unit")


def compare(databases: Databases, scale: Scale, results: Results) -> None:
    """Import the same contacts with both systems in turn, on both databases."""
    say(IMPORT)
    contacts = rows.make_rows(0, scale.dataset)
    file = databases.folder / "contacts.csv"
    write_csv(file, contacts)
    chunks = [contacts[n : n + scale.bulk] for n in range(0, scale.dataset, scale.bulk)]
    for _ in range(scale.imports):
        for kind in KINDS:
            results.add(IMPORT, kind, BASELINE, run_baseline(databases.make_empty(kind, "imported"), chunks))
            url = databases.make_migrated(kind, "imported")
            results.add(IMPORT, kind, SERVICE, run_command(url, file, scale.dataset))


def write_csv(file: Path, contacts: Sequence[rows.Row]) -> None:
    """Write the contacts as a CSV file."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for row in contacts:
            attributes, tags = row["attributes"], "|".join(row["tags"])
            cells = (row["phone"], row["name"], row.get("country", ""), tags, attributes["rent"], attributes["unit"])
            writer.writerow(cells)


def run_baseline(url: str, chunks: Sequence[Sequence[rows.Row]]) -> float:
    """Return the seconds that the baseline takes."""
    with closing(InProcess(url)) as baseline:
        requests = [baseline.bulk(list(chunk)) for chunk in chunks]
        start = time.perf_counter()
        for request in requests:
            baseline.send(request)
        return time.perf_counter() - start


def run_command(url: str, file: Path, count: int) -> float:
    """Return the seconds that the command takes, including the start of Python."""
    env = environment(url)
    start = time.perf_counter()
    printed = flask(env, "contacts", "import", str(file), "--workspace", WORKSPACE)
    elapsed = time.perf_counter() - start
    assert f"{count:,} created" in printed, printed
    return elapsed
