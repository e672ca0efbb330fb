"""Workspaces with a signed-in user each: the largest, some of the typical size, and a random choice by size."""

import io
import random
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from typing import NamedTuple

import psycopg

from sendy_contacts import create_app
from sendy_contacts.accounts.users import hash_password, new_session_id
from sendy_contacts.database.connection import db
from sendy_contacts.web.auth import sign_session
from tests.support.service import environment

from .dataset import open_sql

KNOWN = 400  # contacts of a workspace

ADD_WORKSPACES = """INSERT INTO workspace (name, country, created_at)
SELECT 'Workspace ' || n, 'KE', now() FROM generate_series(2, %s) AS n ORDER BY n"""
ADD_USER = """INSERT INTO "user" (workspace_id, email, password_hash, role, active, created_at, session_id)
VALUES (%s, %s, %s, 'owner', true, now(), %s)"""


class Tenant(NamedTuple):
    """A workspace with the token of a user, and ids and phone numbers of some of its contacts."""

    workspace_id: int
    token: str
    known: list[tuple[str, str]]


def add_workspaces(url: str, count: int) -> None:
    """Add workspaces 2 to `count`."""
    with psycopg.connect(url) as connection:
        connection.execute(ADD_WORKSPACES, [count])
        assert connection.execute("SELECT max(id) FROM workspace").fetchone() == (count,)


def choose_typical(sizes: Sequence[int], count: int) -> list[int]:
    """Return the ids of `count` workspaces around the median size."""
    first = max(0, (len(sizes) - count) // 2)
    return list(range(first + 1, min(first + count, len(sizes)) + 1))


def choose_by_size(sizes: Sequence[int], count: int) -> list[int]:
    """Return `count` ids of workspaces, some of them often: the chance of each is its share of all contacts."""
    return random.Random(count).choices(range(1, len(sizes) + 1), sizes, k=count)  # noqa: S311 - no secret


def sign_in(url: str, workspace_ids: Iterable[int]) -> dict[int, Tenant]:
    """Add a user to each of the workspaces; return these by id."""
    sessions = {workspace_id: new_session_id() for workspace_id in workspace_ids}
    password = hash_password("a long password")
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        users = [(n, f"user{n}@example.com", password, session_id) for n, session_id in sessions.items()]
        cursor.executemany(ADD_USER, users)
    tokens = _sign(url, sessions)
    return {n: Tenant(n, tokens[n], _pick_known(url, n)) for n in sessions}


def _sign(url: str, sessions: dict[int, str]) -> dict[int, str]:
    with redirect_stdout(io.StringIO()):
        app = create_app(environment(url))
    with app.app_context():
        tokens = {workspace_id: sign_session(session_id) for workspace_id, session_id in sessions.items()}
    db.close_all()
    return tokens


def _pick_known(url: str, workspace_id: int) -> list[tuple[str, str]]:
    chosen = f"SELECT id, phone FROM contact WHERE workspace_id = {workspace_id} ORDER BY md5(phone) LIMIT {KNOWN}"
    with open_sql(url) as run:
        return run(chosen)
