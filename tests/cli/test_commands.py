"""The flask commands: databases, users, consent, the shell."""

import getpass

import pytest

from sendy_contacts import create_app
from sendy_contacts.accounts.users import find_user, find_workspace
from sendy_contacts.contacts.models import ConsentEvent
from sendy_contacts.database.connection import db
from sendy_contacts.database.migrate import migration_runner
from tests.support.database import PASSWORD, settings

CONTACTS = "/internal/contacts"


@pytest.fixture
def flask(app):
    """A function: arguments, and what stands on standard input -> the result of the command."""

    def run(*args, stdin=None):
        return app.test_cli_runner().invoke(args=list(args), input=stdin)

    return run


MIGRATIONS = ("0001_initial", "0002_session_ids", "0003_imports", "0004_search")


def test_db_upgrade_and_status(flask):
    assert flask("db", "upgrade").output == "nothing to do\n"
    assert flask("db", "status").output == "".join(f"applied {name}\n" for name in MIGRATIONS)
    with db.connection_context():
        migration_runner().down()
    status = flask("db", "status")
    assert status.exit_code == 1
    *earlier, newest = MIGRATIONS
    assert status.output == "".join(f"applied {name}\n" for name in earlier) + f"pending {newest}\n"
    assert flask("db", "upgrade").output == f"applied {newest}\n"
    assert flask("db", "status").exit_code == 0


def test_users_add_makes_the_workspace(flask, client_of):
    args = ("users", "add", "New@Example.com", "--workspace", "Initech", "--role", "developer", "--country", "ug")
    result = flask(*args, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    with db.connection_context():
        user = find_user("new@example.com")
        assert (user.role, user.active, user.workspace.name, user.workspace.country) == (
            "developer", True, "Initech", "UG",
        )  # fmt: skip
    answer = client_of(None).post("/session", json={"email": "new@example.com", "password": PASSWORD})
    assert answer.status_code == 200


def test_users_add_asks_for_the_password(flask):
    args = ("users", "add", "new@example.com", "--workspace", "Acme", "--role", "viewer")
    assert flask(*args, stdin="password one\npassword two\npassword one\npassword one\n").exit_code == 0
    with db.connection_context():
        assert find_workspace("Acme").country == "KE"


@pytest.mark.parametrize(
    ("args", "stdin", "said"),
    [
        (("owner@example.com", "--workspace", "Acme", "--role", "owner"), "long enough", "is already a user"),
        (("Owner@Example.com", "--workspace", "Other", "--role", "owner"), "long enough", "is already a user"),
        (("new@example.com", "--workspace", "Acme", "--role", "emperor"), "long enough", "emperor"),
        (
            ("new@example.com", "--workspace", "Acme", "--role", "owner", "--country", "XX"),
            "long enough",
            "two-letter",
        ),
        (("new", "--workspace", "Acme", "--role", "owner"), "long enough", "isn't a valid email address"),
        (
            ("new\t@example.com", "--workspace", "Acme", "--role", "owner"),
            "long enough",
            "isn't a valid email address",
        ),
        (
            ("new\udcff@example.com", "--workspace", "Acme", "--role", "owner"),
            "long enough",
            "isn't a valid email address",
        ),
        (("new@example.com", "--workspace", "A\udcff", "--role", "owner"), "long enough", "workspace"),
        (("new@example.com", "--workspace", "Acme", "--role", "owner"), b"\xff\n", "UTF-8"),
        (
            ("new@example.com", "--workspace", "Acme", "--role", "owner", "--country", "NG"),
            "long enough",
            "The country of Acme is KE",
        ),
        (("new@example.com", "--workspace", "Acme", "--role", "owner"), "\n", "too short"),
        (("new@example.com", "--workspace", " ", "--role", "owner"), "long enough", "workspace"),
        (("new@example.com", "--workspace", "x" * 201, "--role", "owner"), "long enough", "workspace"),
        (
            (f"{'x' * 255}@example.com", "--workspace", "Acme", "--role", "owner"),
            "long enough",
            "isn't a valid email address",
        ),
    ],
)
def test_users_add_refuses(flask, args, stdin, said):
    result = flask("users", "add", *args, "--password-stdin", stdin=stdin)
    assert result.exit_code == 2
    assert said in result.output
    listed = flask("users", "list").output
    assert "Other" not in listed
    assert "new" not in listed


def test_a_workspace_without_a_country_can_be_given_one(flask):
    for number, country in enumerate(([], ["--country", "UG"], ["--country", "UG"])):
        args = ("users", "add", f"{number}@example.com", "--workspace", "Initech", "--role", "owner", *country)
        assert flask(*args, "--password-stdin", stdin="long enough").exit_code == 0
    with db.connection_context():
        assert find_workspace("Initech").country == "UG"


def test_users_set_takes_effect(flask, client_of):
    client = client_of("developer")
    assert "is viewer, active" in flask("users", "set", "developer@example.com", "--role", "viewer").output
    assert client.post(CONTACTS, json={"phone": "+254700000000"}).status_code == 403
    assert "deactivated" in flask("users", "set", "developer@example.com", "--deactivate").output
    assert client.get(CONTACTS).status_code == 401
    assert "is viewer, active" in flask("users", "set", "developer@example.com", "--activate").output
    assert client.get(CONTACTS).status_code == 401
    client.set_cookie("session", flask("users", "session", "developer@example.com").output.strip())
    assert client.get(CONTACTS).status_code == 200
    for nobody in ("nobody@example.com", "\udcff"):
        assert flask("users", "set", nobody, "--activate").exit_code == 2


@pytest.mark.parametrize(
    ("options", "stdin"),
    [(["--sign-out"], None), (["--password-stdin"], "another password"), (["--deactivate"], None)],
)
def test_users_set_ends_the_sessions(flask, client_of, options, stdin):
    client = client_of("developer")
    assert client.get(CONTACTS).status_code == 200
    assert "all sessions ended" in flask("users", "set", "developer@example.com", *options, stdin=stdin).output
    assert client.get(CONTACTS).status_code == 401
    assert client_of("owner").get(CONTACTS).status_code == 200


def test_a_new_password_is_the_one_that_counts(flask, client_of):
    assert flask("users", "set", "developer@example.com", "--password-stdin", stdin="short").exit_code == 2
    assert flask("users", "set", "developer@example.com", "--password-stdin", stdin="another password").exit_code == 0
    statuses = [
        client_of(None).post("/session", json={"email": "developer@example.com", "password": password}).status_code
        for password in (PASSWORD, "another password")
    ]
    assert statuses == [401, 200]


def test_users_session_prints_a_value_that_works(flask, client_of):
    token = flask("users", "session", "owner@example.com").output
    assert token.count("\n") == 1
    assert client_of(None).get(CONTACTS, headers={"Authorization": f"Bearer {token.strip()}"}).status_code == 200
    client = client_of(None)
    client.set_cookie("session", token.strip())
    assert client.get(CONTACTS).status_code == 200
    assert flask("users", "session", "gone@example.com").exit_code == 2
    assert flask("users", "session", "nobody@example.com").exit_code == 2


def test_users_list(flask):
    lines = flask("users", "list").output.splitlines()
    assert len(lines) == 6
    assert lines[2] == "gone@example.com\towner\tAcme\tdeactivated"


def test_opt_out_and_back_in_are_recorded(flask, client):
    client.post(CONTACTS, json={"phone": "+254700000001", "name": "Jane"})
    result = flask("contacts", "opt-out", "0700000001", "+254700000002", "nonsense", "--workspace", "Acme")
    assert result.exit_code == 1
    assert result.output.splitlines()[:2] == ["+254700000001: updated", "+254700000002: created"]
    assert result.output.splitlines()[2].startswith("nonsense: failed ")
    contacts = client.get(CONTACTS).json["contacts"]
    assert {c["phone"]: c["optedIn"] for c in contacts} == {"+254700000001": False, "+254700000002": False}
    assert flask("contacts", "opt-in", "0700000001", "--workspace", "Acme").exit_code == 0
    assert client.get(CONTACTS).json["contacts"][1]["optedIn"] is True
    with db.connection_context():
        actor = f"cli:{getpass.getuser()}"
        events = [(e.old, e.new) for e in ConsentEvent.select().where(ConsentEvent.actor == actor)]
        assert sorted(events, key=str) == [(False, True), (None, False), (True, False)]
        assert {e.source for e in ConsentEvent} == {"api", "cli"}


@pytest.mark.parametrize(
    "args",
    [
        ("contacts", "opt-out", "+254700000001", "--workspace", "Nowhere"),
        ("contacts", "opt-out", "+254700000001", "--workspace", "A\udcff"),
        ("contacts", "export", "--workspace", "Nowhere"),
        ("contacts", "preview", "--workspace", "Nowhere", "--body", "Hi"),
    ],
)
def test_an_unknown_workspace_is_refused_with_the_known_ones(flask, args):
    result = flask(*args)
    assert result.exit_code == 2
    assert "Acme, Globex" in result.output


@pytest.mark.parametrize(
    "args", [("users", "list"), ("contacts", "export", "--workspace", "Acme"), ("db", "upgrade"), ("db", "status")]
)
def test_an_unavailable_database_is_reported_in_one_line(flask, database_url, args):
    db.close_all()
    db.obj.database = "/nowhere/contacts.db" if "sqlite" in database_url else "nobody"
    result = flask(*args)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert "can't be reached" in result.output


def test_a_file_that_is_not_a_database_is_one_line_and_503(flask, client_of, tmp_path):
    path = tmp_path / "damaged.db"
    path.write_bytes(b"no database" * 999)
    db.close_all()
    create_app(settings(f"sqlite:///{path}"))
    result = flask("users", "list")
    assert (result.exit_code, "Traceback" in result.output) == (2, False)
    answer = client_of(None).get("/readyz")
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "database_unavailable")


def test_the_shell_has_models_and_functions_at_hand(app):
    code = "from flask.globals import current_app"
    namespace = app.make_shell_context()
    assert {"Contact", "User", "Workspace", "upsert_many", "list_recent", "patch", "Actor"} <= set(namespace)
    exec(code, namespace)  # noqa: S102 - as the shell would
    assert namespace["Contact"].select().count() == 0
    db.close()


@pytest.mark.usefixtures("plain")  # triggers, of which the second migration drops one, are not supported there
def test_what_is_wrong_with_the_database_is_named(flask, client):
    with db.connection_context():
        for _ in range(3):
            migration_runner().down()
    assert (
        "isn't migrated (0002_session_ids, 0003_imports, 0004_search)"
        in flask("users", "session", "owner@example.com").output
    )
    with db.connection_context():
        migration_runner().up()
        db.execute_sql("ALTER TABLE contact RENAME COLUMN tags TO labels")
    said = flask("contacts", "export", "--workspace", "Acme").output
    assert "a fault of the program" in said or "busy" in said
    assert "labels" not in said
