"""Cells that a spreadsheet would run as a formula, escaped and unescaped.

A CSV file is opened with the delimiter of the reader's country, whatever it was written with. A quote protects a
delimiter only at the start of a cell, so in any other place each , ; tab | and end of a line may start a new cell.
"""

from __future__ import annotations

import re

# The full-width signs count as formulas in Japanese Excel. A spreadsheet may drop white space and quotes before one.
_SIGNS = "=+-@＝＋－＠"
_RISKY_START = re.compile(rf"'*(?:\s|\Z)|['\"\s]*[{re.escape(_SIGNS)}]")
_DEFUSED_START = re.compile(rf"'+(?:\s|\Z)|'['\"\s]*[{re.escape(_SIGNS)}]")
_RISKY_END, _DEFUSED_END = re.compile(r"\s'*\Z"), re.compile(r"\s'+\Z")
_RUN = re.compile(r"[,;|'\"\s]+")  # taken whole: to look ahead from each delimiter took quadratic time
_DELIMITER, _DEFUSED_DELIMITER = re.compile(r"[,;|\t\r\n]"), re.compile(r"([,;|\t\r\n])'")
_EXCEL_TEXT = re.compile(r'="((?:[^"]|"")*)"')


class Literal(str):
    """A cell that is written as it stands, since nothing in it needs escaping."""

    __slots__ = ()


def escape_formula(cell: str) -> str:
    """Return the text in a form that no spreadsheet takes for a formula and that `unescape_formula` undoes.

    A leading ' protects = + - @ and white space (OWASP, "CSV Injection") and marks the empty text, which is not a
    blank cell. So does one behind each delimiter that is followed by such a sign. A closing ' protects white space at
    the end. One that was there already is doubled.
    """
    start = "'" if _RISKY_START.match(cell) else ""
    end = "'" if _RISKY_END.search(cell) else ""
    return start + _replace_delimiters(cell, _DELIMITER, r"\g<0>'") + end


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`, and Excel's ="0712"; any other text, such as 't Hooft, stays as it is."""
    if match := _EXCEL_TEXT.fullmatch(cell):
        return match[1].replace('""', '"')
    if "'" not in cell:
        return cell
    start = 1 if _DEFUSED_START.match(cell) else 0
    end = -1 if _DEFUSED_END.search(cell) else None
    return _replace_delimiters(cell[start:end], _DEFUSED_DELIMITER, r"\1")


def _replace_delimiters(cell: str, delimiter: re.Pattern[str], by: str) -> str:
    """Replace the delimiters that only white space and quotes part from a sign."""

    def replace(match: re.Match[str]) -> str:
        if not cell[match.end() : match.end() + 1] or cell[match.end()] not in _SIGNS:
            return match[0]
        last = max(map(match[0].rfind, ",;|"))
        before = max(last, 0)
        return match[0][:before] + delimiter.sub(by, match[0][before:])

    return _RUN.sub(replace, cell)
