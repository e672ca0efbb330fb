"""The documents are true: every command of the README runs, every answer it shows is what comes."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from typing import get_args

import pytest

from sendy_contacts.cli import contacts, database, openapi, users
from sendy_contacts.validation.errors import ErrorCode, WarningCode
from sendy_contacts.web.error_codes import ERRORS
from tests.support.service import ROOT, free_port

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
BY_CI = {"make test\n"}
BY_OTHER_TESTS = {block for _, block in BLOCKS if block.startswith("pg_dump ")}  # test_backups

VOLATILE = [
    (r"con_[0-9A-Z]{26}", "ID"),
    (r"req_[0-9A-Z]{26}", "REQUEST"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "MOMENT"),
]


def steady(text):
    for pattern, name in VOLATILE:
        text = re.sub(pattern, name, text)
    return json.loads(text)


@pytest.fixture
def checkout(tmp_path):
    """The files of the project in a new folder, and a port for its service."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


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


def start(checkout, port, log):
    with log.open("w") as out:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=checkout,
            env=clean_environment(),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        return process, wait_for_text(log, "Booting worker", process)
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        raise


def test_every_command_of_the_readme(checkout):
    port, deployed = free_port(), free_port()
    process, said = start(checkout, port, checkout / "run.log")
    try:
        sample = next(line for line in said.splitlines() if line.startswith("curl "))
        created = subprocess.run(["sh", "-c", sample], capture_output=True, text=True, check=True).stdout
        assert steady(created) == steady(next(block for language, block in BLOCKS if language == "json"))
        script = "set -eu\n"
        shown = []
        for index, (language, block) in enumerate(BLOCKS):
            if language == "sh" and block not in BY_CI | BY_OTHER_TESTS | {"make run\n"}:
                script += block.replace("8000", str(port)).replace("8001", str(deployed)) + "\necho; echo ----\n"
                following = BLOCKS[index + 1] if index + 1 < len(BLOCKS) else ("", "")
                shown.append(following[1] if following[0] == "json" else None)
        done = subprocess.run(
            ["bash", "-c", script], cwd=checkout, env=clean_environment(), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        for printed, expected in zip(done.stdout.split("\n----\n"), shown, strict=False):
            if expected:
                assert steady(printed) == steady(expected)
        assert "1 created, 0 updated, 0 unchanged, 1 failed" in done.stdout
        assert "2 ready, 0 use a fallback" in done.stdout
        assert '{"status":"ok"}' in done.stdout
        assert (checkout / "instance" / "contacts.csv").stat().st_size > 0
        assert (checkout / "instance" / "backup.db").stat().st_size > 0
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    assert_a_second_run_keeps_the_data(checkout, port)


def assert_a_second_run_keeps_the_data(checkout, port):
    key = (checkout / "instance" / "secret_key").read_text()
    assert oct((checkout / "instance" / "secret_key").stat().st_mode)[-3:] == "600"
    process, said = start(checkout, port, checkout / "again.log")
    try:
        assert (checkout / "instance" / "secret_key").read_text() == key
        assert f"http://127.0.0.1:{port}" in said
        password = re.search(r"password: (\S+)", said)[1]
        body = json.dumps({"email": "owner@example.com", "password": password})
        command = [
            "curl",
            "-s",
            f"http://127.0.0.1:{port}/session",
            "-H",
            "Content-Type: application/json",
            "-d",
            body,
        ]
        assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["user"]["role"] == "owner"
        sample = next(line for line in said.splitlines() if line.startswith("curl "))
        kept = json.loads(subprocess.run(["sh", "-c", sample], capture_output=True, check=True).stdout)
        assert kept["attributes"] == {"rent_amount": "25000", "floor": 3, "invoice_no": "ALF-0042"}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def test_ci_runs_what_this_suite_cannot_run_itself():
    ci = (ROOT / ".ci" / "run").read_text()
    for block in BY_CI:
        assert block in ci
    assert "make lint" in ci
    assert "make fuzz" in ci


def test_the_python_of_the_readme():
    for language, block in BLOCKS:
        if language == "python":
            exec(block, {})  # noqa: S102 - our own README


def test_every_command_and_error_code_is_in_the_readme():
    for module, name in ((database, "db"), (users, "users"), (contacts, "contacts")):
        for command in module.group.commands:
            assert f"flask {name} {command}" in README or (name, command) == ("users", "session"), command
    assert f"flask {openapi.command.name}" in README
    codes = {*ERRORS, *get_args(ErrorCode), *get_args(WarningCode)}
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in README} == set()


def test_the_map_of_the_architecture_is_whole():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for path in (ROOT / "sendy_contacts").glob("*.py"):
        assert f"  {path.name} " in text, path.name
    for requirement in (ROOT / "requirements.in").read_text().split():
        assert re.search(rf"\| .*\b{requirement.partition('[')[0]}\b.* \|", text), requirement


def test_the_project_speaks_of_itself_alone():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        text = (ROOT / name).read_text()
        assert not re.search(r"/(?:root|home)/\w", text), name
        assert not re.search(r"https?://(?!127\.0\.0\.1|localhost|semver\.org|\S*example|\[|\{|\$)", text), name
