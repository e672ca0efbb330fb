"""What can be stored as text, and when two texts count as the same. It must not know what a text means."""

from __future__ import annotations

import re
import unicodedata

# What a spelling may have or lack: the accents of Latin, Greek and Cyrillic, the vowel points of Hebrew and Arabic,
# Arabic's tatweel, Devanagari's nukta, and marks without width.
_OPTIONAL = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u093c\u00ad\u200b-\u200f\u2060\ufeff]"
)
# Letters that are typed one for the other: Arabic's and Persian's yeh, kaf and teh, Devanagari's nasal signs.
_VARIANTS = str.maketrans("\u0649\u06cc\u06a9\u0629\u0671\u0901", "\u064a\u064a\u0643\u0647\u0627\u0902")
# Vowel signs are letters here, which \w leaves out.
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u109f\u1780-\u17d3\u3099\u309a])+")


def is_storable(text: str) -> bool:
    """Tell whether both databases and JSON can hold the text: no NUL character, no unpaired surrogate."""
    if text.isascii():
        return "\0" not in text
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def fold(text: str) -> str:
    """Return the form in which texts compare equal whatever their case, in any script (Unicode caseless matching).

    The Turkish i's, with and without a dot, are one: the case of the one is the case of the other elsewhere.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold().replace("i\u0307", "i").replace("ı", "i")
    return unicodedata.normalize("NFC", folded)


def simplify(text: str) -> str:
    """Return the text without what people spell one way or another: case, accents, vowel points, full width."""
    if text.isascii():
        return text.lower()
    bare = _OPTIONAL.sub("", unicodedata.normalize("NFD", fold(unicodedata.normalize("NFKC", text))))
    return unicodedata.normalize("NFC", bare.translate(_VARIANTS))


def words(text: str) -> list[str]:
    """Return the simplified words of a text, by which headers and names of countries are compared."""
    return _WORD.findall(simplify(text))


def show(text: str, limit: int = 64) -> str:
    """Return the text fit for a message: at most `limit` characters, the unprintable ones escaped."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:limit])
    return shown + "…" if len(text) > limit else shown
