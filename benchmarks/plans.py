"""How PostgreSQL finds what a request asks for: EXPLAIN of the very statement that the service sends."""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import psycopg

from sendy_contacts import create_app
from sendy_contacts.database.connection import db
from sendy_contacts.database.postgres import OPTIONS
from tests.support.service import environment

from .contestants import CONTACTS, Web

READ_OF_TABLE = 0.5  # who reads more than this part of the table has scanned it


class Plan(NamedTuple):
    """The ways in which the table and its indexes are read, and how many rows of the table are looked at."""

    ways: list[str]
    looked_at: int

    def judge(self, size: int) -> str:
        """Return the plan and the verdict in words."""
        whole = any("Seq Scan" in way for way in self.ways) or self.looked_at > READ_OF_TABLE * size
        verdict = "**the whole table**" if whole else "ok"
        return f"{', '.join(dict.fromkeys(self.ways))}; {self.looked_at:,} rows looked at: {verdict}"


def explain(service: Web, query: str) -> Plan:
    """Return how the statements on contacts of a list request are run."""
    ways, looked_at = [], 0
    with psycopg.connect(service.url, autocommit=True, options=OPTIONS) as connection:
        for sql, values in catch_statements(service, query):
            (plan,) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
            for node in walk(plan[0]["Plan"]):
                name = node.get("Index Name") or node.get("Relation Name")
                if name:
                    ways.append(f"{node['Node Type']} {name}")
                if "Relation Name" in node:
                    looked_at += count_rows(node)
    return Plan(ways, looked_at)


def catch_statements(service: Web, query: str) -> list[tuple[str, Any]]:
    """Return the statements on contacts, with their values, that the service sends for a list request."""
    caught = []

    def catch(event: Any) -> None:
        if "contact" in event.sql:
            caught.append((event.sql, event.params))

    with redirect_stdout(io.StringIO()):
        client = create_app(environment(service.url)).test_client()
        db.query_hooks.append(catch)
        answer = client.get(f"{CONTACTS}?{query}", headers={"Authorization": f"Bearer {service.token}"})
        db.close_all()
    assert answer.status_code == 200, answer.text
    return caught


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a plan."""
    yield node
    for child in node.get("Plans", ()):
        yield from walk(child)


def count_rows(node: dict[str, Any]) -> int:
    """Return the rows that a scan has looked at, those that it threw away included."""
    each = sum(node.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return round(each * node.get("Actual Loops", 1))
