"""Drafts: what is stored of a file, and how a person's word about its columns counts."""

import pytest

from sendy_contacts.contacts.store import find_contacts
from sendy_contacts.imports.record.models import Import, ImportChunk
from sendy_contacts.imports.record.store import find_import, read_chunk
from sendy_contacts.imports.steps.check import check_stored
from sendy_contacts.imports.steps.draft import RECALLED
from sendy_contacts.imports.steps.edit import edit_import
from sendy_contacts.imports.steps.failed import failed_rows
from sendy_contacts.imports.steps.run import run
from sendy_contacts.spreadsheets.errors import UnreadableFile
from sendy_contacts.spreadsheets.sheet import Sheet
from tests.imports.tables import ACTOR, draft, import_sheet, make_sheet

TABLE = ("Who|Tel|Alt", "Ann|0712345601|0733000001", "", "Who|Tel|Alt", "Ben|0712345602|")


def targets(record):
    return {column.header: column.target for column in record.columns}


def test_a_draft_holds_the_file(workspace):
    record = draft(workspace, make_sheet("Tenants", "", *TABLE))
    assert find_import(workspace.id, record.id) == record
    assert (record.rows, record.blank, record.passed_over, record.header_row) == (2, 2, 3, 3)
    assert read_chunk(workspace.id, record, 0) == [
        (4, ["Ann", "0712345601", "0733000001"]),
        (7, ["Ben", "0712345602"]),
    ]


def test_cells_that_a_database_cannot_hold_are_stored_all_the_same(workspace):
    record = import_sheet(workspace, make_sheet("Phone|Name", "0712345601|A\0n", "0712345602|B\ud800n")).record
    assert record.counts["failed"] == 1  # the NUL
    assert read_chunk(workspace.id, record, 0) == [(2, ["0712345601", "A\0n"]), (3, ["0712345602", "B?n"])]


def test_a_file_that_breaks_off_leaves_no_draft(workspace):
    def rows():
        yield 1, ["Phone"]
        for line in range(2, 2_500):
            yield line, [f"+2547{line:08}"]
        raise UnreadableFile("line 2500: a quote is opened and never closed")

    with pytest.raises(UnreadableFile):
        draft(workspace, Sheet("CSV", "UTF-8", ",", rows))
    assert (Import.select().count(), ImportChunk.select().count()) == (0, 0)


def test_what_was_said_of_columns_is_proposed_again(workspace):
    first = edit_import(workspace, draft(workspace, make_sheet(*TABLE)).id, {"columns": [("Tel", "ignore")]})
    assert targets(draft(workspace, make_sheet(*TABLE)))["Tel"] == "phone"
    list(run(workspace, first.id, ACTOR))
    again = draft(workspace, make_sheet(*TABLE))
    assert (again.columns[1].target, again.columns[1].why) == ("ignore", RECALLED)
    assert targets(draft(workspace, make_sheet(*TABLE), overrides=["Tel=attributes.x"]))["Tel"] == "attributes.x"
    assert targets(draft(workspace, make_sheet("Tel|Alt|Who", "0712345601|0733000001|Ann")))["Tel"] == "phone"


def test_a_new_word_takes_the_place_of_an_old_one(workspace):
    record = draft(workspace, make_sheet("Phone|A|B", "0712345601|x|y"))
    record = edit_import(workspace, record.id, {"columns": [("A", "name")]})
    record = edit_import(workspace, record.id, {"columns": [("B", "name")]})
    assert targets(record) == {"Phone": "phone", "A": "attributes.a", "B": "name"}


def test_a_column_that_a_person_maps_to_consent_counts(workspace):
    rows = [f"+2547{n:08}|{'yes' if n == 5 else 'no'}" for n in range(20)]
    record = draft(workspace, make_sheet("Phone|Left", *rows))
    edited = edit_import(workspace, record.id, {"columns": [("Left", "optedOut")]})
    assert [(w["code"], w["rows"]) for w in edited.warnings] == [("marked_opted_out", 1)]


def test_columns_of_one_name_are_meant_in_their_order(workspace):
    record = draft(workspace, make_sheet("Phone|Note|Note", "0712345601|x|y"))
    edited = edit_import(workspace, record.id, {"columns": [("Note", "attributes.a"), ("Note", "attributes.b")]})
    assert [column.target for column in edited.columns] == ["phone", "attributes.a", "attributes.b"]


def test_the_rows_of_a_draft_stay_as_they_were(workspace):
    record = draft(workspace, make_sheet(*TABLE))
    edit_import(workspace, record.id, {"country": "UG", "add_tags": ["x"]})
    assert ImportChunk.select().count() == 1


def test_the_country_of_a_list_is_proposed_again_and_said(workspace):
    table = ["Phone|Name", "0772 123456|Ann"]
    first = edit_import(workspace, draft(workspace, make_sheet(*table), None).id, {"country": "UG"})
    list(run(workspace, first.id, ACTOR))
    again = draft(workspace, make_sheet(*table), None)
    assert (again.country, [warning["code"] for warning in again.warnings]) == ("UG", ["country_recalled"])
    assert list(check_stored(workspace, again.id))[-1].record.counts["unchanged"] == 1
    said = draft(workspace, make_sheet(*table), "KE")
    assert (said.country, said.warnings) == ("KE", [])
    other = draft(workspace, make_sheet("Phone|Who", "0712345601|Ann"), None)
    assert (other.country, other.warnings) == ("KE", [])


@pytest.mark.parametrize("header", ["Phone|Name", "Phone|Country"])
def test_refused_rows_mean_the_same_in_a_file_of_their_own(workspace, header):
    rows = ["07|", "07|KE"] if header == "Phone|Country" else ["07|Ann"]
    record = draft(workspace, make_sheet(header, *rows), "UG")
    record = edit_import(workspace, record.id, {"add_tags": ["May", "a|b"]})
    record = list(run(workspace, record.id, ACTOR))[-1].record
    cells = [list(map(str, row)) for row in failed_rows(workspace, record)]
    for row in cells[1:]:
        row[cells[0].index("Phone")] = "0772 123456"
    mended = make_sheet(*cells)
    done = import_sheet(workspace, mended, None).record
    expected = {"+256772123456": "UG", "+254772123456": "KE"}
    assert done.counts["created"] == len(rows)
    contacts = find_contacts(workspace.id, expected).values()
    assert {c.phone: c.country for c in contacts} == dict(list(expected.items())[: len(rows)])
    assert {c.tags for c in contacts} == {'["May","a|b"]'}
