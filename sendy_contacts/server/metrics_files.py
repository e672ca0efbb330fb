"""Files in which each process keeps its counters for /metrics, allocated in advance.

prometheus_client maps the files into memory. If the file system is full, a write to an unallocated page ends the
process with SIGBUS. So each file is allocated when it is created. Without space, the service runs without metrics.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own variable
OFF = "CONTACTS_METRICS_OFF"  # set to turn off the metrics in `web.metrics`
IN_MEMORY = "/dev/shm"  # noqa: S108 - the folder created there is new and private
SIZE = 256 * 1024  # bytes; all routes and statuses take less than half of it
KINDS = ("counter", "histogram", "gauge_livesum")


def make_folder() -> None:
    """Create the folder of the files, in memory if such a file system exists."""
    for parent in (IN_MEMORY, tempfile.gettempdir()):
        with suppress(OSError):
            folder = tempfile.mkdtemp(prefix="contacts-metrics-", dir=parent)
            try:
                _allocate(Path(folder) / "probe")
            except OSError:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            (Path(folder) / "probe").unlink()
            os.environ[FOLDER] = folder
            return
    os.environ[OFF] = "1"


def reserve(pid: int) -> None:
    """Allocate the files of a process before it imports `web.metrics`; without space, turn off its metrics."""
    from prometheus_client import values

    try:
        for kind in KINDS:
            _allocate(Path(os.environ[FOLDER]) / f"{kind}_{pid}.db")
    except (KeyError, OSError):
        os.environ[OFF] = "1"
        values.ValueClass = values.MutexValue


def release(pid: int) -> None:
    """Keep the counters of a process that has ended, and free the unused space of its files."""
    from prometheus_client.multiprocess import mark_process_dead

    if FOLDER not in os.environ:
        return
    mark_process_dead(pid)
    for path in Path(os.environ[FOLDER]).glob(f"*_{pid}.db"):
        with path.open("r+b") as file:
            used = int.from_bytes(file.read(4), "little")  # prometheus_client's header: the used size
            file.truncate(max(used, 8))


def remove_folder() -> None:
    """Remove the folder with the files."""
    if FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def _allocate(path: Path) -> None:
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, SIZE)
