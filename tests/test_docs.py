"""The documents are true: their commands run, the responses they show are returned, and their maps are complete."""

import configparser
import itertools
import json
import os
import re
import signal
import subprocess
from typing import get_args

import pytest

from sendy_contacts.cli import contacts, database, openapi, users
from sendy_contacts.config import load_settings
from sendy_contacts.validation.errors import ErrorCode, WarningCode
from sendy_contacts.web.error_codes import ERRORS
from tests.support.checkout import clean_environment, copy_checkout, wait_for_text
from tests.support.programs import start
from tests.support.service import ROOT, free_port


def read_blocks(document):
    """Return the (language, text) of each block of code."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)


README = ROOT / "README.md"
CLUSTER = ROOT / "docs" / "cluster.md"  # tests/database/test_distribution.py runs its commands on a cluster
# The commands of these run, in this order.
DOCUMENTS = [README, *sorted({*(ROOT / "docs").glob("*.md")} - {CLUSTER})]
ALL_DOCUMENTS = [*sorted(ROOT.glob("*.md")), *DOCUMENTS[1:], CLUSTER]
REFERENCE = "".join(document.read_text() for document in DOCUMENTS)
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()

BY_CI = {"make test\n"}
(BY_TEST_BACKUPS,) = [
    block for document in DOCUMENTS for _, block in read_blocks(document) if block.startswith("pg_dump ")
]
NOT_RUN = {*BY_CI, "make run\n", BY_TEST_BACKUPS}
(SHELL_VARIABLES,) = [block for _, block in read_blocks(README) if "\nAUTH=" in block]

VOLATILE = [
    (r"con_[0-9A-Z]{26}", "ID"),
    (r"req_[0-9A-Z]{26}", "REQUEST"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIMESTAMP"),
]


def read_json(text):
    """Return the JSON with ids and timestamps, which differ from run to run, replaced by their kind."""
    for pattern, name in VOLATILE:
        text = re.sub(pattern, name, text)
    return json.loads(text)


@pytest.fixture
def checkout(tmp_path):
    """A copy of the project's files in a new folder."""
    return copy_checkout(tmp_path)


def start_service(checkout, port, log, env=None):
    """Start `make run`; return the process and what it prints."""
    command = ["make", "run", f"PORT={port}"]
    process = start(command, log, cwd=checkout, env=env or clean_environment(), start_new_session=True)
    return process, wait_for_text(log, "Stop the service with Ctrl-C.", process)


def run_commands(document, checkout, port, deployed):
    """Run a document's commands in one shell and compare the JSON shown after a command; return what was printed."""
    script, shown = "set -eu\n", []
    if document != README:
        script += SHELL_VARIABLES
    for (language, block), (following, answer) in itertools.pairwise([*read_blocks(document), ("", "")]):
        if language == "sh" and block not in NOT_RUN:
            script += f"{block}\necho; echo ----\n"
            shown.append(answer if following == "json" else None)
    script = script.replace("8000", str(port)).replace("8001", str(deployed))
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=checkout, env=clean_environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{document.name}:\n{done.stdout}{done.stderr}"
    *printed, _ = done.stdout.split("\n----\n")
    for text, expected in zip(printed, shown, strict=True):
        if expected:
            assert read_json(text) == read_json(expected), document.name
    return done.stdout


@pytest.mark.needs("curl", "grep", "sqlite3")
def test_every_command_of_the_documents(checkout):
    port, deployed = free_port(), free_port()
    process, said = start_service(checkout, port, checkout / "run.log")
    try:
        sample = next(line for line in said.splitlines() if line.startswith("curl "))
        created = subprocess.run(["/bin/sh", "-c", sample], capture_output=True, text=True, check=True).stdout
        assert read_json(created) == read_json(
            next(block for language, block in read_blocks(README) if language == "json")
        )
        printed = {document.name: run_commands(document, checkout, port, deployed) for document in DOCUMENTS}
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
    assert "1 created, 0 updated, 0 unchanged, 1 failed" in printed["README.md"]
    assert '{"status":"ok"}' in printed["README.md"]
    assert "2 ready, 0 use a fallback" in printed["messages.md"]
    for name in ("contacts.csv", "tenants.failed.csv", "backup.db"):
        assert (checkout / "instance" / name).stat().st_size > 0
    check_a_second_run_keeps_the_data(checkout, port)


def check_a_second_run_keeps_the_data(checkout, port):
    key = (checkout / "instance" / "secret_key").read_text()
    assert oct((checkout / "instance" / "secret_key").stat().st_mode)[-3:] == "600"
    process, said = start_service(checkout, port, checkout / "again.log")
    try:
        assert (checkout / "instance" / "secret_key").read_text() == key
        assert f"http://127.0.0.1:{port}" in said
        password = re.search(r"password: (\S+)", said)[1]
        body = json.dumps({"email": "owner@example.com", "password": password})
        address = f"http://127.0.0.1:{port}/session"
        command = ["curl", "-s", address, "-H", "Content-Type: application/json", "-d", body]
        assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["user"]["role"] == "owner"
        sample = next(line for line in said.splitlines() if line.startswith("curl "))
        kept = json.loads(subprocess.run(["/bin/sh", "-c", sample], capture_output=True, check=True).stdout)
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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_python_of_a_document_runs(document):
    for language, block in read_blocks(document):
        if language == "python":
            exec(block, {})  # noqa: S102 - our own documents


def test_the_readme_is_for_the_first_ten_minutes():
    assert len(README.read_text().splitlines()) <= 210


def test_every_command_and_error_code_is_documented():
    for module, name in ((database, "db"), (users, "users"), (contacts, "contacts")):
        for command in module.group.commands:
            assert f"flask {name} {command}" in REFERENCE, command
    assert f"flask {openapi.command.name}" in REFERENCE
    codes = {*ERRORS, *get_args(ErrorCode), *get_args(WarningCode)}
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in REFERENCE} == set()


class Recorder(dict):
    """Environment variables that remember which of them were asked for."""

    def get(self, name, default=None):
        self.setdefault(name, "")
        return super().get(name) or default


def test_every_setting_is_documented():
    environ = Recorder(SECRET_KEY="a key of the test")
    load_settings(environ)
    assert len(environ) > 4
    assert {name for name in environ if not re.search(rf"^\| .*`{name}`.* \|", REFERENCE, re.MULTILINE)} == set()


def read_map():
    """Return the paths of the map of ARCHITECTURE.md, folders with a closing slash."""
    paths, folders = [], []
    (drawn,) = [
        block for block in re.findall(r"^```\n(.*?)^```$", ARCHITECTURE, re.MULTILINE | re.DOTALL) if "wsgi" in block
    ]
    for line in drawn.splitlines():
        name, depth = line.split()[0], (len(line) - len(line.lstrip())) // 2
        folders[depth:] = [name]
        paths.append("".join(folders))
    return paths


def test_the_map_of_the_architecture_is_whole():
    paths = read_map()
    assert len(set(paths)) == len(paths)
    package = ROOT / "sendy_contacts"
    modules = {path for path in package.rglob("*.py") if path.name != "__init__.py" or path.parent == package}
    packages = {path.parent for path in package.rglob("*.py")}
    listed = [path for path in paths if path.startswith("sendy_contacts/")]
    assert {ROOT / path for path in listed if path.endswith(".py")} == modules
    assert {ROOT / path for path in listed if path.endswith("/")} == packages
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_drawing_of_the_layers_is_the_contract():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    layers = setup["importlinter:contract:packages"]["layers"].split("\n")
    drawn = re.search(r"^```\n(app .*?)^```$", ARCHITECTURE, re.MULTILINE | re.DOTALL)[1]
    lines = [re.split(r"\s{2,}", line)[0] for line in drawn.splitlines() if "↓" not in line]
    assert lines == [layer for layer in layers if layer]


def test_every_dependency_has_a_reason():
    rows = re.findall(r"^\| ([\w, -]+) \| .+ \|$", ARCHITECTURE.partition("## Dependencies")[2], re.MULTILINE)
    listed = [name for row in rows for name in row.split(", ") if row != "package"]
    assert len(set(listed)) == len(listed)
    lines = [line for kind in ("", "-dev") for line in (ROOT / f"requirements{kind}.in").read_text().splitlines()]
    assert set(listed) == {line.partition("[")[0] for line in lines if line and not line.startswith("-r")}


def list_anchors(document):
    """Return the anchors of a document's headings."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", ALL_DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = link.partition("#")
        if not path.startswith("https:"):
            target = (document.parent / path).resolve() if path else document
            assert target.exists(), link
            assert not anchor or anchor in list_anchors(target), link


@pytest.mark.parametrize("document", ALL_DOCUMENTS, ids=lambda path: path.name)
def test_files_and_targets_that_a_document_names_exist(document):
    text = document.read_text()
    files = re.findall(r"\b(?:sendy_contacts|tests|benchmarks|deploy)/[\w./-]*\w", text)
    assert [path for path in files if not (ROOT / path).exists()] == []
    targets = re.findall(r"^([a-z./]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(re.findall(r"`make ([a-z./]+)", text)) <= set(targets)


def test_every_page_is_listed_in_the_readme():
    assert [page.name for page in DOCUMENTS[1:] if f"(docs/{page.name})" not in README.read_text()] == []


# Besides the hosts of examples: WhatsApp's links are spellings of phones.
KNOWN_HOSTS = re.compile(r"localhost|127\.0\.0\.1|semver\.org|(?:\w+\.)*(?:whatsapp\.com|wa\.me|example(?:\.\w+)?)")


def test_the_project_speaks_of_itself_alone():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if name.startswith("docs/images/"):
            continue
        text = (ROOT / name).read_text()
        assert not re.search(r"/(?:root|home)/\w", text), name
        hosts = re.findall(r"https?://([\w-]+(?:\.[\w-]+)+)", text, re.ASCII)
        assert [host for host in hosts if not KNOWN_HOSTS.fullmatch(host)] == [], name
