"""A cell of a list holds a phone, several of them, or words about one: the first that reads as a phone is taken."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.phones.cells import first_phone
from sendy_contacts.phones.parse import InvalidPhone, parse_phone

FIRST = "+254712345665"

SEVERAL = [
    "0712345665 / 0733123465",
    "0712345665/0733123465",
    "0712345665, 0733123465",
    "0712 345 665;0733 123 465",
    "0712345665 | +254733123465",
    "+254 712 345665 ::: +254 733 123465",
    "0712345665\n0733123465",
    "0712345665\r\n\r\n0733123465",
    "0712345665\t0733123465",
    "0712345665\u20280733123465",
    "0712345665 or 0733123465",
    "0712345665 AND 0733123465",
    "0712345665 & 0733123465",
    "0712345665&0733123465",
    "0712345665 ou 0733123465",
    "0712345665 oder 0733123465",
    "0712345665 или 0733123465",
    "0712345665 أو 0733123465",
    "0712345665 bzw. 0733123465",
    "٠٧١٢٣٤٥٦٦٥ ، ٠٧٣٣١٢٣٤٦٥",
    "0712345665、0733123465",
    "0712345665或0733123465",
    "0712345665 0733123465",
    "0712 345 665 (0733 123 465)",
    "0712 345 665 - 0733 123 465",
    "0712 345 665   0733 123 465",
    "+254712345665+254733123465",
    "+254 712 345665 +254 733 123465",
    "+254712345665/+254733123465",
    "0712345665 / +254733123465",
    "(0712) 345665 / (0733) 123465",
    "0712345665 / n/a",
    "n/a / 0712345665",
    ", 0712345665,",
    "0712345665/8",
    "0712 345 665 / 66",
    "0712345665, 12345",
    "12345, 0712345665",
    "0712 34 / 0712345665",
    "0201234, 0712345665",
    "https://wa.me/254712345665, https://wa.me/254733123465",
    "254712345665@s.whatsapp.net; 254733123465@c.us",
    "120363025246125486@g.us, 254712345665@c.us",
    "020 1234567 ext 5 / 0712345665",
    "0712345665 / 020 1234567 ext 5",
]

WORDS = [
    "Mobile: 0712 345 665",
    "mobile 0712345665",
    "Tel.0712345665",
    "Tel/WhatsApp: +254 712 345 665",
    "WhatsApp: 0712 345 665",
    "whatsapp:0712345665",
    "M: 0712-345-665",
    "جوال: ٠٧١٢٣٤٥٦٦٥",
    "手机0712345665",
    "電話：0712345665（自宅）",
    "0712345665 (WhatsApp)",
    "+254 712 345665 (wife)",
    "0712345665 - home",
    "0712345665 (wife 0733123465)",
    "0712345665 since 2020",
    "Apt 4, 0712345665",
    "call 0712345665 after 5",
    "0712345665 (+254712345665)",
    "Mobile: 0712345665 or 0733123465",
    "Mobile: 0712345665, home: 0733123465",
    "https://wa.me/254712345665 (Amina)",
    "Amina <https://wa.me/254712345665>",
    '="0712345665"',
    "~0712345665",
]


@pytest.mark.parametrize("cell", SEVERAL + WORDS)
def test_the_first_phone_of_a_cell_is_taken(cell):
    with pytest.raises(InvalidPhone):
        parse_phone(cell, "KE")
    assert first_phone(cell, "KE") == (FIRST, "KE", True)


@pytest.mark.parametrize(
    ("cell", "e164"),
    [
        ("0171 1234571/8", "+491711234571"),
        ("0171/1234572", "+491711234572"),
        ("0171/1234571/8", "+491711234571"),
        ("030 1234567/568", "+49301234567"),
        ("+49 171/1234571 / +49 172/7654321", "+491711234571"),
        ("0171 1234571 / 0172 7654321", "+491711234571"),
        ("Büro 040/2345678", "+49402345678"),
        ("Mobil: 0171 1234571/8", "+491711234571"),
    ],
)
def test_a_second_line_is_left_out(cell, e164):
    assert first_phone(cell, "DE").e164 == e164


REFUSED = [
    ("", "empty", "KE"),
    ("n/a", "letters", "KE"),
    ("0712 34", "too short", "KE"),
    ("2.547E+11", "column as text", "KE"),
    ("2024-05-01", "a date", "KE"),
    # Digits that parts of a number are in, or that are of something else.
    ("254,712,345,665", "the character ,", "KE"),
    ("254,712 345 665", "the character ,", "KE"),
    ("0712\t345665", "a tab", "KE"),
    ("0712 345\n665", "a line break", "KE"),
    ("040,2345678", "the character ,", "DE"),
    ("040\n2345678", "a line break", "DE"),
    ("0171;1234567", "the character ;", "DE"),
    ("1+2025550123", "a \\+ stands only once", "KE"),
    ("0712 345 665 0733 123 465", "too long", "KE"),
    ("+254712O45665", "letters", "KE"),
    ("+4930123O4567", "letters", "DE"),
    ("INV20123456", "letters", "KE"),
    ("INV-20123456", "letters", "KE"),
    ("20123456-B", "letters", "KE"),
    ("A 1234567", "letters", "DE"),
    ("0712345665@example.com", "letters", "KE"),
    ("https://example.com/0712345665", "letters", "KE"),
    # Of two numbers behind words nobody knows which is the phone.
    ("ID 20123456 tel 0712345665", "letters", "KE"),
    ("0712345665 ext 5", "extension", "KE"),
    ("0712345665,,5", "extension", "KE"),
    ("tel:+254712345665;ext=5", "extension", "KE"),
    ("office 0712345665 ext 5 (desk)", "letters", "KE"),
    ("254712345665-1612345678@g.us", "a WhatsApp group", "KE"),
    ("https://chat.whatsapp.com/F/254712345665", "a WhatsApp group", "KE"),
    ("254712345665@lid", "a hidden WhatsApp id", "KE"),
    ("0712345665", "no country", None),
    ("x" * 600 + " 0712345665", "too long", "KE"),
]


@pytest.mark.parametrize(("cell", "message", "region"), REFUSED, ids=[cell[:40] for cell, *_ in REFUSED])
def test_a_cell_without_a_phone_is_refused_as_a_whole(cell, message, region):
    with pytest.raises(InvalidPhone, match=message) as refused:
        first_phone(cell, region)
    with pytest.raises(InvalidPhone) as whole:
        parse_phone(cell, region)
    assert str(refused.value) == str(whole.value)


def read(function, text, region):
    try:
        return function(text, region)
    except InvalidPhone:
        return None


texts = st.text("0123456789+ ()[].-/,;:|&#@\n\tabex٠", max_size=40) | st.text(max_size=40)


@given(texts, st.sampled_from([None, "KE", "DE", "US"]))
def test_a_cell_that_is_one_phone_is_that_phone(text, region):
    phone = read(parse_phone, text, region)
    assert phone is None or first_phone(text, region) == phone


@given(texts, st.sampled_from(["KE", "DE", "US", "NO", "ID"]))
def test_no_digits_are_joined_or_made_up(text, region):
    phone = read(first_phone, text, region)
    if phone and not read(parse_phone, text, region):
        # What was taken stands in the cell in one piece, between what are no digits.
        national = str(phonenumbers.parse(phone.e164).national_number)
        digits = "".join(
            c if c in "0123456789" else " " if c in ",;:|&#@\n\tabex" else "" for c in text.replace("٠", "0")
        )
        assert any(piece.endswith(national) or national in piece for piece in digits.split())
