"""Every spelling of a phone gives its one E.164; everything else is refused with a message of its own."""

import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from sendy_contacts.phones.countries import COUNTRIES
from sendy_contacts.phones.parse import InvalidPhone, Phone, parse_phone
from sendy_contacts.phones.replaced import is_old

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KENYAN = Phone("+254712123456", "KE", True)


def read(text, region):
    try:
        return parse_phone(text, region)
    except InvalidPhone as refusal:
        return refusal


@pytest.mark.parametrize("region", [None, "KE", "US", "AQ"])
@pytest.mark.parametrize(
    "text",
    [
        "+254712123456",
        "+254 712 123 456",
        "+254-712-123-456",
        "+254.712.123.456",
        "(+254) 712/123456",
        "[+254] 712 123456",
        "+(254) 712 123456",
        "+254 (0)712 123 456",
        "+ 254712123456",
        "00254712123456",
        "00 254 712 123 456",
        "254712123456",
        "254 712 123 456",
        "'+254712123456",
        "'254712123456",
        "254712123456.0",
        "+254712123456.0",
        "254712123456.00",
        "tel:+254712123456",
        "TEL: +254-712-123-456",
        "' tel:+254712123456",
        " \t+254712123456\r\n",
        "\ufeff+254712123456\n\u200b",
        "\u202a+254712123456\u202c",
        "+254\u00a0712\u202f123\u2009456",
        "\u200e+254\u200b712\u00ad123\u2060456\u200f",
        "＋２５４７１２１２３４５６",
        "＋254（712）123－456",
        "﹢254712123456",
        "+٢٥٤٧١٢١٢٣٤٥٦",
        "+۲۵۴۷۱۲۱۲۳۴۵۶",
        "+२५४७१२१२३४५६",
        "+254‐712‑123–456",
        "+254—712−123―456",
        "+254ー712－123456",
        "+254．712·123／456",
        "［＋254］712123456",
        "tel：+254712123456",
    ],
)
def test_international_spellings_need_no_country(text, region):
    assert parse_phone(text, region) == KENYAN


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("0712 123 456", "KE", KENYAN),
        ("(0712) 123-456", "KE", KENYAN),
        ("712123456", "KE", KENYAN),
        ("0712123456.0", "KE", KENYAN),
        ("'0712123456", "KE", KENYAN),
        ("٠٧١٢١٢٣٤٥٦", "KE", KENYAN),
        ("tel:0712-123-456", "KE", KENYAN),
        ("(202) 555-0123", "US", Phone("+12025550123", "US", True)),
        ("1 202 555 0123", "US", Phone("+12025550123", "US", True)),
        ("202.555.0123", "CA", Phone("+12025550123", "US", True)),
        ("06 698 1234", "IT", Phone("+39066981234", "VA", True)),
        ("8 (912) 345-67-89", "RU", Phone("+79123456789", "RU", True)),
        ("011 15 2345-6789", "AR", Phone("+5491123456789", "AR", True)),
        ("464 1234", "AG", Phone("+12684641234", "AG", True)),
        ("07911 123456", "GG", Phone("+447911123456", "GG", True)),
    ],
)
def test_national_spellings_are_read_in_the_country(text, region, phone):
    assert parse_phone(text, region) == phone


@pytest.mark.parametrize(
    ("text", "region", "e164"),
    [
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("0011 64 9 323 4567", "AU", "+6493234567"),
        ("0014 254 712 123 456", "AU", "+254712123456"),
        ("010 44 20 7946 0958", "JP", "+442079460958"),
        ("8 10 44 20 7946 0958", "RU", "+442079460958"),
        ("00 15 44 20 7946 0958", "BR", "+442079460958"),
        ("00 44 20 7946 0958", "BR", "+442079460958"),
        ("00 44 20 7946 0958", "AU", "+442079460958"),
        ("00 1 202 555 0123", "HK", "+12025550123"),
    ],
)
def test_international_prefixes_of_the_country_are_understood(text, region, e164):
    assert parse_phone(text, region).e164 == e164


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("254712123456", "US", KENYAN),
        ("254712123456", "KE", KENYAN),
        ("447400123456", "KE", Phone("+447400123456", "GB", True)),
        ("919876543210", "IN", Phone("+919876543210", "IN", True)),
        # A possible national number wins over another country's valid one ...
        ("4571234567", "US", Phone("+14571234567", "US", False)),
        # ... but the country's own calling code is no area code, where a known mobile follows it.
        ("4915123456789", "DE", Phone("+4915123456789", "DE", True)),
        ("62812345678", "ID", Phone("+62812345678", "ID", True)),
        ("38343201234", "XK", Phone("+38343201234", "XK", True)),
        ("0491 5123456", "DE", Phone("+494915123456", "DE", True)),
    ],
)
def test_digits_that_lost_their_plus_are_read_with_it(text, region, phone):
    assert parse_phone(text, region) == phone


@pytest.mark.parametrize("region", [None, "MX", "KE"])
@pytest.mark.parametrize(
    "text", ["+5215512345678", "+52 1 55 1234 5678", "005215512345678", "5215512345678", "+525512345678"]
)
def test_mexican_mobiles_lose_their_1(text, region):
    assert parse_phone(text, region) == ("+525512345678", "MX", True)


@pytest.mark.parametrize("text", ["1 55 1234 5678", "55 1234 5678"])
def test_mexican_mobiles_lose_their_1_in_national_spelling(text):
    assert parse_phone(text, "MX").e164 == "+525512345678"


@pytest.mark.parametrize("region", [None, "BR", "KE"])
@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("+55 11 8123-4567", "+5511981234567"),
        ("+55 11 98123-4567", "+5511981234567"),
        ("00551181234567", "+5511981234567"),
        ("551181234567", "+5511981234567"),
        ("+55 55 6123-4567", "+5555961234567"),
        ("+55 11 3123-4567", "+551131234567"),
        ("+55 800 123 4567", "+558001234567"),
    ],
)
def test_brazilian_mobiles_get_their_ninth_digit(text, e164, region):
    assert parse_phone(text, region) == (e164, "BR", True)


@pytest.mark.parametrize("text", ["11 8123-4567", "(011) 8123-4567", "0 15 11 8123-4567", "11 98123-4567"])
def test_brazilian_mobiles_get_their_ninth_digit_in_national_spelling(text):
    assert parse_phone(text, "BR").e164 == "+5511981234567"


@pytest.mark.parametrize(
    ("text", "region", "phone"),
    [
        ("+254112345678", None, Phone("+254112345678", "KE", True)),
        ("+254312345678", None, Phone("+254312345678", "KE", False)),
        ("0312345678", "KE", Phone("+254312345678", "KE", False)),
        # Of the countries that share a calling code, the one given, the one whose digits lead, or the main one.
        ("+12221111111", "CA", Phone("+12221111111", "CA", False)),
        ("+12221111111", "KE", Phone("+12221111111", "US", False)),
        ("+12221111111", "AQ", Phone("+12221111111", "US", False)),
        ("+18761111111", "US", Phone("+18761111111", "JM", False)),
        ("+441111111111", "GG", Phone("+441111111111", "GG", False)),
        ("+80012345678", None, Phone("+80012345678", None, True)),
        ("+80000000000", "KE", Phone("+80000000000", None, True)),
        ("+8821234567", None, Phone("+8821234567", None, False)),
    ],
)
def test_possible_numbers_are_accepted_and_say_what_is_known(text, region, phone):
    assert parse_phone(text, region) == phone


REFUSALS = {
    "phones are strings": [None, 254712123456, 254712123456.0, True, ["+254712123456"], b"+254712123456"],
    "empty": ["", " \t\n", "-", "+", "()", "'", "tel:", "\ufeff", "\u200b \u200b"],
    "letters": ["1-800-FLOWERS", "n/a", "unknown", "Phone: 0712123456", "0712123456 ext", "+254712O23456"],
    "extension": [
        "0712123456 ext. 5",
        "0712123456x123",
        "0712123456 #12",
        "0712123456,,5",
        "+254712123456 extension 5",
        "tel:+254712123456;ext=5",
        "+254712123456 доб. 5",
    ],
    "column as text": ["2.547E+11", "2,54712E+11", "2.5e11", "2.54712123456E+11", "3E9", "+2.5E+11", "'2.5E+11"],
    "a line break": ["0712123456\n0712123457", "+254712\r\n123456"],
    "a tab": ["0712\t123456"],
    "the character *": ["0712123456*", "*144#"],
    "the character ,": ["0712123456, 0712123457", "254,712,123,456"],
    "the character =": ["=+254712123456"],
    "the character ②": ["②54712123456"],
    "the character U+0000": ["0712\x00123456", "\x00"],
    "the character U+D800": ["0712123456\ud800"],
    "only once, at the start": ["++254712123456", "254+712123456", "+254712123456 / +254712123457", "-+254712123456"],
    "no country has this calling code": [
        "+999123456789",
        "+0712123456",
        "+00254712123456",
        "00 999 123456",
        "+210 123456",
    ],
    "too short for a phone number;": ["+1", "+2547", "00", "00 2547"],
    "too short for a phone number of KE; add the missing": ["+254712", "0712", "0712345", "+2540712345", "07", "0"],
    "too short for a phone number of DE": ["+491234", "+49 0123"],
    "too short for a phone number of IR": ["+989601"],
    "too long for a phone number;": ["1" * 251, "9" * 1_000_000, " " * 1_000_000, "+" + "1" * 200],
    "too long for a phone number of KE": ["+25471212345678901", "071212345678901"],
    "too long for a phone number of DE": ["+49 1234 5678 9012 34"],
    "not a phone number of NO": ["+47 123456"],
    "it is a date": [
        "2024-05-01",
        "2024/5/1",
        "'2024.05.01",
        "01/05/2024",
        "1.5.2024",
        "05-31-2024",
        "２０２４-05-01",
    ],
}


@pytest.mark.parametrize(
    ("text", "message"),
    [(text, message) for message, texts in REFUSALS.items() for text in texts],
    ids=lambda value: ascii(value)[:50],
)
def test_refusals_say_what_to_do(text, message):
    with pytest.raises(InvalidPhone, match=f"(^| ){re.escape(message)}"):
        parse_phone(text, "KE")


@pytest.mark.parametrize(
    ("text", "region", "message"),
    [
        ("0712123456", None, "no country to read it in"),
        ("0712123456", "AQ", "no country to read it in"),
        ("0712123456", "XX", "no country to read it in"),
        ("0011 64 9 323 4567", None, "no country to read it in"),
        ("555-0123", "US", "too short for a phone number of US; put the area code before it"),
        ("020 7946", "GB", "too short for a phone number of GB; add the missing digits"),
        ("202 555 012345", "US", "too long for a phone number of US"),
        ("123456", "NO", "not a phone number of NO"),
        ("09601", "IR", "too short for a phone number of IR"),
        ("011 999 20 7946 0958", "US", "no country has this calling code"),
    ],
)
def test_refusals_of_national_numbers_name_the_country(text, region, message):
    with pytest.raises(InvalidPhone, match=message):
        parse_phone(text, region)


SLASHES = [
    # An area code and a number, or groups of digits, are one phone number ...
    ("0171/1234567", "DE", "+491711234567"),
    ("+49 171/1234571", None, "+491711234571"),
    ("0049/171/1234567", "DE", "+491711234567"),
    ("(0)171 / 1234567", "DE", "+491711234567"),
    ("030/1234567-89", "DE", "+4930123456789"),
    ("030/1234/567", "DE", "+49301234567"),
    ("0171/12/34/567", "DE", "+491711234567"),
    ("033203/12345", "DE", "+493320312345"),
    ("033203/12", "DE", "+493320312"),
    ("01/512/34/56", "AT", "+4315123456"),
    ("040/1234/567", "FI", "+358401234567"),
    ("06/12/34/56/78", "FR", "+33612345678"),
    ("0712/345/678", "KE", "+254712345678"),
    ("+254 712/345/678/", "KE", "+254712345678"),
    # ... but what stands behind a phone number is another, or the end of another.
    ("0171 1234567/8", "DE", None),
    ("0171 1234567 / 8", "DE", None),
    ("0171 1234567／8", "DE", None),
    ("0171/1234567/8", "DE", None),
    ("+49 171 1234567/8", None, None),
    ("491711234567/8", None, None),
    ("0199 1234567/8", "DE", None),
    ("030 123456/78", "DE", None),
    ("030 1234567/568", "DE", None),
    ("0171 1234567/1234568", "DE", None),
    ("1234567/8/9", "DE", None),
    ("01 42 68 53 00/01", "FR", None),
    ("22 12 34 56/57", "NO", None),
    ("08-123 45 67/68", "SE", None),
    ("202-555-0123/4", "US", None),
    ("22158/22159", "SH", None),
    ("0712345665 / 0733123465", "KE", None),
    ("0712123456/0712123457", "KE", None),
]


@pytest.mark.parametrize(("text", "region", "e164"), SLASHES)
def test_a_slash_parts_two_phones_or_the_digits_of_one(text, region, e164):
    if e164:
        assert parse_phone(text, region).e164 == e164
    else:
        with pytest.raises(InvalidPhone, match=r"^there are several phone numbers in it"):
            parse_phone(text, region)


@given(st.sampled_from(REGIONS), st.integers(0, 99).map(str), st.sampled_from(["/", " / ", "/-"]))
def test_a_slash_never_joins_more_digits_to_a_known_mobile(region, more, slash):
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if number:
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        assert isinstance(read(f"{e164}{slash}{more}", region), InvalidPhone)


@given(st.text("0123456789+ ()[].-/x#", max_size=30), st.sampled_from([None, "KE", "DE", "US"]))
def test_refusals_never_repeat_the_number(text, region):
    phone = read(text, region)
    assert isinstance(phone, Phone) or not re.search("[0-9]", str(phone))


def test_countries_are_those_of_iso_and_of_the_metadata():
    assert {"KE", "US", "XK", "AQ", "UM"} < COUNTRIES
    assert "001" not in COUNTRIES
    assert all(re.fullmatch("[A-Z]{2}", country) for country in COUNTRIES)
    assert len(COUNTRIES) == len(REGIONS) + 7


# Without a +, these are just as well a known landline or service number of the country itself: that reading wins.
NATIONAL_WITHOUT_PLUS = {
    "+5540041234",
    "+4918012345",
    "+4916412345",
    "+4918500123456",
    "+62218350123",
    "+318001234",
    "+468123456",
    "+841992000",
    "+38328012345",
    "+38380001234",
    "+38390001234",
}
# A service number of six digits: shorter than any subscriber's, so not one to write to.
TOO_SHORT_TO_STORE = {"+989601"}


def list_examples(region):
    for kind in phonenumbers.supported_types_for_region(region):
        number = phonenumbers.example_number_for_type(region, kind)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if e164 not in TOO_SHORT_TO_STORE and not is_old(e164):
            yield number, e164


@pytest.mark.parametrize("region", REGIONS)
def test_all_spellings_of_the_examples_of_a_country_are_one_number(region):
    for number, e164 in list_examples(region):
        international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        spellings = [
            (e164, None),
            (e164, region),
            (e164, "KE"),
            (international, None),
            (phonenumbers.format_number(number, PhoneNumberFormat.RFC3966), None),
            ("00" + e164[1:], None),
            ("00" + e164[1:], region),
            (e164[1:], None),
            (phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL), region),
            (phonenumbers.national_significant_number(number), region),
        ]
        if e164 not in NATIONAL_WITHOUT_PLUS:
            spellings.append((e164[1:], region))
        home = phonenumbers.region_code_for_number(number)
        assert {spelling: parse_phone(*spelling) for spelling in spellings} == dict.fromkeys(
            spellings, Phone(e164, home, True)
        )


@pytest.mark.parametrize("e164", sorted(NATIONAL_WITHOUT_PLUS))
def test_a_landline_of_the_country_wins_over_a_lost_plus(e164):
    region = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    code = phonenumbers.country_code_for_region(region)
    assert parse_phone(e164[1:], region) == (f"+{code}{e164[1:]}", region, True)


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS))
def test_numbers_of_no_country_have_no_region(code):
    number = phonenumbers.example_number_for_non_geo_entity(code)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    assert parse_phone(e164, "KE") == (e164, None, True)


@st.composite
def mobiles(draw):
    """A country with its own mobile pattern, and a number of it as the pattern allows."""
    region = draw(st.sampled_from(REGIONS).filter(lambda r: PhoneMetadata.metadata_for_region(r).mobile))
    metadata = PhoneMetadata.metadata_for_region(region)
    digits = draw(st.from_regex(metadata.mobile.national_number_pattern, fullmatch=True, alphabet="0123456789"))
    return region, digits, f"+{metadata.country_code}{digits}"


@settings(max_examples=1_500, deadline=None, derandomize=True)  # what the metadata holds is no matter of luck
@given(mobiles())
def test_mobiles_of_all_countries_survive_a_lost_plus(mobile):
    region, digits, e164 = mobile
    phone = parse_phone(e164)
    assert phone.verified
    for spelling in [(e164[1:], None), (e164[1:], region), ("00" + e164[1:], region), (digits, region)]:
        assert parse_phone(*spelling) == phone


regions = st.sampled_from([None, "AQ", "XX", "", "ke", *REGIONS])
calling_codes = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)).map(str)
dialled = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["+", "+", "", "00", "0", "000", "0011"]),
        calling_codes | st.just(""),
        st.sampled_from(["", "0", "00", "1", "9", "90"]),
        st.text("0123456789", max_size=14),
    ),
)
messy = st.text("0123456789+-()[]./ #x,;:eEtlTE'*\t\n\0\u202a\u0661\ud800＋−", max_size=40)


@settings(max_examples=3_000, deadline=None)
@given(dialled | messy | st.text(st.characters()), regions, regions)
def test_any_text_is_a_number_that_reads_as_itself_or_is_refused(text, region, other):
    phone = read(text, region)
    if isinstance(phone, InvalidPhone):
        assert str(phone).encode()
        return
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", phone.e164)
    assert phone.region is None or phone.region in REGIONS
    again = parse_phone(phone.e164, other)
    assert (again.e164, again.verified) == (phone.e164, phone.verified)
