"""Imports as records, and the import of a change of consent."""

from peewee import CharField, CompositeKey, Field, ForeignKeyField, IntegerField, Model, PostgresqlDatabase, TextField


class Utc(Field):
    field_type = "UTC"


class Table(Model):
    class Meta:
        legacy_table_names = False


class Workspace(Table):
    pass


class Import(Table):
    workspace = ForeignKeyField(Workspace, index=False)
    id = CharField(30)
    file_name = CharField(255)
    state = CharField(10)
    kind = CharField(10)
    encoding = CharField(40, null=True)
    delimiter = CharField(1, null=True)
    header_row = IntegerField(null=True)
    country = CharField(2, null=True)
    rows = IntegerField()
    blank = IntegerField()
    passed_over = IntegerField()
    position = IntegerField()
    header = TextField()
    columns = TextField()
    titles = TextField()
    add_tags = TextField()
    counts = TextField()
    warnings = TextField()
    taken_back = TextField()
    created_at = Utc()
    created_by = CharField(100)
    updated_at = Utc()

    class Meta:
        primary_key = CompositeKey("workspace", "id")


class ImportChunk(Table):
    workspace = ForeignKeyField(Workspace, index=False)
    import_id = CharField(30)
    number = IntegerField()
    rows = TextField()
    refused = TextField(null=True)
    phones = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("workspace", "import_id", "number")


class ImportChange(Table):
    workspace = ForeignKeyField(Workspace, index=False)
    import_id = CharField(30)
    number = IntegerField()
    phone = CharField(16)
    changed_at = Utc()
    before = TextField(null=True)
    after = TextField()

    class Meta:
        primary_key = CompositeKey("workspace", "import_id", "number", "phone")


TABLES = [Import, ImportChunk, ImportChange]


def up(migrator, db):
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    db.execute_sql("ALTER TABLE consent_event ADD COLUMN import_id VARCHAR(30)")
    if isinstance(db, PostgresqlDatabase):
        # Ids are compared byte by byte, independent of the database's collation.
        for table, column in (("import", "id"), ("import_chunk", "import_id"), ("import_change", "import_id")):
            db.execute_sql(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE VARCHAR(30) COLLATE "C"')


def down(migrator, db):
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
    db.execute_sql("ALTER TABLE consent_event DROP COLUMN import_id")
