"""How a phone number is written -> its digits, a + if there is one, and the slashes between digits.

>>> clean(" (0712) 345-678 ")
'0712345678'
>>> clean("+49 171/1234567")
'+49171/1234567'
"""

from __future__ import annotations

import re
import unicodedata
from typing import NoReturn

import phonenumbers
from phonenumbers import NumberParseException

from .errors import InvalidPhone, PhoneExtension
from .links import MAX_LINK, unwrap

MAX_CHARACTERS = 250

# Most phone numbers in lists are written so, and none of the refusals below is about them.
PLAIN = re.compile(r"\+?[0-9]+(?: [0-9]+)*")
SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?\s*e\s*[+-]?[0-9]+", re.IGNORECASE)
SPREADSHEET_DECIMALS = re.compile(r"^(\+?[0-9]+)\.00?$")
DATE = re.compile(r"(?:19|20)[0-9]{2}([./-])[01]?[0-9]\1[0-3]?[0-9]|[0-3]?[0-9]([./-])[0-3]?[0-9]\2(?:19|20)[0-9]{2}")
UNDERSTOOD = re.compile(r"[0-9+ .()\[\]/-]*")
PLUS_AT_START = re.compile(r"[ (\[]*\+?[^+]*")
PUNCTUATION = str.maketrans("", "", " .()[]-")
CATEGORIES = {"Pd": "-", "Zs": " ", "Cf": ""}
SIGNS = str.maketrans("＋﹢−ー（）［］．·／’＇：", "++--()[]../'':")
NAMES = {"\t": "a tab", "\n": "a line break", "\r": "a line break"}

TOO_LONG = "too long for a phone number{of}; remove the extra digits, and give one phone only"
NO_DIGITS = "is empty, there are no digits in it; write it with + and the country code"
SHORTENED = "a spreadsheet has shortened it and lost digits; format the column as text"
IS_DATE = "it is a date; write the phone number, and format the column as text"
PLUS_ONCE = "a + stands only once, at the start; remove the others"


def clean(text: str) -> str:
    """Return the digits of `text` as they are dialled, in ASCII, behind a + if they are international.

    A slash between digits stays: it may part two phone numbers. Raise InvalidPhone.
    """
    if len(text) <= MAX_CHARACTERS and PLAIN.fullmatch(text):
        return text.translate(PUNCTUATION)
    text = _unwrap(text)
    if SCIENTIFIC.fullmatch(text):
        raise InvalidPhone(SHORTENED)
    if DATE.fullmatch(text):
        raise InvalidPhone(IS_DATE)
    text = SPREADSHEET_DECIMALS.sub(r"\1", text)
    if not UNDERSTOOD.fullmatch(text):
        _refuse(text)
    if not re.search("[0-9]", text):
        raise InvalidPhone(NO_DIGITS)
    if not PLUS_AT_START.fullmatch(text):
        raise InvalidPhone(PLUS_ONCE)
    return re.sub("/+", "/", text.translate(PUNCTUATION)).strip("/")


def to_ascii(text: str) -> str:
    """Return `text` with ASCII digits, dashes, spaces and brackets, and without invisible marks."""
    return text if text.isascii() else "".join(map(_to_ascii, text)).translate(SIGNS)


def has_extension(text: str) -> bool:
    """Return whether an extension, such as `ext. 5`, follows a phone number."""
    try:
        extension = phonenumbers.parse(text, "US").extension  # extensions look the same in any country
    except NumberParseException:
        return False
    return extension is not None and 0 < len(extension) < 7  # longer ones are another phone


def _unwrap(text: str) -> str:
    """Return `text` in ASCII, out of the link and without the spreadsheet's mark of a text around it."""
    if len(text) <= MAX_LINK:
        text = to_ascii(text).strip().removeprefix("'").lstrip()
        if not UNDERSTOOD.fullmatch(text):
            text = unwrap(text).strip()
    if len(text) > MAX_CHARACTERS:
        raise InvalidPhone(TOO_LONG.format(of=""))
    return text


def _to_ascii(character: str) -> str:
    """Return the ASCII digit, dash or space for `character`, nothing for an invisible mark, or itself."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    return CATEGORIES.get(category, character)


def _refuse(text: str) -> NoReturn:
    """Raise for what is neither a digit nor punctuation in `text`."""
    if has_extension(text):
        raise PhoneExtension
    if any(map(str.isalpha, text)):
        raise InvalidPhone("has letters in it; write it in digits")
    odd = next(character for character in text if not UNDERSTOOD.fullmatch(character))
    name = NAMES.get(odd) or f"the character {odd if odd.isprintable() else f'U+{ord(odd):04X}'}"
    raise InvalidPhone(f"{name} has no place in a phone; remove it, and give one phone only")
