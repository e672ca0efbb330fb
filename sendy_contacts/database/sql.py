"""SQL that differs between SQLite and PostgreSQL, and inserts with all rows in one JSON parameter."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import orjson
from peewee import Model

from .connection import db, is_postgres


def insert_rows(model: type[Model], rows: Sequence[Sequence[Any]], *, on_conflict: str = "") -> None:
    """Insert rows with one statement. A row has a JSON scalar for each column of the model, in order."""
    db.execute_sql(_insert_statement(model, on_conflict, is_postgres()), (orjson.dumps(rows).decode(),))


@functools.cache
def _insert_statement(model: type[Model], on_conflict: str, postgres: bool) -> str:
    fields = model._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    types = db.get_context_options()["field_types"]
    cast = [f"::{types.get(f.field_type, f.field_type)}" if postgres else "" for f in fields]
    values = ", ".join(f"(value ->> {n}){cast[n]}" for n in range(len(fields)))
    # Without WHERE true, SQLite parses ON CONFLICT as the ON of a join.
    return (
        f'INSERT INTO "{model._meta.table_name}" ({columns}) '  # noqa: S608 - names of our own columns only
        f"SELECT {values} FROM {json_rows()} WHERE true {on_conflict}"
    )


def json_rows() -> str:
    """Return the FROM item with the elements of a JSON array parameter as `value`."""
    return "jsonb_array_elements(%s::jsonb) AS rows(value)" if is_postgres() else "json_each(?) AS rows"


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
    wire = {"VERBATIM_JSON": "{}::text", "UTC": 'to_char({}, \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\')'}
    return ", ".join(wire.get(getattr(model, name).field_type, "{}").format(f"{prefix}{name}") for name in names)


def execute(sql: str, *values: Any) -> Any:
    """Execute a statement with `?` as placeholders; return the cursor."""
    return db.execute_sql(sql.replace("?", db.param), values)
