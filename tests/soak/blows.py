"""What is done to the service during a run: workers killed, the database restarted. It must not call the service."""

import os
import random
import signal
import threading
from pathlib import Path
from time import monotonic


def measure_memory(worker):
    """Return a process's own share of memory (PSS) in MiB."""
    for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(line)


class Blows(threading.Thread):
    """Kill a worker again and again, never `spared`; after a quarter of the seconds do `restart`, if there is one."""

    def __init__(self, service, ledger, spared, seconds, restart):
        super().__init__()
        self.service = service
        self.ledger = ledger
        self.spared = spared
        self.pause = max(1, min(4, seconds / 5))
        self.quarter = monotonic() + seconds / 4
        self.restart = restart
        self.ended = threading.Event()

    def run(self):
        """Go on until `ended`."""
        while not self.ended.wait(self.pause):
            worker = random.choice([w for w in self.service.workers() if w != self.spared])  # noqa: S311
            self.ledger.kills.append(monotonic())
            os.kill(worker, signal.SIGKILL)
            if self.restart and monotonic() > self.quarter:
                self.restart()
                self.restart = None
