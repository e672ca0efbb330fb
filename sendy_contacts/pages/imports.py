"""The steps of an import, on one address, and past imports."""

from __future__ import annotations

from itertools import chain, islice

from flask import Blueprint, Response, render_template, request
from flask_login import current_user

from ..accounts.users import find_emails
from ..contacts.serialize import dump_plain
from ..contacts.store import find_by_ids, find_contacts
from ..database.connection import db
from ..imports.record.changes import find_created
from ..imports.record.records import ImportRecord
from ..imports.record.rows import dump_refusal
from ..imports.record.serialize import dump_import
from ..imports.record.store import ImportExpired, find_import, list_imports, read_refused
from ..imports.steps.check import has_phones
from ..imports.targets import TARGETS
from ..web.auth import authorize
from ..web.uploads import MAX_FILE
from .formats import list_countries
from .static_files import FILES
from .suggestions import suggest

SHOWN = 50  # refused rows
ADDED = 20  # contacts
STEPS = ("check", "run")
ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xls,.ods,.vcf"
ENCODINGS = (
    "UTF-8", "UTF-16", "Windows-1252", "Windows-1250", "Windows-1251", "Windows-1254", "Windows-1255", "Windows-1256",
    "GB18030", "Big5", "Shift_JIS", "EUC-KR",
)  # fmt: skip

bp = Blueprint("imports", __name__, url_prefix="/contacts/imports")
bp.before_request(authorize)


@bp.get("")
def list_past_imports() -> str:
    """Show the newest imports."""
    with db.connection_context():
        records = list_imports(current_user.workspace.id)
        people = _name_people(records)
    return render_template("imports/list.html", records=records, people=people)


@bp.get("/new")
def show_choice() -> str:
    """Show the first step: choose a file."""
    return render_template("imports/choose.html", limit=MAX_FILE >> 20, accepted=ACCEPTED)


@bp.get("/sample.csv")
def send_sample() -> Response:
    """Return a file that imports without a warning."""
    response = Response(FILES["sample.csv"], mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="sample.csv")
    return response


@bp.get("/<import_id>")
def show_import(import_id: str) -> str:
    """Show the step at which an import is; of a draft, the one that the address names."""
    with db.connection_context():
        record = find_import(current_user.workspace.id, import_id)
    step = request.args.get("step")
    if record.state == "draft" and (step not in STEPS or not has_phones(record)):
        return _show_match(record)
    if record.is_open:
        return render_template(f"imports/{step if record.state == 'draft' else 'run'}.html", record=record)
    return _show_result(record)


def _show_match(record: ImportRecord) -> str:
    with db.connection_context():
        found = suggest(current_user.workspace.id)
    choices = {"countries": list_countries(), "targets": TARGETS, "encodings": ENCODINGS, "accepted": ACCEPTED}
    return render_template("imports/match.html", record=record, found=found, **choices)


def _show_result(record: ImportRecord) -> str:
    workspace_id = current_user.workspace.id
    with db.connection_context():
        people = _name_people([record])
        created = find_contacts(workspace_id, find_created(workspace_id, record.id, ADDED))
        undo = dump_import(record)["undo"]
        named = find_by_ids(workspace_id, [id_ for kept in undo["kept"] for id_ in kept["first"]]) if undo else {}
    found = {"added": [dump_plain(contact) for contact in created.values()], "undo": undo, "named": named}
    refused, kept = _list_refused(record)
    return render_template("imports/done.html", record=record, people=people, refused=refused, kept=kept, **found)


def _list_refused(record: ImportRecord) -> tuple[list[dict[str, object]], bool]:
    """Return the first refused rows, and whether the rows of the import are still kept."""
    rows = chain.from_iterable(read_refused(current_user.workspace.id, record))
    try:
        return [dump_refusal(record, row) for row in islice(rows, SHOWN)], True
    except ImportExpired:
        return [], False


def _name_people(records: list[ImportRecord]) -> dict[str, str]:
    """Return who made the imports: the email address of a user, the login of an operator."""
    actors = {record.created_by for record in records}
    emails = find_emails(current_user.workspace.id, actors)
    return {actor: emails.get(actor, actor.partition(":")[2]) for actor in actors}
