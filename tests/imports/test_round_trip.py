"""An export imports back unchanged."""

import csv
import io
import json
import threading
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import Contact
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.writes import upsert_many
from sendy_contacts.database.connection import db
from sendy_contacts.imports.exports import collect_keys, export_header, export_row, export_rows
from sendy_contacts.imports.plan import plan_import
from sendy_contacts.spreadsheets.csv_files import open_csv, write_csv
from sendy_contacts.spreadsheets.sheet import open_sheet
from sendy_contacts.validation.schemas import load_rows
from tests.imports.tables import import_sheet

CONTACTS = "/internal/contacts"


@pytest.fixture
def run(app):
    """A function: arguments of `flask contacts` -> the result."""

    def invoke(*args):
        return app.test_cli_runner().invoke(args=["contacts", *map(str, args)])

    return invoke


@pytest.fixture
def listed(client):
    """A function: the contacts, by phone."""
    return lambda: {c["phone"]: c for c in client.get(CONTACTS).json["contacts"]}


AWKWARD = [
    {"phone": "+254700000001", "name": "=SUM(1)", "attributes": {"n": 25000, "b": True, "s": "25000", "f": 1.5}},
    {"phone": "+254700000002", "name": "--", "attributes": {"n": "text", "e": "", "=k": "+1", "a,b": " x "}},
    {"phone": "+254700000004", "tags": ["unsubscribed"], "attributes": {"note": "STOP"}},
    {"phone": "+254700000003", "tags": ["a|b", "c,d", "[x]", "--"], "optedIn": False, "country": "UG"},
    {
        "phone": "+254399999999",
        "name": "'t Hooft",
        "attributes": {"multi": "a\nb\r\nc", "№": "7", "--": "--"},
    },
    {"phone": "+80012345678", "name": "Ünï", "attributes": {"x (json)": "1", "name": "inner", "phone": "0"}},
]


def test_an_export_imports_back_unchanged(run, listed, client, client_of, tmp_path):
    client.post(f"{CONTACTS}/bulk", json={"contacts": AWKWARD})
    before = listed()
    assert len(before) == len(AWKWARD)
    file = tmp_path / "export.csv"
    assert run("export", file, "--workspace", "Acme").exit_code == 0
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"+254700000001" in data
    assert b"'+254700000001" not in data
    assert run("export", "--workspace", "Acme").stdout_bytes == data
    again = run("import", file, "--workspace", "Acme")
    assert again.output.splitlines()[-2].startswith("0 created, 0 updated, 6 unchanged, 0 failed")
    assert listed() == before
    assert "6 created" in run("import", file, "--workspace", "Globex").output
    stranger = client_of("stranger").get(CONTACTS).json["contacts"]
    strip = ("id", "createdAt", "updatedAt")
    assert [{k: v for k, v in c.items() if k not in strip} for c in stranger] == [
        {k: v for k, v in c.items() if k not in strip} for c in before.values()
    ]


def test_export_and_preview_hold_to_their_workspace(run, client, client_of):
    client_of("stranger").post(CONTACTS, json={"phone": "+254799999999", "name": "Stranger"})
    client.post(CONTACTS, json={"phone": "+254700000001", "name": "Ann"})
    exported = run("export", "--workspace", "Acme").output
    assert "Ann" in exported
    assert "Stranger" not in exported
    previewed = run("preview", "--workspace", "Acme", "--body", "Hi {{1}}", "--map", "1=name").output
    assert "1 ready" in previewed
    assert "Stranger" not in previewed


def test_an_export_is_of_one_moment(client, workspace):
    def add(n):
        row = {"phone": f"+25470000000{n}", "attributes": {f"k{n}": n}}
        thread = threading.Thread(target=client.post, args=(CONTACTS,), kwargs={"json": row}, daemon=True)
        thread.start()
        thread.join(20)

    add(1)
    rows = export_rows(workspace.id)
    assert next(rows)[5:] == ["attributes.k1 (json)"]
    add(2)
    assert [row[1] for row in rows] == ["+254700000001"]


def test_an_empty_workspace_exports_its_header(run):
    text = run("export", "--workspace", "Acme").stdout_bytes.decode("utf-8-sig")
    assert next(csv.reader([text])) == ["name", "phone", "country", "tags", "optedIn"]


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(
    TEXT, st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False)
)
CONTACT = st.fixed_dictionaries(
    {"phone": st.integers(0, 9).map(lambda n: f"+25470000000{n}")},
    optional={
        "name": TEXT,
        "attributes": st.dictionaries(TEXT.filter(bool), VALUES, max_size=4),
        "tags": st.lists(TEXT.filter(str.strip), max_size=4),
        "optedIn": st.booleans(),
    },
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CONTACT, max_size=6))
def test_any_export_imports_back_unchanged(workspace, tmp_path, rows):
    def stored():
        return list(Contact.select().order_by(Contact.id).tuples())

    with db.atomic() as transaction:
        upsert_many(workspace, load_rows(rows), Actor("user:1", "bulk"))
        before = stored()
        with (tmp_path / "export.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            write_csv(stream, list(export_rows(workspace.id)))
        with open_sheet(tmp_path / "export.csv") as sheet:
            report = import_sheet(workspace, sheet, workspace.country)
        assert report.counts == Counter({"unchanged": len(before), "passed over": 1})
        assert json.dumps(stored(), default=str) == json.dumps(before, default=str)
        transaction.rollback()


FIXED = ["name", "phone", "country", "tags", "optedIn"]


def make_contact(**changes):
    contact = {"name": "Jane", "phone": "+1", "country": "KE", "tags": [], "optedIn": True, "attributes": {}}
    return contact | changes


def export(contacts):
    keys = collect_keys(contacts)
    return [export_header(keys), *(export_row(contact, keys) for contact in contacts)]


def test_exported_cells():
    contacts = [
        make_contact(tags=["a", "b c"], attributes={"rent": -5, "note": "=1", "x (json)": ""}),
        make_contact(name=None, country=None, optedIn=False, tags=[], attributes={"rent": "5", "note": ""}),
    ]
    stream = io.StringIO()
    write_csv(stream, export(contacts))
    assert list(csv.reader(stream.getvalue().splitlines())) == [
        [*FIXED, "attributes.rent (json)", "attributes.note", "attributes.x (json) (json)"],
        ["Jane", "+1", "KE", "a|b c", "true", "-5", "'=1", '""'],
        ["", "+1", "", "", "false", '"5"', "'", ""],
    ]


ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TRICKY = st.sampled_from(
    ["--", "'--", "'", "", "=1+1", "-5", "5", "true", "null", '"', "[]", '["a"]', "x (json)", " (json)"]
)
VALUE = ANY_TEXT | TRICKY | st.text("'\"=-,;| \t\r\n", max_size=6)
TAG = (VALUE | st.sampled_from(["a,b", ":::", "[1", "[1]"])).map(str.strip).filter(bool)
EXPORTED = st.fixed_dictionaries(
    {
        "name": st.none() | VALUE.map(str.strip).filter(bool),
        "phone": st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
        "country": st.sampled_from(["KE", "MX", None]),
        "tags": st.lists(TAG, max_size=3),
        "optedIn": st.booleans(),
        "attributes": st.dictionaries(
            VALUE.filter(bool),
            VALUE | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
            max_size=3,
        ),
    }
)


@settings(deadline=None)
@given(st.lists(EXPORTED, min_size=1, max_size=4))
def test_an_export_imports_as_it_was(tmp_path_factory, contacts):
    path = tmp_path_factory.getbasetemp() / "contacts.csv"
    path.unlink(missing_ok=True)
    with open_csv(path) as stream:
        write_csv(stream, export(contacts))
    with open_sheet(path) as sheet:
        plan = plan_import(sheet, "KE")
        _, *written = sheet.rows()
    assert (plan.survey.layout.header_line, len(written)) == (1, len(contacts))
    for contact, (_, cells) in zip(contacts, written, strict=True):
        found, problems = plan.columns.read_row(cells)
        assert problems == []
        row = {"name": None, "country": None, "tags": [], "attributes": {}} | found
        assert row == contact
        types = {key: type(value) for key, value in contact["attributes"].items()}
        assert {key: type(value) for key, value in row["attributes"].items()} == types
    first = plan.columns.read_row(written[0][1])[0].get("attributes", {})
    assert list(first) == list(contacts[0]["attributes"])
