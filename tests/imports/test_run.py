"""A sheet into a workspace: counts that add up, refused rows as they come, memory that doesn't grow."""

import tracemalloc

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.contacts.records import Actor
from sendy_contacts.database.connection import db
from sendy_contacts.imports.run import plan_import, run_import
from sendy_contacts.spreadsheets.sheet import Sheet
from tests.imports.tables import make_sheet

ACTOR = Actor("cli:ann", "import")


def run(workspace, sheet, country="KE", **options):
    refused = []
    report = run_import(
        workspace, plan_import(sheet, country), ACTOR, refuse=lambda *row: refused.append(row), **options
    )
    return report, refused


def test_every_row_is_counted_once(workspace):
    sheet = make_sheet(
        "Tenants", "", "Name|Phone|Opt-in", "Ann|0712345601|yes", "", "Ben|0712345602|maybe", "Name|Phone|Opt-in",
        "Ann|+254712345601", "Cid|0712345603|no|beyond", "|call|maybe", "",
    )  # fmt: skip
    report, refused = run(workspace, sheet)
    assert report.counts == {"created": 1, "unchanged": 1, "failed": 3, "blank": 3, "passed over": 3}
    assert [(line, cells) for line, cells, _ in refused] == [
        (6, ["Ben", "0712345602", "maybe"]),
        (9, ["Cid", "0712345603", "no", "beyond"]),
        (10, ["", "call", "maybe"]),
    ]
    assert [reason for _, _, reason in refused] == [
        'Opt-in: write yes or no ("maybe" is neither)',
        "row: has 4 cells, the header has 3",
        'phone: has letters in it; write it in digits. Opt-in: write yes or no ("maybe" is neither)',
    ]


def test_rows_are_written_a_thousand_at_a_time(workspace):
    sheet = make_sheet("Phone", *(f"+2547000{n:05}" for n in range(2300)))
    seen = []
    report, _ = run(workspace, sheet, advance=seen.append)
    assert (seen, report.counts["created"]) == ([1000, 1000, 300], 2300)


def test_who_brought_a_consent_in_is_kept(workspace):
    run(workspace, make_sheet("Phone|Opt-out", "0712345601|x", "0712345602"))
    events = ConsentEvent.select().order_by(ConsentEvent.contact_id)
    assert [(event.new, event.source, event.actor) for event in events] == [
        (False, "import", "cli:ann"),
        (True, "import", "cli:ann"),
    ]


def test_a_warning_has_the_lines_of_its_first_rows(workspace):
    sheet = make_sheet("Phone", *(f"+25439999{n:04}" for n in range(12)))
    report, _ = run(workspace, sheet)
    (found,) = report.warnings.values()
    assert (found.rows, found.lines) == (12, list(range(2, 12)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_refused_rows_and_a_large_sheet_are_not_held(workspace):
    def rows():
        yield 1, ["Phone", "Name", "Opt-in", "Note"]
        for line in range(2, 20_002):
            yield line, [f"0712{line:06}", f"Name {line}", "maybe", "x" * 200]

    plan = plan_import(Sheet("CSV", "UTF-8", ",", rows), "KE")
    tracemalloc.start()
    try:
        report = run_import(workspace, plan, ACTOR)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.counts == {"failed": 20_000, "passed over": 1}
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
        plan = plan_import(sheet, "KE")
        planned = run_import(workspace, plan, ACTOR, dry_run=True)
        assert Contact.select().count() == 0
        report, refused = run(workspace, sheet)
        assert report.counts == planned.counts
        assert report.counts.total() == len(rows)
        assert report.counts["failed"] == len(refused)
        transaction.rollback()
