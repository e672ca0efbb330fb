"""What a column can hold, and the keys of attributes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field

from ..validation.fields import MAX_KEY
from .cells import classify_tags
from .words.consent import Said, Sense, Verdict, classify, judge
from .words.headers import OTHER_PHONE

TARGETS = (
    "phone",
    "name",
    "firstName",
    "lastName",
    "country",
    "callingCode",
    "tags",
    "optedIn",
    "optedOut",
    "ignore",
)
SHARED = {"phone", "tags", "optedIn", "optedOut", "ignore"}  # several columns may have one of these
PARTS_OF_NAMES = {"firstName": "first_name", "lastName": "last_name"}  # stay as attributes of these keys
EXPORTED = ["name", "phone", "country", "tags", "optedIn"]  # how the header of an export begins
JSON_MARK = " (json)"
ATTRIBUTE = re.compile(r"attributes\.(.+?)( \(json\))?", re.DOTALL)


@dataclass
class Column:
    """What a column holds: one of TARGETS, or `attributes.KEY`, with ` (json)` if its cells are JSON.

    `asked`: a person said so; `ours`: it is a column that a file of failed rows adds. `rank` orders phones, `labels`
    is the column that says of which kind a phone is. `sense` is what a column asks of consent, `circles` and `dates`
    whether it has such cells. In a `literal` one `nan` is a text.
    """

    header: str
    target: str = "ignore"
    why: str = ""
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    asked: bool = False
    ours: bool = False
    rank: int = OTHER_PHONE
    labels: int | None = None
    sense: Sense | None = None
    circles: bool = False
    dates: bool = False
    literal: bool = False

    def classify(self, cell: str) -> Said:
        """Return what a cell says of consent."""
        return classify_tags(cell) if self.target == "tags" else classify(cell)

    def read_consent(self, cell: str) -> Verdict:
        """Return what a cell means for consent."""
        return self.judge(self.classify(cell))

    def judge(self, said: Said) -> Verdict:
        """Return what a cell that says so means for consent here."""
        return judge(said, self.sense, circles=self.circles, dates=self.dates) if self.sense else Verdict.SILENT


def split_target(target: str) -> tuple[str, bool]:
    """Return the key of a target `attributes.KEY`, "" for another one, and whether its cells are JSON."""
    match = ATTRIBUTE.fullmatch(target)
    return (match[1], match[2] is not None) if match else ("", False)


def attribute_key(header: str, taken: Container[str]) -> str:
    """Return the header in snake_case, letters of any script kept; numbered if taken, "" if nothing is left."""
    parted = re.sub("(?<=[a-z])(?=[A-Z])", "_", unicodedata.normalize("NFC", header)).lower().replace("i\u0307", "i")
    # Marks are the vowels of many scripts.
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else "_" for c in parted)
    key = base = re.sub("_+", "_", kept)[:MAX_KEY].strip("_") if any(map(str.isalnum, header)) else ""
    number = 2
    while key in taken:
        key = f"{base[: MAX_KEY - len(str(number)) - 1]}_{number}"
        number += 1
    return key
