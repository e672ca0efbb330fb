"""Which column is what, and that an export imports as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.imports.columns import RowError
from sendy_contacts.imports.exports import collect_keys, export_header, export_row
from sendy_contacts.imports.mapping import MappingError, map_columns
from sendy_contacts.spreadsheets.csv_files import open_csv, write_csv
from sendy_contacts.spreadsheets.sheet import read_sheet


def read_row(**cells):
    """Return the payload row of one row, given by its headers."""
    return map_columns(list(cells)).to_row(list(cells.values()))


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Full name", "name"),
        ("CONTACT_NAME", "name"),
        ("display-name", "name"),
        ("Customer name", "name"),
        ("Given Name", "firstName"),
        ("First name", "firstName"),
        ("Surname", "lastName"),
        ("Family Name", "lastName"),
        ("Mobile No.", "phone"),
        ("Phone Number", "phone"),
        ("WhatsApp No", "phone"),
        ("WA number", "phone"),
        ("URN:Tel", "phone"),
        ("Cell-phone", "phone"),
        ("MSISDN", "phone"),
        ("Phone 2 - Value", "phone"),
        ("Phone 2 - Label", "attributes.phone_2_label"),
        ("Groups", "tags"),
        ("Group Membership", "tags"),
        ("Labels", "tags"),
        ("Country code", "country"),
        ("optedIn", "optedIn"),
        ("Opt-in", "optedIn"),
        ("Opted in?", "optedIn"),
        ("import_line", "ignore"),
        ("import_reason", "ignore"),
        ("", "ignore"),
        ("№ — !", "ignore"),
        ("\u0301", "ignore"),
        ("Rent amount", "attributes.rent_amount"),
        ("Invoice No", "attributes.invoice_no"),
        ("invoiceNo", "attributes.invoice_no"),
        ("Field:Team", "attributes.field_team"),
        ("  __Due (KES)__ ", "attributes.due_kes"),
        ("Квартира №", "attributes.квартира"),
        ("किराया राशि", "attributes.किराया_राशि"),
        ("cafe\u0301", "attributes.caf\xe9"),
        ("x" * 70, "attributes." + "x" * 64),
        ("attributes.Rent amount", "attributes.Rent amount"),
        ("attributes.rent (json)", "attributes.rent (json)"),
        ("attributes. odd '", "attributes. odd "),
        ("attributes.", "attributes.attributes"),
        ("'=rent", "attributes.rent"),
    ],
)
def test_headers_are_recognised(header, target):
    (_, found), _ = map_columns([header, "telephone"]).describe()
    assert found == target


def test_columns_are_described_in_order():
    columns = map_columns(["Name", "Phone", "", "'=Rent", "rent", "Rent!"])
    assert columns.describe() == [
        ("Name", "name"),
        ("Phone", "phone"),
        ("", "ignore"),
        ("=Rent", "attributes.rent"),
        ("rent", "attributes.rent_2"),
        ("Rent!", "attributes.rent_3"),
    ]


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        (["Tel", "Mobile", "Tags", "Groups"], ["phone", "phone", "tags", "tags"]),
        (["tel", "Name", "Contact name", "name"], ["phone", "name", "attributes.contact_name", "attributes.name"]),
        (["tel", "country", "Country code"], ["phone", "country", "attributes.country_code"]),
        (
            ["tel", "Rent amount", "attributes.rent_amount"],
            ["phone", "attributes.rent_amount_2", "attributes.rent_amount"],
        ),
        (["tel", "attributes.a", "attributes.a"], ["phone", "attributes.a", "attributes.attributes_a"]),
        (["tel", "x" * 70, "x" * 64], ["phone", "attributes." + "x" * 64, "attributes." + "x" * 62 + "_2"]),
        (["tel", "?", "!"], ["phone", "ignore", "ignore"]),
    ],
)
def test_columns_that_claim_the_same(header, targets):
    assert [target for _, target in map_columns(header).describe()] == targets


@pytest.mark.parametrize(
    ("header", "overrides", "targets"),
    [
        (["A", "B"], ["A=phone", "B=name"], ["phone", "name"]),
        (["A", "Phone"], ["a = OPTEDIN"], ["optedIn", "phone"]),
        (["A=B", "Phone"], ["A=B=name"], ["name", "phone"]),
        (["X", "Phone"], ["X=attributes.a=b"], ["attributes.a=b", "phone"]),
        (["A", "A=B", "Phone"], ["A=attributes.B=name"], ["attributes.B=name", "attributes.a_b", "phone"]),
        (["X", "X=attributes.a", "Phone"], ["X=attributes.a=name"], ["attributes.x", "name", "phone"]),
        (["name!", "name", "Phone"], ["name=ignore"], ["name", "ignore", "phone"]),
        (["X", "Phone"], ["X=attributes.rent (json)"], ["attributes.rent (json)", "phone"]),
        (["Rent amount", "Phone"], ["rent_amount=ignore"], ["ignore", "phone"]),
        (["X", "Rent", "Phone"], ["X=attributes.rent"], ["attributes.rent", "attributes.rent_2", "phone"]),
        (["Nick", "Name", "Phone"], ["Nick=name"], ["name", "attributes.name", "phone"]),
        (["Agent phone", "Phone"], ["Agent phone=phone"], ["phone", "attributes.phone"]),
        (["Segment", "Tags", "Phone"], ["Segment=tags"], ["tags", "tags", "phone"]),
        (
            ["Vorname", "Nachname", "Phone"],
            ["Vorname=firstname", "Nachname=lastName"],
            ["firstName", "lastName", "phone"],
        ),
        (["Col", "Col", "Phone"], ["Col=name", "Col=country"], ["name", "country", "phone"]),
    ],
)
def test_overrides(header, overrides, targets):
    assert [target for _, target in map_columns(header, overrides).describe()] == targets


@pytest.mark.parametrize(
    ("header", "overrides", "messages"),
    [
        (["Nom", "", "Ville"], [], ['--map "COLUMN=phone"', '"Nom", "Ville"']),
        (["Phone"], ["Phone=name"], ['--map "COLUMN=phone"', '"Phone"']),
        (["Phone", "A"], ["B=name"], ['"B=name"', '"Phone", "A"']),
        (["Phone", "A"], ["A"], ['"A" is not COLUMN=TARGET', '"Phone", "A"']),
        (["Phone", "A"], ["=name"], ['"=name"', '"Phone", "A"']),
        (["Phone", "A"], ["A=nickname"], ['"A=nickname"', "firstName", "attributes.KEY"]),
        (["Phone", "A"], ["A=attributes."], ['"A=attributes."', "attributes.KEY"]),
        (["Phone", "A"], ["A=name", "A=country"], ['"A=country"', "not mapped yet"]),
        (["Phone", "A", "B"], ["A=name", "B=name"], ["name can be mapped from one column only"]),
    ],
)
def test_mapping_errors_say_what_there_is(header, overrides, messages):
    with pytest.raises(MappingError) as raised:
        map_columns(header, overrides)
    assert [message for message in messages if message not in str(raised.value)] == []


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ({"phone": ""}, {"phone": ""}),
        ({"phone": "--"}, {"phone": ""}),
        ({"phone": "'+254 700"}, {"phone": "+254 700"}),
        ({"tel": "", "mobile": "0712", "cell": "0713"}, {"phone": "0712"}),
        ({"tel": "--", "mobile": "0712"}, {"phone": "0712"}),
        ({"Phone 1 - Value": "+1 202 ::: +1 203"}, {"phone": "+1 202"}),
        ({"tel": "1", "name": "Jo"}, {"phone": "1", "name": "Jo"}),
        ({"tel": "1", "name": "--"}, {"phone": "1", "name": None}),
        ({"tel": "1", "name": "'--"}, {"phone": "1", "name": "--"}),
        ({"tel": "1", "name": "'t Hooft"}, {"phone": "1", "name": "'t Hooft"}),
        ({"tel": "1", "surname": "Doe", "first name": "Jane"}, {"phone": "1", "name": "Jane Doe"}),
        ({"tel": "1", "surname": "Doe", "first name": ""}, {"phone": "1", "name": "Doe"}),
        ({"tel": "1", "surname": "Doe", "first name": "--"}, {"phone": "1", "name": "Doe"}),
        ({"tel": "1", "surname": "--", "first name": ""}, {"phone": "1", "name": None}),
        ({"tel": "1", "surname": "", "first name": ""}, {"phone": "1"}),
        ({"tel": "1", "surname": "Doe", "name": "Jo"}, {"phone": "1", "name": "Jo"}),
        ({"tel": "1", "surname": "Doe", "name": ""}, {"phone": "1", "name": "Doe"}),
        ({"tel": "1", "country": "ke"}, {"phone": "1", "country": "KE"}),
        ({"tel": "1", "country": "--"}, {"phone": "1", "country": None}),
        ({"tel": "1", "tags": "a | b,c; ,d e"}, {"phone": "1", "tags": ["a", "b", "c", "d e"]}),
        ({"tel": "1", "tags": "* myContacts ::: Friends"}, {"phone": "1", "tags": ["* myContacts", "Friends"]}),
        ({"tel": "1", "tags": '["a,b", "c"]'}, {"phone": "1", "tags": ["a,b", "c"]}),
        ({"tel": "1", "tags": "[1],[VIP"}, {"phone": "1", "tags": ["[1]", "[VIP"]}),
        ({"tel": "1", "tags": "[1]"}, {"phone": "1", "tags": ["[1]"]}),
        ({"tel": "1", "tags": "[" * 100_000}, {"phone": "1", "tags": ["[" * 100_000]}),
        ({"tel": "1", "tags": "--"}, {"phone": "1", "tags": None}),
        ({"tel": "1", "tags": "'--"}, {"phone": "1", "tags": ["--"]}),
        ({"tel": "1", "tags": " ; "}, {"phone": "1"}),
        ({"tel": "1", "tags": "--", "groups": "a"}, {"phone": "1", "tags": ["a"]}),
        ({"tel": "1", "tags": "b", "groups": "a"}, {"phone": "1", "tags": ["b", "a"]}),
        ({"tel": "1", "Rent": "18 500", "Due": ""}, {"phone": "1", "attributes": {"rent": "18 500"}}),
        ({"tel": "1", "Rent": "--"}, {"phone": "1", "attributes": {"rent": None}}),
        ({"tel": "1", "Rent": "'--"}, {"phone": "1", "attributes": {"rent": "--"}}),
        ({"tel": "1", "Rent": "'"}, {"phone": "1", "attributes": {"rent": ""}}),
        ({"tel": "1", "import_line": "7", "import_reason": "no", "": "x"}, {"phone": "1"}),
    ],
)
def test_rows(cells, row):
    assert read_row(**cells) == row


@pytest.mark.parametrize(
    ("cell", "consent"),
    [
        *((yes, True) for yes in ("true", "TRUE", "Yes", "y", "1", "x")),
        *((no, False) for no in ("false", "No", "N", "0")),
        *((other, other) for other in ("maybe", "on")),
    ],
)
def test_consent(cell, consent):
    assert read_row(phone="1", optedIn=cell) == {"phone": "1", "optedIn": consent}


@pytest.mark.parametrize("cell", ["", "--", "'"])
def test_no_word_about_consent_changes_nothing(cell):
    assert read_row(phone="1", optedIn=cell) == {"phone": "1"}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("5", 5),
        ("'-5", -5),
        ("-2.50", -2.5),
        ("true", True),
        ("FALSE", False),
        ('"5"', "5"),
        ('"--"', "--"),
        ("--", None),
        ("Jane", "Jane"),
        ("True", "True"),
        ("1.200,50", "1.200,50"),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
        ("null", "null"),
        ('{"a": 1}', '{"a": 1}'),
        ("9" * 5_000, "9" * 5_000),
    ],
)
def test_json_cells(cell, value):
    found = read_row(**{"phone": "1", "attributes.x (json)": cell})["attributes"]["x"]
    assert (found, type(found)) == (value, type(value))


def test_a_row_longer_than_the_header_is_refused():
    with pytest.raises(RowError, match="has 4 cells, the header has 2"):
        map_columns(["phone", "name"]).to_row(["1", "Doe", "Jane", "x"])


def test_failed_rows_import_again_with_the_same_meaning(tmp_path):
    header = ["import_line", "phone", "", "'=sum", "tags"]
    rows = [
        ["3", "'+254 7", "note", "--", ""],
        ["4", "+1-202", "", "'--", "a|b"],
        ["5", "1", "=1+1", "' x", "--", "beyond"],
    ]
    columns = map_columns(header)
    with open_csv(tmp_path / "failed.csv") as stream:
        write_csv(stream, [columns.failed_header()])
        write_csv(stream, (columns.failed_row(line, cells, "=bad") for line, cells in enumerate(rows, 7)))
    sheet = read_sheet(tmp_path / "failed.csv")
    assert sheet.header == ["import_line", "import_reason", "phone", "", "'=sum", "tags"]
    assert [cells[:2] for _, cells in sheet.rows] == [["7", "'=bad"], ["8", "'=bad"], ["9", "'=bad"]]
    assert "=1+1" not in [cell for _, cells in sheet.rows for cell in cells]
    again = map_columns(sheet.header)
    assert [again.to_row(cells) for _, cells in sheet.rows[:2]] == [columns.to_row(cells) for cells in rows[:2]]
    with pytest.raises(RowError, match="has 7 cells, the header has 6"):
        again.to_row(sheet.rows[2][1])


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


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
TRICKY = st.sampled_from(
    ["--", "'--", "'", "", "=1+1", "-5", "5", "true", "null", '"', "[]", '["a"]', "x (json)", " (json)"]
)
VALUE = TEXT | TRICKY | st.text("'\"=-,;| \t\r\n", max_size=6)
TAG = (VALUE | st.sampled_from(["a,b", ":::", "[1", "[1]"])).map(str.strip).filter(bool)
CONTACT = st.fixed_dictionaries(
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


@given(st.lists(CONTACT, min_size=1, max_size=4))
def test_an_export_imports_as_it_was(tmp_path_factory, contacts):
    path = tmp_path_factory.getbasetemp() / "contacts.csv"
    with open_csv(path) as stream:
        write_csv(stream, export(contacts))
    sheet = read_sheet(path)
    columns = map_columns(sheet.header)
    assert len(sheet.rows) == len(contacts)
    for contact, (_, cells) in zip(contacts, sheet.rows, strict=True):
        row = {"name": None, "country": None, "tags": [], "attributes": {}} | columns.to_row(cells)
        assert row == contact
        types = {key: type(value) for key, value in contact["attributes"].items()}
        assert {key: type(value) for key, value in row["attributes"].items()} == types
    first = columns.to_row(sheet.rows[0][1]).get("attributes", {})
    assert list(first) == list(contacts[0]["attributes"])
