"""The file of the rows that an import refused."""

from __future__ import annotations

import itertools
import os
from pathlib import Path


def name_failures(file: Path) -> Path:
    """Return a name beside the input that is still free: somebody may be mending the file of an earlier import.

    A link takes a name too, wherever it leads.
    """
    marks = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    names = (file.with_name(f"{file.stem}.failed{mark}.csv") for mark in marks)
    return next(name for name in names if not os.path.lexists(name))
