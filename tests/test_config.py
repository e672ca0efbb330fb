"""The environment becomes settings, or one clear line."""

import pytest

from sendy_contacts import create_app
from sendy_contacts.config import ConfigurationError, load_settings
from sendy_contacts.database.connection import UnsupportedDatabase, db
from tests.support.service import ROOT


@pytest.mark.parametrize("secret", [None, "", "   ", 15 * "k"])
def test_a_secret_key_is_required(secret):
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        load_settings({} if secret is None else {"SECRET_KEY": secret})


def test_defaults():
    settings = load_settings({"SECRET_KEY": 16 * "k", "SECRET_KEY_FALLBACKS": "", "SESSION_COOKIE_NAME": ""})
    assert settings["DATABASE_URL"] == "sqlite:///instance/contacts.db"
    assert settings["SESSION_COOKIE_NAME"] == "session"
    assert settings["SECRET_KEY_FALLBACKS"] == []
    assert settings["PERMANENT_SESSION_LIFETIME"] == 12 * 60 * 60


def test_what_is_set_counts():
    given = {
        "SECRET_KEY": 16 * "k",
        "SECRET_KEY_FALLBACKS": "old, older",
        "SESSION_COOKIE_NAME": "dash",
        "PERMANENT_SESSION_LIFETIME": "60",
    }
    settings = load_settings(given)
    assert settings["SECRET_KEY_FALLBACKS"] == ["old", "older"]
    assert settings["SESSION_COOKIE_NAME"] == "dash"
    assert settings["PERMANENT_SESSION_LIFETIME"] == 60


def test_the_page_can_be_switched_off():
    assert load_settings({"SECRET_KEY": 16 * "k"})["CONTACTS_PAGE"] is True
    assert load_settings({"SECRET_KEY": 16 * "k", "CONTACTS_PAGE": "off"})["CONTACTS_PAGE"] is False
    with pytest.raises(ConfigurationError, match="CONTACTS_PAGE must be on or off"):
        load_settings({"SECRET_KEY": 16 * "k", "CONTACTS_PAGE": "no"})


def test_invalid_proxies():
    with pytest.raises(ConfigurationError, match="FORWARDED_ALLOW_IPS"):
        load_settings({"SECRET_KEY": 16 * "k", "FORWARDED_ALLOW_IPS": "proxy.example"})


@pytest.mark.parametrize("lifetime", ["0.5", "-1", "a day", "9" * 17, "٣"])
def test_an_invalid_lifetime(lifetime):
    with pytest.raises(ConfigurationError, match="PERMANENT_SESSION_LIFETIME"):
        load_settings({"SECRET_KEY": 16 * "k", "PERMANENT_SESSION_LIFETIME": lifetime})


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "mysql://localhost/x",
        "contacts.db",
        "postgresql://host",
        "postgresql://h:abc/db",
        "postgresql://ann:se/cret@h/db",
        "postgresql://[::1/db",
        "sqlite:////proc/x/y.db",
        "sqlite:///x.db?timeout=3",
        "postgresql://h/db?max_connections=3",
        "postgresql://h/db?dbname=other",
        "postgresql://h/db?connect_timeout=soon",
    ],
)
def test_a_database_that_it_cannot_run_on(url):
    with pytest.raises(UnsupportedDatabase, match="DATABASE_URL"):
        create_app({"SECRET_KEY": 16 * "k", "DATABASE_URL": url})


@pytest.mark.parametrize(
    ("url", "path"),
    [("sqlite:///instance/contacts.db", ROOT / "instance/contacts.db"), ("sqlite:////tmp/x y.db", "/tmp/x y.db")],  # noqa: S108
)
def test_where_the_sqlite_file_is(url, path):
    create_app({"SECRET_KEY": 16 * "k", "DATABASE_URL": url})
    assert db.database == str(path)


def test_a_postgres_password_may_hold_any_character():
    create_app({"SECRET_KEY": 16 * "k", "DATABASE_URL": "postgresql://ann:p%40ss%2Fw@localhost:5433/contacts"})
    assert db.database == "contacts"
    assert db.connect_params["password"] == "p@ss/w"
    assert db.connect_params["port"] == 5433


def test_parameters_of_libpq_are_understood():
    url = "postgresql://h/db?connect_timeout=3&sslmode=require&options=-c%20work_mem%3D8MB&application_name=contacts"
    create_app({"SECRET_KEY": 16 * "k", "DATABASE_URL": url})
    given = db.connect_params
    assert (given["connect_timeout"], given["sslmode"], given["application_name"]) == ("3", "require", "contacts")
    assert given["options"].startswith("-c work_mem=8MB -c timezone=UTC")


def test_a_new_sqlite_file_is_private(tmp_path):
    create_app({"SECRET_KEY": 16 * "k", "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"})
    with db.connection_context():
        db.execute_sql("CREATE TABLE t (n INTEGER)")
        assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
