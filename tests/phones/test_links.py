"""What WhatsApp itself writes for a phone, and URIs of phones, are read; links and ids without one are refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.phones.parse import InvalidPhone, parse_phone

KENYAN = "+254712345678"


@pytest.mark.parametrize("region", [None, "KE", "US"])
@pytest.mark.parametrize(
    "text",
    [
        "https://wa.me/254712345678",
        "http://www.wa.me/254712345678/",
        "wa.me/+254712345678",
        "WA.ME/254712345678?text=Hello%2C%20there",
        "https://wa.me/254712345678/?text=0733123456",
        "https://wa.me/254712345678#top",
        "https://wa.me/%2B254%20712%20345%20678",
        "https://wa.me/00254712345678",
        "https://wa.me/+254 (712) 345-678",
        "https://wa.me/?phone=254712345678",
        "https://wa.me/c/254712345678",
        "'https://wa.me/254712345678 ",
        "https://wa.me/٢٥٤٧١٢٣٤٥٦٧٨",
        "https://api.whatsapp.com/send?phone=254712345678",
        "https://api.whatsapp.com/send?phone=254712345678&text=hi&type=phone_number&app_absent=0",
        "https://api.whatsapp.com/send?text=0733123456%20%26%20hi&phone=%2B254712345678",
        "https://api.whatsapp.com/send?text=hi&amp;phone=254712345678",
        "https://api.whatsapp.com/send/?phone=254712345678",
        "API.WhatsApp.com/Send?Phone=254712345678",
        "https://web.whatsapp.com/send?phone=+254-712-345-678",
        "https://www.whatsapp.com/catalog/254712345678/?app_absent=0",
        f"https://api.whatsapp.com/send?text={'x' * 4_000}&phone=254712345678",
        "whatsapp://send?phone=254712345678",
        "whatsapp://send/?text=hi&phone=+254712345678",
        "whatsapp:+254712345678",
        "WhatsApp:254712345678",
        "whatsapp:%2B254 712 345 678",
        "254712345678@s.whatsapp.net",
        "+254712345678@c.us",
        "254712345678@C.US",
        "254712345678:12@s.whatsapp.net",
        "254712345678.0:12@s.whatsapp.net",
        "254712345678_1:12@c.us",
        "tel:+254712345678",
        "tel:+254-712-345-678;phone-context=example.com",
        "tel:712-345-678;phone-context=+254",
        "tel:+254712345678;phone-context=+1",
        "tel:712345678;isub=1;phone-context=%2B254",
        "tel:%2B254712345678",
        "tel://+254712345678",
        "callto:+254712345678",
        "sms:+254712345678",
        "sms:+254712345678?body=Hi%20there",
        "sms:+254712345678&body=Hi",
        "SMS:+254712345678;body=Hi",
        "smsto:+254712345678:Hi there",
    ],
)
def test_links_ids_and_uris_are_phones(text, region):
    assert parse_phone(text, region).e164 == KENYAN


@pytest.mark.parametrize(
    "text", ["tel:0712-345-678", "sms:0712345678?body=x", "tel:0712345678;phone-context=example.com"]
)
def test_uris_of_national_numbers_are_read_in_the_country(text):
    assert parse_phone(text, "KE").e164 == KENYAN


@pytest.mark.parametrize(
    "text", ["https://wa.me/5215512345678", "5215512345678@s.whatsapp.net", "whatsapp:5215512345678"]
)
def test_old_numbers_in_links_are_read_as_of_today(text):
    assert parse_phone(text).e164 == "+525512345678"


# In Germany these digits are a landline as well.
@pytest.mark.parametrize("text", ["wa.me/4918012345", "4918012345@c.us", "whatsapp:4918012345"])
def test_digits_of_whatsapp_are_international_where_others_are_not(text):
    assert parse_phone("4918012345", "DE").e164 == "+494918012345"
    assert parse_phone(text, "DE").e164 == "+4918012345"


REFUSALS = {
    "a WhatsApp group": [
        "254712345678-1612345678@g.us",
        "120363025246125486@g.us",
        "https://chat.whatsapp.com/AbCdEf254712345678",
        "chat.whatsapp.com/invite/AbCdEf",
    ],
    "a hidden WhatsApp id": ["254712345678@lid", "12345678901234:5@LID", "254712345678@hosted.lid", "server@c.us"],
    "a WhatsApp channel or broadcast list": [
        "status@broadcast",
        "1612345678@broadcast",
        "120363144038483540@newsletter",
    ],
    "no phone number in this WhatsApp link": [
        "https://wa.me/message/ABCDEFGHIJ254712",
        "wa.me/qr/ABCDEF",
        "wa.me/AMINA",
        "wa.me",
        "https://wa.me/",
        "https://wa.me/254712345678/8",
        "https://api.whatsapp.com/send?text=254712345678",
        "https://api.whatsapp.com/send?phone=",
        "https://api.whatsapp.com/message/ABCDEF",
        "https://whatsapp.com/channel/0029Va",
        "whatsapp://send?text=hi",
        "whatsapp://chat?code=AbCdEf",
        "whatsapp:Amina",
        "whatsapp:",
    ],
    "no country has this calling code": ["wa.me/0712345678", "whatsapp:0712345678", "0712345678@c.us"],
    "too short": ["wa.me/25471", "0@c.us"],
    "an extension": ["tel:+254712345678;ext=5", "tel:0712345678;EXT=5;phone-context=example.com"],
    "the character ,": ["sms:+254712345678,+254712345679"],
    "letters": [
        "amina@example.com",
        "254712345678@example.com",
        "notwa.me/254712345678",
        "https://example.com/254712345678",
        "https://example.com/?u=wa.me/254712345678",
        "https://whatsapp.com.example.com/send?phone=254712345678",
    ],
    "too long": [f"https://wa.me/254712345678?text={'x' * 10_000}", "wa.me/" + "1" * 300],
}


@pytest.mark.parametrize(
    ("text", "message"),
    [(text, message) for message, texts in REFUSALS.items() for text in texts],
    ids=lambda value: value[:40],
)
def test_links_and_ids_without_a_phone_are_refused(text, message):
    with pytest.raises(InvalidPhone, match=message):
        parse_phone(text, "KE")


starts = st.sampled_from(
    ["https://wa.me/", "wa.me?", "https://api.whatsapp.com/send?phone=", "whatsapp:", "tel:", "sms:", ""]
)
ends = st.sampled_from(["", "@c.us", "@s.whatsapp.net", "@g.us", "@lid", ";phone-context=", "?text="])


@given(starts, st.text(st.sampled_from("0123456789+%2Bb/&=;:?#[]@. \n\0é１") | st.characters(), max_size=30), ends)
def test_any_link_is_a_phone_or_refused(start, middle, end):
    with suppress(InvalidPhone):
        phone = parse_phone(start + middle + end, "KE")
        assert parse_phone(phone.e164).e164 == phone.e164
