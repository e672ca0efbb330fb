"""Whatever the spelling of a phone, it is one person's: an opt-out covers them all."""

import unicodedata

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from sendy_contacts.phones.cells import first_phone
from sendy_contacts.phones.parse import Phone, parse_phone
from sendy_contacts.phones.replaced import RULES, is_old, replace_old
from sendy_contacts.phones.spelling import to_ascii

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
SHORTEST = 7

# The zeros of some scripts' digits; ASCII stands there more often than the others.
ZEROS = st.sampled_from(["0", "0", "0", "٠", "۰", "०", "০", "０", "𝟎"])
SEPARATORS = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u202f", "–", "－", "  "])
INVISIBLE = st.sampled_from(["\u200b", "\u200e", "\u202a", "\u202c", "\u2060", "\ufeff", "\u00ad"])


def list_examples():
    for region in REGIONS:
        for kind in phonenumbers.supported_types_for_region(region):
            number = phonenumbers.example_number_for_type(region, kind)
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            if len(e164) > SHORTEST and not is_old(e164):
                yield region, number, e164


EXAMPLES = list(list_examples())


def spell_by_whatsapp(digits):
    """WhatsApp's own spellings of an international number."""
    return st.sampled_from(
        [
            f"https://wa.me/{digits}",
            f"wa.me/+{digits}?text=0712345678",
            f"https://api.whatsapp.com/send?text=Hi%21&phone=%2B{digits}",
            f"whatsapp://send/?phone={digits}",
            f"whatsapp:+{digits}",
            f"{digits}@s.whatsapp.net",
            f"{digits}:12@s.whatsapp.net",
            f"{digits}.0:3@c.us",
        ]
    )


@st.composite
def spell_by_hand(draw, digits):
    """An international number as people write it."""
    start = draw(st.sampled_from(["+", "00", "'+", "tel:+", "sms:+", "(+", "+ ", "  +"]))
    # Behind a dot, one or two zeros at the end are a spreadsheet's.
    cuts = draw(st.lists(st.integers(1, len(digits) - 3), max_size=4))
    parts = [digits[a:b] for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True)]
    return start + draw(SEPARATORS).join(parts)


@st.composite
def disguise(draw, text):
    """The same text in another script's digits, with marks that nobody sees."""
    zero = ord(draw(ZEROS))
    text = "".join(chr(zero + int(c)) if c in "0123456789" else c for c in text)
    for position, mark in draw(st.lists(st.tuples(st.integers(0, len(text)), INVISIBLE), max_size=3)):
        text = text[:position] + mark + text[position:]
    return text


@st.composite
def spell(draw):
    """An example number's E.164, a spelling of it, and the country it is read in."""
    region, number, e164 = draw(st.sampled_from(EXAMPLES))
    digits = e164[1:]
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    spelling, where = draw(
        st.one_of(
            spell_by_whatsapp(digits).map(lambda text: (text, None)),
            spell_by_hand(digits).map(lambda text: (text, None)),
            spell_by_hand(digits).map(lambda text: (text, region)),
            st.sampled_from([(national, region), (f"tel:{national}", region)]),
        )
    )
    return e164, draw(disguise(spelling)), where


@settings(max_examples=3_000, deadline=None)
@given(spell())
def test_all_spellings_of_a_number_are_one(spelled):
    e164, text, region = spelled
    phone = parse_phone(text, region)
    assert phone == Phone(e164, phone.region, True)
    assert first_phone(text, region) == phone


@settings(max_examples=1_000, deadline=None)
@given(st.data())
def test_all_spellings_of_an_old_number_are_the_one_of_today(data):
    old, _ = data.draw(st.sampled_from(RULES))
    digits = data.draw(st.from_regex(old, fullmatch=True, alphabet="0123456789"))
    text = data.draw(spell_by_whatsapp(digits) | spell_by_hand(digits))
    phone = parse_phone(data.draw(disguise(text)), "KE")
    assert phone.e164 == replace_old(f"+{digits}")
    assert parse_phone(phone.e164) == phone


@given(st.characters())
def test_every_digit_of_every_script_is_read(character):
    if unicodedata.category(character) == "Nd":
        assert to_ascii(character) == str(unicodedata.digit(character))


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202a", "\u2066", "\ufeff", "\u00ad", "\U000e0001"])
def test_invisible_marks_are_left_out(mark):
    assert parse_phone(mark.join("0712345678"), "KE").e164 == "+254712345678"


def test_a_number_of_any_length_costs_little():
    for text in ["1" * 1_000_000, "١" * 1_000_000, "wa.me/" + "1" * 1_000_000, "1/" * 500_000]:
        with pytest.raises(ValueError, match="too long"):
            parse_phone(text, "KE")
