"""What a check says is what the run does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import Contact
from sendy_contacts.database.connection import db
from sendy_contacts.imports.record.store import find_import
from sendy_contacts.imports.steps.check import NoPhoneColumn, check_stored
from sendy_contacts.imports.steps.edit import edit_import
from sendy_contacts.imports.steps.run import run
from tests.imports.tables import ACTOR, draft, import_sheet, make_sheet, report

HEADER = ["Phone", "Name", "attributes.town", "attributes.rent (json)", "Tags", "Opt-out", "Country"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["0712345601", "+254712345602", "0712345603", "+25439999001", "call", "0712", ""]),
        st.sampled_from(["", "--", "Ann", "x" * 201]),
        st.sampled_from(["", "--", "Thika", "#N/A", "y" * 1_025]),
        st.sampled_from(["", "5", "5.0", "{}", "no json"]),
        st.sampled_from(["", "--", "a", "A, b", "t" * 65]),
        st.sampled_from(["", "yes", "no", "maybe"]),
        st.sampled_from(["", "KE", "Uganda", "Atlantis"]),
    ),
    max_size=8,
)


def compare(workspace, record):
    """Check an import, then run it; assert that both say the same."""
    with db.connection_context():
        before = list(Contact.select().order_by(Contact.id).tuples())
        checked = report(record, check_stored(workspace, record.id))
        assert list(Contact.select().order_by(Contact.id).tuples()) == before
        assert find_import(workspace.id, record.id) == record
        done = report(record, run(workspace, record.id, ACTOR))
    assert checked.counts == done.counts
    assert checked.refused == done.refused
    assert checked.record.warnings == done.record.warnings
    assert [step.statuses for step in checked.steps] == [step.statuses for step in done.steps]
    return done


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=ROWS,
    rows=ROWS.filter(lambda rows: any(map(any, rows))),
    tags=st.lists(st.sampled_from(["a", "May"]), max_size=2, unique=True),
)
def test_a_check_says_what_the_run_does(workspace, before, rows, tags):
    with db.atomic() as transaction:
        import_sheet(workspace, make_sheet(HEADER, *before))
        record = edit_import(workspace, draft(workspace, make_sheet(HEADER, *rows)).id, {"add_tags": tags})
        compare(workspace, record)
        transaction.rollback()


def test_a_check_knows_what_earlier_chunks_would_have_written(workspace):
    phones = [f"+2547{n % 700:08}" for n in range(2_100)]
    record = draft(workspace, make_sheet("Phone|Name", *(f"{phone}|Ann" for phone in phones), f"{phones[0]}|Ben"))
    assert compare(workspace, record).counts == {"created": 700, "unchanged": 1_400, "updated": 1, "passed over": 1}


def test_a_check_of_what_is_left(workspace):
    record = draft(workspace, make_sheet("Phone", *(f"+2547{n:08}" for n in range(2_500))))
    steps = run(workspace, record.id, ACTOR)
    next(steps)
    steps.close()
    checked = list(check_stored(workspace, record.id))
    assert [step.record.position for step in checked] == [2_000, 2_500]
    assert checked[-1].record.counts["created"] == 2_500


def test_nothing_is_checked_or_written_without_phones(workspace):
    record = draft(workspace, make_sheet("Town|Name", "Thika|Ann"))
    for steps in (check_stored(workspace, record.id), run(workspace, record.id, ACTOR)):
        with pytest.raises(NoPhoneColumn):
            next(steps)
    assert find_import(workspace.id, record.id) == record


def test_a_check_names_the_rows_that_repeat_a_phone(workspace):
    phones = [f"+2547{n:08}" for n in range(1_500)]
    record = draft(workspace, make_sheet("Phone", *phones, "0700000000", phones[1_400], "0712", "", "0700000000"))
    steps = list(check_stored(workspace, record.id))
    assert [step.repeats for step in steps] == [
        [],
        [(1_502, 2, phones[0]), (1_503, 1_402, phones[1_400]), (1_506, 2, phones[0])],
    ]
