"""Rows of files, and what contacts were before an import, are kept for 30 days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ulid import ULID

from ...clock import days_ago
from ...database.sql import execute, in_list
from ...database.transactions import workspace_lock, write_connection
from .store import KEPT_DAYS, find_imports, save_import

ABANDONED_DAYS = 1  # rows of a file that was never read to its end

_OLD = """SELECT DISTINCT c.import_id FROM import_chunk c
LEFT JOIN import i ON i.workspace_id = c.workspace_id AND i.id = c.import_id
WHERE c.workspace_id = ? AND (i.updated_at < ? OR (i.id IS NULL AND c.import_id < ?))"""


def prune_imports(workspace_id: int) -> int:
    """Drop what the imports of a workspace have kept for 30 days since they were last touched.

    The imports stay, without samples of their cells. Return how many of them have lost their rows.
    """
    abandoned = f"imp_{ULID.from_datetime(datetime.now(UTC) - timedelta(days=ABANDONED_DAYS))}"
    with write_connection(workspace_id), workspace_lock(workspace_id):
        old = [import_id for (import_id,) in execute(_OLD, workspace_id, days_ago(KEPT_DAYS), abandoned).fetchall()]
        if not old:
            return 0
        for record in find_imports(workspace_id, old):
            columns = [replace(column, samples=[]) for column in record.columns]
            save_import(workspace_id, record._replace(columns=columns))
        drop_rows(workspace_id, old)
    return len(old)


def drop_rows(workspace_id: int, import_ids: list[str]) -> None:
    """Drop the rows of imports, and what contacts were before; to be called under `workspace_lock`."""
    condition, wanted = in_list(import_ids)
    for table in ("import_chunk", "import_change"):
        execute(f"DELETE FROM {table} WHERE workspace_id = ? AND import_id {condition}", workspace_id, wanted)  # noqa: S608
