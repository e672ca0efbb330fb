"""Many clients at once, each a process with a keep-alive connection; they share the cores with the server."""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe

from .contestants import Web

PREPARED = 256  # requests that a client has ready before it starts, and that it makes in one go afterwards

Make = Callable[[int, int], bytes]


def measure_throughput(contestant: Web, make: Make, clients: int, seconds: float) -> float:
    """Return the requests that are answered in a second; `make(client, number)` is a client's request of a number."""
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients)
    pipes, processes = [], []
    for client in range(clients):
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_ask, args=(contestant, make, client, barrier, seconds, theirs))
        process.start()
        pipes.append(mine)
        processes.append(process)
    answered = [pipe.recv() if pipe.poll(seconds + 60) else 0 for pipe in pipes]
    for process in processes:
        process.join()
    assert all(answered), (contestant.name, answered)
    return sum(answered)


def _ask(contestant: Web, make: Make, client: int, barrier, seconds: float, pipe: Pipe) -> None:
    connection = contestant.connect()
    connection.wake()
    prepared = [make(client, number) for number in range(PREPARED)]
    barrier.wait(60)
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        if count == len(prepared):
            prepared += [make(client, count + number) for number in range(PREPARED)]
        status, answer = connection.call(prepared[count])
        assert status in (200, 201), answer
        count += 1
    pipe.send(count / elapsed)
    connection.close()
