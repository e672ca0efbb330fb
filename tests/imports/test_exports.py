"""Contacts as rows of cells."""

import io

from sendy_contacts.imports.exports import collect_keys, export_header, export_row
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
