"""The floor inside a bare Flask view: the same four calls over HTTP, with no session and no rules.

`Service` of tests/support/service.py starts it with the settings of bare_gunicorn.py; FLOOR_URL names its database.
"""

import os
import threading

from flask import Flask, Response, request

from benchmarks.floor import Floor, open_floor

app = Flask(__name__)
mine = threading.local()


@app.get("/internal/contacts")
def list_contacts() -> Response:
    """Return the newest 500."""
    return answer(floor().newest())


@app.post("/internal/contacts")
def upsert_contact() -> Response:
    """Write one."""
    return answer(floor().upsert(request.get_data()))


@app.post("/internal/contacts/bulk")
def upsert_contacts() -> Response:
    """Write many."""
    return answer(floor().bulk(request.get_data()))


@app.patch("/internal/contacts/<contact_id>")
def patch_contact(contact_id: str) -> Response:
    """Edit one."""
    return answer(floor().patch(contact_id, request.get_data()))


@app.get("/readyz")
def tell_ready() -> Response:
    """Say that the process is up."""
    return answer(b"{}")


def floor() -> Floor:
    """Return the floor of this thread, over a connection that it keeps."""
    if not hasattr(mine, "floor"):
        mine.floor = open_floor(os.environ["FLOOR_URL"])
    return mine.floor


def answer(body: bytes) -> Response:
    """Return JSON as it is."""
    return Response(body, mimetype="application/json")
