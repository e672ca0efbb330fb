"""What the text of a cell means: nothing, a value, several tags."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from ..spreadsheets.formulas import Literal, unescape_formula
from .words.consent import Said, classify


class Cleared(Enum):
    """What is meant by `--`: that what is stored is to be cleared."""

    CLEARED = None


Value = str | Cleared | None

CLEAR = "--"
CLEARED = Cleared.CLEARED
BLANK = Literal("")
_SPECIAL = frozenset("=-#E")

# As the spreadsheets of several languages write them: #REF!, #¡VALOR!, #ИМЯ?, and those without a sign at the end.
_ERROR = re.compile(
    r"#[¡¿]?[^\W\d_a-z]{2,}(?:[/ ][^\W\d_a-z0]*0?)?[!?]"
    r"|#(?:N/[ABD]|N/DISP|NV|YOK|Н/Д|I/T|ERR|GETTING_DATA|#+)|Err:5\d\d"
)
# What programs write where there is nothing.
NOTHING = frozenset(("nan", "NaN", "NAN", "null", "NULL", "Null", "none", "None", "NONE", "undefined", "<NA>", "NaT"))

_SEPARATOR = re.compile(r":::|[|,;\n،，、；]")  # Google Contacts writes ` ::: ` between several values of a cell
_QUOTED = re.compile(
    r"""\s*(?:"(?P<double>(?:[^"\\]|""|\\.)*)"|'(?P<single>(?:[^'\\]|\\.)*)')\s*(?:(?::::|[|,;\n،，、；])|\Z)""",
    re.DOTALL,
)
_ESCAPED = re.compile(r'\\(.)|"(")', re.DOTALL)
_BRACKETS = {"[": "]", "{": "}"}
_SYSTEM_GROUP = "* "  # Google's own groups, such as `* myContacts`


def is_error(cell: str) -> bool:
    """Return whether a cell holds what a spreadsheet writes for a formula that failed."""
    return cell[:1] in ("#", "E") and _ERROR.fullmatch(cell) is not None


def is_nothing(cell: str) -> bool:
    """Return whether a cell holds a failed formula, or a program's word for nothing (`nan`, `NULL`)."""
    return cell in NOTHING or is_error(cell)


def read_cells(cells: Sequence[str]) -> list[Value]:
    """Return what was meant by each cell: a text, CLEARED, or None where it is blank or a failed formula."""
    # Most cells are what they seem, which their first character and the lack of an apostrophe say at once.
    return [(c if c[0] not in _SPECIAL and "'" not in c else _read_cell(c)) if c else None for c in cells]


def _read_cell(cell: str) -> Value:
    if cell == CLEAR:
        return CLEARED
    return None if is_error(cell) else unescape_formula(cell)


def read_json(text: str) -> str | int | float:
    """Return what a JSON cell holds; anything else than a JSON value of an attribute stays a text."""
    value = _parse(text.lower() if text in ("TRUE", "FALSE") else text)  # as spreadsheets save them
    if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return text


@lru_cache(4_096)
def classify_tags(cell: str) -> Said:
    """Return what the tags of a cell say of consent: that a person is out, or nothing."""
    return Said.OUT if any(classify(tag) is Said.OUT for tag in split_tags(unescape_formula(cell))) else Said.BLANK


def split_tags(text: str) -> list[str]:
    """Return the tags of a cell as tools write them.

    `a|b`, `a, b`, `a; b`, `a ::: b`, `"a, b","c"`, `['a', 'b']`, `{a,b}`, JSON, or one a line.
    """
    return list(_split_tags(text))


@lru_cache(4_096)  # the tags of a list are few
def _split_tags(text: str) -> Sequence[str]:
    if text.startswith("["):
        tags = _parse(text)
        if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
            return tags
    closing = _BRACKETS.get(text[:1])
    if closing and text.endswith(closing) and (text[0] == "{" or _SEPARATOR.search(text) or text[1:2] in ("'", '"')):
        text = text[1:-1]
    return [tag for tag in map(str.strip, _split(text)) if tag and not tag.startswith(_SYSTEM_GROUP)]


def _split(text: str) -> list[str]:
    """Return the parts of a text between separators, those in quotes as they are."""
    if '"' not in text and "'" not in text:
        return _SEPARATOR.split(text)
    parts = []
    position = 0
    while position < len(text):
        if quoted := _QUOTED.match(text, position):
            parts.append(_ESCAPED.sub(r"\1\2", quoted["double"] or quoted["single"] or ""))
            position = quoted.end()
        else:
            separator = _SEPARATOR.search(text, position)
            end = separator.start() if separator else len(text)
            parts.append(text[position:end])
            position = separator.end() if separator else len(text)
    return parts


def _parse(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
