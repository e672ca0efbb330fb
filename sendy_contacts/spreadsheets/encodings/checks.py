"""Read a file's bytes through: which of its lines are UTF-8, and whether all of it is text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import UnreadableFile
from ..files import Part
from .legacy import HIDDEN, NAMES

MAX_LINE = 1 << 21  # bytes or characters
_SAMPLE = 1 << 14  # bytes
_ASCII = bytes(range(128))
_NUL = re.compile("\0")
# UTF-8 proves itself, so its controls and private characters were meant, except U+FFFD, which stands for a letter
# that was lost, and the controls that text shows after it was decoded wrongly.
_HIDDEN_IN_UTF8 = re.compile("[\0\x80-\x84\x86-\x9f\ufffd]")
_FOREIGN = re.compile("[^\x00-\x7f]+")
_MISREAD_AS = ("cp1252", "cp1251", "mac-roman", "cp437")


@dataclass
class Survey:
    """The lines with bytes above 127: how many are UTF-8 or not, and the first; some that aren't; those bytes."""

    sample: bytes = b""
    utf8: int = 0
    other: int = 0
    first_utf8: int = 0
    first_other: int = 0
    high_bytes: bytes = b""


def is_utf8(part: Part) -> bool:
    """Return whether all of it can be decoded as UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in part.chunks():
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def survey_lines(part: Part) -> Survey:
    """Look at the lines that aren't ASCII. Raise UnreadableFile if a line is too long."""
    survey, high_bytes = Survey(), set[int]()
    for number, line in enumerate(_lines(part), 1):
        if line.isascii():
            continue
        high_bytes.update(line)
        try:
            line.decode()
        except UnicodeDecodeError:
            if len(survey.sample) < _SAMPLE:
                survey.sample += _cut(line)
            survey.other += 1
            survey.first_other = survey.first_other or number
        else:
            survey.utf8 += 1
            survey.first_utf8 = survey.first_utf8 or number
    survey.high_bytes = bytes(sorted(high_bytes - set(_ASCII)))
    return survey


def check_text(part: Part, codec: str, encoding: str, *, marked: bool) -> None:
    """Raise UnreadableFile, with the line, if a file can't be decoded or holds what no list holds.

    If the file says itself what it is (`marked`), all its characters but NUL count as meant.
    """
    unwanted = _NUL if marked else _HIDDEN_IN_UTF8 if codec == "utf-8" else HIDDEN
    line, gap, unread = 1, 0, codec == "utf-8"
    for text in _decode(part, codec, encoding):
        if found := unwanted.search(text):
            raise UnreadableFile(_complain(found[0], encoding, line + _count_ends(text[: found.start()])))
        if unread and not text.isascii():
            _check_reading(text, line)
            unread = False
        end = max(text.rfind("\n"), text.rfind("\r"))
        gap = len(text) - end - 1 + (gap if end < 0 else 0)
        line += _count_ends(text)
        if gap > MAX_LINE:
            raise UnreadableFile(_too_long(line))


def _decode(part: Part, codec: str, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    try:
        for chunk in part.chunks():
            text = decoder.decode(chunk)
            yield text
            line += _count_ends(text)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += _count_ends(error.object[: error.start].decode(codec, "replace"))
        byte = error.object[error.start]
        raise UnreadableFile(
            f"is not {encoding} throughout (byte 0x{byte:02X} in line {line}); save it again as CSV UTF-8"
        ) from error
    except UnicodeError as error:  # of a codec such as idna
        raise UnreadableFile(f"can't be read as {encoding}; save it as CSV UTF-8") from error


def _complain(character: str, encoding: str, line: int) -> str:
    if character == "\0":
        return f"is a binary file, neither a workbook nor text (line {line})"
    if character == "\ufffd":
        return f"contains U+FFFD in line {line}, the sign for a lost letter; export the list again from its source"
    name = f"U+{ord(character):04X} in line {line}"
    if encoding in NAMES.values() and character < " ":
        return f"is a binary file, neither a workbook nor text ({name})"
    return f"isn't text in {encoding} ({name}); give its encoding, or save it as CSV UTF-8"


def _check_reading(text: str, line: int) -> None:
    """Raise UnreadableFile if each word looks like UTF-8 that a program took for something else, as in Ã©."""
    for codec in _MISREAD_AS:
        runs = _FOREIGN.finditer(text)
        if all(_is_misread(run[0], codec) for run in runs) and len(_FOREIGN.findall(text)) > 1:
            first = _FOREIGN.search(text)
            line += _count_ends(text[: first.start()]) if first else 0
            raise UnreadableFile(
                f"has wrong letters (line {line}): a program decoded UTF-8 as {NAMES[codec]} and saved the result; "
                "export the list again from its source"
            )


def _is_misread(run: str, codec: str) -> bool:
    try:
        # Bytes that Windows-1252 leaves open are taken over as they are.
        data = b"".join(bytes([ord(c)]) if "\x80" <= c < "\xa0" else c.encode(codec) for c in run)
        return len(data.decode()) < len(data)
    except UnicodeError:
        return False


def _count_ends(text: str) -> int:
    return text.count("\n") or text.count("\r")


def _cut(line: bytes) -> bytes:
    """Return a line up to some thousand bytes, cut where no encoding has the middle of a character."""
    return line if len(line) < _SAMPLE else line[: max(map(line[:_SAMPLE].rfind, (b",", b";", b"\t", b" ")))] + b"\n"


def _lines(part: Part) -> Iterator[bytes]:
    rest, number = b"", 0
    for chunk in part.chunks():
        *lines, rest = (rest + chunk).splitlines(keepends=True)
        yield from lines
        number += len(lines)
        if len(rest) > MAX_LINE:
            raise UnreadableFile(_too_long(number + 1))
    yield rest


def _too_long(line: int) -> str:
    return f"line {line} is longer than {MAX_LINE:,} characters; the file is damaged or isn't a list"
