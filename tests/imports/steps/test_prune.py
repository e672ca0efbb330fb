"""What imports keep of people goes after 30 days; that there was an import stays."""

from datetime import UTC, datetime, timedelta

import pytest
from ulid import ULID

from sendy_contacts.clock import days_ago
from sendy_contacts.contacts.models import Contact
from sendy_contacts.contacts.records import Actor
from sendy_contacts.database.transactions import workspace_lock
from sendy_contacts.imports.record import store
from sendy_contacts.imports.record.models import Import, ImportChange, ImportChunk
from sendy_contacts.imports.record.prune import prune_imports
from sendy_contacts.imports.steps.check import check_stored
from sendy_contacts.imports.steps.edit import edit_import
from sendy_contacts.imports.steps.failed import failed_rows
from sendy_contacts.imports.steps.run import run
from sendy_contacts.imports.steps.undo import undo
from tests.imports.tables import ACTOR, draft, import_sheet, make_sheet

SHEET = make_sheet("Phone|Name", "0712345601|Ann", "call|Ben")


def age(workspace, record, days):
    store.save_import(workspace.id, record._replace(updated_at=days_ago(days)))
    return store.find_import(workspace.id, record.id)


def test_rows_are_kept_for_thirty_days(workspace):
    young = age(workspace, import_sheet(workspace, SHEET).record, 29.9)
    assert prune_imports(workspace.id) == 0
    assert [step.record.state for step in undo(workspace, young.id, Actor("user:1", "undo"))] == ["undone"]


def test_old_rows_go_and_the_import_stays(workspace):
    old = age(workspace, import_sheet(workspace, SHEET).record, 30.1)
    assert prune_imports(workspace.id) == 1
    assert prune_imports(workspace.id) == 0
    assert (ImportChunk.select().count(), ImportChange.select().count(), Contact.select().count()) == (0, 0, 1)
    kept = store.find_import(workspace.id, old.id)
    assert (kept.counts, kept.file_name) == (old.counts, "list.csv")
    assert [column.samples for column in kept.columns] == [[], []]
    with pytest.raises(store.ImportExpired):
        list(undo(workspace, old.id, ACTOR))
    with pytest.raises(store.ImportExpired):
        list(failed_rows(workspace, kept))


def test_an_old_draft_can_no_longer_be_used(workspace):
    old = age(workspace, draft(workspace, SHEET), 31)
    prune_imports(workspace.id)
    uses = (
        lambda: list(run(workspace, old.id, ACTOR)),
        lambda: list(check_stored(workspace, old.id)),
        lambda: edit_import(workspace, old.id, {"country": "UG"}),
    )
    for use in uses:
        with pytest.raises(store.ImportExpired):
            use()


def test_every_import_drops_what_is_old(workspace):
    age(workspace, import_sheet(workspace, SHEET).record, 31)
    new = draft(workspace, SHEET)
    assert [chunk.import_id for chunk in ImportChunk.select()] == [new.id]
    assert Import.select().count() == 2


def test_rows_of_an_upload_that_was_cut_off_go_after_a_day(workspace):
    rows = [(2, ["0712345601"])]
    with workspace_lock(workspace.id):
        for days in (1.1, 0.9):
            cut_off = ULID.from_datetime(datetime.now(UTC) - timedelta(days=days))
            store.add_chunk(workspace.id, f"imp_{cut_off}", 0, rows)
    assert prune_imports(workspace.id) == 1
    assert ImportChunk.select().count() == 1


def test_other_workspaces_keep_theirs(workspace):
    age(workspace, import_sheet(workspace, SHEET).record, 31)
    assert prune_imports(workspace.id + 1) == 0


def test_what_is_stored_of_a_person_is_found_by_phone(workspace):
    record = import_sheet(workspace, SHEET).record
    import_sheet(workspace, make_sheet("Phone", "0733000001"))
    chunks = ImportChunk.select().where(ImportChunk.phones.contains('"+254712345601"'))
    assert [(chunk.import_id, chunk.number) for chunk in chunks] == [(record.id, 0)]
    assert [change.import_id for change in ImportChange.select().where(ImportChange.phone == "+254712345601")] == [
        record.id
    ]
