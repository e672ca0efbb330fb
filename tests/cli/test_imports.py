"""flask contacts import: what it shows before it writes, what it does, and its exit status."""

import csv
import re
import stat

import openpyxl
import pytest

from sendy_contacts.contacts.models import ConsentEvent
from sendy_contacts.database.connection import db
from tests.support.service import ROOT

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
    """A function: arguments of `flask contacts import` -> the result."""

    def invoke(*args):
        return app.test_cli_runner().invoke(args=["contacts", "import", *map(str, args), "--workspace", "Acme"])

    return invoke


@pytest.fixture
def listed(client):
    """A function: the contacts, by phone."""
    return lambda: {c["phone"]: c for c in client.get(CONTACTS).json["contacts"]}


@pytest.fixture
def write(tmp_path):
    """A function: a text -> a CSV file of it."""

    def write_file(text, name="list.csv", encoding="utf-8"):
        file = tmp_path / name
        file.write_text(text, encoding=encoding, newline="")
        return file

    return write_file


def test_a_damaged_spreadsheet(run, listed, tmp_path):
    file = tmp_path / "tenants.csv"
    file.write_bytes(TENANTS.replace("Ł", "L").replace("\n", "\r\n").encode("cp1252"))
    result = run(file)
    assert result.exit_code == 1
    assert "4 created, 1 updated, 0 unchanged, 5 failed; 1 blank, 1 passed over" in result.output
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


def test_what_was_understood_is_shown_before_the_import(run, write):
    file = write(
        "Tenants of Block A;;;;;\nas of 1 November;;;;;\n;;;;;\n"
        "Name;Mobile No.;Phone type;Status;Rent;Suffix\n"
        "Ann;0712 345601;Home;Subscribed;#N/A;\nBen;0712 345602;Home;unsubscribed;25000;\n",
        encoding="cp1252",
    )
    result = run(file)
    assert result.exit_code == 0, result.output
    shown, _, after = result.output.partition("Importing")
    assert shown.splitlines() == [
        "CSV, UTF-8, columns separated by ';'",
        "2 rows",
        'Passed over above the header in line 4: line 1 "Tenants of Block A", line 2 "as of 1 November", 1 blank',
        "Columns:",
        '  Name -> name (its header): "Ann", "Ben"',
        '  Mobile No. -> phone (its header; 2 of 2 cells read as phones): "0712 345601", "0712 345602"',
        '  Status -> optedIn (2 of 2 cells speak of consent): "Subscribed", "unsubscribed"',
        '  Rent -> attributes.rent: "25000"',
        "Left out:",
        '  Phone type: labels "Mobile No."',
        "  Suffix: is empty",
        "Note:",
        "  1 person is marked as unsubscribed; they will be opted out",
        '  1 cell of "Rent" holds a failed formula or no value (#N/A, nan); they count as blank (lines 5)',
    ]
    assert "2 created, 0 updated, 0 unchanged, 0 failed; 1 blank, 3 passed over" in after


def test_a_list_without_a_header(run, write, listed):
    result = run(write("Amina Otieno,0712345601\nBrian,0712345602\n"))
    assert "There is no header" in result.output
    assert "Column B -> phone (2 of 2 cells read as phones)" in result.output
    assert {c["name"] for c in listed().values()} == {"Amina Otieno", "Brian"}


def test_a_person_says_which_row_is_the_header(run, write, listed):
    file = write("Ref,0712345600\nWho,Nr\nAmina,0712345601\n")
    assert run(file, "--header-row", 2, "--map", "Who=name").exit_code == 0
    assert {phone: c["name"] for phone, c in listed().items()} == {"+254712345601": "Amina"}
    result = run(write("Name,Phone\n"), "--no-header")
    assert (result.exit_code, "no column holds phones" in result.output) == (2, True)
    result = run(file, "--header-row", 2, "--no-header")
    assert (result.exit_code, "contradict each other" in result.output) == (2, True)
    result = run(file, "--header-row", 9)
    assert (result.exit_code, "line 9 can't be the header" in result.output) == (2, True)


def test_a_person_says_which_encoding_it_is(run, write, listed):
    file = write("Имя;Телефон\nЮля;+79161234571\n", encoding="cp1251")
    assert run(file, "--encoding", "windows-1251").exit_code == 0
    assert listed()["+79161234571"]["name"] == "Юля"
    assert run(file, "--encoding", "no-such").exit_code == 2


def test_failed_rows_can_be_mended_and_imported_again(run, listed, write, tmp_path):
    file = write("Name,Phone,Note\n=SUM(A1),07x,-5\nBen,0712345678,--\n")
    assert run(file).exit_code == 1
    failed = tmp_path / "list.failed.csv"
    assert stat.S_IMODE(failed.stat().st_mode) == 0o600
    assert "'=SUM(A1)" in failed.read_text(encoding="utf-8-sig")
    failed.write_text(failed.read_text(encoding="utf-8-sig").replace("07x", "0700000001"))
    result = run(failed)
    assert (result.exit_code, "1 created" in result.output) == (0, True)
    contact = listed()["+254700000001"]
    assert (contact["name"], contact["attributes"]) == ("=SUM(A1)", {"note": "-5"})


def test_failed_rows_of_what_the_cells_told_import_again_alike(run, listed, write, tmp_path):
    rows = [f"M{n};{phone};{status}" for n, phone, status in (
        (1, "0712345601", "Paid"), (2, "0712345602", "Late"), (3, "0712", "Paid"), (4, "0712345604", "unsubscribed"),
    )]  # fmt: skip
    file = write("\n".join(["Mieter;Erreichbar;Notiz", *rows]))
    assert run(file, "--map", "Mieter=name").exit_code == 1
    failed = tmp_path / "list.failed.csv"
    failed.write_text(failed.read_text(encoding="utf-8-sig").replace('"0712"', '"0712345603"'))
    assert run(failed).exit_code == 0
    assert {c["name"]: (c["attributes"], c["optedIn"]) for c in listed().values()} == {
        "M1": ({"notiz": "Paid"}, True),
        "M2": ({"notiz": "Late"}, True),
        "M3": ({"notiz": "Paid"}, True),
        "M4": ({"notiz": "unsubscribed"}, False),
    }


def test_a_dry_run_reports_the_same_and_writes_nothing(run, listed, write, tmp_path):
    rows = [f"+2547000{n % 1200:05},Name {n}" for n in range(2500)]
    file = write("\n".join(["Phone,Name", *rows, "x,y"]))
    dry = run(file, "--dry-run")
    assert (dry.exit_code, listed(), list(tmp_path.glob("*.failed*.csv"))) == (1, {}, [])
    assert "line 2502: phone: " in dry.output
    real = run(file)
    counts = "1,200 created, 1,300 updated, 0 unchanged, 1 failed"
    assert f"Would be: {counts}" in dry.output
    assert counts in real.output
    again = run(file, "--dry-run")
    assert "0 created" in again.output


def test_blank_cells_keep_and_dashes_clear(run, listed, write, client):
    row = {"name": "Jane", "country": "UG", "tags": ["a", "b"], "attributes": {"city": "Kisumu", "rent": "1"}}
    for phone in ("+254700000001", "+254700000002"):
        client.post(CONTACTS, json=row | {"phone": phone})
    before = listed()
    result = run(write("phone,name,country,tags,city\n+254700000001,,,,\n+254700000002,--,--,--,--\n"))
    assert "1 updated, 1 unchanged, 0 failed" in result.output
    after = listed()
    assert after["+254700000001"] == before["+254700000001"]
    cleared = after["+254700000002"]
    assert (cleared["name"], cleared["country"], cleared["tags"]) == (None, "KE", [])
    assert cleared["attributes"] == {"rent": "1"}


def test_an_import_revives_nobody(run, listed, client, write):
    client.post(CONTACTS, json={"phone": "+254700000001", "optedIn": False})
    result = run(write("phone,opted in\n+254700000001,yes\n+254700000002,no\n+254700000003,\n+254700000004,maybe\n"))
    assert result.exit_code == 1
    assert "1 with a warning (lines 2)" in result.output
    assert {phone: c["optedIn"] for phone, c in listed().items()} == {
        "+254700000001": False,
        "+254700000002": False,
        "+254700000003": True,
    }


@pytest.mark.parametrize("header", ["Opted out", "opt-out", "Unsubscribed", "Do not contact", "DO_NOT_MESSAGE"])
def test_a_column_of_those_who_want_nothing_opts_out(run, listed, write, header):
    file = write(f"phone,{header}\n+254700000001,Yes\n+254700000002,FALSE\n+254700000003,\n+254700000004,2024\n")
    result = run(file)
    assert f"{header} -> optedOut" in result.output
    assert result.exit_code == 1
    assert f"{header}: write yes or no" in (file.parent / "list.failed.csv").read_text(encoding="utf-8-sig")
    assert {phone: c["optedIn"] for phone, c in listed().items()} == {
        "+254700000001": False,
        "+254700000002": True,
        "+254700000003": True,
    }


def test_failed_rows_that_are_being_mended_are_not_overwritten(run, write, tmp_path):
    file = write("phone\nx\n")
    for _ in range(3):
        assert run(file).exit_code == 1
    assert sorted(path.name for path in tmp_path.glob("*.failed*")) == [
        "list.failed-2.csv",
        "list.failed-3.csv",
        "list.failed.csv",
    ]


def test_a_workbook_with_numbers_for_phones(run, listed, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Tenants"
    for cells in ([None], ["URN:Tel", "Name", "Field:Team", "Paid"], [250788382382, "Eric", "A", True], [None] * 4,
                  ["250(78) 8 383 383", "Nic", 12.5, None]):  # fmt: skip
        book.active.append(cells)
    book.create_sheet("Old").append(["Name", "Phone"])
    book.save(tmp_path / "book.xlsx")
    result = run(tmp_path / "book.xlsx")
    assert result.exit_code == 0, result.output
    assert result.output.startswith('XLSX, sheet "Tenants"\n')
    assert 'Note:\n  only the sheet "Tenants" is read, "Old" is not; to import another' in result.output
    contacts = listed()
    assert contacts["+250788382382"]["attributes"] == {"field_team": "A", "paid": "TRUE"}
    assert contacts["+250788383383"]["attributes"] == {"field_team": "12.5"}


def test_a_delimiter(run, listed, write):
    file = write("Name#Phone\nAnn#0712345601\n")
    result = run(file, "--delimiter", "#")
    assert "columns separated by '#'" in result.output
    assert [contact["name"] for contact in listed().values()] == ["Ann"]
    assert "--delimiter must be the character" in run(file, "--delimiter", "##").output
    assert "columns separated by '\\t'" in run(write("Name\tPhone\nAnn\t0712345601\n"), "--delimiter", "Tab").output


def test_country_and_map(run, listed, write):
    file = write("Kontakt;Nummer;Phone\nAnn;020 7946 0018;1\nBen;0772 123456;2\n")
    options = ["--country", "gb", "--map", "Nummer=phone", "--map", "Kontakt=name", "--map", "Phone=attributes.ext"]
    result = run(file, *options)
    assert result.exit_code == 0, result.output
    assert {p: (c["name"], c["country"], c["attributes"]) for p, c in listed().items()} == {
        "+442079460018": ("Ann", "GB", {"ext": "1"}),
        "+44772123456": ("Ben", "GB", {"ext": "2"}),
    }


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", [], "is empty"),
        (b"\n \n,,\n", [], "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", [], "a picture"),
        (b"PK\x03\x04broken", [], "workbook"),
        (b"name,city\nAnn,Kisumu\n", [], 'no column holds phones; name it with --map "COLUMN=phone"'),
        (b"phone\n0712345678\n", ["--map", "Nope=name"], "Nope"),
        (b"phone\n0712345678\n", ["--map", "phone=nothing"], "nothing"),
        (b"phone\n0712345678\n", ["--country", "Atlantis"], "two-letter code"),
        (b'phone,name\n0712345678,"Ann\n', [], "quote"),
        (None, [], "cannot be opened"),
    ],
)
def test_a_file_that_cannot_be_read(run, listed, tmp_path, content, options, said):
    file = tmp_path / "list.csv"
    if content is not None:
        file.write_bytes(content)
    result = run(file, *options)
    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output
    assert listed() == {}


def test_the_good_and_the_bad_list_of_the_document(run, write, listed):
    document = (ROOT / "docs" / "spreadsheets.md").read_text()
    good, bad, *_ = re.findall(r"^```text\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    assert run(write(good)).exit_code == 0
    contacts = listed()
    assert {phone: (c["name"], c["country"], c["tags"], c["optedIn"]) for phone, c in contacts.items()} == {
        "+254712345601": ("Amina Otieno", "KE", ["tenant", "Block A"], True),
        "+256772345602": ("Brian Mutua", "UG", ["tenant"], False),
    }
    result = run(write(bad), "--country", "KE")
    assert (result.exit_code, "1 created, 0 updated, 0 unchanged, 1 failed" in result.output) == (1, True)
    brian = listed()["+254712345602"]
    assert (brian["name"], brian["optedIn"], sorted(brian["attributes"])) == (None, True, ["paid", "remarks", "who"])


def test_a_workspace_that_is_not_there(app, write):
    command = ["contacts", "import", str(write("phone\n0712345601\n")), "--workspace", "Nowhere"]
    result = app.test_cli_runner().invoke(args=command)
    assert (result.exit_code, "Nowhere" in result.output) == (2, True)


def test_failed_rows_that_cannot_be_written_are_shown(run, write):
    result = run(write("phone\nx\n+254712345601\n", name=f"{'x' * 246}.csv"))  # no name is left for the failed rows
    assert result.exit_code == 2
    assert "line 2: phone: " in result.output
    assert "1 created" in result.output
    assert "File name too long" in result.output


def test_nothing_of_a_file_reaches_the_terminal_as_a_control_character(run, write):
    nasty = "\x1b[2J\x1b]0;x\x07\u202e"
    rows = [f"Phone,Name{nasty},Opt-in{nasty},{nasty}", f"0712345601,{nasty},{nasty},{nasty}"]
    result = run(write("\n".join([f"Title{nasty}", *rows, f"0712,{nasty},yes,{nasty}"])), "--dry-run")
    assert "1 failed" in result.output or "2 failed" in result.output
    assert [c for c in result.output if not c.isprintable() and c != "\n"] == []
    overridden = run(write(rows[0]), "--map", f"{nasty}=name")
    assert [c for c in overridden.output if not c.isprintable() and c != "\n"] == []


def test_a_column_of_next_to_no_phones_is_said(run, write):
    result = run(
        write("Phone,Name\n" + "".join(f"07123{n:05},N\n" for n in range(50))), "--country", "NO", "--dry-run"
    )
    assert 'next to nothing would be imported: 0 of 50 cells of "Phone" read as phones in NO' in result.output
    assert "and 30 more" in result.output
