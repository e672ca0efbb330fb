"""Throughput with concurrent clients: processes with a keep-alive connection, on the same cores as the server."""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from typing import NamedTuple

from .systems import Web

PREPARED = 256  # requests that a client encodes before it starts, and in each batch afterwards

Make = Callable[[int, int], bytes]


class Load(NamedTuple):
    """Requests served per second; the seconds that 99 of 100 took at most; how many were refused."""

    rate: float
    slowest: float
    refused: int


def measure_throughput(system: Web, make: Make, clients: int, seconds: float) -> Load:
    """Send requests for so many seconds; `make(client, number)` returns the encoded request."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients)
    pipes, processes = [], []
    for client in range(clients):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_send_requests, args=(system, make, client, barrier, seconds, theirs))
        process.start()
        pipes.append(mine)
        processes.append(process)
    sent = [pipe.recv() if pipe.poll(seconds + 60) else ([], 0, 1.0) for pipe in pipes]
    for process in processes:
        process.join()
    assert all(times for times, *_ in sent), system.name
    times = sorted(time for times, *_ in sent for time in times)
    rate = sum((len(times) - refused) / elapsed for times, refused, elapsed in sent)
    return Load(rate, times[len(times) * 99 // 100], sum(refused for _, refused, _ in sent))


def _send_requests(system: Web, make: Make, client: int, barrier, seconds: float, pipe: Pipe) -> None:
    connection = system.connect()
    prepared = [make(client, number) for number in range(PREPARED)]
    barrier.wait(60)
    connection.wake()
    times: list[float] = []
    refused, start = 0, time.perf_counter()
    while (begun := time.perf_counter()) - start < seconds:
        if len(times) == len(prepared):
            prepared += [make(client, len(times) + number) for number in range(PREPARED)]
        status, _ = connection.call(prepared[len(times)])
        times.append(time.perf_counter() - begun)
        refused += status not in (200, 201)
    pipe.send((times, refused, time.perf_counter() - start))
    connection.close()
