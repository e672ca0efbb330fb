"""Scales of a run: full, large, quick (about a minute), and tiny (for the tests)."""

from typing import NamedTuple


class Scale(NamedTuple):
    """Sizes of a run: `dataset` contacts are imported, `bulk` rows per request, `burst` single rows per round.

    `contacts` in so many `workspaces` get so many `requests` to each route.
    """

    dataset: int = 50_000
    bulk: int = 1_000
    rounds: int = 15
    burst: int = 20
    imports: int = 3
    clients: int = 8
    crowd: int = 32
    seconds: float = 5.0
    loads: int = 3
    filters: int = 9
    sizes: tuple[int, ...] = (10_000, 1_000_000)
    workspaces: int = 50_000
    contacts: int = 10_000_000
    requests: int = 200


FULL = Scale()
LARGE = FULL._replace(sizes=(*FULL.sizes, 10_000_000))
QUICK = Scale(
    dataset=10_000,
    rounds=5,
    burst=10,
    imports=1,
    seconds=1.0,
    loads=1,
    filters=3,
    sizes=(10_000, 100_000),
    workspaces=500,
    contacts=100_000,
    requests=20,
)
TINY = Scale(
    dataset=200,
    bulk=100,
    rounds=1,
    burst=1,
    imports=1,
    clients=2,
    crowd=3,
    seconds=0.2,
    loads=1,
    filters=1,
    sizes=(200, 400),
    workspaces=20,
    contacts=400,
    requests=2,
)
