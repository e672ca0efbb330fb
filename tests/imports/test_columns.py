"""Cells into the rows of the bulk call."""

import pytest

from sendy_contacts.imports.mapping import map_columns
from sendy_contacts.spreadsheets.csv_files import open_csv, write_csv
from sendy_contacts.spreadsheets.sheet import open_sheet
from tests.imports.tables import read

PHONE = "+254712345601"


def read_row(_country="KE", **cells):
    """Return the payload row of one row given by its headers, or the reasons for which it is refused."""
    columns = map_columns(list(cells), country=_country)
    row, problems = columns.read_row(list(cells.values()))
    return [problem.message for problem in problems] or row


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ({"phone": ""}, {"phone": ""}),
        ({"phone": "--"}, {"phone": ""}),
        ({"phone": "#N/A"}, {"phone": ""}),
        ({"phone": "'+254 712 345 601"}, {"phone": PHONE}),
        ({"phone": '="0712345601"'}, {"phone": PHONE}),
        ({"tel": "", "mobile": "0712345601", "cell": "0722345601"}, {"phone": PHONE}),
        ({"tel": "--", "mobile": "0712345601"}, {"phone": PHONE}),
        ({"tel": "0202345601", "mobile": "0712345601"}, {"phone": PHONE}),
        ({"mobile": "0722345601", "WhatsApp": "0712345601"}, {"phone": PHONE}),
        ({"mobile": "call office", "tel": "0712345601"}, {"phone": PHONE}),
        ({"Phone 1 - Value": "+254712345601 ::: +254722345601"}, {"phone": PHONE}),
        ({"Phone 1 - Label": "Work", "Phone 1 - Value": "0202345601", "Phone 2 - Label": "Mobile",
          "Phone 2 - Value": "0712345601"}, {"phone": PHONE}),
        ({"Phone 1 - Label": "Fax", "Phone 1 - Value": "0202345601", "Phone 2 - Label": "Home",
          "Phone 2 - Value": "0712345601"}, {"phone": PHONE}),
        ({"Phone 1 - Type": "Mobile", "Phone 1 - Value": "0722345601", "Phone 2 - Type": "WhatsApp",
          "Phone 2 - Value": "0712345601"}, {"phone": PHONE}),
        ({"tel": PHONE, "name": "Jo"}, {"phone": PHONE, "name": "Jo"}),
        ({"tel": PHONE, "name": "--"}, {"phone": PHONE, "name": None}),
        ({"tel": PHONE, "name": "'--"}, {"phone": PHONE, "name": "--"}),
        ({"tel": PHONE, "name": "'t Hooft"}, {"phone": PHONE, "name": "'t Hooft"}),
        ({"tel": PHONE, "name": "#REF!"}, {"phone": PHONE}),
        ({"tel": PHONE, "country": "ke"}, {"phone": PHONE, "country": "KE"}),
        ({"tel": "07911 123403", "country": "United Kingdom"}, {"phone": "+447911123403", "country": "GB"}),
        ({"tel": "0712345601", "country": "+254"}, {"phone": PHONE}),
        ({"tel": "0772345752", "code": "256", "country": "Uganda"}, {"phone": "+256772345752", "country": "UG",
                                                                      "attributes": {"code": "256"}}),
        ({"tel": "772345752", "Country code": "256"}, {"phone": "+256772345752"}),
        ({"tel": "256772345752", "Country code": "256"}, {"phone": "+256772345752"}),
        ({"tel": PHONE, "Country code": "256"}, {"phone": PHONE}),
        ({"tel": "772345752.0", "Country code": "256.0"}, {"phone": "+256772345752"}),
        ({"tel": "0772345752", "Country code": "256", "country": "KE"}, {"phone": "+256772345752", "country": "KE"}),
        ({"tel": PHONE, "country": "--"}, {"phone": PHONE, "country": None}),
        ({"tel": PHONE, "country": "#N/A"}, {"phone": PHONE}),
        ({"tel": PHONE, "tags": "--"}, {"phone": PHONE, "tags": None}),
        ({"tel": PHONE, "tags": "'--"}, {"phone": PHONE, "tags": ["--"]}),
        ({"tel": PHONE, "tags": " ; "}, {"phone": PHONE}),
        ({"tel": PHONE, "tags": "#N/A"}, {"phone": PHONE}),
        ({"tel": PHONE, "tags": "nan"}, {"phone": PHONE}),
        ({"tel": PHONE, "tags": "--", "groups": "a"}, {"phone": PHONE, "tags": ["a"]}),
        ({"tel": PHONE, "tags": "b", "groups": "a"}, {"phone": PHONE, "tags": ["b", "a"]}),
        ({"tel": PHONE, "Rent": "18 500", "Due": ""}, {"phone": PHONE, "attributes": {"rent": "18 500"}}),
        ({"tel": PHONE, "Rent": "--"}, {"phone": PHONE, "attributes": {"rent": None}}),
        ({"tel": PHONE, "Rent": "'--"}, {"phone": PHONE, "attributes": {"rent": "--"}}),
        ({"tel": PHONE, "Rent": "'"}, {"phone": PHONE, "attributes": {"rent": ""}}),
        ({"tel": PHONE, "import_line": "7", "import_reason": "no", "": "x"}, {"phone": PHONE}),
    ],
)  # fmt: skip
def test_rows(cells, row):
    assert read_row(**cells) == row


@pytest.mark.parametrize(
    ("cells", "name", "attributes"),
    [
        ({"first name": "Jane", "surname": "Doe"}, "Jane Doe", {"first_name": "Jane", "last_name": "Doe"}),
        ({"surname": "Doe", "first name": ""}, "Doe", {"last_name": "Doe"}),
        ({"surname": "Doe", "first name": "--"}, "Doe", {"last_name": "Doe", "first_name": None}),
        ({"surname": "--", "first name": ""}, None, {"last_name": None}),
        ({"first name": "Jane"}, "Jane", {"first_name": "Jane"}),
        ({"name": "Jo", "surname": "Doe"}, "Jo Doe", {"first_name": "Jo", "last_name": "Doe"}),
        ({"name": "", "surname": "Doe"}, "Doe", {"last_name": "Doe"}),
        ({"姓": "田中", "名": "太郎"}, "田中太郎", {"first_name": "太郎", "last_name": "田中"}),
        ({"first name": "Jane", "attributes.first_name": "Janie"}, "Jane", {"first_name": "Janie"}),
    ],
)
def test_first_and_last_names_make_the_name_and_stay(cells, name, attributes):
    assert read_row(tel=PHONE, **cells) == {"phone": PHONE, "name": name, "attributes": attributes}


def test_no_name_is_made_of_nothing():
    assert read_row(tel=PHONE, surname="", **{"first name": ""}) == {"phone": PHONE}


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("a | b,c; ,d e", ["a", "b", "c", "d e"]),
        ("Tenants ::: VIP", ["Tenants", "VIP"]),
        ("* myContacts ::: Friends", ["Friends"]),
        ('["a,b", "c"]', ["a,b", "c"]),
        ('["* myContacts"]', ["* myContacts"]),
        ('"VIP","Block A, west"', ["VIP", "Block A, west"]),
        ("['vip', 'north']", ["vip", "north"]),
        ("['it\\'s']", ["it's"]),
        ("{vip,north}", ["vip", "north"]),
        ('{"Block A",vip}', ["Block A", "vip"]),
        ("[vip, north]", ["vip", "north"]),
        ("vip\nnorth", ["vip", "north"]),
        ("vip، شمال", ["vip", "شمال"]),
        ("新客、北区", ["新客", "北区"]),
        ("'t Hooft, x", ["'t Hooft", "x"]),
        ('"unclosed, x', ['"unclosed', "x"]),
        ('6" pipe, "x"', ['6" pipe', "x"]),
        ("[1],[VIP", ["[1]", "[VIP"]),
        ("[1]", ["[1]"]),
        ("[" * 100_000, ["[" * 100_000]),
        ("#vip", ["#vip"]),
    ],
)
def test_tags_as_tools_write_them(cell, tags):
    assert read_row(tel=PHONE, tags=cell)["tags"] == tags


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
    found = read_row(**{"phone": PHONE, "attributes.x (json)": cell})["attributes"]["x"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    "cell", ["#N/A", "#REF!", "#¡VALOR!", "#ИМЯ?", "#NV", "Err:502", "####", "nan", "NULL", "None"]
)
def test_what_programs_write_for_nothing_is_no_attribute(cell):
    assert read_row(phone=PHONE, rent=cell, unit="A1") == {"phone": PHONE, "attributes": {"unit": "A1"}}


@pytest.mark.parametrize("cell", ["#vip", "#1", "No", "nothing", "#", "Err: none"])
def test_what_only_looks_so_is_one(cell):
    assert read_row(phone=PHONE, rent=cell) == {"phone": PHONE, "attributes": {"rent": cell}}


def test_an_export_keeps_the_texts_that_programs_write_for_nothing():
    assert read_row(**{"phone": PHONE, "attributes.rent": "NULL"})["attributes"] == {"rent": "NULL"}


def test_a_cell_too_long_for_an_attribute_is_left_out():
    assert read_row(phone=PHONE, note="n" * 1_025, unit="u" * 1_024)["attributes"] == {"unit": "u" * 1_024}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"phone": "0712"}, "phone: too short for a phone number of KE; add the missing digits"),
        ({"phone": "712345751", "Country code": "abc"}, "Country code: \"abc\" isn't a country; write its name, or a "
                                                        "code such as KE or +254"),
        ({"phone": "0712345601", "country": "Atlantis"}, "country: \"Atlantis\" isn't a country; write its name, or "
                                                         "a code such as KE or +254"),
        ({"phone": PHONE, "opt-in": "maybe"}, 'opt-in: write yes or no ("maybe" is neither)'),
        ({"phone": PHONE, "Unsubscribed": "2024"}, 'Unsubscribed: write yes or no ("2024" is neither)'),
        ({"phone": PHONE, "Opted out": "#N/A"}, 'Opted out: write yes or no ("#N/A" is neither)'),
        ({"phone": PHONE, "opt-in": "yes", "Unsubscribed": "?"}, 'Unsubscribed: write yes or no ("?" is neither)'),
        ({"phone": PHONE, "Unsubscribed": "?", "opt-in": "yes"}, 'Unsubscribed: write yes or no ("?" is neither)'),
    ],
)  # fmt: skip
def test_rows_that_are_refused(cells, reason):
    assert read_row(**cells) == [reason]


def test_a_phone_that_its_calling_code_refuses_is_not_read_in_another_country():
    (reason,) = read_row(phone="0712345601", **{"Country code": "47"})
    assert reason.startswith("phone: ")


def test_a_row_longer_than_the_header_is_refused():
    columns = map_columns(["phone", "name"])
    row, (problem,) = columns.read_row(["1", "Doe", "Jane", "x"])
    assert (row, problem.message) == ({}, "row: has 4 cells, the header has 2")
    assert columns.read_row(["1"]) == columns.read_row(["1", ""])


CONSENT = [
    # of several columns the strictest counts
    ({"opt-in": "yes"}, True),
    ({"opt-in": "no"}, False),
    ({"opt-in": "", "unsubscribed": ""}, None),
    ({"opt-in": "--", "unsubscribed": "'"}, None),
    ({"unsubscribed": "no"}, None),
    ({"unsubscribed": "x"}, False),
    ({"opt-in": "yes", "unsubscribed": "no"}, True),
    ({"opt-in": "yes", "unsubscribed": "yes"}, False),
    ({"unsubscribed": "maybe", "blacklisted": "yes"}, False),
    ({"opt-in": "maybe", "unsubscribed": "2024-05-01"}, False),
    ({"opt-in": "no", "unsubscribed": "maybe"}, False),
    ({"opt-in": "yes", "status": ""}, True),
    ({"unsub_time": "2024-05-01", "unsub_reason": "too many"}, False),
    ({"unsub_reason": "too many"}, False),
    ({"unsub_reason": "none"}, None),
    ({"email opt-out": "yes"}, None),
]


@pytest.mark.parametrize(("cells", "opted_in"), CONSENT)
def test_of_several_columns_of_consent_the_strictest_counts(cells, opted_in):
    assert read_row(phone=PHONE, **cells).get("optedIn") == opted_in


def test_a_blank_beside_dates_of_opt_ins_says_no():
    rows = read("Phone|OPTIN_TIME", "0712345601|2024-05-01 10:00", "0712345602", "0712345603|2024-05-02")
    assert [row["optedIn"] for row in rows] == [True, False, True]
    rows = read("Phone|Opt-in", "0712345601|yes", "0712345602")
    assert [row.get("optedIn") for row in rows] == [True, None]


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
    with open_sheet(tmp_path / "failed.csv") as sheet:
        (_, again), *written = sheet.rows()
    assert again == ["import_line", "import_reason", "phone", "", "'=sum", "tags"]
    assert [cells[:2] for _, cells in written] == [["7", "'=bad"], ["8", "'=bad"], ["9", "'=bad"]]
    assert "=1+1" not in [cell for _, cells in written for cell in cells]
    columns_again = map_columns(again)
    *meant, _ = [columns.read_row(cells) for cells in rows]
    *meant_again, (_, (beyond,)) = [columns_again.read_row(cells) for _, cells in written]
    assert meant_again == meant
    assert beyond.message == "row: has 7 cells, the header has 6"
