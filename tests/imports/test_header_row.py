"""Which row is the header: titles above it are passed over, and a first row with a phone is a contact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.imports.header_row import HeaderError, find_header
from tests.imports.tables import make_sheet

A, B = "Amina|0712345601", "Brian|0712345602"


def find(*rows, country="KE", **options):
    layout, contacts = find_header(make_sheet(*rows).rows(), country, **options)
    return layout, [line for line, _ in contacts]


@pytest.mark.parametrize(
    ("rows", "header_line", "first"),
    [
        (["Name|Phone", A], 1, 2),
        (["Tenant list", "as of November 2026", "", "Name|Phone", A], 4, 5),
        (["", "", "Name|Phone", A], 3, 4),
        (["Mama Mboga", "Tel: 0712 000 000", "Name|Phone", A], 3, 4),
        (["Customers", "Report|2026", "Imię|Nazwisko|Numer", "Ania|Nowak|0712345601"], 3, 4),
        (["Group|Contact", "Name|Phone|Rent", f"{A}|1"], 2, 3),
        (["Imię|Numer", "Ania|0712345601"], 1, 2),
        (["Imię|Numer", "Ania", "Ola|0712345601"], 1, 2),
        (["Phone", "0712345601"], 1, 2),
        (["Name|City", "Ann|Kisumu"], 1, 2),
        (["Name|Phone", "Ann|call office"], 1, 2),
        (["Jahr 2024/2025|2023/2024", "7|0712345601"], 1, 2),
        (["Name|Phone"], 1, 2),
    ],
)
def test_the_header_is_found(rows, header_line, first):
    layout, lines = find(*rows)
    assert (layout.header_line, lines[:1]) == (header_line, [first] if first <= len(rows) else [])
    assert layout.titles + layout.blank == header_line - 1


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ([A, B], 1),
        (["0712345601", "0712345602"], 1),
        (["+254712345601"], 1),
        (["Amina|wa.me/254712345601", B], 1),
        (["Amina|2.547E+11", B, A], 1),
        (["|0712345601", B], 1),
        (["My tenants", "", A, B], 3),
        ([], None),
        ([""], None),
    ],
)
def test_a_first_row_with_a_phone_is_a_contact(rows, first):
    layout, lines = find(*rows)
    assert (layout.header, layout.header_line) == ([], None)
    assert [line for line in lines if rows[line - 1]][:1] == ([first] if first else [])


def test_what_is_passed_over_is_told_with_its_line():
    layout, _ = find("Tenant list", "", "Name|Phone", A)
    assert (layout.shown, layout.titles, layout.blank, layout.skipped) == ([(1, "Tenant list")], 1, 1, 3)


def test_a_person_says_where_the_header_is():
    layout, lines = find("x|y", A, "Name|Phone", B, header_row=3)
    assert (layout.header, layout.titles, lines) == (["Name", "Phone"], 2, [4])
    layout, lines = find("Name|Phone", A, no_header=True)
    assert (layout.header, lines) == ([], [1, 2])


@pytest.mark.parametrize(
    ("line", "said"), [(2, "line 2 can't be the header, it is blank"), (9, "isn't in the file, which ends in line 3")]
)
def test_a_header_that_is_not_there(line, said):
    with pytest.raises(HeaderError, match=said):
        find("Name|Phone", "", A, header_row=line)


def test_without_a_country_a_phone_still_looks_like_one():
    layout, lines = find(A, B, country=None)
    assert (layout.header, lines) == ([], [1, 2])


CELL = st.sampled_from(
    ["", "Name", "Phone", "Tenants", "Amina", "0712345601", "+254712345602", "25000", "2024-05-01"]
)


@given(st.lists(st.lists(CELL, max_size=4), max_size=8))
def test_no_row_is_lost_whatever_the_header(rows):
    sheet = make_sheet(*rows)
    layout, contacts = find_header(sheet.rows(), "KE")
    assert layout.skipped + len(list(contacts)) == len(rows)
