"""Workspaces, users, contacts, consent events and sign-in attempts."""

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    Check,
    CompositeKey,
    Field,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    PostgresqlDatabase,
    TextField,
)


class Utc(Field):
    field_type = "UTC"


class Integers(Field):
    field_type = "INTEGERS"


class VerbatimJSON(JSONField):
    field_type = "VERBATIM_JSON"


class Table(Model):
    class Meta:
        legacy_table_names = False


class Workspace(Table):
    id = AutoField()
    name = CharField(200, unique=True)
    country = CharField(2, null=True)
    created_at = Utc()


class User(Table):
    id = AutoField()
    workspace = ForeignKeyField(Workspace)
    email = CharField(254, unique=True)
    password_hash = TextField()
    role = CharField(20, constraints=[Check("role IN ('owner', 'admin', 'developer', 'viewer')")])
    active = BooleanField()
    created_at = Utc()


class Contact(Table):
    workspace = ForeignKeyField(Workspace, index=False)
    id = CharField(30)
    phone = CharField(16)
    name = TextField(null=True)
    country = CharField(2, null=True)
    attributes = VerbatimJSON()
    tags = VerbatimJSON()
    opted_in = BooleanField()
    created_at = Utc()
    updated_at = Utc()
    name_key = TextField(null=True)
    tag_keys = JSONField()
    search_keys = Integers(null=True)

    class Meta:
        primary_key = CompositeKey("workspace", "id")
        indexes = ((("workspace", "phone"), True),)


class ConsentEvent(Table):
    workspace = ForeignKeyField(Workspace, index=False)
    contact_id = CharField(30)
    changed_at = Utc()
    old = BooleanField(null=True)
    new = BooleanField()
    source = CharField(20)
    actor = CharField(100)

    class Meta:
        primary_key = CompositeKey("workspace", "contact_id", "changed_at")


class SignInAttempts(Table):
    key = CharField(64, primary_key=True)
    attempts = IntegerField()
    expires_at = IntegerField()


TABLES = [Workspace, User, Contact, ConsentEvent, SignInAttempts]


def up(migrator, db):
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    if isinstance(db, PostgresqlDatabase):
        # Ids are compared byte by byte, independent of the database's collation.
        db.execute_sql('ALTER TABLE contact ALTER COLUMN id TYPE VARCHAR(30) COLLATE "C"')
        db.execute_sql("CREATE INDEX contact_search_keys ON contact USING gin (search_keys)")


def down(migrator, db):
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
