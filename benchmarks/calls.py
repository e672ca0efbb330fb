"""Requests of the users of many workspaces."""

from functools import cache
from typing import Any

from . import rows
from .connections import encode
from .systems import CONTACTS
from .tenants import Tenant

_cached_row = cache(rows.make_row)
_VALUES = 10_000


def make_new(number: int) -> rows.Row:
    """Return contact `number`, with the values of one of the first 10,000."""
    return _cached_row(number % _VALUES) | {"phone": rows.make_phone(number)}


def get(tenant: Tenant, path: str = CONTACTS) -> bytes:
    """Return a request that reads."""
    return encode("GET", path, token=tenant.token)


def post(tenant: Tenant, path: str, body: Any) -> bytes:
    """Return a request with a JSON body."""
    return encode("POST", path, rows.dump(body), tenant.token)


def upsert(tenant: Tenant, row: rows.Row) -> bytes:
    """Return the request that writes one row."""
    return post(tenant, CONTACTS, row)


def bulk(tenant: Tenant, contacts: list[rows.Row]) -> bytes:
    """Return the request that writes the rows."""
    return post(tenant, f"{CONTACTS}/bulk", {"contacts": contacts})


def patch(tenant: Tenant, contact_id: str, number: int) -> bytes:
    """Return the request that edits a contact."""
    return encode("PATCH", f"{CONTACTS}/{contact_id}", rows.dump(rows.make_patch(number, 1)), tenant.token)
