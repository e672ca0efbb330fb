"""What the commands print of imports: the file before, the counts after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import click

from ..contacts.records import STATUSES
from ..imports.plan import Plan
from ..imports.record.records import ImportRecord
from ..imports.record.serialize import WHY_KEPT
from ..imports.targets import Column
from ..spreadsheets.sheet import Sheet
from ..text import show

_SHOWN_NAMES = 10
_SHOWN_CELL = 40  # characters
_SHOWN_SAMPLES = 2


def show_plan(plan: Plan) -> None:
    """Print what the file is, what each column holds and why, what is left out, and what to know."""
    _show_file(plan.sheet)
    _show_rows(plan)
    _show_columns(plan.columns.columns)
    if plan.notices:
        click.echo("Note:")
    for notice in plan.notices:
        click.echo(f"  {show(notice.message, 500)}{_list_lines(notice.rows, notice.lines)}")


def _show_columns(columns: Sequence[Column]) -> None:
    click.echo("Columns:")
    left_out: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        if column.target == "ignore":
            left_out[column.why].append(show(column.header))
            continue
        why = f" ({show(column.why, 200)})" if column.why else ""
        samples = ", ".join(f'"{show(sample, _SHOWN_CELL)}"' for sample in column.samples[:_SHOWN_SAMPLES])
        click.echo(f"  {show(column.header)} -> {show(column.target, 80)}{why}{samples and f': {samples}'}")
    if left_out:
        click.echo("Left out:")
    for why, headers in left_out.items():
        click.echo(f"  {_list(headers)}: {show(why, 200)}")


def _show_file(sheet: Sheet) -> None:
    facts = [sheet.kind]
    facts += [sheet.encoding] if sheet.encoding else []
    facts += [f"columns separated by {sheet.delimiter!r}"] if sheet.delimiter else []
    facts += [f'sheet "{show(sheet.name)}"'] if sheet.name else []
    click.echo(", ".join(facts))


def _show_rows(plan: Plan) -> None:
    survey, layout = plan.survey, plan.survey.layout
    blank = f", {survey.blank:,} blank" if survey.blank else ""
    repeated = f", {survey.repeated:,} with the header once more, passed over" if survey.repeated else ""
    click.echo(f"{survey.rows:,} row{'' if survey.rows == 1 else 's'}{blank}{repeated}")
    where = f"the header in line {layout.header_line}" if layout.header_line else "the first contact"
    if layout.header_line is None:
        click.echo("There is no header, so the columns are recognised by their cells (--header-row says otherwise)")
    if layout.titles or layout.blank:
        shown = [f'line {line} "{show(text, _SHOWN_CELL)}"' for line, text in layout.shown]
        shown += [f"{layout.titles - len(shown):,} more"] if layout.titles > len(shown) else []
        shown += [f"{layout.blank:,} blank"] if layout.blank else []
        click.echo(f"Passed over above {where}: {', '.join(shown)}")
    elif layout.header_line:
        click.echo(f"The header is in line {layout.header_line}")


def show_report(record: ImportRecord, known: int, *, dry_run: bool) -> None:
    """Print the counts, and the lines that were warned of; the first `known` warnings were shown before."""
    counts = ", ".join(f"{record.counts[status]:,} {status}" for status in STATUSES)
    others = f"{record.blank:,} blank, {record.passed_over:,} passed over"
    click.echo(f"{'Would be: ' if dry_run else ''}{counts}; {others}")
    for found in record.warnings[known:]:
        what = f"{found['rows']:,} with a warning{_list_lines(found['rows'], found['lines'])}"
        click.echo(f"{what}: {show(found['message'], 500)}")


def show_record(workspace: str, record: ImportRecord) -> None:
    """Print a past import in one line."""
    state = f"{record.state} at {record.position:,} of {record.rows:,}" if record.state == "paused" else record.state
    facts = (
        record.id,
        record.created_at[:16].replace("T", " "),
        record.created_by,
        show(workspace),
        show(record.file_name),
    )
    counts = ", ".join(f"{record.counts[status]:,} {status}" for status in STATUSES)
    click.echo(f"{'  '.join(facts)}  {state}: {counts}")


def show_undo(record: ImportRecord) -> None:
    """Print what an undo did, and what it kept and why."""
    if record.state != "undone":
        click.echo("nothing to take back")
        return
    done = record.taken_back
    click.echo(f"{done['removed']:,} contacts removed, {done['restored']:,} restored")
    for code, why in WHY_KEPT.items():
        if code in done:
            click.echo(f"{done[code]:,} {why}")


def _list_lines(rows: int, lines: Iterable[int]) -> str:
    """Return the first line numbers as text."""
    numbers = list(map(str, lines))
    return f" (lines {', '.join(numbers)}{', …' if rows > len(numbers) else ''})" if numbers else ""


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN_NAMES:,} more" if len(names) > _SHOWN_NAMES else ""
    return ", ".join(names[:_SHOWN_NAMES]) + more
