"""The first phone number in a cell of a list, which may hold several, and words about them.

>>> first_phone("0712 345 678 (wife) / 0733 123 456", "KE")
Phone(e164='+254712345678', region='KE', verified=True)

Digits are never joined across what parts them, nor taken without those before them that may be their area code: the
result would be another person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .errors import InvalidPhone
from .parse import Phone, first_line, parse_phone
from .spelling import UNDERSTOOD, clean, has_extension, to_ascii

MAX_CELL = 500
FEWEST_DIGITS = 5

# "Or" and "and" in the languages of the lists.
WORDS = "or|and|ou|et|o|y|e|oder|und|of|en|veya|ve|atau|dan|au|na|или|и|або|أو|و|או|या|और|或|和|または|또는|hoặc|và"
# Two commas are a pause, and `;ext=` is of a `tel:`: both stand before an extension. Three colons are Google's.
SEPARATOR = re.compile(
    rf"[\t\n\v\f\r\x85\u2028\u2029|،؛，；、｜]|(?<!,),(?!,)|;(?!\s*ext)|:::|\s(?:&|{WORDS})\s", re.IGNORECASE
)
# What only parts phone numbers if all its parts are some: a + or a bracket, a dash or wide space, any space.
PARTINGS = [re.compile(parting) for parting in (r"(?<=[0-9)\]/ ])(?=[+(\[])", " +- +|  +", " +")]

# No letter touches the digits of a phone number: such digits are part of a name or a code.
# Thai, Chinese, Japanese and Korean are written without spaces.
TOUCHING = r"[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
DIGITS = rf"(?<!{TOUCHING})(?<![^\W\d]-)(?>[+(\[]*[0-9](?:[+ .()\[\]/-]*[0-9])*)(?!{TOUCHING}|-[^\W\d])"
ADDRESS = r"\S*(?:@|//|\.[a-z]{2,}/)\S*"
GROUP = re.compile(f"{ADDRESS}|{DIGITS}", re.IGNORECASE)
NEXT_DIGITS = re.compile("[^0-9]*[0-9]+")
BRACKETS = "<>()[]{}\"'."


def first_phone(text: str, region: str | None = None) -> Phone:
    """Return the first phone number in a cell, or raise what `parse_phone` raises for the whole of it.

    Words beside it (`Mobile: 0712 345 678`, `0712345678 (WhatsApp)`) are passed over if the number is known to be
    assigned, and if it comes first or is the only one: `ID 20123456, tel …` holds other numbers too.
    """
    try:
        return parse_phone(text, region)
    except InvalidPhone:
        phone = _find(SEPARATOR.split(to_ascii(text)), region) if len(text) <= MAX_CELL else None
        if phone is None:
            raise
        return phone


def _find(pieces: Iterable[str], region: str | None) -> Phone | None:
    """Return the first phone number in the pieces; None if there is none, or if digits before it may belong to it."""
    before = ""
    for piece in pieces:
        if phone := _parse(piece, region) or _find_within(piece, region):
            return None if before and _parse(before + piece, region) else phone
        if UNDERSTOOD.fullmatch(piece) and piece.strip(" ()[]-."):
            before += piece + " "
    return None


def _find_within(piece: str, region: str | None) -> Phone | None:
    if UNDERSTOOD.fullmatch(piece):
        return _find_in_digits(piece, region)
    found = list(_find_beside_words(piece, region))
    if not found:
        return None
    start, first = found[0]
    leads = not re.search(r"\w", piece[:start])
    return first if leads or all(phone == first for _, phone in found) else None


def _find_in_digits(piece: str, region: str | None) -> Phone | None:
    """Return the first of several phone numbers that only punctuation parts."""
    for parting in PARTINGS:
        parts = parting.split(piece.strip())
        if len(parts) > 1 and all(_parse(part, region) for part in parts):
            return _parse(parts[0], region)
    if "/" not in piece:
        return None
    try:
        line = first_line(clean(piece), region)
    except InvalidPhone:
        line = None
    return line or _find(piece.split("/"), region)


def _find_beside_words(piece: str, region: str | None) -> Iterator[tuple[int, Phone]]:
    """Yield the known phone numbers of a piece and where they stand."""
    for group in GROUP.finditer(piece):
        text = group[0].strip(BRACKETS)
        phone = _parse(text, region) or (_find_in_digits(text, region) if UNDERSTOOD.fullmatch(text) else None)
        more = NEXT_DIGITS.match(piece, group.end())
        extended = more is not None and has_extension(piece[group.start() : more.end()])
        if phone and phone.verified and not extended:
            yield group.start(), phone


def _parse(text: str, region: str | None) -> Phone | None:
    if sum(map(str.isdigit, text)) < FEWEST_DIGITS:
        return None
    try:
        return parse_phone(text, region)
    except InvalidPhone:
        return None
