"""The routes under /internal/templates."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask_login import current_user

from ..messages.placeholders import Template
from ..messages.readiness import GROUPS, Example, Readiness, check_readiness
from ..validation.schemas import load_template_check
from ..web.auth import authorize_reader
from ..web.query_params import reject_any
from ..web.request_body import read_json

bp = Blueprint("templates", __name__, url_prefix="/internal/templates")
bp.before_request(authorize_reader)


@bp.post("/check")
def check_template() -> dict[str, Any]:
    """Say for how many contacts a template is ready, and what the others lack. Every role may ask."""
    reject_any(dict(request.args.lists()))
    body, mapping, tags = load_template_check(read_json())
    return _dump(check_readiness(current_user.workspace.id, Template(body, mapping), tags))


def _dump(readiness: Readiness) -> dict[str, Any]:
    counts = {group: readiness.counts[group] for group in GROUPS}
    missing = {str(number): count for number, count in sorted(readiness.missing.items())}
    first = {group: list(map(_dump_example, readiness.first[group])) for group in GROUPS}
    return counts | {"missing": missing, "first": first}


def _dump_example(example: Example) -> dict[str, Any]:
    contact, filled = example
    who = {"id": contact.id, "name": contact.name, "phone": contact.phone}
    return who | {"text": filled.text, "missing": list(map(str, filled.missing))}
