"""The process that reads the rows of an import ahead."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sendy_contacts.imports.record.store import find_import, list_imports
from tests.support.service import BIN, ROOT, environment

ROWS = 20_000

pytestmark = pytest.mark.skipif(os.cpu_count() == 1, reason="rows are read ahead where there is another core")


@pytest.fixture
def command(workspace, database_url, tmp_path):
    """The command that imports a long list, and the process that reads ahead for it."""
    file = tmp_path / "list.csv"
    file.write_text("Phone,Name\n" + "".join(f"+2547{n:08},Person {n}\n" for n in range(ROWS)))
    arguments = [BIN / "flask", "contacts", "import", file, "--workspace", workspace.name]
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment(database_url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (found := children.read_text().split()):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        yield process, int(found[0])


def wait_for_end(pid):
    for _ in range(500):
        with suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.01)
                continue
        return
    raise AssertionError(f"process {pid} is still there")


def test_rows_are_written_although_the_reader_is_killed(command):
    process, reader = command
    os.kill(reader, signal.SIGKILL)
    output, _ = process.communicate()
    assert process.returncode == 0
    assert f"{ROWS:,} created" in output


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_reader_ends_with_the_command(command, workspace, how):
    process, reader = command
    process.send_signal(how)
    process.communicate()
    wait_for_end(reader)
    (record,) = list_imports(workspace.id)
    assert find_import(workspace.id, record.id).state in ("draft", "paused")
