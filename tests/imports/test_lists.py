"""Lists as people and programs leave them: each must become what its owner meant."""

import json
from pathlib import Path

import pytest

from sendy_contacts.imports.plan import plan_import
from sendy_contacts.spreadsheets.sheet import open_sheet
from tests.imports.tables import import_sheet

LISTS = Path(__file__).parent / "lists"
EXPECTED = json.loads((LISTS / "expected.json").read_text())


def each_list(test):
    """Run a test with each list, on one database: a list means the same on all."""
    test = pytest.mark.parametrize("name", EXPECTED)(test)
    return pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)(test)


@pytest.fixture
def write(tmp_path):
    """A function: the name of a list -> a file of it in its own encoding."""

    def write_list(name):
        text = (LISTS / name).read_bytes().decode()
        file = tmp_path / name
        file.write_bytes(text.encode(EXPECTED[name].get("encoding", "utf-8")))
        return file

    return write_list


@pytest.fixture
def run(app):
    """A function: a file and options of `flask contacts import` -> the result."""

    def invoke(file, *options):
        command = ["contacts", "import", str(file), "--workspace", "Acme", *options]
        return app.test_cli_runner().invoke(args=command)

    return invoke


def test_every_list_has_an_expectation():
    assert {file.name for file in LISTS.iterdir()} == {*EXPECTED, "expected.json"}


@each_list
def test_a_list_becomes_what_its_owner_meant(run, write, client, name):
    expected = EXPECTED[name]
    result = run(write(name), "--country", expected["country"])
    contacts = {contact["phone"]: contact for contact in client.get("/internal/contacts").json["contacts"]}
    assert (result.exit_code, set(contacts)) == (expected["exit"], set(expected["contacts"])), result.output
    for phone, fields in expected["contacts"].items():
        assert {key: contacts[phone][key] for key in fields} == fields


@each_list
def test_a_dry_run_says_what_the_import_does(run, write, client, name):
    file, country = write(name), EXPECTED[name]["country"]
    dry = run(file, "--country", country, "--dry-run")
    assert client.get("/internal/contacts").json["contacts"] == []
    assert sorted(file.parent.glob("*.failed*")) == []
    real = run(file, "--country", country)
    said = dry.output.partition("Importing")[0]
    assert said == real.output.partition("Importing")[0]
    counts = next(line for line in real.output.splitlines() if " created, " in line)
    assert f"Would be: {counts}" in dry.output.splitlines()


@each_list
def test_no_row_vanishes(workspace, write, name):
    with open_sheet(write(name), country=EXPECTED[name]["country"]) as sheet:
        report = import_sheet(workspace, sheet, EXPECTED[name]["country"])
        assert report.counts.total() == len(list(sheet.rows()))
    assert report.counts["failed"] == len(report.refused)


@each_list
def test_as_many_are_opted_out_as_was_said(workspace, write, name):
    with open_sheet(write(name), country=EXPECTED[name]["country"]) as sheet:
        plan = plan_import(sheet, EXPECTED[name]["country"])
    announced = sum(notice.rows for notice in plan.notices if notice.code in ("marked_opted_out", "no_opt_in"))
    out = [contact for contact in EXPECTED[name]["contacts"].values() if contact.get("optedIn") is False]
    assert announced == len(out)
