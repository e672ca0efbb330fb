"""Where a file's text stands and which encoding it is in."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...text import show
from ..errors import UnreadableFile
from ..files import Part
from .checks import check_text, is_utf8, survey_lines
from .legacy import MULTIBYTE, NAMES, guess_encoding

# The longer marks first: that of UTF-32-LE begins like that of UTF-16-LE.
_BOMS = (
    (codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF32_LE, "UTF-32-LE"), (codecs.BOM_UTF32_BE, "UTF-32-BE"),
    (codecs.BOM_UTF16_LE, "UTF-16-LE"), (codecs.BOM_UTF16_BE, "UTF-16-BE"),
)  # fmt: skip
# What programs write under the name of an older standard is the larger set that Windows made of it.
_LARGER = {
    "ascii": "utf-8", "utf-8-sig": "utf-8", "iso8859-1": "cp1252", "iso8859-8": "cp1255", "iso8859-9": "cp1254",
    "iso8859-11": "cp874", "iso8859-13": "cp1257", "tis-620": "cp874", "shift_jis": "cp932", "euc_jp": "euc_jis_2004",
    "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
}  # fmt: skip
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")


@dataclass(frozen=True, slots=True)
class Text:
    """Where a file's text stands, the codec that reads it, and how people call the encoding."""

    part: Part
    codec: str
    encoding: str

    def lines(self) -> Iterator[str]:
        """Yield the lines with their ends; \\n, \\r and \\r\\n each end one."""
        stream = io.TextIOWrapper(self.part.open(), self.codec, newline="")
        # Windows-1258 holds the marks of tone as letters of their own.
        return (unicodedata.normalize("NFC", line) for line in stream) if self.codec == "cp1258" else iter(stream)


def find_text(part: Part, encoding: str | None, country: str | None) -> Text:
    """Return a file's text, read through once: all of it can be decoded, and looks like text.

    `country` (ISO 3166) decides if a short text makes sense in several encodings. Raise UnreadableFile.
    """
    head = next(part.chunks(), b"")
    if head[-2:] == b"\n\x1a" and part.end - part.start == len(head):
        part = replace(part, end=part.end - 1)  # how DOS ended a file
    mark, marked = next(((mark, name) for mark, name in _BOMS if head.startswith(mark)), (b"", ""))
    part = replace(part, start=part.start + len(mark))
    if encoding is not None:
        text = _read_as(part, encoding, marked)
    elif marked:
        text = Text(part, marked.lower(), marked)
    else:
        text = _guess(part, head, country)
    check_text(text.part, text.codec, text.encoding, marked=bool(marked))
    return text


def _read_as(part: Part, encoding: str, marked: str) -> Text:
    try:
        codec = codecs.lookup(encoding).name
        io.TextIOWrapper(io.BytesIO(), codec).read()  # refuses a codec that isn't for text, such as rot13
    except (LookupError, ValueError):
        message = f'is in no encoding called "{show(encoding)}"; leave that out, or say UTF-8 or Windows-1252'
        raise UnreadableFile(message) from None
    codec = _LARGER.get(codec, codec)
    if not marked:
        return Text(part, codec, NAMES.get(codec, codec.upper()))
    if not marked.lower().startswith(codec):
        raise UnreadableFile(f"says by its first bytes that it is {marked}, not {show(encoding)}; leave that out")
    return Text(part, marked.lower(), marked)


def _guess(part: Part, head: bytes, country: str | None) -> Text:
    # Without a mark UTF-16 shows by the zero bytes of its digits and delimiters: many, on one side.
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 > len(head):
        name = "UTF-16-LE" if odd > even else "UTF-16-BE"
        return Text(part, name.lower(), name)
    if is_utf8(part):
        japanese = head.isascii() and _ISO_2022_JP.search(head)
        return Text(part, "iso2022_jp_2", "ISO-2022-JP") if japanese else Text(part, "utf-8", "UTF-8")
    lines = survey_lines(part)
    if lines.utf8 >= lines.other:
        return Text(part, "utf-8", "UTF-8")  # damaged: check_text says where
    codec = guess_encoding(lines.sample, lines.high_bytes, country)
    if codec is None:
        raise UnreadableFile("is not text in a known encoding; save it as CSV UTF-8, or say which encoding it is in")
    if lines.utf8 and codec not in MULTIBYTE:
        raise UnreadableFile(
            f"has UTF-8 in line {lines.first_utf8} and another encoding in line {lines.first_other}: "
            "it was put together from several files; save each as CSV UTF-8 first"
        )
    return Text(part, codec, NAMES[codec])
