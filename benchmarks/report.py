"""Markdown tables of figures and targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Target(NamedTuple):
    """A limit for `subject`: at most (or at least) `limit` times the figure of the column `reference`."""

    reference: str
    limit: float
    at_least: bool = False
    subject: str = "service"

    def judge(self, figures: dict[str, float]) -> str | None:
        """Return the ratio and a verdict as text; None if the reference was not measured."""
        if self.reference not in figures:
            return None
        ratio = figures[self.subject] / figures[self.reference]
        kept = ratio >= self.limit if self.at_least else ratio <= self.limit
        sign = "≥" if self.at_least else "≤"
        of = "" if self.subject == "service" else f"{self.subject}: "
        return f"{of}{ratio:.2f} × {self.reference} ({sign} {self.limit:g}): {'ok' if kept else '**over**'}"


class Line(NamedTuple):
    """One workload: figures by column, in one unit."""

    work: str
    unit: str
    figures: dict[str, float]
    targets: Sequence[Target] = ()
    remark: str = ""


class Table(NamedTuple):
    """Lines under a title; `notes` explain them."""

    title: str
    columns: Sequence[str]
    lines: Sequence[Line]
    notes: Sequence[str] = ()

    def render(self) -> str:
        """Return the table as Markdown."""
        columns = [name for name in self.columns if any(name in line.figures for line in self.lines)]
        head = ["", *columns, "targets"]
        rows = [head, ["---", *["---:"] * len(columns), "---"], *(self._cells(line, columns) for line in self.lines)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        notes = "".join(f"\n- {note}" for note in self.notes)
        return f"## {self.title}\n\n{table}\n{notes}".rstrip() + "\n"

    @staticmethod
    def _cells(line: Line, columns: Sequence[str]) -> list[str]:
        shown = [show(line.figures[name], line.unit) if name in line.figures else "" for name in columns]
        verdicts = [target.judge(line.figures) for target in line.targets]
        return [line.work, *shown, "; ".join(filter(None, (*verdicts, line.remark)))]


def show(figure: float, unit: str) -> str:
    """Return a figure with three significant digits and its unit."""
    digits = 0 if figure >= 100 else 1 if figure >= 10 else 2
    return f"{figure:,.{digits}f} {unit}"
