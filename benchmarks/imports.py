"""A spreadsheet through the command line, against the plain loop over the same rows, each into a new database."""

import csv
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.support.service import environment, flask

from . import rows
from .contestants import FLOOR, SERVICE, InProcess
from .databases import KINDS, WORKSPACE, Databases
from .samples import Samples, say
from .scale import Scale

IMPORT = "import through the command line"
HEADER = ("Phone", "Name", "Country", "Tags", "Rent", "Unit")


def compare(databases: Databases, scale: Scale, samples: Samples) -> None:
    """Import the same contacts by both ways, in turns, on both databases."""
    say(IMPORT)
    contacts = rows.make_rows(0, scale.stock)
    file = databases.folder / "contacts.csv"
    write_csv(file, contacts)
    chunks = [contacts[n : n + scale.bulk] for n in range(0, scale.stock, scale.bulk)]
    for _ in range(scale.imports):
        for kind in KINDS:
            samples.add(IMPORT, kind, FLOOR, run_floor(databases.make_empty(kind, "imported"), chunks))
            url = databases.make_migrated(kind, "imported")
            samples.add(IMPORT, kind, SERVICE, run_command(url, file, scale.stock))


def write_csv(file: Path, contacts: Sequence[rows.Row]) -> None:
    """Write the contacts as people keep them in spreadsheets."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for row in contacts:
            attributes, tags = row["attributes"], "|".join(row["tags"])
            cells = (row["phone"], row["name"], row.get("country", ""), tags, attributes["rent"], attributes["unit"])
            writer.writerow(cells)


def run_floor(url: str, chunks: Sequence[Sequence[rows.Row]]) -> float:
    """Return the seconds that the plain loop takes."""
    with closing(InProcess(url)) as floor:
        requests = [floor.bulk(list(chunk)) for chunk in chunks]
        start = time.perf_counter()
        for request in requests:
            floor.send(request)
        return time.perf_counter() - start


def run_command(url: str, file: Path, count: int) -> float:
    """Return the seconds that the command takes, the start of Python included."""
    env = environment(url)
    start = time.perf_counter()
    printed = flask(env, "contacts", "import", str(file), "--workspace", WORKSPACE)
    elapsed = time.perf_counter() - start
    assert f"{count:,} created" in printed, printed
    return elapsed
