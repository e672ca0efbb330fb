"""The index for searches on SQLite: trigrams of names and phone numbers, tags, workspaces, opt-outs.

A full-text index takes a thousand contacts at once in a tenth of the time of a thousand single ones. So triggers add
new contacts when a thousand are complete, counted by rowid. Changed ones they note in `contact_changed`, and add them
when these are a thousand. Whoever searches also looks at those that aren't in the index yet.

Nothing is taken out of the index: what it finds has to be compared. A tag is a trigram, too, which the index finds at
once: three characters for private use, chosen at random and kept in `contact_token`. So are a workspace and its
opt-outs, computed from the workspace's id.

The previous release writes the same columns, so the triggers also index what it writes. In a workspace, contacts in
the order of their rowids must be in that of their ids, so a search can begin with the newest. They are put in order.
"""

from peewee import PostgresqlDatabase

atomic = False

TOGETHER = 1_000
PAGE = 10_000

OF_WORKSPACE = "char(57344 + c.workspace_id % 2048, 59392 + c.workspace_id / 2048 % 2048, {})"
RANDOM = "char(57344 + (random() & 2047), 59392 + (random() & 2047), 61440 + (random() & 2047))"
TOKENS = f"""{OF_WORKSPACE.format(63488)} || CASE WHEN c.opted_in THEN '' ELSE {OF_WORKSPACE.format(63489)} END ||
ifnull((SELECT group_concat(token, '') FROM json_each(c.tag_keys) JOIN contact_token t ON t.key = value), '')"""

# Inside a trigger of an upsert, OR IGNORE would not count.
ADD_TOKENS = f"""INSERT INTO contact_token (key, token) SELECT value, {RANDOM}
FROM (SELECT DISTINCT tag_keys FROM contact c WHERE {{0}}) AS found, json_each(found.tag_keys) WHERE true
ON CONFLICT (key) DO NOTHING"""
INDEX = f"""INSERT INTO contact_search (rowid, name, phone, tokens)
SELECT c.rowid, c.name_key, c.phone, {TOKENS} FROM contact c WHERE {{0}}"""

ADDED = f"c.rowid > new.rowid - {TOGETHER} AND c.rowid <= new.rowid"
CHANGED = "c.rowid IN (SELECT contact FROM contact_changed)"

CREATE = (
    """CREATE VIRTUAL TABLE contact_search USING fts5 (name, phone, tokens,
    content = '', columnsize = 0, detail = 'none', tokenize = 'trigram case_sensitive 1')""",
    'CREATE TABLE "contact_token" ("key" TEXT NOT NULL PRIMARY KEY, "token" TEXT NOT NULL) WITHOUT ROWID',
    'CREATE TABLE "contact_changed" ("number" INTEGER NOT NULL PRIMARY KEY, "contact" INTEGER NOT NULL)',
    f"""CREATE TRIGGER contact_index_added AFTER INSERT ON contact WHEN new.rowid % {TOGETHER} = 0
    BEGIN {ADD_TOKENS.format(ADDED)}; {INDEX.format(ADDED)}; END""",
    """CREATE TRIGGER contact_note_changed AFTER UPDATE ON contact WHEN old.name_key IS NOT new.name_key
    OR old.tag_keys <> new.tag_keys OR old.opted_in <> new.opted_in OR old.phone <> new.phone
    BEGIN INSERT INTO contact_changed (contact) VALUES (new.rowid); END""",
    f"""CREATE TRIGGER contact_index_changed AFTER INSERT ON contact_changed WHEN new.number % {TOGETHER} = 0
    BEGIN {ADD_TOKENS.format(CHANGED)}; {INDEX.format(CHANGED)}; DELETE FROM contact_changed; END""",
)
DROP = (
    "DROP TRIGGER IF EXISTS contact_index_added",
    "DROP TRIGGER IF EXISTS contact_note_changed",
    "DROP TABLE IF EXISTS contact_changed",
    "DROP TABLE IF EXISTS contact_token",
    "DROP TABLE IF EXISTS contact_search",
)

IS_DISORDERED = """SELECT count(*) FROM (SELECT rowid AS place,
lag(rowid) OVER (PARTITION BY workspace_id ORDER BY id) AS before FROM contact) WHERE place < before"""
PUT_IN_ORDER = (
    "CREATE TEMPORARY TABLE ordered AS SELECT * FROM contact ORDER BY id",
    "DELETE FROM contact",
    "INSERT INTO contact SELECT * FROM ordered ORDER BY rowid",
    "DROP TABLE ordered",
)


def up(migrator, db):
    if isinstance(db, PostgresqlDatabase):
        return
    with db.atomic("IMMEDIATE"):
        run_all(db, DROP)  # what a migration that was cut off has left
        if db.execute_sql(IS_DISORDERED).fetchone() != (0,):
            run_all(db, PUT_IN_ORDER)
        run_all(db, CREATE)
        (newest,) = db.execute_sql("SELECT max(rowid) FROM contact").fetchone()
    for start in range(0, newest or 0, PAGE):
        page = f"c.rowid > {start} AND c.rowid <= {min(start + PAGE, newest)}"
        with db.atomic("IMMEDIATE"):
            run_all(db, (ADD_TOKENS.format(page), INDEX.format(page)))


def down(migrator, db):
    if not isinstance(db, PostgresqlDatabase):
        with db.atomic("IMMEDIATE"):
            run_all(db, DROP)


def run_all(db, statements):
    for statement in statements:
        db.execute_sql(statement)
