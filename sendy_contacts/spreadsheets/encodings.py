"""The text of a file in whatever encoding."""

from __future__ import annotations

import codecs
import re

from .errors import UnreadableFile

_BOMS = ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16-LE"), (codecs.BOM_UTF16_BE, "UTF-16-BE"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    try:
        text, encoding = _try_encodings(data)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{error.object[error.start]:02X} in line {line}"
        raise UnreadableFile(f"is not text in a known encoding ({found}); save it as CSV UTF-8") from error
    # In UTF-8 someone may mean a control character; in the other encodings binary files can be read as well.
    unwanted = "\0" in text if encoding == "UTF-8" else _CONTROL.search(text)
    if unwanted:
        raise UnreadableFile("is a binary file, neither a workbook nor text")
    return text, encoding


def _try_encodings(data: bytes) -> tuple[str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding), encoding
    # Without a mark UTF-16 shows by the zero bytes of its digits and delimiters: many, on one side.
    even, odd = data[::2].count(0), data[1::2].count(0)
    if max(even, odd) * 20 > len(data):
        encoding = "UTF-16-LE" if odd > even else "UTF-16-BE"
        return data.decode(encoding), encoding
    try:
        return data.decode("UTF-8"), "UTF-8"
    except UnicodeDecodeError as error:
        if not data[: error.start].isascii():  # UTF-8 up to here, so it is damaged and not another encoding
            raise
    return data.decode("Windows-1252"), "Windows-1252"
