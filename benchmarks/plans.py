"""PostgreSQL's plans for list requests: EXPLAIN of the statements that the service sends."""

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any, NamedTuple

import psycopg

from sendy_contacts import create_app
from sendy_contacts.database.connection import db
from sendy_contacts.database.postgres import OPTIONS
from tests.support.service import environment

from .systems import CONTACTS, Web

SCAN_SHARE = 0.5  # a plan that reads more than this share of the table counts as a scan


class Plan(NamedTuple):
    """The scans of the table and its indexes, and the number of rows read from the table."""

    scans: list[str]
    rows_read: int

    def judge(self, size: int) -> str:
        """Return the plan and a verdict as text."""
        whole = any("Seq Scan" in scan for scan in self.scans) or self.rows_read > SCAN_SHARE * size
        verdict = "**the whole table**" if whole else "ok"
        return f"{', '.join(dict.fromkeys(self.scans))}; {self.rows_read:,} rows read: {verdict}"


def explain(service: Web, query: str) -> Plan:
    """Return the plan of the statements on contacts for a list request."""
    scans, rows_read = [], 0
    with psycopg.connect(service.url, autocommit=True, options=OPTIONS) as connection:
        for sql, values in catch_statements(service, query):
            (plan,) = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
            for node in walk(plan[0]["Plan"]):
                name = node.get("Index Name") or node.get("Relation Name")
                if name:
                    scans.append(f"{node['Node Type']} {name}")
                if "Relation Name" in node:
                    rows_read += count_rows(node)
    return Plan(scans, rows_read)


def catch_statements(service: Web, query: str) -> list[tuple[str, Any]]:
    """Return the statements on contacts, with their values, that the service sends for a list request."""
    caught = []

    def catch(event: Any) -> None:
        if "contact" in event.sql:
            caught.append((event.sql, event.params))

    with redirect_stdout(io.StringIO()):
        client = create_app(environment(service.url)).test_client()
        db.query_hooks.append(catch)
        response = client.get(f"{CONTACTS}?{query}", headers={"Authorization": f"Bearer {service.token}"})
        db.close_all()
    assert response.status_code == 200, response.text
    return caught


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a plan."""
    yield node
    for child in node.get("Plans", ()):
        yield from walk(child)


def count_rows(node: dict[str, Any]) -> int:
    """Return the number of rows that a scan has read, including those that a filter removed."""
    each = sum(node.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return round(each * node.get("Actual Loops", 1))
