"""Hash partitions by workspace for contacts and their history on PostgreSQL.

    >>> with db.connection_context():
    ...     partition_tables(16)
    ["contact", "consent_event"]

A table is copied into its partitions in one transaction, with an exclusive lock. The partitioned table has the same
keys, indexes, triggers, owner and grants. Tables with views, row security or publications are refused, since these
would be lost.
"""

from __future__ import annotations

from .connection import db
from .distribution import is_distributed
from .sql import execute

TABLES = ("contact", "consent_event")

PARTITIONS = "SELECT count(*) FROM pg_inherits WHERE inhparent = ?::regclass"
# PostgreSQL shows the index of a partitioned table with ON ONLY.
INDEXES = """SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index
WHERE indrelid = ?::regclass AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE conrelid = indrelid)"""
CONSTRAINTS = """SELECT 'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' ' ||
pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = ?::regclass AND contype IN ('p', 'u', 'f', 'c')"""
COLUMN_GRANTS = """SELECT 'GRANT ' || privilege_type || ' (' || quote_ident(attname) || ') ON ' ||
attrelid::regclass || ' TO ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
FROM pg_attribute, aclexplode(attacl) WHERE attrelid = ?::regclass AND NOT attisdropped"""
GRANTS = """SELECT 'GRANT ' || privilege_type || ' ON ' || pg_class.oid::regclass || ' TO ' ||
CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END FROM pg_class, aclexplode(relacl)
WHERE pg_class.oid = ?::regclass"""
OWNER = """SELECT 'ALTER TABLE ' || oid::regclass || ' OWNER TO ' || relowner::regrole
FROM pg_class WHERE oid = ?::regclass"""
TRIGGERS = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ?::regclass AND NOT tgisinternal"

LOST = """SELECT 'the view ' || ev_class::regclass FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid
WHERE classid = 'pg_rewrite'::regclass AND refobjid = ?::regclass AND ev_class <> refobjid
UNION SELECT 'row security on ' || oid::regclass FROM pg_class WHERE oid = ?::regclass AND relrowsecurity
UNION SELECT 'the policy ' || polname FROM pg_policy WHERE polrelid = ?::regclass
UNION SELECT 'the publication ' || pubname FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid
WHERE prrelid = ?::regclass ORDER BY 1"""


class CannotPartition(ValueError):
    """An object that depends on a table would be lost; the message names it."""


def partition_tables(count: int) -> list[str]:
    """Split each table into `count` partitions, even if it is partitioned already; return the changed tables.

    Raise CannotPartition.
    """
    if is_distributed():
        raise CannotPartition("The tables are distributed over nodes, so they can't be split on this one.")
    with db.atomic():
        changed = [table for table in TABLES if execute(PARTITIONS, table).fetchone()[0] != count]
        for table in changed:
            refuse_losses(table)
        for table in changed:
            _split(table, count)
    for table in changed:
        execute(f"ANALYZE {table}")
    return changed


def refuse_losses(table: str) -> None:
    """Raise CannotPartition if an object that depends on the table would be lost."""
    if lost := [name for (name,) in execute(LOST, table, table, table, table).fetchall()]:
        raise CannotPartition(f"{', '.join(lost)} would be lost. Drop it, partition {table}, and create it again.")


def _split(table: str, count: int) -> None:
    execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    queries = (INDEXES, CONSTRAINTS, TRIGGERS, OWNER, GRANTS, COLUMN_GRANTS)
    afterwards = [statement for query in queries for (statement,) in execute(query, table).fetchall()]
    execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    execute(f"CREATE TABLE {table} (LIKE {table}_before) PARTITION BY HASH (workspace_id)")
    for number in range(count):
        bounds = f"MODULUS {count}, REMAINDER {number}"
        execute(f"CREATE TABLE {table}_{number}_of_{count} PARTITION OF {table} FOR VALUES WITH ({bounds})")
    execute(f"INSERT INTO {table} SELECT * FROM {table}_before")  # noqa: S608 - names of our own tables
    execute(f"DROP TABLE {table}_before")
    for statement in afterwards:
        db.execute_sql(statement.replace("%", "%%"))  # an index expression may contain % and ?
