"""The address book of a phone (vCard 2.1, 3.0 and 4.0; RFC 2426, RFC 6350) as rows.

Not by vobject: a line of 60 bytes keeps its patterns busy for seconds, one bad card ends its reading, and 50,000
cards take it 18 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .content_lines import ContentLine, read_lines
from .encodings.text import Text
from .errors import UnreadableFile, check_width

SEVERAL = " ::: "  # as Google parts several values of a cell
_BEFORE_MAILS = ("Name", "First Name", "Last Name", "Labels", "Organization", "Title")
_GOOGLE_GROUPS = {"mycontacts": "* myContacts", "starred": "* starred"}
# The first that fits: somebody's mobile at work is a mobile, a fax at work no phone to write to.
_LABELS = {
    "whatsapp": "WhatsApp", "fax": "Fax", "pager": "Pager", "cell": "Mobile", "mobile": "Mobile", "iphone": "Mobile",
    "work": "Work", "home": "Home", "main": "Main",
}  # fmt: skip
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_")


@dataclass
class Card:
    """What a card says of a person; phones with their labels, preferred ones first."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    phones: list[tuple[str, str]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)


class VcardRows:
    """The cards of a file as rows below a header like that of Google's CSV, with the columns that any card fills."""

    def __init__(self, text: Text) -> None:
        self._text = text
        filled, phones, mails, cards = set[str](), 0, 0, 0
        for card in self._read_cards():
            filled.update(card.fields)
            phones, mails, cards = max(phones, len(card.phones)), max(mails, len(card.mails)), cards + 1
        self._phones, self._mails = phones, mails
        self._fields = [name for name in _BEFORE_MAILS if name in filled]
        self._has_notes = "Notes" in filled
        if not (filled or phones or mails):
            raise UnreadableFile(f"has {cards:,} cards and no contact that can be read; export it again")

    def read(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the header, then each card with the line where it begins."""
        numbered = [f"E-mail {number} - Value" for number in range(1, self._mails + 1)]
        numbered += ["Notes"] if self._has_notes else []
        for number in range(1, self._phones + 1):
            numbered += [f"Phone {number} - Label", f"Phone {number} - Value"]
        header = self._fields + numbered
        check_width(len(header), 1)
        yield 1, header
        for card in self._read_cards():
            yield card.line, self._to_row(card)

    def _to_row(self, card: Card) -> list[str]:
        row = [card.fields.get(name, "") for name in self._fields]
        row += card.mails + [""] * (self._mails - len(card.mails))
        row += [card.fields.get("Notes", "")] if self._has_notes else []
        for label, phone in card.phones:
            row += label, phone
        while row and not row[-1]:
            row.pop()
        return row

    def _read_cards(self) -> Iterator[Card]:
        begin, depth, lines = 0, 0, list[ContentLine]()
        for line in read_lines(self._text):
            if line.name == "BEGIN" and lines and lines[-1].name == "AGENT":
                depth += 1  # a card in a card: somebody's secretary
            elif line.name == "END" and depth:
                depth -= 1
            elif line.name in ("BEGIN", "END"):
                if begin:  # also if the end of the last one is missing
                    yield _to_card(begin, lines)
                begin, lines = line.number if line.name == "BEGIN" else 0, []
            elif not depth:
                lines.append(line)
        if begin:
            yield _to_card(begin, lines)


def _to_card(begin: int, lines: list[ContentLine]) -> Card:
    card = Card(begin)
    labels = {line.group: line.text() for line in lines if line.name == "X-ABLABEL" and line.group}
    parts = next((line.parts(";") for line in lines if line.name == "N"), [])
    family, given, *more = [*parts, "", "", "", "", ""][:5]
    organization = ", ".join(filter(None, _first(lines, "ORG")))
    composed = " ".join(filter(None, (more[1], given, more[0], family, more[2])))
    groups = [group for line in lines if line.name == "CATEGORIES" for group in line.parts(",")]
    fields = {
        "Name": _text(lines, "FN") or composed or _text(lines, "NICKNAME") or organization,
        "First Name": given,
        "Last Name": family,
        "Labels": SEVERAL.join(dict.fromkeys(_GOOGLE_GROUPS.get(group.lower(), group) for group in groups if group)),
        "Organization": organization,
        "Title": _text(lines, "TITLE"),
        "Notes": "\n".join(filter(None, (line.text() for line in lines if line.name == "NOTE"))),
    }
    card.fields = {name: text for name, text in fields.items() if text}
    phones = sorted((line for line in lines if line.name in ("TEL", "IMPP")), key=lambda line: not line.is_preferred)
    card.phones = [(_label(line, labels.get(line.group, "")), phone) for line in phones if (phone := _phone(line))]
    card.mails = [mail for line in lines if line.name == "EMAIL" and (mail := _without_scheme(line.text(), "mailto"))]
    return card


def _text(lines: list[ContentLine], name: str) -> str:
    return next((text for line in lines if line.name == name and (text := line.text())), "")


def _first(lines: list[ContentLine], name: str) -> list[str]:
    return next((line.parts(";") for line in lines if line.name == name), [])


def _phone(line: ContentLine) -> str:
    text = line.text()
    if line.name == "IMPP":  # an account of a messenger: of interest only if it is a phone's
        return _without_scheme(text, "whatsapp") if "whatsapp" in f"{text} {line.kinds}".lower() else ""
    number, *parameters = _without_scheme(text, "tel").split(";") if text[:4].lower() == "tel:" else [text]
    extension = next((p[4:] for p in parameters if p.lower().startswith("ext=")), "")
    return f"{number} ext. {extension}" if extension else number


def _without_scheme(text: str, scheme: str) -> str:
    return text[len(scheme) + 1 :].strip() if text.lower().startswith(f"{scheme}:") else text


def _label(line: ContentLine, own: str) -> str:
    """Return what a phone is: by its kinds, or as the person who has the address book calls it."""
    match = _APPLE_LABEL.fullmatch(own)
    words = f"{match[1] if match else own} {line.kinds}".lower()
    if "waid" in line.parameters or line.name == "IMPP":  # WhatsApp's own, in the cards that it sends
        return "WhatsApp"
    known = next((label for word, label in _LABELS.items() if word in words), "")
    return known or (match[1] if match else own) or "Other"
