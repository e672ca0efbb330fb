"""The links and ids in which WhatsApp writes a phone number, and the URIs of phone numbers (RFC 3966, RFC 5724).

>>> unwrap("https://wa.me/254712345678?text=Hi")
'+254712345678'
>>> unwrap("254712345678:12@s.whatsapp.net")
'+254712345678'
>>> unwrap("tel:0712-345-678;phone-context=example.com")
'0712-345-678'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote

from .errors import InvalidPhone, PhoneExtension

# A link carries a message too: as long as a browser takes a URL.
MAX_LINK = 8_000

NO_PHONE = "there is no phone number in this WhatsApp link; open it and copy the phone number that it shows"
GROUP = "it is a WhatsApp group, which has no phone number; give the phone number of a person"
LIST = "it is a WhatsApp channel or broadcast list, which has no phone number; give the phone number of a person"
HIDDEN = "it is a hidden WhatsApp id, which has no phone number in it; ask the person for the phone number"
SERVERS = {
    "g.us": GROUP,
    "broadcast": LIST,
    "newsletter": LIST,
    "lid": HIDDEN,
    "hosted.lid": HIDDEN,
    "bot": HIDDEN,
}

# `c/` and `catalog/` stand before the phone number of a shop.
PATH = re.compile(r"(?:c/|catalog/)?([^/]*)/?", re.IGNORECASE)
DIGITS = re.compile(r"[ (\[+]*[0-9][0-9 .()\[\]-]*")
# An agent and a device may follow: `254712345678.0:12`.
USER = re.compile(r"\+?([0-9]+)(?:[._][0-9]+)?(?::[0-9]+)?")


def unwrap(text: str) -> str:
    """Return the phone number in a link, an id or a URI, with a + if it is international, or else the text itself.

    Raise InvalidPhone if it is WhatsApp's and there is no phone number in it.
    """
    for form, read in FORMS:
        if found := form.fullmatch(text):
            return read(*found.groups(default=""))
    return text


def _read_link(host: str, path: str, query: str) -> str:
    if host.lower() == "chat.whatsapp.com":
        raise InvalidPhone(GROUP)
    parameters = parse_qsl(query.replace("&amp;", "&"))
    phones = [value for name, value in parameters if name.lower() == "phone"]
    if not phones and (found := PATH.fullmatch(unquote(path))):
        phones = [found[1]]
    if not phones:
        raise InvalidPhone(NO_PHONE)
    return _internationalize(phones[0])


def _read_id(user: str, server: str) -> str:
    found = USER.fullmatch(user)
    if found is None or server.lower() in SERVERS:
        raise InvalidPhone(SERVERS.get(server.lower(), HIDDEN))
    return _internationalize(found[1])


def _read_app(text: str) -> str:
    """Return the phone number of `whatsapp:`, which Twilio writes before E.164."""
    return _internationalize(unquote(text))


def _internationalize(number: str) -> str:
    """Return a phone number that WhatsApp wrote: always international, whether there is a +, a 00 or neither."""
    if not DIGITS.fullmatch(number):
        raise InvalidPhone(NO_PHONE)
    return "+" + number.strip(" ([+").removeprefix("00")


def _read_tel(number: str, parameters: str) -> str:
    values = dict(part.partition("=")[::2] for part in unquote(parameters).lower().split(";"))
    if "ext" in values:
        raise PhoneExtension
    number = unquote(number).strip()
    context = values.get("phone-context", "")
    return context + number if context.startswith("+") and not number.startswith("+") else number


def _read_sms(number: str) -> str:
    return unquote(number)


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


FORMS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (
        _form(
            r"(?:https?:/*)?(?:www\.)?(wa\.me|(?:[a-z]+\.)?whatsapp\.com)"
            r"(?::[0-9]+)?(?:/+([^?#]*))?(?:\?([^#]*))?(?:#.*)?"
        ),
        _read_link,
    ),
    (_form(r"whatsapp:/+()([^?#]*)(?:\?([^#]*))?(?:#.*)?"), _read_link),
    (
        _form(r"(?:whatsapp:)?([^@\s]*)@(s\.whatsapp\.net|c\.us|g\.us|broadcast|newsletter|(?:hosted\.)?lid|bot)"),
        _read_id,
    ),
    (_form(r"whatsapp:(.*)"), _read_app),
    (_form(r"(?:tel|callto):/*([^;]*);?(.*)"), _read_tel),
    (_form(r"(?:sms|smsto):/*([^?;&:]*).*"), _read_sms),
)
