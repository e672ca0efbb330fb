"""A sheet before its import: all rows are looked at, and the columns mapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from ..spreadsheets.errors import MAX_COLUMNS, UnreadableFile
from ..spreadsheets.formulas import unescape_formula
from ..spreadsheets.sheet import Sheet
from ..validation.schemas import MAX_ROWS
from .columns import Columns
from .header_row import Record, find_header
from .mapping import map_sheet
from .notices import Notice, find_notices, find_other_sheets, name_recalled
from .recognition.overrides import Asked, find_asked_of_consent
from .survey import Survey, take_survey


class Recalled(NamedTuple):
    """What was asked of the columns of a header before, and the country in which phones were read."""

    columns: Mapping[int, Asked] = MappingProxyType({})
    country: str | None = None


@dataclass
class Plan:
    """What an import of a sheet would do: where its contacts are, what each column holds, what to know before."""

    sheet: Sheet
    survey: Survey
    columns: Columns
    notices: list[Notice]

    @property
    def passed_over(self) -> int:
        """Return the number of rows that are titles, or the header."""
        layout = self.survey.layout
        return layout.titles + bool(layout.header) + self.survey.repeated

    @property
    def blank(self) -> int:
        """Return the number of blank rows."""
        return self.survey.layout.blank + self.survey.blank

    def chunks(self) -> Iterator[list[Record]]:
        """Yield the rows of contacts, 1,000 at a time."""
        rows = self._contacts()
        while chunk := list(islice(rows, MAX_ROWS)):
            yield chunk

    def _contacts(self) -> Iterator[Record]:
        layout = self.survey.layout
        for line, cells in islice(self.sheet.rows(), layout.skipped, None):
            if cells and not layout.is_header(cells):
                yield line, cells


def plan_import(
    sheet: Sheet,
    region: str | None,
    *,
    overrides: Sequence[str] = (),
    header_row: int | None = None,
    no_header: bool = False,
    recall: Callable[[list[str]], Recalled] = lambda _: Recalled(),
    keep: Callable[[Sequence[Record]], None] = lambda _: None,
) -> Plan:
    """Look at all rows of a sheet; `region` is the country in which phones without one are read.

    `recall` gets the cells of the header and returns what was asked of it before; `overrides` come first. `keep` gets
    the rows of contacts, 1,000 at a time. Raise MappingError or HeaderError for an override or a header that isn't
    there, UnreadableFile for the file.
    """
    layout, contacts = find_header(sheet.rows(), region, header_row=header_row, no_header=no_header)
    recalled, country = recall(layout.header)
    headers = list(map(unescape_formula, layout.header)) or [""] * MAX_COLUMNS
    survey = take_survey(layout, contacts, find_asked_of_consent(overrides, headers, recalled), keep)
    if not layout.header and not survey.rows:
        raise UnreadableFile("is empty")
    columns = map_sheet(survey, overrides, country or region, recalled)
    of_file = [*find_other_sheets(sheet), *([name_recalled(country)] if country and country != region else [])]
    return Plan(sheet, survey, columns, [*of_file, *find_notices(survey, columns)])
