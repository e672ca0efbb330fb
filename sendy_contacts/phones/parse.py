"""Any spelling of a phone number -> E.164 and its country, or why not.

>>> parse_phone("0712 345 678", "KE")
Phone(e164='+254712345678', region='KE', verified=True)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType, ValidationResult

from .errors import InvalidPhone, SeveralPhones
from .patterns import match_country, match_national
from .replaced import is_old, replace_old
from .spelling import MAX_CHARACTERS, TOO_LONG, clean

__all__ = ["E164", "InvalidPhone", "Phone", "parse_phone"]

# 15 digits at most is ITU-T E.164; fewer than 7 are only service numbers, which have no WhatsApp.
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NO_ONE_COUNTRY = phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
# Where the slash behind a phone number can stand: no number is shorter than 5 digits, nor longer than a prefix, 15
# digits and slashes between them.
LINE_END = re.compile("(?<=[0-9]{4})/")
SHORTEST, LONGEST = 5, 25
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}

NO_COUNTRY = "no country to read it in; write it with + and the country code, or give a country"
BAD_CODE = "no country has this calling code; check the first digits"
TOO_SHORT = "too short for a phone number{of}; add the missing digits"
IMPOSSIBLE = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too short for a phone number{of}; put the area code before it",
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_LENGTH: "not a phone number{of}, none has this many digits; check the digits",
}
UNREADABLE = {NumberParseException.INVALID_COUNTRY_CODE: BAD_CODE, NumberParseException.TOO_LONG: TOO_LONG}


class Phone(NamedTuple):
    """A number in E.164 and its country: ISO 3166-1 alpha-2, or None if it belongs to no single one.

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
        return _match(text) or _parse(text, region)
    dialled = clean(text)
    if "/" in dialled:
        if first_line(dialled, region):
            raise SeveralPhones
        dialled = dialled.replace("/", "")
    return _dial(dialled, region)


def first_line(dialled: str, region: str | None) -> Phone | None:
    """Return the phone number before a slash that parts two of them, None if slashes only part digits of one.

    After the slash is another number, or the last digits of an office's second line: `0171 1234567/8`. An area code
    and a number (`0171/1234567`), or groups of digits (`0712/345/678`), are one phone number.
    """
    whole = _attempt(_dial, dialled.replace("/", ""), region)
    for slash in LINE_END.finditer(dialled, SHORTEST, LONGEST):
        line = _attempt(_dial, dialled[: slash.start()].replace("/", ""), region)
        if isinstance(line, InvalidPhone) or _certainty(line) < _certainty(whole):
            continue
        # Where lengths vary, three digits or more may also be the end of a number that is short without them.
        more = len(dialled[slash.end() :].replace("/", ""))
        if more <= 2 or len(line.e164) > len("+") + 9 or isinstance(whole, InvalidPhone):
            return line
    return None


def _certainty(reading: Phone | InvalidPhone) -> int:
    """Return 2 for a number known to be assigned, 1 for a possible one, 0 for none."""
    return 0 if isinstance(reading, InvalidPhone) else 1 + reading.verified


def _attempt(read: Callable[[str, str | None], Phone], dialled: str, region: str | None) -> Phone | InvalidPhone:
    try:
        return read(dialled, region)
    except InvalidPhone as refusal:
        return refusal


def _dial(dialled: str, region: str | None) -> Phone:
    return _read(dialled, region) if dialled.startswith("+") else _choose(dialled, region)


def _choose(dialled: str, region: str | None) -> Phone:
    """Return the better reading of digits without a +: as dialled in `region`, or with the + they lost."""
    # No calling code begins with 11, so 0011 is what Australia dials for 00.
    zeros = dialled.startswith("00") and not dialled.startswith("0011")
    readings = ("+" + dialled[2:], dialled) if zeros else (dialled, "+" + dialled)
    first = _attempt(_read, readings[0], region)
    if isinstance(first, Phone):
        # Where lengths vary (Germany, Indonesia, Kosovo) the own calling code passes for an area code.
        own_code = dialled.startswith(str(phonenumbers.country_code_for_region(region or "")))
        if first.verified if zeros else (first.e164 == readings[1] or not own_code):
            return first
    best = max(first, _attempt(_read, readings[1], region), key=_trust)
    if isinstance(best, InvalidPhone):
        raise best
    return best


def _trust(reading: Phone | InvalidPhone) -> int:
    """Return 2 for a known mobile, 1 for another known number, 0 for a possible number or none."""
    if isinstance(reading, InvalidPhone) or not reading.verified:
        return 0
    return 2 if phonenumbers.number_type(phonenumbers.parse(reading.e164)) in MOBILE else 1


def _read(dialled: str, region: str | None) -> Phone:
    """Read digits with a + as international, without one as they are dialled in `region`."""
    if dialled.startswith("+"):
        return (_match(dialled) if E164.fullmatch(dialled) else None) or _parse(dialled, region)
    if region is None or region not in phonenumbers.SUPPORTED_REGIONS:
        raise InvalidPhone(NO_COUNTRY)
    e164 = match_national(dialled, region)
    if e164 and E164.fullmatch(e164) and not is_old(e164):
        return Phone(e164, region, True)
    return _parse(dialled, region)


def _match(e164: str) -> Phone | None:
    """Return at once what `_parse` would, if that is the number as it stands and valid."""
    home = None if is_old(e164) else match_country(e164)
    return Phone(e164, home, True) if home else None


def _parse(dialled: str, region: str | None) -> Phone:
    """Read digits with `phonenumbers`, whatever their spelling."""
    national = not dialled.startswith("+")
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


def _settle(dialled: str, region: str | None) -> tuple[PhoneNumber, str]:
    """Return the number and an E.164 that reads as itself: one reading may leave a trunk 0 to the next."""
    for _ in range(MAX_CHARACTERS):
        number = phonenumbers.parse(dialled, region)
        e164 = replace_old(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        if e164 == dialled:
            break
        dialled, region = e164, None
    return number, e164


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
