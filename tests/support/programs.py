"""Programs that the tests run: which are missing here, and how those that serve are ended."""

import shutil
import subprocess

# Where Debian has them.
PACKAGES = {"nginx": "nginx-light", "grep": "grep", "curl": "curl", "openssl": "openssl", "sqlite3": "sqlite3"}

_started = []


def missing(programs):
    """Return those of the programs that this machine lacks."""
    return [program for program in programs if shutil.which(program) is None]


def start(command, log, **options):
    """Start a program that serves; what it prints goes to the file `log`. The session ends it at the latest."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, **options)
    _started.append(process)
    return process


def end(process, seconds=20):
    """End a program and wait for it."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def end_all():
    """End whatever a failed test has left running."""
    for process in _started:
        if process.poll() is None:
            end(process)
