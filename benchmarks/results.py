"""Timed rounds, with the systems in turn, and their results."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from .systems import Request, Response, System

REST = 0.01  # seconds before each turn, so that work after the previous system's response doesn't affect it

Requests = Callable[[System, int], Sequence[Request]]
Check = Callable[[System, Response], None]


class Results:
    """All figures by workload, database and system."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, str, str], list[float]] = defaultdict(list)

    def add(self, work: str, database: str, system: str, figure: float) -> None:
        """Add one figure."""
        self.figures[work, database, system].append(figure)

    def list_all(self) -> list[dict[str, Any]]:
        """Return all figures in a form for JSON."""
        return [
            {"work": work, "database": database, "system": system, "figures": figures}
            for (work, database, system), figures in self.figures.items()
        ]

    def summarise(self, work: str, database: str, how: Callable[[list[float]], float]) -> dict[str, float]:
        """Return a summary, such as the median, for each system that ran the workload on the database."""
        found = {key[2]: how(figures) for key, figures in self.figures.items() if key[:2] == (work, database)}
        assert found, (work, database)
        return found


def check_status(system: System, response: Response) -> None:
    """Raise AssertionError unless the request succeeded."""
    assert response[0] in (200, 201), (system.name, response)


def take_turns(
    results: Results,
    work: str,
    systems: Sequence[System],
    rounds: int,
    requests: Requests,
    check: Check = check_status,
    *,
    warm_up: bool = True,
) -> None:
    """Time a workload in `rounds` rounds. Another system goes first in each round.

    `requests(system, turn)` returns the requests of a turn, which are timed one by one. Turn 0 is the warm-up.
    """
    say(work)
    for turn in range(0 if warm_up else 1, rounds + 1):
        first = turn % len(systems)
        for system in (*systems[first:], *systems[:first]):
            prepared = requests(system, turn)
            system.wake()
            time.sleep(REST)
            for request in prepared:
                start = time.perf_counter()
                response = system.send(request)
                elapsed = time.perf_counter() - start
                check(system, response)
                if turn:
                    results.add(work, system.database, system.name, elapsed)


def say(what: str) -> None:
    """Print the current step to standard error."""
    print(f"… {what}", file=sys.stderr, flush=True)
