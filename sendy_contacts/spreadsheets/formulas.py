"""Cells that a spreadsheet would run as a formula, escaped and unescaped."""

from __future__ import annotations

import re

# Matched at the start and the end of a text; the full-width signs count as formulas in Japanese Excel.
_RISKY_START, _RISKY_END = re.compile(r"'*(?:[=+\-@＝＋－＠\s]|\Z)"), re.compile(r"\s'*\Z")
_DEFUSED_START, _DEFUSED_END = re.compile(r"'+(?:[=+\-@＝＋－＠\s]|\Z)"), re.compile(r"\s'+\Z")


class Literal(str):
    """A cell that `write_csv` writes as it stands, since nothing in it needs escaping."""

    __slots__ = ()


def escape_formula(cell: str) -> str:
    """Return the text in a form that no spreadsheet takes for a formula and that `unescape_formula` undoes.

    A leading ' protects = + - @ and white space (OWASP, "CSV Injection") and marks the empty text, which is
    not a blank cell; a closing ' protects white space at the end. One that was there already is doubled.
    """
    start = "'" if _RISKY_START.match(cell) else ""
    return f"{start}{cell}'" if _RISKY_END.search(cell) else start + cell


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`; any other text, such as 't Hooft, stays as it is."""
    if "'" not in cell:
        return cell
    start = 1 if _DEFUSED_START.match(cell) else 0
    return cell[start:-1] if _DEFUSED_END.search(cell) else cell[start:]
