"""Contacts and their history, hash-partitioned by workspace on PostgreSQL. It must not know a column but the key.

    >>> with db.connection_context():
    ...     partition_tables(16)
    ["contact", "consent_event"]

A table is copied into its partitions in one transaction, during which nobody else reads or writes it. Keys, indexes,
triggers and grants stay those of the plain table: every key begins with the workspace.
"""

from __future__ import annotations

from .connection import db
from .sql import execute

TABLES = ("contact", "consent_event")

PARTITIONS = "SELECT count(*) FROM pg_inherits WHERE inhparent = ?::regclass"
# ON ONLY is how the index of a table that is partitioned already is shown.
INDEXES = """SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index
WHERE indrelid = ?::regclass AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE conrelid = indrelid)"""
CONSTRAINTS = """SELECT 'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' ||
pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ?::regclass AND contype IN ('p', 'u', 'f', 'c')"""
GRANTS = """SELECT 'GRANT ' || privilege_type || ' ON ' || pg_class.oid::regclass || ' TO ' ||
CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END FROM pg_class, aclexplode(relacl)
WHERE pg_class.oid = ?::regclass"""
OWNER = """SELECT 'ALTER TABLE ' || oid::regclass || ' OWNER TO ' || relowner::regrole
FROM pg_class WHERE oid = ?::regclass"""
TRIGGERS = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ?::regclass AND NOT tgisinternal"


def partition_tables(count: int) -> list[str]:
    """Split each table into `count` partitions, whatever it is now; return those that were not split so before."""
    with db.atomic():
        changed = [table for table in TABLES if execute(PARTITIONS, table).fetchone()[0] != count]
        for table in changed:
            _split(table, count)
    for table in changed:
        execute(f"ANALYZE {table}")
    return changed


def _split(table: str, count: int) -> None:
    execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    queries = (INDEXES, CONSTRAINTS, TRIGGERS, OWNER, GRANTS)
    afterwards = [statement for query in queries for (statement,) in execute(query, table).fetchall()]
    execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    execute(f"CREATE TABLE {table} (LIKE {table}_before) PARTITION BY HASH (workspace_id)")
    for number in range(count):
        bounds = f"MODULUS {count}, REMAINDER {number}"
        execute(f"CREATE TABLE {table}_{number}_of_{count} PARTITION OF {table} FOR VALUES WITH ({bounds})")
    execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - names of our own tables
    execute(f"DROP TABLE {table}_before")
    for statement in afterwards:
        execute(statement)
