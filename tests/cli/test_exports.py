"""flask contacts export: into files that are private and whole, and back in again unchanged."""

import csv
import stat

import openpyxl
import pytest

from sendy_contacts.imports import exports

CONTACTS = "/internal/contacts"
AWKWARD = [
    {"phone": "+254700000001", "name": "=SUM(1)", "attributes": {"n": 25000, "b": True, "s": "25000", "f": 1.5}},
    {"phone": "+254700000002", "name": "--", "attributes": {"n": "x;=1", "e": "", "=k": "+1", "a,b": " x "}},
    {"phone": "+254700000003", "tags": ["a|b", "c,d", "[x]", "--"], "optedIn": False, "country": "UG"},
    {"phone": "+254399999999", "name": "'t Hooft", "attributes": {"multi": "a\nb\r\nc", "№": "7", "--": "--"}},
    {"phone": "+80012345678", "name": "Ünï", "attributes": {"x (json)": "1", "name": "inner", "phone": "0"}},
    {"phone": "+254700000006", "name": "x;=cmd|' /C calc'!A0;", "attributes": {"zeros": "0012", "esc": "_x0041_"}},
]


@pytest.fixture
def run(app):
    """A function: arguments of `flask contacts` -> the result."""

    def invoke(*args):
        return app.test_cli_runner().invoke(args=["contacts", *map(str, args)])

    return invoke


@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "EXPORT.XLSX", "export"])
def test_an_export_imports_back_unchanged(run, client, tmp_path, name):
    client.post(f"{CONTACTS}/bulk", json={"contacts": AWKWARD})
    before = client.get(CONTACTS).json["contacts"]
    assert len(before) == len(AWKWARD)
    file = tmp_path / name
    result = run("export", file, "--workspace", "Acme")
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run("import", file, "--workspace", "Acme")
    assert "0 created, 0 updated, 6 unchanged, 0 failed" in again.output, again.output
    assert client.get(CONTACTS).json["contacts"] == before


def test_a_workbook_holds_texts_only(run, client, tmp_path):
    client.post(f"{CONTACTS}/bulk", json={"contacts": AWKWARD})
    run("export", tmp_path / "out.xlsx", "--workspace", "Acme")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "out.xlsx").active.rows for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert {cell.number_format for cell in cells if cell.value is not None} == {"@"}
    values = {cell.value for cell in cells}
    assert {"+254700000001", "0012", "25000", "true", "'=SUM(1)"} <= values
    assert not [value for value in values if isinstance(value, int | float)]


def test_no_delimiter_makes_a_formula_of_an_export(run, client, tmp_path):
    client.post(f"{CONTACTS}/bulk", json={"contacts": AWKWARD})
    run("export", tmp_path / "out.csv", "--workspace", "Acme")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    for delimiter in ",;\t|":
        cells = [cell for row in csv.reader(text.splitlines(), delimiter=delimiter) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@"))]


def test_a_failed_export_leaves_the_old_file(run, client, tmp_path, monkeypatch):
    client.post(CONTACTS, json={"phone": "+254700000001"})
    monkeypatch.setattr(exports, "export_row", lambda *_: 1 / 0)
    for name in ("old.csv", "old.xlsx"):
        file = tmp_path / name
        file.write_text("good")
        assert isinstance(run("export", file, "--workspace", "Acme").exception, ZeroDivisionError)
        assert file.read_text() == "good"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "old"))) == [
        "old.csv",
        "old.xlsx",
    ]


def test_an_export_follows_no_link(run, tmp_path):
    (tmp_path / "elsewhere").write_text("good")
    link = tmp_path / "out\x1b[2J.csv"
    link.symlink_to(tmp_path / "elsewhere")
    result = run("export", link, "--workspace", "Acme")
    assert result.exit_code == 2
    assert "it is a link" in result.output
    assert "\x1b" not in result.output
    assert (tmp_path / "elsewhere").read_text() == "good"


def test_an_export_that_cannot_be_written(run):
    result = run("export", "/nowhere/export.csv", "--workspace", "Acme")
    assert result.exit_code == 2
    assert "can't be written (No such file or directory)" in result.output


def test_more_contacts_than_a_sheet_has_rows(run, client, tmp_path, monkeypatch):
    monkeypatch.setattr("sendy_contacts.cli.exports.export_rows", lambda _: [["phone"] * 16_385])
    result = run("export", tmp_path / "out.xlsx", "--workspace", "Acme")
    assert result.exit_code == 2
    assert "export to CSV instead" in result.output
    assert not (tmp_path / "out.xlsx").exists()
