"""The lines of a vCard, folded, quoted and escaped as its three versions do it, or as phones do it."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from functools import cached_property

from .encodings.legacy import HIDDEN, guess_encoding
from .encodings.text import Text

_NAMES = {
    "BEGIN", "END", "AGENT", "N", "FN", "NICKNAME", "ORG", "TITLE", "TEL", "IMPP", "EMAIL", "CATEGORIES", "NOTE",
    "X-ABLABEL",
}  # fmt: skip
_MAX_VALUE = 1 << 17  # characters
_MAX_CODECS = 4  # in a file: to guess one takes some milliseconds
_HEAD = re.compile(r'(?:([\w-]+)\.)?([\w-]+)((?:;[^;":]*(?:"[^"]*"[^;":]*)*)*):', re.ASCII)
_PARAMETER = re.compile(r';([^;"]*(?:"[^"]*"[^;"]*)*)')
_CHARACTER = re.compile(r"\\?.", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_EDGES = ("BEGIN:VCARD", "END:VCARD")


class ContentLine:
    """A line of a card, with its number in the file: group.NAME;parameters:value."""

    def __init__(self, number: int, head: re.Match[str], codecs: list[str]) -> None:
        self.number = number
        self.group = head[1] or ""
        self.name = head[2].upper()
        self._parameters = head[3]
        self._codecs = codecs
        self._pieces = [head.string[head.end() :]]
        self._last = self._pieces[0][-1:]
        self._length = 0

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The values by name, in small letters. Those without a name, as vCard 2.1 has them, are of TYPE."""
        found: dict[str, str] = {}
        for parameter in _PARAMETER.findall(self._parameters.lower()):
            name, equals, value = parameter.replace('"', "").rpartition("=")
            name = name.strip() if equals else "type"
            found[name] = f"{found.get(name, '')} {value.strip()}".strip()
        return found

    @property
    def kinds(self) -> str:
        """The values of TYPE, in small letters, such as `cell work`."""
        return self.parameters.get("type", "").replace(",", " ")

    @property
    def is_preferred(self) -> bool:
        return "pref" in self.kinds.split() or "pref" in self.parameters

    @property
    def is_open(self) -> bool:
        """Whether the next line of the file belongs to this one, as its last character says."""
        return self._last == "=" and "quoted-printable" in self._parameters.lower()

    def append(self, text: str) -> None:
        """Add the next line of the file. A value too long for any list is cut."""
        if self.is_open:
            self._pieces[-1] = self._pieces[-1].removesuffix("=")
        self._last = text[-1:]
        if self._length < _MAX_VALUE:
            self._pieces.append(text)
            self._length += len(text)

    def text(self) -> str:
        """Return the value, stripped; "" if it can't be read."""
        return _unescape(self._decoded)

    def parts(self, delimiter: str) -> list[str]:
        """Return the texts between delimiters that aren't escaped."""
        if "\\" not in self._decoded:
            return [part.strip() for part in self._decoded.split(delimiter)]
        parts = [""]
        for character in _CHARACTER.findall(self._decoded):
            if character == delimiter:
                parts.append("")
            else:
                parts[-1] += character
        return [_unescape(part) for part in parts]

    @cached_property
    def _decoded(self) -> str:
        value = "".join(self._pieces)
        if not self._parameters:
            return value
        encoding = f"{self.parameters.get('encoding', '')} {self.kinds}".split()
        if "quoted-printable" in encoding:
            return self._decode(quopri.decodestring(value.encode()))
        if {"b", "base64"} & set(encoding):
            try:
                return self._decode(binascii.a2b_base64(value))
            except ValueError:
                return ""
        return value

    def _decode(self, data: bytes) -> str:
        """Return a text in the encoding that is named, or that reads it."""
        for codec in (self.parameters.get("charset", "utf-8"), *self._codecs):
            try:
                text = data.decode(codec)
            except (LookupError, ValueError):
                continue
            if not HIDDEN.search(text):
                return text
        if len(self._codecs) > _MAX_CODECS:
            return ""
        guessed = guess_encoding(data, bytes(byte for byte in data if byte > 127), None)
        self._codecs.append(guessed or "ascii")
        return data.decode(guessed) if guessed else ""


def read_lines(text: Text) -> Iterator[ContentLine]:
    """Yield the lines whose names matter here, each put together from those it was folded into."""
    codecs = ["utf-8", text.codec]  # those of quoted values that don't name theirs; guessed ones follow
    line: ContentLine | None = None
    for number, physical in enumerate(text.lines(), 1):
        physical = physical.rstrip("\r\n")
        head = _HEAD.match(physical)
        if line and line.is_open and not physical.upper().startswith(_EDGES):
            line.append(physical)
        elif line and physical[:1] in (" ", "\t"):
            line.append(physical[1:])
        elif line and physical and not head:  # a note with the ends of its lines as they were
            line.append(f"\\n{physical}")
        else:
            if line and line.name in _NAMES:
                yield line
            line = ContentLine(number, head, codecs) if head else None
    if line and line.name in _NAMES:
        yield line


def _unescape(text: str) -> str:
    if "\\" in text:
        text = _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)
    return text.strip()
