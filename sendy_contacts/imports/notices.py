"""What a person should know of a sheet before it is imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..spreadsheets.sheet import Sheet
from ..text import show
from ..validation.fields import MAX_VALUE
from .columns import Columns
from .recognition.content import share_of_phones
from .survey import MAX_LINES, Lines, Profile, Survey
from .targets import TARGETS, Column
from .words.consent import Said, Sense, Verdict

_FEW = 10  # fewer than one phone in so many cells is next to nothing


_SHOWN_SHEETS = 10
OTHER_SHEETS = "other_sheets"


class Notice(NamedTuple):
    """A code and a sentence, in how many rows it holds, and the lines of the first ones where they are known."""

    code: str
    message: str
    rows: int
    lines: Sequence[int] = ()


def find_notices(survey: Survey, columns: Columns) -> list[Notice]:
    """Return what is worth knowing, the weightiest first."""
    pairs = list(zip(survey.columns, columns.columns, strict=False))
    return [
        *_find_few_phones(survey, columns, pairs),
        *_find_opt_outs(survey, columns),
        *_find_ignored_opt_outs(pairs),
        *(notice for pair in pairs for notice in _find_odd_cells(*pair)),
    ]


def find_other_sheets(sheet: Sheet) -> list[Notice]:
    """Return that some sheets of a workbook are not read, if there are any."""
    if not (others := sheet.other_sheets):
        return []
    names = ", ".join(f'"{show(name)}"' for name in others[:_SHOWN_SHEETS])
    more = f" and {len(others) - _SHOWN_SHEETS} more" if len(others) > _SHOWN_SHEETS else ""
    what = f'only the sheet "{show(sheet.name or "")}" is read, {names}{more} {_plural(len(others), "is", "are")} not'
    return [Notice(OTHER_SHEETS, f"{what}; to import another sheet, save it as a file of its own", 0)]


def name_recalled(country: str) -> Notice:
    """Return that phones are read in another country than they would be, because they were before."""
    what = f"phone numbers without a country are read in {country}, as in the last import of these columns"
    return Notice("country_recalled", what, 0)


def _find_few_phones(survey: Survey, columns: Columns, pairs: Sequence[tuple[Profile, Column]]) -> Iterator[Notice]:
    phones = [(profile, column) for profile, column in pairs if column.target == "phone"]
    shares = [share_of_phones(profile.cells, columns.region, known=False) for profile, _ in phones]
    found, tried = sum(share.found for share in shares), sum(share.tried for share in shares)
    by_country = any(column.target in ("country", "callingCode") for column in columns.columns)
    if phones and survey.rows and not by_country and found * _FEW < max(tried, 1):
        names = " and ".join(f'"{show(column.header)}"' for _, column in phones[:3])
        where = f"in {columns.region}" if columns.region else "without a country"
        yield Notice(
            "few_phones",
            f"next to nothing would be imported: {found:,} of {tried:,} cells of {names} read as phones {where}; "
            "check which column holds the phones, and in which country they are",
            survey.rows,
        )


def _find_opt_outs(survey: Survey, columns: Columns) -> Iterator[Notice]:
    marked = dateless = unclear = 0
    for (indexes, answers), rows in survey.answers.items():
        known = [
            (columns.columns[i], said) for i, said in zip(indexes, answers, strict=True) if i < len(columns.columns)
        ]
        verdicts = [(column.judge(said), said) for column, said in known]
        out = [said for verdict, said in verdicts if verdict is Verdict.OUT]
        if out:
            marked += rows if any(said is not Said.BLANK for said in out) else 0
            dateless += rows if all(said is Said.BLANK for said in out) else 0
        elif any(verdict is Verdict.UNCLEAR for verdict, _ in verdicts):
            unclear += rows
    if marked:
        yield Notice("marked_opted_out", f"{_people(marked)} marked as unsubscribed; they will be opted out", marked)
    if dateless:
        people = _plural(dateless, "person has", "people have")
        what = f"{dateless:,} {people} no date of an opt-in where others have one"
        yield Notice("no_opt_in", f"{what}; they will be opted out", dateless)
    if unclear:
        what = f"{unclear:,} {_plural(unclear, 'row says', 'rows say')} neither yes nor no in a column of consent"
        yield Notice("unclear_consent", f"{what}; {_plural(unclear, 'it', 'they')} will be refused", unclear)


def _find_ignored_opt_outs(pairs: Sequence[tuple[Profile, Column]]) -> Iterator[Notice]:
    for profile, column in pairs:
        if profile.mentions_opt_out and column.sense is None:
            what = f'"{show(column.header)}" says of some people that they have opted out'
            yield Notice("opt_outs_ignored", f"{what}; as it was asked, that is not heeded", 0)


def _find_odd_cells(profile: Profile, column: Column) -> Iterator[Notice]:
    header = f'"{show(column.header)}"'
    is_attribute = column.target not in TARGETS
    heeds_words = (is_attribute or column.target == "tags") and not column.literal
    blanks = [profile.errors, *([profile.nothings] if heeds_words else [])]
    rows = sum(found.rows for found in blanks)
    if rows and column.target != "ignore" and column.sense in (None, Sense.MENTION):
        what = (
            f"{rows:,} {_plural(rows, 'cell', 'cells')} of {header} {_plural(rows, 'holds', 'hold')} a failed formula"
        )
        lines = sorted(line for found in blanks for line in found.lines)[:MAX_LINES]
        yield Notice("cell_error", f"{what} or no value (#N/A, nan); they count as blank", rows, lines)
    if is_attribute and profile.too_long.rows:
        yield _too_long(header, profile.too_long)


def _too_long(header: str, cells: Lines) -> Notice:
    what = f"{cells.rows:,} {_plural(cells.rows, 'cell', 'cells')} of {header} {_plural(cells.rows, 'has', 'have')}"
    left = f"more than {MAX_VALUE:,} characters; they are left out, the contacts are not"
    return Notice("too_long", f"{what} {left}", cells.rows, cells.lines)


def _people(count: int) -> str:
    return f"{count:,} {_plural(count, 'person is', 'people are')}"


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many
