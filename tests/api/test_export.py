"""GET /internal/contacts/export.csv."""

import codecs
import csv
import io
import tempfile
from functools import partial
from pathlib import Path

import pytest

from tests.support.envelope import assert_envelope

EXPORT = "/internal/contacts/export.csv"
PEOPLE = [
    {"phone": "+254712345601", "name": "Ann", "attributes": {"rent": 5}, "tags": ["vip"]},
    {"phone": "+254712345602", "name": "=Ben", "attributes": {"town": "Thika"}},
    {"phone": "+254712345603", "name": "Zoë", "tags": ["VIP", "old"], "optedIn": False},
]


def read(answer):
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=contacts.csv"
    assert answer.data.startswith(codecs.BOM_UTF8)
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_it_is_the_file_of_the_command(app, client, add):
    add(*PEOPLE)
    answer = client.get(EXPORT)
    assert [row[:2] for row in read(answer)] == [
        ["name", "phone"],
        ["Ann", "+254712345601"],
        ["'=Ben", "+254712345602"],
        ["Zoë", "+254712345603"],
    ]
    written = app.test_cli_runner().invoke(args=["contacts", "export", "--workspace", "Acme"])
    assert answer.data == written.stdout_bytes


@pytest.mark.parametrize(
    ("filters", "phones"),
    [("tag=vip", [3, 1]), ("tag=vip&tag=old", [3]), ("optedIn=true", [2, 1]), ("q=ZOË", [3]), ("q=nobody", [])],
)
def test_the_filters_are_those_of_the_list(client, add, filters, phones):
    add(*PEOPLE)
    header, *rows = read(client.get(f"{EXPORT}?{filters}"))
    assert [row[1] for row in rows] == [f"+25471234560{n}" for n in phones]
    assert ("attributes.town" in header) is (2 in phones)


def test_it_imports_back_unchanged(client, add):
    add(*PEOPLE)
    file = io.BytesIO(client.get(EXPORT).data), "contacts.csv"
    record = client.post("/internal/imports", data={"file": file}).json
    assert '"unchanged":3' in client.post(f"/internal/imports/{record['id']}/run").text


def test_more_than_a_page(client):
    rows = [{"phone": f"+2547{n:08}", "tags": ["some"] if n % 5 < 3 else []} for n in range(1_000)]
    for start in (0, 500):
        client.post("/internal/contacts/bulk", json={"contacts": rows[start : start + 500]})
    assert len(read(client.get(EXPORT))) == 1_001
    _, *some = read(client.get(f"{EXPORT}?tag=some"))
    assert [row[1] for row in some] == [row["phone"] for row in reversed(rows) if row["tags"]]


@pytest.fixture
def many_keys(add):
    """Ten contacts with 995 different attributes, 100 at most in each."""
    rows = [
        {
            "phone": f"+25471234560{n}",
            "tags": [f"t{n}"],
            "attributes": {f"k{n}-{m}": "x" for m in range(100 - n // 9 * 5)},
        }
        for n in range(10)
    ]
    add(*rows)


def test_as_many_columns_as_an_import_reads(client, many_keys):
    answer = client.get(EXPORT)
    assert {len(row) for row in read(answer)} == {1_000}
    record = client.post("/internal/imports", data={"file": (io.BytesIO(answer.data), "contacts.csv")}).json
    assert '"unchanged":10' in client.post(f"/internal/imports/{record['id']}/run").text


def test_more_columns_than_an_import_reads(app, client, many_keys, tmp_path):
    client.post("/internal/contacts", json={"phone": "+254712345609", "attributes": {"one more": "x"}})
    assert_envelope(client.get(EXPORT), 400, "too_many_keys")
    assert len(read(client.get(f"{EXPORT}?tag=t0"))[0]) == 105
    folder = tmp_path / "exports"
    folder.mkdir()
    for file in ([], [str(folder / "contacts.csv")], [str(folder / "contacts.xlsx")]):
        refused = app.test_cli_runner().invoke(args=["contacts", "export", *file, "--workspace", "Acme"])
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "995 different attributes" in refused.stderr
    assert list(folder.iterdir()) == []


def test_who_may_have_it(client, client_of, add):
    add(*PEOPLE)
    assert len(read(client_of("viewer").get(EXPORT))) == 4
    assert len(read(client_of("stranger").get(EXPORT))) == 1
    assert_envelope(client_of().get(EXPORT), 401, "session_required")
    for parameter in ("limit=5", "cursor=con_1", "colour=red", "optedIn=maybe"):
        assert_envelope(client.get(f"{EXPORT}?{parameter}"), 400, "validation_failed")
    assert_envelope(client.patch(EXPORT, json={}), 405, "method_not_allowed")


def test_a_machine_without_room(client, add, monkeypatch):
    add(*PEOPLE)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    answer = client.get(EXPORT)
    assert_envelope(answer, 503, "database_unavailable")
    assert "no room" in answer.json["error"]["message"]


def test_a_machine_that_runs_out_of_room(client, add, monkeypatch):
    add(*PEOPLE)
    monkeypatch.setattr("tempfile.TemporaryFile", partial(Path("/dev/full").open, "r+b"))
    assert_envelope(client.get(EXPORT), 503, "database_unavailable")


def test_no_file_stays_open(client, monkeypatch):
    made, make = [], tempfile.TemporaryFile
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: made.append(make()) or made[-1])
    client.head(EXPORT, buffered=False).close()
    client.get(EXPORT, buffered=False).close()
    assert [file.closed for file in made] == [True, True]
