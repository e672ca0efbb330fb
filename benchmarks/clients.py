"""Throughput with concurrent clients: processes with a keep-alive connection, on the same cores as the server."""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe

from .systems import Web

PREPARED = 256  # requests that a client encodes before it starts, and in each batch afterwards

Make = Callable[[int, int], bytes]


def measure_throughput(system: Web, make: Make, clients: int, seconds: float) -> float:
    """Return the requests served per second; `make(client, number)` returns the encoded request."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients)
    pipes, processes = [], []
    for client in range(clients):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_send_requests, args=(system, make, client, barrier, seconds, theirs))
        process.start()
        pipes.append(mine)
        processes.append(process)
    rates = [pipe.recv() if pipe.poll(seconds + 60) else 0 for pipe in pipes]
    for process in processes:
        process.join()
    assert all(rates), (system.name, rates)
    return sum(rates)


def _send_requests(system: Web, make: Make, client: int, barrier, seconds: float, pipe: Pipe) -> None:
    connection = system.connect()
    connection.wake()
    prepared = [make(client, number) for number in range(PREPARED)]
    barrier.wait(60)
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        if count == len(prepared):
            prepared += [make(client, count + number) for number in range(PREPARED)]
        status, body = connection.call(prepared[count])
        assert status in (200, 201), body
        count += 1
    pipe.send(count / elapsed)
    connection.close()
