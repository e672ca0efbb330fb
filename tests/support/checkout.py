"""Copies of the project, and commands that run in them."""

import os
import shutil
import subprocess
import time

from tests.support.service import ROOT


def copy_checkout(folder):
    """Copy the project's files, including uncommitted ones, to a folder; return the folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def clean_environment():
    kept = ("PATH", "HOME", "LANG", "PIP_CONFIG_FILE", "PIP_CERT", "PIP_FIND_LINKS", "PIP_INDEX_URL")
    return {name: os.environ[name] for name in kept if name in os.environ}


def wait_for_text(path, text, process):
    for _ in range(1200):
        if text in path.read_text():
            return path.read_text()
        assert process.poll() is None, path.read_text()
        time.sleep(0.1)
    raise AssertionError(path.read_text())
