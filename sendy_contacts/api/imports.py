"""The routes under /internal/imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request, url_for
from flask_login import current_user

from ..accounts.models import Workspace
from ..contacts.records import Actor
from ..database.connection import db
from ..imports.record.records import ImportRecord, Step
from ..imports.record.rows import dump_check, dump_step
from ..imports.record.serialize import dump_import, dump_undo
from ..imports.record.store import find_import, list_imports
from ..imports.steps.check import check_stored
from ..imports.steps.draft import create_import
from ..imports.steps.edit import edit_import
from ..imports.steps.failed import failed_rows
from ..imports.steps.run import run
from ..imports.steps.undo import UndoStep, undo
from ..spreadsheets.sheet import read_sheet
from ..validation.schemas import load_import_patch
from ..web.auth import authorize
from ..web.downloads import send_csv
from ..web.metrics import count_rows
from ..web.query_params import reject_any
from ..web.request_body import read_json
from ..web.streams import stream_lines
from ..web.uploads import Upload, receive_upload

S = TypeVar("S", Step, UndoStep)

bp = Blueprint("imports", __name__, url_prefix="/internal/imports")
bp.before_request(authorize)


@bp.before_request
def check_parameters() -> None:
    """Refuse every parameter."""
    reject_any(dict(request.args.lists()))


@bp.post("")
def upload_import() -> Response:
    """Read a file and store it as a draft, with what its columns seem to hold."""
    with receive_upload() as upload:
        record = _store(upload)
    response = jsonify(dump_import(record))
    response.status_code = 201
    response.location = url_for(".show_import", import_id=record.id)
    return response


@bp.get("")
def list_newest_imports() -> dict[str, Any]:
    """List the newest 50 imports, newest first."""
    with db.connection_context():
        return {"imports": [dump_import(record) for record in list_imports(current_user.workspace.id)]}


@bp.get("/<import_id>")
def show_import(import_id: str) -> dict[str, Any]:
    """Return one import."""
    return dump_import(_find(import_id))


@bp.patch("/<import_id>")
def change_import(import_id: str) -> dict[str, Any]:
    """Change what the columns of a draft hold, the country of its phones, or the tags added to every row."""
    return dump_import(edit_import(current_user.workspace, import_id, load_import_patch(read_json())))


@bp.post("/<import_id>/check")
def check_import(import_id: str) -> Response:
    """Return what a run would do, without writing anything."""
    return stream_lines(_follow(import_id, check_stored(current_user.workspace, import_id), dump_check))


@bp.post("/<import_id>/run")
def run_import(import_id: str) -> Response:
    """Write the rows that aren't written yet."""
    steps = run(current_user.workspace, import_id, _actor("import"))
    return stream_lines(_follow(import_id, steps, _count_step))


@bp.post("/<import_id>/undo")
def undo_import(import_id: str) -> Response:
    """Take back what an import has done to contacts."""
    steps = undo(current_user.workspace, import_id, _actor("undo"))
    return stream_lines(_follow(import_id, steps, _dump_undo))


@bp.get("/<import_id>/failed.csv")
def download_failed_rows(import_id: str) -> Response:
    """Return the refused rows as a file to correct and import; of a draft, those that a run would refuse."""
    record = _find(import_id)
    name = f"{record.file_name.rpartition('.')[0] or record.file_name}.failed.csv"
    return send_csv(failed_rows(current_user.workspace, record), name)


def _store(upload: Upload) -> ImportRecord:
    workspace: Workspace = current_user.workspace
    options = {"header_row": upload.header_row or None, "no_header": upload.header_row == 0}
    country = upload.country or workspace.country
    reading = {"encoding": upload.encoding, "delimiter": upload.delimiter, "country": country}
    with read_sheet(upload.file, **reading) as sheet:
        return create_import(workspace, sheet, upload.name, _actor("import"), upload.country, **options)[0]


def _actor(source: str) -> Actor:
    return Actor(f"user:{current_user.id}", source)


def _find(import_id: str) -> ImportRecord:
    with db.connection_context():
        return find_import(current_user.workspace.id, import_id)


def _follow(import_id: str, steps: Iterator[S], dump: Callable[[S], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the progress of each step, and the import at the end with the position that is stored."""
    record = None
    for step in steps:
        record = step.record
        yield {"position": record.position, "rows": record.rows} | dump(step)
    stored = _find(import_id)
    yield dump_import(record._replace(position=stored.position) if record else stored)


def _count_step(step: Step) -> dict[str, Any]:
    count_rows(Counter(step.statuses))
    return dump_step(step)


def _dump_undo(step: UndoStep) -> dict[str, Any]:
    kept = [{"id": kept.contact.id, "phone": kept.contact.phone, "code": kept.code} for kept in step.kept]
    return {"undo": dump_undo(step.record.taken_back), "kept": kept}
