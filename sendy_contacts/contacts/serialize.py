"""Stored contacts -> the JSON of responses."""

from __future__ import annotations

from typing import Any

import orjson

from .records import ContactRecord


def dump_contact(contact: ContactRecord) -> dict[str, Any]:
    """Return a contact as the API shows it; its stored JSON is embedded without being parsed."""
    return {
        "id": contact.id,
        "name": contact.name,
        "phone": contact.phone,
        "country": contact.country,
        "attributes": orjson.Fragment(contact.attributes),
        "tags": orjson.Fragment(contact.tags),
        "optedIn": bool(contact.opted_in),
        "createdAt": contact.created_at,
        "updatedAt": contact.updated_at,
    }


def dump_plain(contact: ContactRecord) -> dict[str, Any]:
    """Return a contact as the API shows it, with attributes and tags as Python objects."""
    return dump_contact(contact) | {
        "attributes": orjson.loads(contact.attributes),
        "tags": orjson.loads(contact.tags),
    }
