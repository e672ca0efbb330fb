"""Old phone numbers become those of today, and nothing else becomes another's."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.phones.parse import InvalidPhone, parse_phone
from sendy_contacts.phones.replaced import RULES, is_old, replace_old

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)

OLD = [
    ("MX", "+52 1 55 1234 5678", "1 55 1234 5678", "+525512345678"),
    ("MX", "+52 044 55 1234 5678", "044 55 1234 5678", "+525512345678"),
    ("MX", "+52 045 222 123 4567", "(045) 222 123 4567", "+522221234567"),
    ("MX", "+52 01 55 5123 4567", "01 (55) 5123-4567", "+525551234567"),
    ("BR", "+55 11 8123-4567", "(11) 8123-4567", "+5511981234567"),
    ("BJ", "+229 95 12 34 56", "95 12 34 56", "+2290195123456"),
    ("BJ", "+229 20 21 12 34", "20211234", "+2290120211234"),
    ("CI", "+225 07 12 34 56", "07 12 34 56", "+2250707123456"),
    ("CI", "+225 58 12 34 56", "58.12.34.56", "+2250758123456"),
    ("CI", "+225 97 12 34 56", "97123456", "+2250797123456"),
    ("CI", "+225 04 12 34 56", "04 12 34 56", "+2250504123456"),
    ("CI", "+225 85 12 34 56", "85-12-34-56", "+2250585123456"),
    ("CI", "+225 02 12 34 56", "02 12 34 56", "+2250102123456"),
    ("CI", "+225 41 12 34 56", "41123456", "+2250141123456"),
    ("CI", "+225 22 44 12 34", "22 44 12 34", "+2252722441234"),
    ("CI", "+225 22 01 23 45", "22 01 23 45", "+2252522012345"),
    ("CI", "+225 21 81 23 45", "21 81 23 45", "+2252121812345"),
    ("GA", "+241 07 12 34 56", "07 12 34 56", "+24177123456"),
    ("GA", "+241 7 12 34 56", "7 12 34 56", "+24177123456"),
    ("GA", "+241 04 12 34 56", "04.12.34.56", "+24174123456"),
    ("GA", "+241 06 12 34 56", "06123456", "+24166123456"),
    ("GA", "+241 2 12 34 56", "02-12-34-56", "+24162123456"),
    ("GA", "+241 05 12 34 56", "05 12 34 56", "+24165123456"),
    ("GA", "+241 01 44 12 34", "01 44 12 34", "+24111441234"),
    ("VN", "+84 120 123 4567", "0120 123 4567", "+84701234567"),
    ("VN", "+84 123 456 7890", "0123 456 7890", "+84834567890"),
    ("VN", "+84 169 123 4567", "0169-123-4567", "+84391234567"),
    ("VN", "+84 199 123 4567", "(0199) 1234567", "+84591234567"),
    ("CM", "+237 77 12 34 56", "77 12 34 56", "+237677123456"),
    ("CM", "+237 99 12 34 56", "99123456", "+237699123456"),
    ("MU", "+230 751 1234", "751 1234", "+23057511234"),
    ("MU", "+230 918 1234", "9181234", "+23059181234"),
    ("CO", "+57 1 2345678", "(1) 2345678", "+576012345678"),
    ("CO", "+57 4 3456789", "03 4 3456789", "+576043456789"),
    ("NG", "+234 1 463 0643", "01 463 0643", "+2342014630643"),
    ("NG", "+234 84 460 643", "084 460 643", "+2342084460643"),
    ("SX", "+599 542 5678", "542 5678", "+17215425678"),
]


@pytest.mark.parametrize(("region", "abroad", "at_home", "today"), OLD)
def test_old_numbers_are_read_as_of_today(region, abroad, at_home, today):
    digits = re.sub("[^0-9]", "", abroad)
    spellings = [
        (abroad, None),
        (f"00{digits}", "KE"),
        (f"wa.me/{digits}", None),
        (f"{digits}@c.us", None),
        (today, "US"),
    ]
    for spelling in [*spellings, (at_home, region), (today, region)]:
        assert parse_phone(*spelling) == (today, region, True), spelling


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+22912345678", "BJ"),  # today's 01 2345678, short of one digit
        ("+22510123456", "CI"),
        ("+22591123456", "CI"),
        ("+2376712345", "CM"),
        ("+23420123456", "NG"),
        ("+23480312345", "NG"),
        ("+23490312345", "NG"),
    ],
)
def test_what_no_rule_names_stays_refused(text, region):
    with pytest.raises(InvalidPhone, match="too short"):
        parse_phone(text, region)


@pytest.mark.parametrize(
    "e164",
    [
        "+5746012345",  # Medellín's 4 6012345 looks like a valid number of eight digits
        "+2302012345",
        "+2304281234",
        "+23057511234",
        "+84181234567",
        "+541112345678",  # without the 9 it may be a landline
        "+5491112345678",
    ],
)
def test_what_is_valid_today_or_not_certain_stays(e164):
    assert parse_phone(e164).e164 == e164


# The metadata still calls Gabon's old numbers valid, and Brazil's of a network that ended in 2018.
STILL_VALID = re.compile(r"\+241|\+55..7")


@pytest.mark.parametrize(("old", "new"), RULES)
@given(data=st.data())
def test_no_rule_takes_a_valid_number_or_makes_an_old_one(old, new, data):
    e164 = "+" + data.draw(st.from_regex(old, fullmatch=True, alphabet="0123456789"))
    assert is_old(e164)
    today = replace_old(e164)
    assert not is_old(today)
    assert re.fullmatch(re.escape(re.sub(r"\\g?<?(\d)>?.*", "", new)) + "[0-9]+", today[1:])
    if not STILL_VALID.match(e164):
        assert not phonenumbers.is_valid_number(phonenumbers.parse(e164))
    assert phonenumbers.is_possible_number(phonenumbers.parse(today))


@pytest.mark.parametrize("region", REGIONS)
def test_no_example_of_a_country_is_an_old_number(region):
    for kind in phonenumbers.supported_types_for_region(region):
        number = phonenumbers.example_number_for_type(region, kind)
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        assert replace_old(e164) == e164 or STILL_VALID.match(e164)


@given(st.data())
def test_a_valid_number_stays_as_it_is(data):
    region = data.draw(st.sampled_from(REGIONS))
    kind = data.draw(st.sampled_from(sorted(phonenumbers.supported_types_for_region(region))))
    number = phonenumbers.example_number_for_type(region, kind)
    neighbour = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[:-3]
    neighbour += data.draw(st.text("0123456789", min_size=2, max_size=4))
    if phonenumbers.is_valid_number(phonenumbers.parse(neighbour)) and not STILL_VALID.match(neighbour):
        assert replace_old(neighbour) == neighbour
