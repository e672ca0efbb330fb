"""The routes under /internal/contacts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_login import current_user
from werkzeug.routing import BaseConverter

from ..contacts.records import STATUSES, Actor, Outcome
from ..contacts.serialize import dump_contact
from ..contacts.store import list_recent
from ..contacts.writes import patch, plan_upsert, upsert_many
from ..database.connection import db
from ..imports.exports import export_rows
from ..imports.record.consent import describe_consent
from ..openapi.document import describe_service
from ..validation.errors import ValidationFailed, dump_error, dump_warning
from ..validation.schemas import RefusedRow, Row, load_bulk, load_patch, load_rows
from ..web.auth import authorize
from ..web.downloads import send_csv
from ..web.metrics import count_rows
from ..web.query_params import load_dry_run, load_filters, load_list_query, reject_any
from ..web.request_body import read_json


class IdConverter(BaseConverter):
    """A contact id in a path. The names of the other routes don't match, since their methods differ."""

    regex = r"(?!bulk$|export\.csv$|openapi\.json$)[^/]+"
    part_isolating = True


bp = Blueprint("contacts", __name__, url_prefix="/internal/contacts")


@bp.record
def register_converter(state: BlueprintSetupState) -> None:
    """Use the converter for each variable part of a route."""
    state.app.url_map.converters["default"] = IdConverter


bp.before_request(authorize)


@bp.get("")
def list_contacts() -> dict[str, Any]:
    """List recent contacts, newest first."""
    query = load_list_query(_parameters(), current_user.workspace.country)
    with db.connection_context():
        page = list_recent(current_user.workspace.id, query)
    return {"contacts": [dump_contact(c) for c in page.contacts], "nextCursor": page.next_cursor}


@bp.post("")
def upsert_contact() -> dict[str, Any] | tuple[dict[str, Any], int, dict[str, str]]:
    """Create or update the contact with this phone number. Repeating the request changes nothing."""
    reject_any(_parameters())
    (outcome,) = _upsert(load_rows([read_json()]), "api", may_opt_in=True)
    if outcome.contact is None:
        raise ValidationFailed(list(outcome.problems))
    body = dump_contact(outcome.contact) | _dump_warnings(outcome)
    if outcome.status != "created":
        return body
    return body, 201, {"Location": f"{request.script_root}{bp.url_prefix}/{outcome.contact.id}"}


@bp.post("/bulk")
def upsert_contacts() -> dict[str, Any]:
    """Create or update up to 1,000 contacts; return a result for each row."""
    dry_run = load_dry_run(_parameters())
    rows = load_bulk(read_json())
    outcomes = _plan(rows) if dry_run else _upsert(rows, "bulk")
    counts = dict.fromkeys(STATUSES, 0) | Counter(outcome.status for outcome in outcomes)
    return counts | {"results": [_dump_outcome(index, outcome) for index, outcome in enumerate(outcomes)]}


@bp.patch("/<contact_id>")
def patch_contact(contact_id: str) -> dict[str, Any]:
    """Edit a contact's name, attributes or tags."""
    reject_any(_parameters())
    return dump_contact(patch(current_user.workspace.id, contact_id, load_patch(read_json())))


@bp.get("/export.csv")
def export_contacts() -> Response:
    """Return the contacts that match the filters as a file that imports back unchanged."""
    query = load_filters(_parameters(), current_user.workspace.country)
    with db.connection_context():
        return send_csv(export_rows(current_user.workspace.id, query), "contacts.csv")


@bp.get("/<contact_id>/consent")
def show_consent(contact_id: str) -> dict[str, Any]:
    """Return each change of a contact's consent: who, when, from where; newest first."""
    reject_any(_parameters())
    with db.connection_context():
        return {"consent": list(describe_consent(current_user.workspace.id, contact_id))}


@bp.get("/openapi.json")
def show_description() -> dict[str, Any]:
    """Return the OpenAPI document of the service."""
    reject_any(_parameters())
    return describe_service(current_app)


def _parameters() -> dict[str, list[str]]:
    return dict(request.args.lists())


def _plan(rows: list[Row | RefusedRow]) -> list[Outcome]:
    with db.connection_context():
        return plan_upsert(current_user.workspace, rows).outcomes


def _upsert(rows: list[Row | RefusedRow], source: str, *, may_opt_in: bool = False) -> list[Outcome]:
    user = current_user._get_current_object()
    outcomes = upsert_many(user.workspace, rows, Actor(f"user:{user.id}", source), may_opt_in=may_opt_in)
    count_rows(Counter(outcome.status for outcome in outcomes))
    return outcomes


def _dump_outcome(index: int, outcome: Outcome) -> dict[str, Any]:
    result: dict[str, Any] = {"index": index, "status": outcome.status}
    if outcome.contact is None:
        result["errors"] = [dump_error(problem) for problem in outcome.problems]
        return result
    if outcome.contact.id:
        result["id"] = outcome.contact.id
    result["phone"] = outcome.contact.phone
    return result | _dump_warnings(outcome) if outcome.warnings else result


def _dump_warnings(outcome: Outcome) -> dict[str, Any]:
    return {"warnings": [dump_warning(warning) for warning in outcome.warnings]} if outcome.warnings else {}
