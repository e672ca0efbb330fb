"""Numbers as spreadsheets show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.spreadsheets.workbooks.number_formats import make_formatter, show_number


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("254712345678", "254712345678"),
        ("254712345678.0", "254712345678"),
        ("2.54712345678E11", "254712345678"),
        ("0012", "12"),
        ("1e22", "10000000000000000000000"),
        ("1.5E-7", "0.00000015"),
        ("-0.5", "-0.5"),
        ("-0.0", "0"),
        ("0.30000000000000004", "0.3"),
        ("0.3333333333333333", "0.333333333333333"),
        ("1234567890123456", "1234567890123460"),
        ("nonsense", "nonsense"),
    ],
)
def test_numbers(text, shown):
    assert show_number(text) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_has_an_exponent_and_all_keep_15_digits(number):
    shown = show_number(repr(number))
    assert set(shown) <= set("0123456789.-")
    assert float(shown) == float(f"{number:.15g}")


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("0%", "0.2", "20%"),
        ("0.00%", "0.125", "12.5%"),
        ("0%", "1", "100%"),
        ("0%", "0.07", "7%"),
        ("0%;[Red]-0%", "-0.2", "-20%"),
        ("0000", "12", "0012"),
        ("0000", "12345", "12345"),
        ("0000", "12.5", "12.5"),
        ("0000", "-12", "-12"),
        ("0#########", "712345678", "0712345678"),
        ("0000\\ 000\\ 000", "712345678", "0712 345 678"),
        ('"+254"000000000', "712345678", "+254712345678"),
        ("+0", "254712345678", "+254712345678"),
        ('"INV-"0000', "42", "INV-0042"),
        ("d/m/yyyy", "46361", "2026-12-05"),
        ("[$-409]d-mmm-yy;@", "46361.6", "2026-12-05"),
        ("mmm-yy", "46361", "2026-12-05"),
        ("yyyy\\-mm\\-dd hh:mm", "46361.604166666664", "2026-12-05 14:30"),
        ("dd/mm/yy h:mm:ss AM/PM", "46361.60427083333", "2026-12-05 14:30:09"),
        ("dd/mm/yy h:mm", "46361", "2026-12-05"),
        ("h:mm", "0.378472222222222", "09:05"),
        ("h:mm:ss", "0.378483796296296", "09:05:01"),
        ("h:mm", "46361.5", "2026-12-05 12:00"),
        ("[h]:mm:ss", "1.25", "30:00:00"),
        ("[hh]:mm", "0.25", "6:00:00"),
        ("[mm]:ss", "-0.25", "-6:00:00"),
        ("yyyy-mm-dd", "1", "1900-01-01"),
        ("yyyy-mm-dd", "59", "1900-02-28"),
        ("yyyy-mm-dd", "60", "60"),
        ("yyyy-mm-dd", "61", "1900-03-01"),
        ("yyyy-mm-dd", "-3", "-3"),
        ("yyyy-mm-dd", "1e9", "1000000000"),
    ],
)
def test_formats_that_belong_to_the_value(code, text, shown):
    assert make_formatter(code)(text) == shown


@pytest.mark.parametrize(
    "code",
    ["", "General", "0", "#", "0.00", "#,##0", "#,##0.00", "[$KES] #,##0.00", '"KES" #,##0', "@", "0.00E+00", "# ?/?",
     "[Red]0", "_-* #,##0.00_-", '#,##0 "days"'],
)  # fmt: skip
def test_formats_that_leave_the_plain_number(code):
    assert make_formatter(code) is None


def test_dates_count_from_1904_in_some_workbooks():
    assert make_formatter("yyyy-mm-dd", epoch_1904=True)("44899") == "2026-12-05"
    assert make_formatter("yyyy-mm-dd", epoch_1904=True)("0") == "1904-01-01"


@given(st.text('0#?.,%E+-;"\\[]$hmsdy/@ aé*_', max_size=12), st.floats(allow_nan=False, allow_infinity=False))
def test_any_format_shows_any_number(code, number):
    formatter = make_formatter(code)
    if formatter:
        assert isinstance(formatter(repr(number)), str)
        assert formatter("inf") == "inf"
