"""Faults during a run: workers are killed, PostgreSQL is restarted."""

import os
import random
import signal
import threading
from pathlib import Path
from time import monotonic


def measure_memory(worker):
    """Return the memory of a process (PSS) in MiB."""
    for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(line)


class Faults(threading.Thread):
    """Kill workers repeatedly, except `spared`; call `restart`, if given, once after a quarter of the run."""

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
        """Run until `ended` is set."""
        while not self.ended.wait(self.pause):
            worker = random.choice([w for w in self.service.workers() if w != self.spared])  # noqa: S311
            self.ledger.kills.append(monotonic())
            os.kill(worker, signal.SIGKILL)
            if self.restart and monotonic() > self.quarter:
                self.restart()
                self.restart = None
