"""The numbers by which one index of PostgreSQL finds tags, opt-outs and parts of names and phones.

The release before goes on writing contacts without them, and finding tags, more slowly. Null says that they aren't
known; a trigger sets it where that release changes a contact that has some. `flask db upgrade` fills them in.
"""

from peewee import PostgresqlDatabase

TRIGGER = """CREATE TRIGGER contact_forget_search_keys BEFORE UPDATE ON contact FOR EACH ROW
WHEN (NEW.search_keys = OLD.search_keys AND (NEW.name_key, NEW.tag_keys, NEW.opted_in)
IS DISTINCT FROM (OLD.name_key, OLD.tag_keys, OLD.opted_in)) EXECUTE FUNCTION contact_forget_search_keys()"""

UP = (
    "ALTER TABLE contact ADD COLUMN search_keys INTEGER[]",
    "CREATE INDEX contact_search_keys ON contact USING gin (search_keys)",
    "CREATE INDEX contact_without_search_keys ON contact (workspace_id) WHERE search_keys IS NULL",
    "DROP INDEX contact_tag_keys",
    """CREATE OR REPLACE FUNCTION contact_forget_search_keys() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN NEW.search_keys := NULL; RETURN NEW; END'""",
    TRIGGER,
)
DOWN = (
    "DROP TRIGGER contact_forget_search_keys ON contact",
    "DROP FUNCTION contact_forget_search_keys",
    "ALTER TABLE contact DROP COLUMN search_keys",
    "CREATE INDEX contact_tag_keys ON contact USING gin (tag_keys jsonb_path_ops)",
)


def up(migrator, db):
    on_postgres = isinstance(db, PostgresqlDatabase)
    for statement in UP if on_postgres else ("ALTER TABLE contact ADD COLUMN search_keys TEXT",):
        db.execute_sql(statement)


def down(migrator, db):
    on_postgres = isinstance(db, PostgresqlDatabase)
    for statement in DOWN if on_postgres else ("ALTER TABLE contact DROP COLUMN search_keys",):
        db.execute_sql(statement)
