"""The tables of a PostgreSQL with the extension Citus, distributed by workspace over its nodes.

    >>> with db.connection_context():
    ...     list(distribute_tables())
    ["workspace", "user", "schema_migration", "contact", …]

All rows of a workspace lie on one node. What every node needs is on each (reference tables). The attempts to sign in
stay on the coordinator, so that people can sign in while a node is away.
"""

from __future__ import annotations

from collections.abc import Iterator

from .connection import is_postgres
from .sql import execute

REFERENCE_TABLES = ("workspace", "user", "schema_migration")
DISTRIBUTED_TABLES = ("contact", "consent_event", "import", "import_chunk", "import_change")

EXTENSION = "SELECT 1 FROM pg_extension WHERE extname = 'citus'"
NODES = "SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary'"
PLACED = "SELECT concat(partmethod, repmodel) FROM pg_dist_partition WHERE logicalrelid = quote_ident(?)::regclass"
# The size is that of the coordinator's own table, which is empty once its rows lie on the nodes.
HAS_COPY = "SELECT pg_relation_size(quote_ident(?)::regclass) > 0"
DROP_COPY = "SELECT truncate_local_data_after_distributing_table(quote_ident(?)::regclass)"
PARTITIONED = "SELECT 1 FROM pg_class WHERE oid = quote_ident(?)::regclass AND relkind = 'p'"
HASH = "hs"
REFERENCE = "nt"


class CannotDistribute(ValueError):
    """The database can't be distributed as it is; the message says what to do first."""


def is_distributed() -> bool:
    """Return whether contacts are distributed over nodes."""
    return is_postgres() and _has_extension() and _is_placed("contact", HASH)


def distribute_tables() -> Iterator[str]:
    """Distribute each table that isn't distributed yet, with its rows; yield its name. Raise CannotDistribute."""
    _require_nodes()
    execute("SET citus.enable_local_reference_table_foreign_keys TO off")
    for table in REFERENCE_TABLES:
        if not _is_placed(table, REFERENCE):
            execute("SELECT create_reference_table(quote_ident(?))", table)
            yield table
    for table in DISTRIBUTED_TABLES:
        if not _is_placed(table, HASH):
            _distribute(table)
            yield table
    for table in (*DISTRIBUTED_TABLES, *REFERENCE_TABLES):
        _drop_copy(table)


def _require_nodes() -> None:
    if not is_postgres() or not _has_extension():
        raise CannotDistribute("This database has no extension citus. Run CREATE EXTENSION citus on all nodes first.")
    if not execute(NODES).fetchone()[0]:
        raise CannotDistribute("No node holds rows. Add one: SELECT citus_add_node('host', 5432).")
    if split := [table for table in DISTRIBUTED_TABLES if execute(PARTITIONED, table).fetchone()]:
        raise CannotDistribute(
            f"{', '.join(split)} is split into partitions, which Citus doesn't need. Restore a backup."
        )


def _has_extension() -> bool:
    return execute(EXTENSION).fetchone() is not None


def _is_placed(table: str, method: str) -> bool:
    return execute(PLACED, table).fetchone() == (method,)


def _distribute(table: str) -> None:
    """Place the rows of a table by workspace, beside the contacts of the workspace."""
    beside = "default" if table == "contact" else "contact"
    execute("SELECT create_distributed_table(quote_ident(?), 'workspace_id', colocate_with => ?)", table, beside)
    _drop_copy(table)


def _drop_copy(table: str) -> None:
    """Drop the rows that a distributed table has left on the coordinator, where nothing reads or erases them."""
    if execute(HAS_COPY, table).fetchone()[0]:
        execute(DROP_COPY, table)
