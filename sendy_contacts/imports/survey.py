"""A first look at all rows of a sheet: how many there are, and what the cells of each column are like."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..spreadsheets.formulas import unescape_formula
from ..validation.fields import MAX_VALUE
from ..validation.schemas import MAX_ROWS
from .cells import CLEAR, classify_tags, is_error, is_nothing, split_tags
from .header_row import Layout, Record
from .words.consent import Said, classify, find_mentions
from .words.headers import Meaning, read_header

MAX_LINES = 10
SAMPLE = 200  # filled cells of a column
SAMPLE_ROWS = 300
_FEW_VALUES = 100  # a column of more different values isn't one of a few words
_ODD_STARTS = frozenset("#EnNu<")  # of failed formulas and words for nothing
_OF_CONSENT = {"optedIn", "optedOut", "optOutReason", "status", "channel"}
_NEVER_OF_CONSENT = {"label", "ours"}


@dataclass
class Lines:
    """How many rows something holds for, and the lines of the first ones."""

    rows: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        """Count one row."""
        self.rows += 1
        if len(self.lines) < MAX_LINES:
            self.lines.append(line)


@dataclass
class Profile:
    """The cells of a column.

    `cells` are the first ones that hold a value. `values` counts each different one, and is None if there are too
    many. `said` counts what the cells say of consent, if the column may be about it. `errors` are failed formulas,
    `nothings` other words for nothing.
    """

    header: str
    meaning: Meaning
    filled: int = 0
    cells: list[str] = field(default_factory=list)
    values: Counter[str] | None = field(default_factory=Counter)
    said: Counter[Said] = field(default_factory=Counter)
    errors: Lines = field(default_factory=Lines)
    nothings: Lines = field(default_factory=Lines)
    too_long: Lines = field(default_factory=Lines)
    mentions_opt_out: bool = False
    asked_of_consent: bool = False
    _odd: set[str] = field(default_factory=set)

    @property
    def samples(self) -> list[str]:
        """Return the first three different values."""
        return [unescape_formula(cell) for cell in list(dict.fromkeys(self.cells))[:3]]

    @property
    def may_be_of_consent(self) -> bool:
        """Return whether the header, a cell or a person says that it is about consent."""
        return self.meaning.role in _OF_CONSENT or self.mentions_opt_out or self.asked_of_consent

    def look_at(self, lines: Sequence[int], column: Sequence[str]) -> None:
        """Take account of the cells of some rows."""
        filled = len(column) - column.count("")
        if not filled:
            return
        self.filled += filled
        if len(self.cells) < SAMPLE:
            meant = (cell for cell in column if cell and cell != CLEAR and not is_error(cell))
            self.cells.extend(itertools.islice(meant, SAMPLE - len(self.cells)))
        different = set(column)
        fresh = different if self.values is None else different - self.values.keys()
        if self.values is not None:
            self.values.update(filter(None, column))
            if len(self.values) > _FEW_VALUES:
                self.values = None
        if not self.meaning.silent and self.meaning.role not in _NEVER_OF_CONSENT:
            texts = (tag for cell in fresh for tag in split_tags(cell)) if self.meaning.role == "tags" else fresh
            self.mentions_opt_out = self.mentions_opt_out or bool(find_mentions(texts))
        self._odd.update(cell for cell in fresh if cell[:1] in _ODD_STARTS and is_nothing(cell))
        if not self._odd.isdisjoint(different) or max(map(len, different)) > MAX_VALUE:
            self._count_odd(lines, column)

    def _count_odd(self, lines: Sequence[int], column: Sequence[str]) -> None:
        for line, cell in zip(lines, column, strict=True):
            if cell in self._odd:
                (self.errors if is_error(cell) else self.nothings).add(line)
            elif len(cell) > MAX_VALUE and len(unescape_formula(cell)) > MAX_VALUE:
                self.too_long.add(line)

    def classify(self, cell: str) -> Said:
        """Return what a cell of this column says of consent."""
        return classify_tags(cell) if self.meaning.role == "tags" else classify(cell)

    def count_said(self) -> Counter[Said]:
        """Return what the cells say of consent; in a column of many values only if its header speaks of it."""
        if self.values is None:
            return self.said
        counts: Counter[Said] = Counter()
        for cell, count in self.values.items():
            counts[self.classify(cell)] += count
        return counts


@dataclass
class Survey:
    """What a first look at a sheet found.

    `rows` counts those of contacts; `blank` and `repeated` (the header once more) lie between them. `head` holds the
    cells of the first rows. `answers` counts how often which columns said what of consent in one row.
    """

    layout: Layout
    columns: list[Profile] = field(default_factory=list)
    rows: int = 0
    blank: int = 0
    repeated: int = 0
    head: list[list[str]] = field(default_factory=list)
    answers: Counter[tuple[tuple[int, ...], tuple[Said, ...]]] = field(default_factory=Counter)
    asked_of_consent: Container[int] = ()

    def __post_init__(self) -> None:
        titles = map(unescape_formula, self.layout.header)
        self.columns = [self._begin(title, index) for index, title in enumerate(titles)]

    def _begin(self, header: str, index: int) -> Profile:
        return Profile(header, read_header(header), asked_of_consent=index in self.asked_of_consent)

    def _look_at(self, records: Sequence[Record]) -> None:
        lines = [line for line, _ in records]
        columns = list(itertools.zip_longest(*(cells for _, cells in records), fillvalue=""))
        self.rows += len(records)
        self.head.extend(cells for _, cells in records[: SAMPLE_ROWS - len(self.head)])
        for index, column in enumerate(columns):
            if index == len(self.columns):
                self.columns.append(self._begin("", index))
            self.columns[index].look_at(lines, column)
        indexes = tuple(index for index in range(len(columns)) if self.columns[index].may_be_of_consent)
        if indexes:
            said = [list(map(self.columns[index].classify, columns[index])) for index in indexes]
            for index, answers in zip(indexes, said, strict=True):
                self.columns[index].said.update(answers)
            self.answers.update((indexes, answers) for answers in zip(*said, strict=True))


def take_survey(
    layout: Layout,
    contacts: Iterable[Record],
    asked_of_consent: Container[int] = (),
    keep: Callable[[Sequence[Record]], None] = lambda _: None,
) -> Survey:
    """Look at all rows of contacts, holding but a few of them.

    `asked_of_consent` are the columns of which a person says that they are about consent. `keep` gets the rows of
    contacts, 1,000 at a time.
    """
    survey = Survey(layout, asked_of_consent=asked_of_consent)
    rows = _sort_out(survey, contacts)
    while records := list(itertools.islice(rows, MAX_ROWS)):
        survey._look_at(records)
        keep(records)
    return survey


def _sort_out(survey: Survey, contacts: Iterable[Record]) -> Iterator[Record]:
    """Yield the rows of contacts; count the other ones."""
    for line, cells in contacts:
        if not cells:
            survey.blank += 1
        elif survey.layout.is_header(cells):
            survey.repeated += 1
        else:
            yield line, cells
