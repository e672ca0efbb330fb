"""Strings: whether they can be stored, when they compare equal, and how a message quotes them."""

from __future__ import annotations

import unicodedata


def is_storable(text: str) -> bool:
    """Return whether both databases and JSON can hold the text: no NUL character and no unpaired surrogate."""
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def fold(text: str) -> str:
    """Return the form in which strings compare equal in any case and script (Unicode caseless matching).

    The Turkish dotted and dotless i count as one letter: outside Turkish, `I` and `i` are two cases of one letter.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text).casefold().replace("i\u0307", "i").replace("ı", "i")
    return unicodedata.normalize("NFC", folded)


def show(text: str, limit: int = 64) -> str:
    """Return the text as a message quotes it: at most `limit` characters, unprintable ones escaped."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:limit])
    return shown + "…" if len(text) > limit else shown
