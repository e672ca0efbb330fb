"""The baseline in a bare Flask app: the same four requests over HTTP, without sessions and validation.

`Service` of tests/support/service.py starts it, with the settings of bare_gunicorn.py. Its database is BASELINE_URL.
"""

import os
import threading

from flask import Flask, Response, request

from benchmarks.baseline import Baseline, open_baseline

app = Flask(__name__)
mine = threading.local()


@app.get("/internal/contacts")
def list_contacts() -> Response:
    """Return the newest 500."""
    return respond(baseline().newest())


@app.post("/internal/contacts")
def upsert_contact() -> Response:
    """Write one."""
    return respond(baseline().upsert(request.get_data()))


@app.post("/internal/contacts/bulk")
def upsert_contacts() -> Response:
    """Write many."""
    return respond(baseline().bulk(request.get_data()))


@app.patch("/internal/contacts/<contact_id>")
def patch_contact(contact_id: str) -> Response:
    """Edit one."""
    return respond(baseline().patch(contact_id, request.get_data()))


@app.get("/readyz")
def report_ready() -> Response:
    """Report that the process is up."""
    return respond(b"{}")


def baseline() -> Baseline:
    """Return the baseline of this thread, which keeps its connection."""
    if not hasattr(mine, "baseline"):
        mine.baseline = open_baseline(os.environ["BASELINE_URL"])
    return mine.baseline


def respond(body: bytes) -> Response:
    """Return a JSON response."""
    return Response(body, mimetype="application/json")
