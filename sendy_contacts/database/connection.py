"""The database of this process, opened from a URL.

    >>> open_database("sqlite:////var/lib/contacts/contacts.db")
    >>> with db.connection_context():
    ...     insert_rows(Contact, rows)

The models are bound to the proxy `db`. Opening another database rebinds them.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from peewee import Database, DatabaseProxy, PostgresqlDatabase

from .postgres import ParameterError, PostgresPool
from .sqlite import SqlitePool

POOL = {"max_connections": 16, "timeout": 10, "autoconnect": False}
PACKAGE = Path(__file__).resolve().parent.parent

db = DatabaseProxy()


class UnsupportedDatabase(ValueError):
    """DATABASE_URL isn't valid, or names a database that isn't supported."""


def open_database(url: str) -> Database:
    """Bind `db` to the database at `url` (`sqlite:///…` or `postgresql://…`) without connecting to it.

    The folder of a SQLite file is created. A relative path starts at the folder of the checkout, or at the current
    folder if the package is installed. Raise UnsupportedDatabase.
    """
    try:
        database = _create_pool(url)
    except OSError as error:
        raise UnsupportedDatabase(
            f"The folder of DATABASE_URL can't be created ({error.strerror}). Choose another one."
        ) from None
    except ParameterError as error:
        raise UnsupportedDatabase(str(error)) from None
    except ValueError:
        # The text of the error may quote a part of a password.
        raise UnsupportedDatabase(
            "DATABASE_URL must be sqlite:///path/to/file.db or postgresql://user:password@host/database, "
            "with special characters of the password percent-encoded."
        ) from None
    db.initialize(database)
    return database


def _create_pool(url: str) -> Database:
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme == "sqlite" and name not in ("", ":memory:") and not parts.query:
        path = base_folder() / parts.path.removeprefix("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqlitePool(path, **POOL)
    if parts.scheme in ("postgresql", "postgres") and name:
        return PostgresPool(url, **POOL)
    raise ValueError("neither SQLite nor PostgreSQL")


def base_folder() -> Path:
    """Return the folder of the checkout, or the current one if the package is installed."""
    checkout = PACKAGE.parent
    return checkout if (checkout / "wsgi.py").exists() else Path.cwd()


def count_connections() -> dict[str, int]:
    """Return how many connections of this process are in use, and how many are idle."""
    return {"in_use": len(db._in_use), "idle": len(db._connections)}


def is_postgres() -> bool:
    """Return whether `db` is PostgreSQL; otherwise it is SQLite."""
    return isinstance(db.obj, PostgresqlDatabase)
