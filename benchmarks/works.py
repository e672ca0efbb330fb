"""The pieces of work that every contestant does over a stock of contacts, from the import to many clients at once."""

import random
from collections.abc import Sequence
from functools import lru_cache

from . import rows
from .clients import measure_throughput
from .contestants import Answer, Contestant, Request, Web
from .databases import gather_statistics, measure_disk
from .rows import Row
from .samples import Check, Requests, Samples, say, take_turns
from .scale import Scale
from .servers import measure_memory

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


class Works:
    """One run over the contestants; what it measures goes into `samples`."""

    def __init__(self, contestants: Sequence[Contestant], scale: Scale, samples: Samples) -> None:
        self.contestants = contestants
        self.web = [contestant for contestant in contestants if isinstance(contestant, Web)]
        self.scale = scale
        self.samples = samples
        self.next = scale.stock  # the number of the next contact that nobody has yet

    def do_all(self) -> None:
        """Do everything in order."""
        self._import()
        self._measure_memory(MEMORY_IMPORT)
        for one in self.contestants:
            self.samples.add(DISK, one.database, one.name, measure_disk(one.url) / self.scale.stock)
            gather_statistics(one.url)
        self._time(LIST, lambda one, _: [one.newest()] * 5)
        self._bulk()
        self._single()
        self._clients()
        self._measure_memory(MEMORY_END)

    def _time(self, work: str, requests: Requests, *check: Check) -> None:
        take_turns(self.samples, work, self.contestants, self.scale.rounds, requests, *check)

    def _take(self, count: int) -> int:
        """Reserve so many new contacts and return the number of the first."""
        first, self.next = self.next, self.next + count
        return first

    def _import(self) -> None:
        for contestant in self.contestants:
            contestant.wake()
            contestant.send(contestant.bulk(make_rows(0, 1)))
        size = self.scale.bulk

        def chunk(one: Contestant, turn: int) -> list[Request]:
            return [one.bulk(make_rows((turn - 1) * size, size))]

        take_turns(self.samples, IMPORT, self.contestants, self.scale.stock // size, chunk, warm_up=False)

    def _bulk(self) -> None:
        size = self.scale.bulk
        first = self._take(size * (self.scale.rounds + 1))
        for work, version, status in (
            (BULK_NEW, 0, "created"),
            (BULK_OTHER, 1, "updated"),
            (BULK_SAME, 1, "unchanged"),
        ):

            def chunk(one: Contestant, turn: int, version: int = version) -> list[Request]:
                return [one.bulk(make_rows(first + turn * size, size, version))]

            def confirm(one: Contestant, answer: Answer, status: str = status) -> None:
                one.confirm(answer, status, size)

            self._time(work, chunk, confirm)

    def _single(self) -> None:
        burst = self.scale.burst
        first = self._take(burst * (self.scale.rounds + 1))

        def add(one: Contestant, turn: int) -> list[Request]:
            return [one.upsert(row, known=False) for row in make_rows(first + turn * burst, burst)]

        def change(one: Contestant, turn: int) -> list[Request]:
            return [one.upsert(rows.make_row(number, turn + 2), known=True) for number in self._pick(turn)]

        def edit(one: Contestant, turn: int) -> list[Request]:
            known = ids[one]
            return [one.patch(known[n % len(known)], rows.make_patch(n, turn + 3)) for n in self._pick(turn)]

        self._time(UPSERT_NEW, add)
        self._time(UPSERT_KNOWN, change)
        ids = {}
        for contestant in self.contestants:
            contestant.wake()
            ids[contestant] = contestant.list_ids()
        self._time(PATCH, edit)

    def _pick(self, turn: int) -> list[int]:
        return random.Random(turn).sample(range(self.scale.stock), self.scale.burst)  # noqa: S311 - no secret

    def _clients(self) -> None:
        for work in (CLIENTS_LIST, CLIENTS_UPSERT):
            say(work)
            for turn in range(self.scale.loads):
                for one in self.web:

                    def request(client: int, number: int, one: Web = one, turn: int = turn) -> bytes:
                        return one.upsert(self._new_row(client, turn * 100_000 + number), known=False)

                    listing = one.newest()
                    make = request if work == CLIENTS_UPSERT else lambda *_, listing=listing: listing
                    rate = measure_throughput(one, make, self.scale.clients, self.scale.seconds)
                    self.samples.add(work, one.database, one.name, rate)

    @staticmethod
    def _new_row(client: int, number: int) -> Row:
        return rows.make_row(number % 1_000) | {"phone": rows.make_caller_phone(client, number)}

    def _measure_memory(self, work: str) -> None:
        for contestant in self.web:
            self.samples.add(work, contestant.database, contestant.name, measure_memory(contestant.pid))
