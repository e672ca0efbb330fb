"""Timed rounds in which all contestants take turns, and what they measured."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from .contestants import Answer, Contestant, Request

REST = 0.01  # seconds; what the one before still does, after its answer, is not to be felt by the next

Requests = Callable[[Contestant, int], Sequence[Request]]
Check = Callable[[Contestant, Answer], None]


class Samples:
    """Every single figure, by work, database and contestant."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, str, str], list[float]] = defaultdict(list)

    def add(self, work: str, database: str, contestant: str, figure: float) -> None:
        """Keep one figure."""
        self.figures[work, database, contestant].append(figure)

    def list_all(self) -> list[dict[str, Any]]:
        """Return everything in a form for JSON."""
        return [
            {"work": work, "database": database, "contestant": contestant, "figures": figures}
            for (work, database, contestant), figures in self.figures.items()
        ]

    def summarise(self, work: str, database: str, how: Callable[[list[float]], float]) -> dict[str, float]:
        """Return the median, the sum or the like for each contestant that did the work on that database."""
        found = {key[2]: how(figures) for key, figures in self.figures.items() if key[:2] == (work, database)}
        assert found, (work, database)
        return found


def check_status(contestant: Contestant, answer: Answer) -> None:
    """Raise unless the contestant did what it was asked."""
    assert answer[0] in (200, 201), (contestant.name, answer)


def take_turns(
    samples: Samples,
    work: str,
    contestants: Sequence[Contestant],
    rounds: int,
    requests: Requests,
    check: Check = check_status,
    *,
    warm_up: bool = True,
) -> None:
    """Time the work, `rounds` times, with another one going first each time.

    `requests(contestant, turn)` makes what is sent in a turn, each timed by itself. Turn 0 is the warm-up.
    """
    say(work)
    for turn in range(0 if warm_up else 1, rounds + 1):
        first = turn % len(contestants)
        for contestant in (*contestants[first:], *contestants[:first]):
            prepared = requests(contestant, turn)
            contestant.wake()
            time.sleep(REST)
            for request in prepared:
                start = time.perf_counter()
                answer = contestant.send(request)
                elapsed = time.perf_counter() - start
                check(contestant, answer)
                if turn:
                    samples.add(work, contestant.database, contestant.name, elapsed)


def say(what: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"… {what}", file=sys.stderr, flush=True)
