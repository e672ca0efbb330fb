"""The compiled patterns against phonenumbers itself: the same answer or none, and an answer for ordinary numbers."""

import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from sendy_contacts.phones.parse import InvalidPhone, _parse, _read, parse_phone
from sendy_contacts.phones.patterns import match_country, match_national

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
KINDS = [kind for name, kind in vars(PhoneNumberType).items() if name.isupper() and name != "UNKNOWN"]


def e164(number):
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def agrees(text):
    """Tell whether the country is what the library finds; False for no country, an error for another one."""
    found = match_country(text)
    if found is None:
        return False
    number = phonenumbers.parse(text)
    assert e164(number) == text
    assert phonenumbers.region_code_for_number(number) == found
    assert phonenumbers.is_valid_number(number)
    return True


@pytest.mark.parametrize("region", REGIONS)
def test_the_example_numbers_of_every_country(region):
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
    for number in filter(None, examples):
        text = e164(number)
        agrees(text)
        for digit in "0159":  # neighbours, some of them valid
            agrees(text[:-1] + digit)
            agrees(text[:-4] + digit + text[-3:])
            agrees(text + digit)
        agrees(text[:-1])


@pytest.mark.parametrize(
    "region", ["AR", "BJ", "BR", "CI", "DE", "GB", "ID", "IN", "KE", "MX", "NG", "PK", "TR", "US", "ZA"]
)
def test_ordinary_mobiles_take_no_closer_look(region):
    assert agrees(e164(phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)))


@given(st.sampled_from(CODES), st.from_regex(r"\A[0-9]{4,13}\Z"))
def test_any_digits(code, national):
    agrees(f"+{code}{national}")


@given(st.sampled_from(CODES), st.from_regex(r"\A[0-9]{5,12}\Z"), st.sampled_from([None, "KE", "US", "BR"]))
def test_a_phone_is_what_the_long_way_reads(code, national, region):
    text = f"+{code}{national}"
    try:
        long = _parse(text, region)
    except InvalidPhone as refused:
        with pytest.raises(InvalidPhone, match="^" + re.escape(str(refused)) + "$"):
            parse_phone(text, region)
    else:
        assert parse_phone(text, region) == long


@st.composite
def dialled(draw):
    """A country, and digits as somebody there may dial them: a neighbour of an example number, behind some prefix."""
    region = draw(st.sampled_from(REGIONS))
    kind = draw(st.sampled_from(sorted(phonenumbers.supported_types_for_region(region))))
    digits = list(phonenumbers.national_significant_number(phonenumbers.example_number_for_type(region, kind)))
    for position in draw(st.lists(st.integers(0, len(digits) - 1), max_size=3)):
        digits[position] = draw(st.sampled_from("0123456789"))
    trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
    code = str(phonenumbers.country_code_for_region(region))
    prefix = draw(st.sampled_from(["", trunk, trunk, code, code + trunk, "0", "1", "8", "00", "15", f"0{code}"]))
    return region, prefix + "".join(digits)[: draw(st.sampled_from([None, None, -1]))] + draw(
        st.sampled_from(["", "", "0"])
    )


@settings(max_examples=2_000, deadline=None)
@given(dialled())
def test_national_digits_are_what_the_long_way_reads(number):
    region, digits = number
    try:
        long = _parse(digits, region)
    except InvalidPhone as refused:
        with pytest.raises(InvalidPhone, match="^" + re.escape(str(refused)) + "$"):
            _read(digits, region)
    else:
        assert _read(digits, region) == long


@pytest.mark.parametrize(
    ("digits", "region", "found"),
    [
        ("0712345678", "KE", "+254712345678"),
        ("712345678", "KE", "+254712345678"),
        ("254712345678", "KE", "+254712345678"),
        ("2025550123", "US", "+12025550123"),
        ("12025550123", "US", "+12025550123"),
        ("01711234567", "DE", "+491711234567"),
        ("11981234567", "BR", "+5511981234567"),
        ("9876543210", "IN", "+919876543210"),
        ("89123456789", "RU", "+79123456789"),
        ("0707123456", "CI", "+2250707123456"),
        ("0172345", "DE", None),
        ("00254712345678", "KE", None),
        ("2540712345678", "KE", None),
        ("01115123456789", "AR", None),
        ("07911123456", "GG", "+447911123456"),
        ("07400123456", "GG", None),
    ],
)
def test_ordinary_national_numbers_take_no_closer_look(digits, region, found):
    assert match_national(digits, region) == found
