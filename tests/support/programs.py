"""Programs that tests run: find missing ones, start and stop servers."""

import shutil
import subprocess

# Debian's packages of the programs.
PACKAGES = {"nginx": "nginx-light"} | {
    name: name for name in ("chromium", "curl", "grep", "openssl", "pgbouncer", "sqlite3")
}

_started = []


def missing(programs):
    """Return those of the programs that this machine lacks."""
    return [program for program in programs if shutil.which(program) is None]


def start(command, log, **options):
    """Start a server with its output in the file `log`. `end_all` stops it if the test doesn't."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, **options)
    _started.append(process)
    return process


def end(process, seconds=20):
    """Stop a program and wait until it ends; kill it after `seconds`."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def end_all():
    """Stop the programs that failed tests have left running."""
    for process in _started:
        if process.poll() is None:
            end(process)
