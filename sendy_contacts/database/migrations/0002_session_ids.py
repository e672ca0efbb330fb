"""Random session ids, which can be renewed and are never reused.

Existing users keep their id as their session id, so they stay signed in. A user whom the previous release adds has no
session id until they sign in. On SQLite, the tables of workspaces and users are recreated with AUTOINCREMENT, so that
ids aren't reused. On PostgreSQL, the trigger and the index of an unreleased migration are dropped.
"""

from contextlib import contextmanager

from peewee import PostgresqlDatabase

atomic = False

POSTGRES = (
    'ALTER TABLE "user" ADD COLUMN IF NOT EXISTS session_id VARCHAR(64)',
    'UPDATE "user" SET session_id = id::text WHERE session_id IS NULL',
    'CREATE UNIQUE INDEX IF NOT EXISTS user_session_id ON "user" (session_id)',
    "DROP TRIGGER IF EXISTS contact_forget_search_keys ON contact",
    "DROP FUNCTION IF EXISTS contact_forget_search_keys",
    "DROP INDEX IF EXISTS contact_without_search_keys",
)
SQLITE = (
    """CREATE TABLE "workspace_anew" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "name" VARCHAR(200) NOT NULL,
    "country" VARCHAR(2), "created_at" TEXT NOT NULL)""",
    'INSERT INTO "workspace_anew" SELECT "id", "name", "country", "created_at" FROM "workspace"',
    'DROP TABLE "workspace"',
    'ALTER TABLE "workspace_anew" RENAME TO "workspace"',
    'CREATE UNIQUE INDEX "workspace_name" ON "workspace" ("name")',
    """CREATE TABLE "user_anew" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "workspace_id" INTEGER NOT NULL,
    "email" VARCHAR(254) NOT NULL, "password_hash" TEXT NOT NULL,
    "role" VARCHAR(20) NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer')), "active" INTEGER NOT NULL,
    "created_at" TEXT NOT NULL, "session_id" VARCHAR(64),
    FOREIGN KEY ("workspace_id") REFERENCES "workspace" ("id"))""",
    """INSERT INTO "user_anew" SELECT "id", "workspace_id", "email", "password_hash", "role", "active", "created_at",
    CAST("id" AS TEXT) FROM "user" WHERE true""",
    'DROP TABLE "user"',
    'ALTER TABLE "user_anew" RENAME TO "user"',
    'CREATE UNIQUE INDEX "user_email" ON "user" ("email")',
    'CREATE INDEX "user_workspace_id" ON "user" ("workspace_id")',
    'CREATE UNIQUE INDEX "user_session_id" ON "user" ("session_id")',
)


def up(migrator, db):
    if isinstance(db, PostgresqlDatabase):
        with db.atomic():
            run_all(db, POSTGRES)
    elif "session_id" not in {column.name for column in db.get_columns("user")}:
        with keys_unchecked(db), db.atomic("IMMEDIATE"):
            run_all(db, SQLITE)


def down(migrator, db):
    with db.atomic():
        db.execute_sql("DROP INDEX user_session_id")
        db.execute_sql('ALTER TABLE "user" DROP COLUMN session_id')


def run_all(db, statements):
    for statement in statements:
        db.execute_sql(statement)


@contextmanager
def keys_unchecked(db):
    """Disable foreign keys while the table that they reference is replaced."""
    db.execute_sql("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        db.execute_sql("PRAGMA foreign_keys = ON")
