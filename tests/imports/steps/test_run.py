"""A sheet into a workspace: counts that add up, refused rows as they come, memory that doesn't grow."""

import tracemalloc

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.database.connection import db
from sendy_contacts.database.fields import BaseModel
from sendy_contacts.imports.plan import plan_import
from sendy_contacts.imports.steps import run as run_module
from sendy_contacts.imports.steps.run import run
from sendy_contacts.spreadsheets.sheet import Sheet
from tests.imports.tables import ACTOR, check_sheet, draft, import_sheet, make_sheet


def test_every_row_is_counted_once(workspace):
    sheet = make_sheet(
        "Tenants", "", "Name|Phone|Opt-in", "Ann|0712345601|yes", "", "Ben|0712345602|maybe", "Name|Phone|Opt-in",
        "Ann|+254712345601", "Cid|0712345603|no|beyond", "|call|maybe", "",
    )  # fmt: skip
    report = import_sheet(workspace, sheet)
    assert report.counts == {"created": 1, "unchanged": 1, "failed": 3, "blank": 3, "passed over": 3}
    assert [(row.line, row.cells) for row in report.refused] == [
        (6, ["Ben", "0712345602", "maybe"]),
        (9, ["Cid", "0712345603", "no", "beyond"]),
        (10, ["", "call", "maybe"]),
    ]
    assert [row.reason for row in report.refused] == [
        'Opt-in: write yes or no ("maybe" is neither)',
        "row: has 4 cells, the header has 3",
        'phone: has letters in it; write it in digits. Opt-in: write yes or no ("maybe" is neither)',
    ]


def test_rows_are_written_a_thousand_at_a_time(workspace):
    sheet = make_sheet("Phone", *(f"+2547000{n:05}" for n in range(2300)))
    report = import_sheet(workspace, sheet)
    assert [len(step.statuses) for step in report.steps] == [1000, 1000, 300]
    assert [step.record.position for step in report.steps] == [1000, 2000, 2300]
    assert report.counts["created"] == 2300


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_planner_of_postgresql_knows_of_a_large_import(workspace, monkeypatch):
    def known_rows():
        return db.execute_sql("SELECT reltuples FROM pg_class WHERE oid = 'contact'::regclass").fetchone()[0]

    monkeypatch.setattr(run_module, "MANY_ROWS", 3)
    import_sheet(workspace, make_sheet("Phone", "0712345601", "0712345602"))
    assert known_rows() <= 0
    import_sheet(workspace, make_sheet("Phone", "0712345603", "0712345604", "0712345605"))
    assert known_rows() == 5


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_import_ends_well_without_statistics(workspace, monkeypatch):
    monkeypatch.setattr(run_module, "MANY_ROWS", 1)
    monkeypatch.setattr(run_module, "Contact", type("Nowhere", (BaseModel,), {}))
    assert import_sheet(workspace, make_sheet("Phone", "0712345601")).record.state == "done"
    assert Contact.select().count() == 1


def test_who_brought_a_consent_in_is_kept(workspace):
    report = import_sheet(workspace, make_sheet("Phone|Opt-out", "0712345601|x", "0712345602"))
    events = ConsentEvent.select().order_by(ConsentEvent.contact_id)
    assert [(event.new, event.source, event.actor, event.import_id) for event in events] == [
        (False, "import", "cli:ann", report.record.id),
        (True, "import", "cli:ann", report.record.id),
    ]


def test_a_warning_has_the_lines_of_its_first_rows(workspace):
    sheet = make_sheet("Phone", *(f"+25439999{n:04}" for n in range(12)))
    (found,) = import_sheet(workspace, sheet).record.warnings
    assert (found["code"], found["rows"], found["lines"]) == ("phone_unverified", 12, list(range(2, 12)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_refused_rows_and_a_large_sheet_are_not_held(workspace):
    def rows():
        yield 1, ["Phone", "Name", "Opt-in", "Note"]
        for line in range(2, 20_002):
            yield line, [f"0712{line:06}", f"Name {line}", "maybe", "x" * 200]

    tracemalloc.start()
    try:
        record = draft(workspace, Sheet("CSV", "UTF-8", ",", rows))
        for step in run(workspace, record.id, ACTOR):
            record = step.record
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (record.counts["failed"], record.passed_over) == (20_000, 1)
    assert peak < 8 << 20  # bytes; the cells alone are 12 MB


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "",
                    "Name",
                    "Phone",
                    "Opt-in",
                    "0712345601",
                    "+254712345602",
                    "maybe",
                    "yes",
                    "KE",
                    "#N/A",
                    "--",
                    "Tot",
                ]
            ),
            max_size=4,
        ),
        max_size=12,
    )
)
def test_no_row_vanishes_whatever_the_table(workspace, rows):
    assume(any(map(any, rows)))
    with db.atomic() as transaction:
        sheet = make_sheet(*rows)
        if all(column.target != "phone" for column in plan_import(sheet, "KE").columns.columns):
            return
        planned = check_sheet(workspace, sheet)
        assert Contact.select().count() == 0
        report = import_sheet(workspace, sheet)
        assert report.counts == planned.counts
        assert report.counts.total() == len(rows)
        assert report.counts["failed"] == len(report.refused)
        transaction.rollback()
