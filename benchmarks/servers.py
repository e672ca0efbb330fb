"""This service and the bare Flask app under gunicorn, and their memory."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.service import ROOT, Service, environment, flask, free_port

from .databases import OWNER
from .systems import BARE, SERVICE, SignedIn, Web

WORKERS = 2


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Create a folder and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="contacts-bench-") as name:
        yield Path(name)


@contextmanager
def run_service(database_url: str, folder: Path, prefix: Sequence[str] = ()) -> Iterator[SignedIn]:
    """Run this service on a migrated database; `prefix` is a command that runs another."""
    with _run(environment(database_url), folder, prefix) as service:
        token = flask(service.env, "users", "session", OWNER).strip()
        with closing(SignedIn(SERVICE, database_url, service.port, service.process.pid, token)) as system:
            yield system


@contextmanager
def run_bare(database_url: str, folder: Path) -> Iterator[Web]:
    """Run the baseline in a bare Flask app."""
    settings = {"BASELINE_URL": database_url, "GUNICORN_CMD_ARGS": f"--config {ROOT / 'benchmarks/bare_gunicorn.py'}"}
    with (
        _run(environment("", **settings), folder) as service,
        closing(Web(BARE, database_url, service.port, service.process.pid)) as system,
    ):
        yield system


@contextmanager
def _run(env: dict[str, str], folder: Path, prefix: Sequence[str] = ()) -> Iterator[Service]:
    port = str(free_port())
    service = Service(env | {"PORT": port, "WEB_CONCURRENCY": str(WORKERS)}, folder / f"{port}.log", prefix=prefix)
    try:
        yield service.wait()
    finally:
        if service.process.poll() is None:
            service.stop()


def measure_memory(pid: int) -> float:
    """Return the memory of a process and its children in MiB, with shared pages counted once (PSS)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(read_memory(int(each), "Pss") for each in (pid, *children))


def read_memory(pid: int, kind: str) -> float:
    """Return the MiB of one kind in a process's `smaps_rollup`; none if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:")) / 1024
