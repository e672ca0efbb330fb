"""Other clients at work while requests are timed: processes that write to random workspaces and rest in between."""

import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import count
from multiprocessing.connection import Connection as Pipe
from typing import NamedTuple

from . import calls
from .systems import Web
from .tenants import Tenant

REST = 0.15  # seconds between the calls of a client, on average
BULK_EVERY = 40  # one call in 40 is a bulk
FIRST = 50_000_000  # the first new contact
OF_EACH = 1_000_000  # new contacts of a client
PATIENCE = 60  # seconds


class Work(NamedTuple):
    """What clients have done in so many seconds."""

    calls: int
    rows: int
    refused: int
    seconds: float


@contextmanager
def run_others(service: Web, tenants: Sequence[Tenant], clients: int, bulk: int) -> Iterator[list[Work]]:
    """Run clients that write to any of the tenants at each call; yield the list of their work, filled at the end."""
    context = multiprocessing.get_context("fork")
    stop, pipes, processes = context.Event(), [], []
    for client in range(clients):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_write, args=(service, tenants, client, bulk, stop, theirs))
        process.start()
        pipes.append(mine)
        processes.append(process)
    done: list[Work] = []
    try:
        yield done
    finally:
        stop.set()
        for pipe in pipes:
            with suppress(EOFError):
                done += [pipe.recv()] if pipe.poll(PATIENCE) else []
        for process in processes:
            process.join()
    assert len(done) == clients, "a client has failed"


def _write(service: Web, tenants: Sequence[Tenant], client: int, bulk: int, stop, pipe: Pipe) -> None:
    chance = random.Random(client)  # noqa: S311 - no secret
    unused = count(FIRST + client * OF_EACH)
    sent = written = refused = 0
    start = time.perf_counter()
    with closing(service.connect()) as connection:
        while not stop.wait(chance.expovariate(1 / REST)):
            size = 1 if chance.randrange(BULK_EVERY) else bulk
            request = _encode(chance, chance.choice(tenants), size, unused)
            connection.wake()
            status, _ = connection.call(request)
            accepted = status in (200, 201)
            sent, written, refused = sent + 1, written + size * accepted, refused + (not accepted)
    pipe.send(Work(sent, written, refused, time.perf_counter() - start))


def _encode(chance: random.Random, tenant: Tenant, size: int, unused: Iterator[int]) -> bytes:
    if size > 1:
        return calls.bulk(tenant, [calls.make_new(next(unused)) for _ in range(size)])
    if chance.randrange(2):
        return calls.upsert(tenant, calls.make_new(next(unused)))
    contact_id, _ = chance.choice(tenant.known)
    return calls.patch(tenant, contact_id, next(unused))
