"""The list of contacts, and one contact."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_login import current_user

from ..contacts.filters import ListQuery
from ..contacts.serialize import dump_plain
from ..contacts.store import Page, count_contacts, find_contact, list_recent
from ..database.connection import db
from ..imports.record.consent import describe_consent
from ..web.auth import authorize
from ..web.query_params import load_list_query
from .formats import list_countries
from .suggestions import suggest

MOST_COUNTED = 100_000

bp = Blueprint("contacts", __name__, url_prefix="/contacts")
bp.before_request(authorize)


@bp.get("")
def list_contacts() -> str:
    """Show the newest contacts that match the filters of the address, which are those of the API."""
    query = load_list_query(_parameters(), current_user.workspace.country)
    with db.connection_context():
        page = list_recent(current_user.workspace.id, query)
        found = suggest(current_user.workspace.id)
        total = _count(query, page)
    return render_template(
        "contacts.html", **_describe_page(query, page), total=total, most=MOST_COUNTED, found=found
    )


@bp.get("/new")
def show_form() -> str:
    """Show the form for a new contact."""
    with db.connection_context():
        found = suggest(current_user.workspace.id)
    country = current_user.workspace.country
    return render_template("contact_new.html", found=found, countries=list_countries(), country=country)


@bp.get("/<contact_id>")
def show_contact(contact_id: str) -> str:
    """Show a contact and the history of its consent."""
    with db.connection_context():
        contact = find_contact(current_user.workspace.id, contact_id)
        history = list(describe_consent(current_user.workspace.id, contact_id))
        found = suggest(current_user.workspace.id)
    return render_template("contact.html", contact=dump_plain(contact), history=history, found=found)


def _parameters() -> dict[str, list[str]]:
    """Return the parameters of the address without the fields that a person has left blank."""
    filled = ((name, [value for value in values if value.strip()]) for name, values in request.args.lists())
    return {name: values for name, values in filled if values}


def _count(query: ListQuery, page: Page) -> int:
    if page.next_cursor is None and query.cursor is None:
        return len(page.contacts)
    return count_contacts(current_user.workspace.id, query, MOST_COUNTED + 1)


def _describe_page(query: ListQuery, page: Page) -> dict[str, Any]:
    opted_in = None if query.opted_in is None else str(query.opted_in).lower()
    filters = {"q": query.q or None, "tag": list(query.tags), "optedIn": opted_in}
    return {
        "contacts": [dump_plain(contact) for contact in page.contacts],
        "cursor": page.next_cursor,
        "filters": filters,
        "filtered": query.is_filtered,
    }
