"""Runs that are killed at any moment, and runs of one import in two processes: each row is written exactly once."""

import os
import random
import signal
import time

from sendy_contacts import create_app
from sendy_contacts.accounts.users import find_workspace
from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.database.connection import db
from sendy_contacts.imports.record.models import ImportChange
from sendy_contacts.imports.record.store import find_import
from sendy_contacts.imports.steps.reading import read_rows, read_rows_ahead
from sendy_contacts.imports.steps.run import run
from tests.imports.tables import ACTOR, draft, make_sheet
from tests.support.database import settings

KILLS = 50
ROWS = 3_000


def new_list(number):
    return make_sheet("Phone|Name", *(f"+2547{number:02}{n:06}|Person {n}" for n in range(ROWS)))


def start_run(url, import_id, read=read_rows_ahead):
    """Run an import in another process, which has a second one to read; return the id of the first."""
    child = os.fork()
    if child:
        return child
    try:
        create_app(settings(url))
        with db.connection_context():
            workspace = find_workspace("Acme")
        for _ in run(workspace, import_id, ACTOR, read=read):
            pass
    finally:
        os._exit(0)


def assert_written_once(workspace, import_ids):
    expected = {"created": ROWS, "updated": 0, "unchanged": 0, "failed": 0}
    with db.connection_context():
        for import_id in import_ids:
            record = find_import(workspace.id, import_id)
            assert (record.state, record.position, record.counts) == ("done", ROWS, expected)
        total = ROWS * len(import_ids)
        for model in (Contact, ConsentEvent, ImportChange):
            assert model.select().count() == total


def test_a_run_that_is_killed_goes_on_where_it_stood(app, database_url):
    with db.connection_context():
        workspace = find_workspace("Acme")
    import_ids, interrupted, record = [], set(), None
    longest = 0.15  # seconds; more on a slow machine, less on a fast one
    for _ in range(KILLS):
        if record is None or record.state == "done":
            import_ids.append(draft(workspace, new_list(len(import_ids))).id)
        db.close_all()
        child = start_run(database_url, import_ids[-1])
        time.sleep(random.uniform(0.01, longest))  # noqa: S311
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with db.connection_context():
            record = find_import(workspace.id, import_ids[-1])
        if record.state == "paused":
            interrupted.add(record.position)
        longest *= {"draft": 1.3, "paused": 1, "done": 0.8}[record.state]
    assert interrupted  # or no kill came in the middle of a run
    list(run(workspace, import_ids[-1], ACTOR))
    assert_written_once(workspace, import_ids)


def test_two_processes_run_the_same_import(app, database_url):
    with db.connection_context():
        workspace = find_workspace("Acme")
    record = draft(workspace, new_list(0))
    db.close_all()
    for child in [start_run(database_url, record.id, read) for read in (read_rows, read_rows_ahead)]:
        os.waitpid(child, 0)
    assert_written_once(workspace, [record.id])
