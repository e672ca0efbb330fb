"""flask contacts imports and flask contacts prune: past imports, going on, taking back."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sendy_contacts.clock import days_ago
from sendy_contacts.contacts.models import ConsentEvent
from sendy_contacts.database.connection import db
from sendy_contacts.imports.record import store
from sendy_contacts.imports.steps.run import run as run_import
from tests.imports.tables import ACTOR, draft, make_sheet
from tests.support.service import ROOT, environment

LIST = "Name,Phone,Opt-out\nAnn,0712345601,\nBen,call,\nCid,0712345603,yes\n"


@pytest.fixture
def flask(app):
    """A function: arguments -> the result of a flask command."""
    return lambda *args: app.test_cli_runner().invoke(args=list(map(str, args)))


@pytest.fixture
def imported(flask, tmp_path):
    """The id of an import by the command line."""
    (tmp_path / "list.csv").write_text(LIST)
    result = flask("contacts", "import", tmp_path / "list.csv", "--workspace", "Acme")
    assert result.exit_code == 1
    return re.search(r"flask contacts imports undo (imp_\w+)", result.output)[1]


@pytest.mark.parametrize("command", [(), ("list",), ("--workspace", "Acme"), ("list", "--workspace", "Acme")])
def test_past_imports_are_listed(flask, imported, command):
    result = flask("contacts", "imports", *command)
    assert result.exit_code == 0
    counts = "2 created, 0 updated, 0 unchanged, 1 failed"
    assert re.fullmatch(
        rf"{imported}  \d{{4}}-\d\d-\d\d \d\d:\d\d  cli:\S+  Acme  list\.csv  done: {counts}\n", result.output
    )


def test_other_workspaces_are_not_listed(flask, imported):
    assert flask("contacts", "imports", "--workspace", "Globex").output == ""
    assert flask("contacts", "imports", "--workspace", "Nope").exit_code == 2


def test_an_import_is_taken_back(flask, imported, client):
    result = flask("contacts", "imports", "undo", imported)
    assert result.exit_code == 0
    assert "1 contacts removed, 1 restored" in result.output
    assert "1 opted out; they stay so until they ask for messages again" in result.output
    (left,) = client.get("/internal/contacts").json["contacts"]
    assert (left["phone"], left["name"], left["optedIn"]) == ("+254712345603", None, False)
    with db.connection_context():
        removed = ConsentEvent.select().where(ConsentEvent.source == "undo").get()
        assert (removed.old, removed.new, removed.import_id) == (True, False, imported)
    assert "undone" in flask("contacts", "imports").output
    again = flask("contacts", "imports", "undo", imported)
    assert (again.exit_code, again.output.splitlines()[-2:]) == (0, result.output.splitlines()[-2:])


def test_an_import_that_was_cut_off_goes_on(flask, workspace, client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [f"+2547{n:08}" for n in range(1_500)] + ["call"]
    record = draft(workspace, make_sheet("Phone", *rows))
    steps = run_import(workspace, record.id, ACTOR)
    next(steps)
    steps.close()
    assert "paused at 1,000 of 1,501" in flask("contacts", "imports").output
    result = flask("contacts", "imports", "continue", record.id)
    assert result.exit_code == 1
    assert "1,500 created, 0 updated, 0 unchanged, 1 failed" in result.output
    assert "call" in Path("list.failed.csv").read_text(encoding="utf-8-sig")
    again = flask("contacts", "imports", "continue", record.id)
    assert (again.exit_code, "done: 1,500 created" in again.output) == (0, True)
    assert list(tmp_path.glob("*.failed*")) == [tmp_path / "list.failed.csv"]


@pytest.mark.parametrize("command", ["undo", "continue"])
def test_imports_that_are_not_there(flask, app, command):
    result = flask("contacts", "imports", command, "imp_nope")
    assert (result.exit_code, "There is no import imp_nope" in result.output) == (2, True)


def test_rows_that_were_dropped_cannot_be_taken_back(flask, imported):
    with db.connection_context():
        owner = store.find_owner(imported)
        record = store.find_import(owner.id, imported)
        store.save_import(owner.id, record._replace(updated_at=days_ago(31)))
    assert flask("contacts", "prune").output == "dropped the rows of 1 imports\n"
    result = flask("contacts", "imports", "undo", imported)
    assert (result.exit_code, "dropped after 30 days" in result.output) == (2, True)


def test_whoever_interrupts_is_told_how_to_go_on(app, database_url, tmp_path):
    lines = (f"+2547{n:08},Person {n},{n},{n},{n}\n" for n in range(60_000))
    (tmp_path / "list.csv").write_text("Phone,Name,a,b,c\n" + "".join(lines))
    command = [sys.executable, "-m", "flask", "contacts", "import", tmp_path / "list.csv", "--workspace", "Acme"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(database_url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for _ in range(600):
        with db.connection_context():
            (record,) = store.list_imports(1) or [None]
        if record and record.position:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode in (1, 2)  # in the middle of a statement, SQLite reports the interrupt as an error
    assert f"To go on: flask contacts imports continue {record.id}" in errors
    with db.connection_context():
        assert store.find_import(1, record.id).state == "paused"
