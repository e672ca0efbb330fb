"""What can be stored as text, and when two texts count as the same. It must not know what a text means."""

from __future__ import annotations

import unicodedata


def is_storable(text: str) -> bool:
    """Tell whether both databases and JSON can hold the text: no NUL character, no unpaired surrogate."""
    if "\0" in text:
        return False
    try:
        return text.isascii() or bool(text.encode())
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


def show(text: str, limit: int = 64) -> str:
    """Return the text fit for a message: at most `limit` characters, the unprintable ones escaped."""
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:limit])
    return shown + "…" if len(text) > limit else shown
