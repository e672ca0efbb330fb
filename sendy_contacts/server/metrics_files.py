"""The files in which each process counts for /metrics, with their space taken beforehand.

prometheus_client maps them into memory. A write to a page that the file system has no space for ends the process with
SIGBUS, so the space is allocated when a file is made. Without space there are no metrics, and the service goes on.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own variable
OFF = "CONTACTS_METRICS_OFF"  # how the master and a worker tell `web.metrics` that there are none
IN_MEMORY = "/dev/shm"  # noqa: S108 - the folder made there is new and private
SIZE = 256 * 1024  # bytes; all routes and statuses take less than half of it
KINDS = ("counter", "histogram", "gauge_livesum")


def make_folder() -> None:
    """Make the folder of the files, in memory if there is such a file system."""
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
    """Take the space for a process's files, before it imports `web.metrics`; without space turn its metrics off."""
    from prometheus_client import values

    try:
        for kind in KINDS:
            _allocate(Path(os.environ[FOLDER]) / f"{kind}_{pid}.db")
    except (KeyError, OSError):
        os.environ[OFF] = "1"
        values.ValueClass = values.MutexValue


def release(pid: int) -> None:
    """Keep what a process that has ended counted, in as little space as it needs."""
    from prometheus_client.multiprocess import mark_process_dead

    if FOLDER not in os.environ:
        return
    mark_process_dead(pid)
    for path in Path(os.environ[FOLDER]).glob(f"*_{pid}.db"):
        with path.open("r+b") as file:
            used = int.from_bytes(file.read(4), "little")  # how prometheus_client begins a file
            file.truncate(max(used, 8))


def remove_folder() -> None:
    """Leave no files behind."""
    if FOLDER in os.environ:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def _allocate(path: Path) -> None:
    with path.open("ab") as file:
        os.posix_fallocate(file.fileno(), 0, SIZE)
