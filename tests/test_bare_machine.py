"""A clone runs and tests itself with git, make and Python alone; what needs more is skipped and named."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

from tests.support.checkout import clean_environment, wait_for_text
from tests.support.programs import start
from tests.support.service import ROOT, free_port

COREUTILS = (
    "basename cat chmod cp cut date dirname echo env false head id install ln ls mkdir mktemp mv nproc "
    "pwd readlink realpath rm rmdir sleep sort stat tail tee test touch tr true uname uniq wc"
)
SOME = (
    "tests/server/test_nginx.py tests/test_text.py tests/phones/test_patterns.py "
    "tests/database/test_backups.py::test_a_backup_of_the_release_before_can_be_upgraded"
)


@pytest.fixture
def bare():
    """A clone in a new folder, and an environment whose PATH leads to git, make, Python and coreutils only."""
    # Not below pytest's own folder: PostgreSQL runs as another user, and each pytest closes that folder to others.
    with tempfile.TemporaryDirectory(prefix="contacts-bare-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        clone, programs = folder / "clone", folder / "bin"
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
        changed = subprocess.run(
            ["git", "diff", "HEAD", "--binary"], cwd=ROOT, capture_output=True, check=True
        ).stdout
        if changed:
            subprocess.run(["git", "apply"], cwd=clone, input=changed, check=True)
        programs.mkdir()
        for program in ("git", "make", *COREUTILS.split()):
            if found := shutil.which(program):
                (programs / program).symlink_to(found)
        (programs / "python3").symlink_to(os.path.realpath(sys.executable))
        yield clone, clean_environment() | {"PATH": str(programs)}


def test_a_clone_runs_and_tests_itself(bare, tmp_path):
    clone, env = bare
    port = free_port()
    process = start(["make", "run", f"PORT={port}"], tmp_path / "log", cwd=clone, env=env, start_new_session=True)
    try:
        said = wait_for_text(tmp_path / "log", "Stop the service with Ctrl-C.", process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert answer.url.endswith("/sign-in?next=/contacts")
            assert b"Password" in answer.read()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    printed = [line for line in said.splitlines() if line]
    assert printed[0] == "Installing requirements.txt into .venv; this takes about a minute."
    assert printed[1] == f"SendyStack Contacts runs at http://127.0.0.1:{port}"
    assert len(printed) == 6
    tested = subprocess.run(
        ["make", "test", f"TESTS={SOME}"],
        cwd=clone,
        env=env,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    skipped = r"(\d+) tests skipped\. To run them, install: nginx-light openssl sqlite3$"
    assert re.search(skipped, tested.stdout, re.MULTILINE), tested.stdout
