"""SQL that differs between SQLite and PostgreSQL, and inserts with all rows in one JSON parameter."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import orjson
from peewee import Model, PeeweeException

from .connection import db, is_postgres


def insert_rows(model: type[Model], rows: Sequence[Sequence[Any]], *, on_conflict: str = "") -> None:
    """Insert rows with one statement. A row has a JSON scalar for each column of the model, in order."""
    statement = _insert_statement(model, on_conflict, is_postgres())
    if is_postgres():
        db.execute_sql(statement, (orjson.dumps(rows).decode(),))
    else:
        db.obj.execute_many(statement, rows)


@functools.cache
def _insert_statement(model: type[Model], on_conflict: str, postgres: bool) -> str:
    fields = model._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    into = f'INSERT INTO "{model._meta.table_name}" ({columns})'
    if not postgres:
        return f"{into} VALUES ({', '.join('?' * len(fields))}) {on_conflict}"
    types = db.get_context_options()["field_types"]
    values = ", ".join(f"(value ->> {n})::{types.get(f.field_type, f.field_type)}" for n, f in enumerate(fields))
    return f"{into} SELECT {values} FROM jsonb_array_elements(%s::jsonb) AS rows(value) {on_conflict}"  # noqa: S608


def refresh_statistics(model: type[Model]) -> None:
    """Tell PostgreSQL's planner at once what a table holds; by itself it finds out within minutes.

    It is only for speed, so an error is ignored: PostgreSQL lets nobody but the owner of the table do it.
    """
    if is_postgres():
        with suppress(PeeweeException):
            execute(f"ANALYZE (SKIP_LOCKED) {model._meta.table_name}")


def in_list(values: list[str]) -> tuple[str, Any]:
    """Return the condition that a column is one of the values, and its parameter.

    On SQLite it is a subquery: SQLite could run a join as a scan of the table with json_each in the inner loop.
    """
    if is_postgres():
        return "= ANY(?)", values
    return "IN (SELECT value FROM json_each(?))", orjson.dumps(values).decode()


def wire_columns(model: type[Model], names: tuple[str, ...], prefix: str = "") -> str:
    """Return the SELECT list that gives JSON as text and timestamps as ISO 8601 strings on both databases."""
    if not is_postgres():
        return ", ".join(f"{prefix}{name}" for name in names)
    wire = {"VERBATIM_JSON": "{}::text", "UTC": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"}
    return ", ".join(wire.get(getattr(model, name).field_type, "{}").format(f"{prefix}{name}") for name in names)


def search(sql: str, *values: Any) -> Any:
    """Execute a statement whose best plan depends on its values; return the cursor.

    PostgreSQL plans it anew. One plan for all workspaces would read all contacts of the largest one for a rare tag.
    """
    if not is_postgres():
        return execute(sql, *values)
    connection = db.connection()
    threshold, connection.prepare_threshold = connection.prepare_threshold, None  # nothing is prepared
    try:
        return execute(sql, *values)
    finally:
        connection.prepare_threshold = threshold


def execute(sql: str, *values: Any) -> Any:
    """Execute a statement with `?` as placeholders; return the cursor."""
    return db.execute_sql(sql.replace("?", db.param), values)
