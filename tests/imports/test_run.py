"""flask contacts import and export: spreadsheets as people have them, through files and the command line."""

import csv
import json
import threading

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.store import upsert_many
from sendy_contacts.database.connection import db
from sendy_contacts.imports.exports import export_rows
from sendy_contacts.imports.mapping import map_columns
from sendy_contacts.imports.run import import_sheet
from sendy_contacts.spreadsheets.csv_files import write_csv
from sendy_contacts.spreadsheets.sheet import Sheet, read_sheet
from sendy_contacts.validation.schemas import load_rows

CONTACTS = "/internal/contacts"

# What an Excel in a semicolon country leaves behind, one kind of damage a row.
TENANTS = """Full name;Mobile No.;Rent amount;Invoice No;Groups
Łukasz Müller;254716520174;18 500;ALF-0000;tenant
Wanjiku;+254 721 857 929;25000;ALF-0001;
;;;;
Brian;0704566038;;ALF-0002;Tenant | VIP
Otieno;254712688540.0;1.200,50;ALF-0003;tenant|nairobi
Zoë;2,54712E+11;;ALF-0004;
Nobody;;;ALF-0005;
Short;0712;;ALF-0006;
Broken;call office;;ALF-0007;
Twice;00254721857929;30000;ALF-0008;vip
Too;many;cells;in;this;row
"""


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


def test_a_damaged_spreadsheet(run, listed, tmp_path):
    file = tmp_path / "tenants.csv"
    file.write_bytes(TENANTS.replace("Ł", "L").replace("\n", "\r\n").encode("cp1252"))
    result = run("import", file, "--workspace", "Acme")
    assert result.exit_code == 1
    assert "Windows-1252" in result.output
    assert "Mobile No. -> phone" in result.output
    assert "Rent amount -> attributes.rent_amount" in result.output
    assert "4 created, 1 updated, 0 unchanged, 5 failed" in result.output
    contacts = listed()
    assert set(contacts) == {"+254716520174", "+254721857929", "+254704566038", "+254712688540"}
    assert contacts["+254721857929"]["attributes"] == {"rent_amount": "30000", "invoice_no": "ALF-0008"}
    assert contacts["+254721857929"]["name"] == "Twice"
    assert contacts["+254704566038"]["tags"] == ["Tenant", "VIP"]
    assert contacts["+254712688540"]["attributes"]["rent_amount"] == "1.200,50"
    assert contacts["+254716520174"]["name"] == "Lukasz Müller"
    with (tmp_path / "tenants.failed.csv").open(encoding="utf-8-sig", newline="") as stream:
        failed = list(csv.reader(stream))
    assert failed[0] == ["import_line", "import_reason", *TENANTS.splitlines()[0].split(";")]
    assert [row[0] for row in failed[1:]] == ["7", "8", "9", "10", "12"]
    assert "format the column as text" in failed[1][1]
    assert failed[1][2:] == ["Zoë", "2,54712E+11", "", "ALF-0004", ""]
    assert all(len(row[1]) > 15 for row in failed[1:])
    with db.connection_context():
        assert {event.source for event in ConsentEvent} == {"import"}


def test_failed_rows_can_be_mended_and_imported_again(run, listed, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Name,Phone,Note\n=SUM(A1),07x,-5\nBen,0712345678,--\n")
    assert run("import", file, "--workspace", "Acme").exit_code == 1
    failed = tmp_path / "list.failed.csv"
    assert "'=SUM(A1)" in failed.read_text(encoding="utf-8-sig")
    failed.write_text(failed.read_text(encoding="utf-8-sig").replace("07x", "0700000001"))
    result = run("import", failed, "--workspace", "Acme")
    assert (result.exit_code, "1 created" in result.output) == (0, True)
    contact = listed()["+254700000001"]
    assert (contact["name"], contact["attributes"]) == ("=SUM(A1)", {"note": "-5"})


def test_a_dry_run_reports_the_same_and_writes_nothing(run, listed, tmp_path):
    file = tmp_path / "list.csv"
    rows = [f"+2547000{n % 1200:05},Name {n}" for n in range(2500)]
    file.write_text("\n".join(["Phone,Name", *rows, "x,y"]))
    dry = run("import", file, "--workspace", "Acme", "--dry-run")
    assert (dry.exit_code, listed(), list(tmp_path.glob("*.failed.csv"))) == (1, {}, [])
    assert "line 2502: phone: " in dry.output
    real = run("import", file, "--workspace", "Acme")
    counts = "1,200 created, 1,300 updated, 0 unchanged, 1 failed"
    assert f"Would be: {counts}" in dry.output
    assert counts in real.output
    again = run("import", file, "--workspace", "Acme", "--dry-run")
    assert "0 created" in again.output


def test_blank_cells_keep_and_dashes_clear(run, listed, tmp_path, client):
    row = {"name": "Jane", "country": "UG", "tags": ["a", "b"], "attributes": {"city": "Kisumu", "rent": "1"}}
    for phone in ("+254700000001", "+254700000002"):
        client.post(CONTACTS, json=row | {"phone": phone})
    before = listed()
    file = tmp_path / "list.csv"
    file.write_text("phone,name,country,tags,city\n+254700000001,,,,\n+254700000002,--,--,--,--\n")
    result = run("import", file, "--workspace", "Acme")
    assert "1 updated, 1 unchanged, 0 failed" in result.output
    after = listed()
    assert after["+254700000001"] == before["+254700000001"]
    cleared = after["+254700000002"]
    assert (cleared["name"], cleared["country"], cleared["tags"]) == (None, "KE", [])
    assert cleared["attributes"] == {"rent": "1"}


def test_an_import_revives_nobody(run, listed, client, tmp_path):
    client.post(CONTACTS, json={"phone": "+254700000001", "optedIn": False})
    file = tmp_path / "list.csv"
    file.write_text("phone,opted in\n+254700000001,yes\n+254700000002,no\n+254700000003,\n+254700000004,maybe\n")
    result = run("import", file, "--workspace", "Acme")
    assert result.exit_code == 1
    assert "1 with a warning (lines 2)" in result.output
    assert {phone: c["optedIn"] for phone, c in listed().items()} == {
        "+254700000001": False,
        "+254700000002": False,
        "+254700000003": True,
    }


@pytest.mark.parametrize("header", ["Opted out", "opt-out", "Unsubscribed", "Do not contact", "DO_NOT_MESSAGE"])
def test_a_column_of_those_who_want_nothing_opts_out(run, listed, tmp_path, header):
    file = tmp_path / "list.csv"
    file.write_text(f"phone,{header}\n+254700000001,Yes\n+254700000002,FALSE\n+254700000003,\n+254700000004,2024\n")
    result = run("import", file, "--workspace", "Acme")
    assert f"{header} -> optedOut" in result.output
    assert result.exit_code == 1
    assert {phone: c["optedIn"] for phone, c in listed().items()} == {
        "+254700000001": False,
        "+254700000002": True,
        "+254700000003": True,
    }


def test_any_of_several_opt_out_columns_counts(run, listed, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(
        "phone,Opted out,Unsubscribed,Do not contact\n+254700000001,no,yes,\n+254700000002,,,x\n+254700000003,,no,\n"
    )
    assert run("import", file, "--workspace", "Acme").exit_code == 0
    assert {phone: (c["optedIn"], c["attributes"]) for phone, c in listed().items()} == {
        "+254700000001": (False, {}),
        "+254700000002": (False, {}),
        "+254700000003": (True, {}),
    }


def test_failed_rows_that_are_being_mended_are_not_overwritten(run, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("phone\nx\n")
    for _ in range(3):
        assert run("import", file, "--workspace", "Acme").exit_code == 1
    assert sorted(path.name for path in tmp_path.glob("*.failed*")) == [
        "list.failed-2.csv",
        "list.failed-3.csv",
        "list.failed.csv",
    ]


def test_a_workbook_with_numbers_for_phones(run, listed, tmp_path):
    book = openpyxl.Workbook()
    for cells in ([None], ["URN:Tel", "Name", "Field:Team", "Paid"], [250788382382, "Eric", "A", True], [None] * 4,
                  ["250(78) 8 383 383", "Nic", 12.5, None]):  # fmt: skip
        book.active.append(cells)
    book.save(tmp_path / "book.xlsx")
    result = run("import", tmp_path / "book.xlsx", "--workspace", "Acme")
    assert result.exit_code == 0, result.output
    contacts = listed()
    assert contacts["+250788382382"]["attributes"] == {"field_team": "A", "paid": "true"}
    assert contacts["+250788383383"]["attributes"] == {"field_team": "12.5"}


def test_country_and_map(run, listed, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("Kontakt;Nummer;Phone\nAnn;020 7946 0018;1\nBen;0772 123456;2\n")
    options = [
        "--country",
        "gb",
        "--map",
        "Nummer=phone",
        "--map",
        "Kontakt=name",
        "--map",
        "Phone=attributes.ext",
    ]
    result = run("import", file, "--workspace", "Acme", *options)
    assert result.exit_code == 0, result.output
    assert {p: (c["name"], c["country"], c["attributes"]) for p, c in listed().items()} == {
        "+442079460018": ("Ann", "GB", {"ext": "1"}),
        "+44772123456": ("Ben", "GB", {"ext": "2"}),
    }


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", [], "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", [], "binary"),
        (b"PK\x03\x04broken", [], "workbook"),
        (b"name,city\nAnn,Kisumu\n", [], "phone"),
        (b"phone\n0712345678\n", ["--map", "Nope=name"], "Nope"),
        (b"phone\n0712345678\n", ["--map", "phone=nothing"], "nothing"),
        (b'phone,name\n0712345678,"Ann\n', [], "quote"),
        (None, [], "cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_read(run, listed, tmp_path, content, options, said):
    file = tmp_path / "list.csv"
    if content is not None:
        file.write_bytes(content)
    result = run("import", file, "--workspace", "Acme", *options)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert listed() == {}


def test_failed_rows_that_cannot_be_written_are_shown(run, tmp_path):
    file = tmp_path / f"{'x' * 246}.csv"  # no name is left for the failed rows
    file.write_text("phone\nx\n")
    result = run("import", file, "--workspace", "Acme")
    assert result.exit_code == 2
    assert "line 2: phone: " in result.output
    assert "File name too long" in result.output


AWKWARD = [
    {"phone": "+254700000001", "name": "=SUM(1)", "attributes": {"n": 25000, "b": True, "s": "25000", "f": 1.5}},
    {"phone": "+254700000002", "name": "--", "attributes": {"n": "text", "e": "", "=k": "+1", "a,b": " x "}},
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
    assert again.output.splitlines()[-2].startswith("0 created, 0 updated, 5 unchanged, 0 failed")
    assert listed() == before
    assert "5 created" in run("import", file, "--workspace", "Globex").output
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


def test_an_export_that_cannot_be_written(run):
    result = run("export", "/nowhere/export.csv", "--workspace", "Acme")
    assert result.exit_code == 2
    assert "can't be written" in result.output


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
        sheet = read_sheet(tmp_path / "export.csv")
        report = import_sheet(workspace, sheet, map_columns(sheet.header), Actor("cli:x", "import"))
        assert dict(report.counts) == ({"unchanged": len(before)} if before else {})
        assert json.dumps(stored(), default=str) == json.dumps(before, default=str)
        transaction.rollback()


def test_progress_counts_every_row(workspace):
    sheet = Sheet(["phone"], [(n, [f"+2547000{n:05}"]) for n in range(2300)])
    seen = []
    report = import_sheet(workspace, sheet, map_columns(sheet.header), Actor("cli:x", "import"), advance=seen.append)
    assert seen == [1000, 1000, 300]
    assert report.counts["created"] == 2300
