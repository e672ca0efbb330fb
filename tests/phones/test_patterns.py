"""The compiled patterns against phonenumbers itself: the same answer or none, and an answer for ordinary numbers."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType

from sendy_contacts.phones.parse import InvalidPhone, _read, parse_phone
from sendy_contacts.phones.patterns import match_country

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


@pytest.mark.parametrize("region", ["AR", "BR", "DE", "GB", "ID", "IN", "KE", "MX", "NG", "PK", "TR", "US", "ZA"])
def test_ordinary_mobiles_take_no_closer_look(region):
    assert agrees(e164(phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)))


@given(st.sampled_from(CODES), st.from_regex(r"\A[0-9]{4,13}\Z"))
def test_any_digits(code, national):
    agrees(f"+{code}{national}")


@given(st.sampled_from(CODES), st.from_regex(r"\A[0-9]{5,12}\Z"), st.sampled_from([None, "KE", "US", "BR"]))
def test_a_phone_is_what_the_long_way_reads(code, national, region):
    text = f"+{code}{national}"
    try:
        long = _read(text, region)
    except InvalidPhone as refused:
        with pytest.raises(InvalidPhone, match="^" + re.escape(str(refused)) + "$"):
            parse_phone(text, region)
    else:
        assert parse_phone(text, region) == long
