"""Read any spelling of a phone into E.164, or say why not. It must not know contacts, databases or requests."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple, NoReturn

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from .patterns import match_country
from .replaced import OLD_MOBILE, replace_old

# 15 digits at most is ITU-T E.164; fewer than 7 are only service numbers, which have no WhatsApp.
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NO_ONE_COUNTRY = phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
MAX_CHARACTERS = 250

TEXT_MARK_OR_SCHEME = re.compile(r"'?\s*(?:tel:)?\s*", re.IGNORECASE)
SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?\s*e\s*[+-]?[0-9]+", re.IGNORECASE)
SPREADSHEET_DECIMALS = re.compile(r"^(\+?[0-9]+)\.00?$")
UNDERSTOOD = re.compile(r"[0-9+ .()\[\]/-]*")
PLUS_AT_START = re.compile(r"[ (\[]*\+?[^+]*")
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
CATEGORIES = {"Pd": "-", "Zs": " ", "Cf": ""}
SIGNS = str.maketrans("＋﹢−ー（）［］．·／’＇：", "++--()[]../'':")
NAMES = {"\t": "a tab", "\n": "a line break", "\r": "a line break"}

NO_DIGITS = "is empty, there are no digits in it; write it with + and the country code"
NO_COUNTRY = "no country to read it in; write it with + and the country code, or give a country"
BAD_CODE = "no country has this calling code; check the first digits"
TOO_SHORT = "too short for a phone number{of}; add the missing digits"
TOO_LONG = "too long for a phone number{of}; remove the extra digits, and give one phone only"
IMPOSSIBLE = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too short for a phone number{of}; put the area code before it",
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_LENGTH: "not a phone number{of}, none has this many digits; check the digits",
}
UNREADABLE = {NumberParseException.INVALID_COUNTRY_CODE: BAD_CODE, NumberParseException.TOO_LONG: TOO_LONG}


class InvalidPhone(ValueError):
    """Not a phone number; `str()` tells what is wrong and what to do, goes on from `phone:`, and omits the number."""


class Phone(NamedTuple):
    """A number in E.164 and its country: ISO 3166-1 alpha-2, or None where it belongs to no single one.

    `verified` is False for a number that is possible but that the metadata doesn't know as valid.
    """

    e164: str
    region: str | None
    verified: bool


def parse_phone(text: object, region: str | None = None) -> Phone:
    """Read `text`, which without a + is dialled in `region` (ISO 3166-1 alpha-2, upper case).

    All spellings of one number give the same E.164, which in turn reads as itself. Raise InvalidPhone.
    """
    if not isinstance(text, str):
        raise InvalidPhone("phones are strings; put it in quotes")
    if E164.fullmatch(text):
        return _recognise(text) or _read(text, region)
    dialled = _clean(text)
    return _read(dialled, region) if dialled.startswith("+") else _choose(dialled, region)


def _recognise(e164: str) -> Phone | None:
    """Return at once what `_read` would, if that is the number as it stands and valid."""
    home = None if OLD_MOBILE.fullmatch(e164) else match_country(e164)
    return Phone(e164, home, True) if home else None


def _clean(text: str) -> str:
    """Return the digits of `text`, and its + if there is one, as ASCII."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidPhone(TOO_LONG.format(of=""))
    if not text.isascii():
        text = "".join(map(_to_ascii, text)).translate(SIGNS)
    text = TEXT_MARK_OR_SCHEME.sub("", text.strip(), count=1)
    if SCIENTIFIC.fullmatch(text):
        raise InvalidPhone("a spreadsheet has shortened it and lost digits; format the column as text")
    text = SPREADSHEET_DECIMALS.sub(r"\1", text)
    if not UNDERSTOOD.fullmatch(text):
        _refuse(text)
    if not re.search("[0-9]", text):
        raise InvalidPhone(NO_DIGITS)
    if not PLUS_AT_START.fullmatch(text):
        raise InvalidPhone("a + stands only once, at the start; remove the others")
    return re.sub("[^0-9+]", "", text)


def _to_ascii(character: str) -> str:
    """Return the ASCII digit, dash or space for `character`, nothing for an invisible mark, or itself."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    return CATEGORIES.get(category, character)


def _refuse(text: str) -> NoReturn:
    """Raise for what is neither a digit nor punctuation in `text`."""
    try:
        extension = phonenumbers.parse(text, "US").extension  # extensions look the same in any country
    except NumberParseException:
        extension = None
    if extension and len(extension) < 7:  # longer ones are another phone
        raise InvalidPhone("has an extension, which has no WhatsApp; remove it")
    if any(map(str.isalpha, text)):
        raise InvalidPhone("has letters in it; write it in digits")
    odd = next(character for character in text if not UNDERSTOOD.fullmatch(character))
    name = NAMES.get(odd) or f"the character {odd if odd.isprintable() else f'U+{ord(odd):04X}'}"
    raise InvalidPhone(f"{name} has no place in a phone; remove it, and give one phone only")


def _choose(dialled: str, region: str | None) -> Phone:
    """Return the better reading of digits without a +: as dialled in `region`, or with the + they lost."""
    # No calling code begins with 11, so 0011 is what Australia dials for 00.
    zeros = dialled.startswith("00") and not dialled.startswith("0011")
    readings = ("+" + dialled[2:], dialled) if zeros else (dialled, "+" + dialled)
    first = _attempt(readings[0], region)
    if isinstance(first, Phone):
        # Where lengths vary (Germany, Indonesia, Kosovo) the own calling code passes for an area code.
        own_code = dialled.startswith(str(phonenumbers.country_code_for_region(region or "")))
        if first.verified if zeros else (first.e164 == readings[1] or not own_code):
            return first
    best = max(first, _attempt(readings[1], region), key=_trust)
    if isinstance(best, InvalidPhone):
        raise best
    return best


def _trust(reading: Phone | InvalidPhone) -> int:
    """Return 2 for a known mobile, 1 for another known number, 0 for a possible number or none."""
    if isinstance(reading, InvalidPhone) or not reading.verified:
        return 0
    return 2 if phonenumbers.number_type(phonenumbers.parse(reading.e164)) in MOBILE else 1


def _attempt(dialled: str, region: str | None) -> Phone | InvalidPhone:
    try:
        return _read(dialled, region)
    except InvalidPhone as refusal:
        return refusal


def _read(dialled: str, region: str | None) -> Phone:
    """Read digits with a + as international, without one as they are dialled in `region`."""
    national = not dialled.startswith("+")
    if national and region not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidPhone(NO_COUNTRY)
    try:
        number, e164 = _settle(dialled, region if national else None)
    except NumberParseException as error:
        message = UNREADABLE.get(error.error_type, TOO_SHORT)
        raise InvalidPhone(message.format(of=f" of {region}" if national else "")) from None
    home = phonenumbers.region_code_for_number(number)
    verified = home is not None and phonenumbers.is_valid_number_for_region(number, home)
    if home is None:
        code = number.country_code or 0
        shared = phonenumbers.country_code_for_region(region or "") == code
        home = region if region and shared else phonenumbers.region_code_for_country_code(code)
    if not verified or not E164.fullmatch(e164):
        _refuse_impossible(number, e164, home)
    return Phone(e164, None if home == NO_ONE_COUNTRY else home, verified)


def _refuse_impossible(number: PhoneNumber, e164: str, home: str) -> None:
    """Raise for a number that no subscriber of its country can have."""
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible == ValidationResult.IS_POSSIBLE:
        # A trunk 0 that parse() left in place stands for digits that are missing.
        trunk = number.italian_leading_zero and phonenumbers.ndd_prefix_for_region(home, True) == "0"
        if E164.fullmatch(e164) and not trunk:
            return
        possible = ValidationResult.TOO_LONG if len(e164) > len("+") + 15 else ValidationResult.TOO_SHORT
    raise InvalidPhone(IMPOSSIBLE[possible].format(of="" if home == NO_ONE_COUNTRY else f" of {home}"))


def _settle(dialled: str, region: str | None) -> tuple[PhoneNumber, str]:
    """Return the number and an E.164 that reads as itself: one reading may leave a trunk 0 to the next."""
    for _ in range(MAX_CHARACTERS):
        number = phonenumbers.parse(dialled, region)
        replace_old(number)
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if e164 == dialled:
            break
        dialled, region = e164, None
    return number, e164
