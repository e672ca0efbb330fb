"""The workloads of every system, from the import of the dataset to concurrent clients."""

import random
from collections.abc import Sequence
from functools import lru_cache

from . import rows
from .clients import measure_throughput
from .databases import gather_statistics, measure_disk
from .results import Check, Requests, Results, say, take_turns
from .rows import Row
from .scale import Scale
from .servers import measure_memory
from .systems import Request, Response, System, Web

IMPORT = "import over HTTP"
LIST = "list"
BULK_NEW = "bulk, all new"
BULK_OTHER = "bulk again, other values"
BULK_SAME = "bulk again, unchanged"
UPSERT_NEW = "upsert one, new"
UPSERT_KNOWN = "upsert one, existing"
PATCH = "patch one"
CLIENTS_LIST = "clients: list"
CLIENTS_UPSERT = "clients: upsert"
MEMORY_IMPORT = "memory after the import"
MEMORY_END = "memory at the end"
DISK = "disk"

make_rows = lru_cache(64)(rows.make_rows)


class Workloads:
    """One run of all workloads on the systems; figures are added to `results`."""

    def __init__(self, systems: Sequence[System], scale: Scale, results: Results) -> None:
        self.systems = systems
        self.web = [system for system in systems if isinstance(system, Web)]
        self.scale = scale
        self.results = results
        self.next = scale.dataset  # the next unused contact

    def run_all(self) -> None:
        """Run all workloads in order."""
        self._import()
        self._measure_memory(MEMORY_IMPORT)
        for one in self.systems:
            self.results.add(DISK, one.database, one.name, measure_disk(one.url) / self.scale.dataset)
            gather_statistics(one.url)
        self._time(LIST, lambda one, _: [one.newest()] * 5)
        self._bulk()
        self._single()
        self._clients()
        self._measure_memory(MEMORY_END)

    def _time(self, work: str, requests: Requests, *check: Check) -> None:
        take_turns(self.results, work, self.systems, self.scale.rounds, requests, *check)

    def _take(self, count: int) -> int:
        """Reserve `count` new contacts; return the first one."""
        first, self.next = self.next, self.next + count
        return first

    def _import(self) -> None:
        for system in self.systems:
            system.wake()
            system.send(system.bulk(make_rows(0, 1)))
        size = self.scale.bulk

        def chunk(one: System, turn: int) -> list[Request]:
            return [one.bulk(make_rows((turn - 1) * size, size))]

        take_turns(self.results, IMPORT, self.systems, self.scale.dataset // size, chunk, warm_up=False)

    def _bulk(self) -> None:
        size = self.scale.bulk
        first = self._take(size * (self.scale.rounds + 1))
        for work, version, status in (
            (BULK_NEW, 0, "created"),
            (BULK_OTHER, 1, "updated"),
            (BULK_SAME, 1, "unchanged"),
        ):

            def chunk(one: System, turn: int, version: int = version) -> list[Request]:
                return [one.bulk(make_rows(first + turn * size, size, version))]

            def confirm(one: System, response: Response, status: str = status) -> None:
                one.confirm(response, status, size)

            self._time(work, chunk, confirm)

    def _single(self) -> None:
        burst = self.scale.burst
        first = self._take(burst * (self.scale.rounds + 1))

        def add(one: System, turn: int) -> list[Request]:
            return [one.upsert(row, known=False) for row in make_rows(first + turn * burst, burst)]

        def change(one: System, turn: int) -> list[Request]:
            return [one.upsert(rows.make_row(number, turn + 2), known=True) for number in self._pick(turn)]

        def edit(one: System, turn: int) -> list[Request]:
            known = ids[one]
            return [one.patch(known[n % len(known)], rows.make_patch(n, turn + 3)) for n in self._pick(turn)]

        self._time(UPSERT_NEW, add)
        self._time(UPSERT_KNOWN, change)
        ids = {}
        for system in self.systems:
            system.wake()
            ids[system] = system.list_ids()
        self._time(PATCH, edit)

    def _pick(self, turn: int) -> list[int]:
        return random.Random(turn).sample(range(self.scale.dataset), self.scale.burst)  # noqa: S311 - no secret

    def _clients(self) -> None:
        for work in (CLIENTS_LIST, CLIENTS_UPSERT):
            say(work)
            for turn in range(self.scale.loads):
                for one in self.web:

                    def request(client: int, number: int, one: Web = one, turn: int = turn) -> bytes:
                        return one.upsert(self._new_row(client, turn * 100_000 + number), known=False)

                    listing = one.newest()
                    make = request if work == CLIENTS_UPSERT else lambda *_, listing=listing: listing
                    load = measure_throughput(one, make, self.scale.clients, self.scale.seconds)
                    assert not load.refused, one.name
                    self.results.add(work, one.database, one.name, load.rate)

    @staticmethod
    def _new_row(client: int, number: int) -> Row:
        return rows.make_row(number % 1_000) | {"phone": rows.make_client_phone(client, number)}

    def _measure_memory(self, work: str) -> None:
        for system in self.web:
            self.results.add(work, system.database, system.name, measure_memory(system.pid))
