"""Contacts as rows of cells."""

import io
from concurrent.futures import ThreadPoolExecutor

from sendy_contacts.imports.exports import FIELDS, collect_keys, export_header, export_row, export_rows
from sendy_contacts.spreadsheets.csv_files import write_csv
from sendy_contacts.spreadsheets.formulas import Literal

CONTACT = {
    "name": None,
    "phone": "+254700000001",
    "country": "KE",
    "tags": ["vip", "-x"],
    "optedIn": True,
    "attributes": {"rent": 25000, "note": "=1", "mixed": "x;=1"},
}


def test_all_rows_are_of_one_moment(client_of, add, workspace):
    add({"phone": "+254712345601", "name": "Ann"})

    def write():
        rows = [{"phone": "+254712345601", "name": "Anna"}, {"phone": "+254712345602", "attributes": {"new": "x"}}]
        return client_of("owner").post("/internal/contacts/bulk", json={"contacts": rows}).status_code

    rows = export_rows(workspace.id)
    assert next(rows) == FIELDS
    with ThreadPoolExecutor(1) as another:
        assert another.submit(write).result() == 200
    assert [row[:2] for row in rows] == [["Ann", "+254712345601"]]


def test_cells_of_a_contact():
    keys = collect_keys([CONTACT, {"attributes": {"mixed": 2, "more": True}}])
    assert export_header(keys) == [
        "name",
        "phone",
        "country",
        "tags",
        "optedIn",
        "attributes.rent (json)",
        "attributes.note",
        "attributes.mixed (json)",
        "attributes.more (json)",
    ]
    row = export_row(CONTACT, keys)
    assert row == ["", "+254700000001", "KE", "vip|-x", "true", "25000", "=1", '"x;=1"', ""]
    assert [isinstance(cell, Literal) for cell in row] == [True, True, False, False, True, True, False, False, True]


def test_no_text_of_a_contact_is_written_as_a_formula():
    stream = io.StringIO()
    write_csv(stream, [export_row(CONTACT, collect_keys([CONTACT, {"attributes": {"mixed": 2}}]))])
    assert stream.getvalue() == '"","+254700000001","KE","vip|\'-x","true","25000","\'=1","""x;\'=1"""\r\n'
