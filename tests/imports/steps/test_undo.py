"""What an undo does, rule by rule of the documents, and that it leaves no trace where nobody else was."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendy_contacts.contacts.models import ConsentEvent, Contact
from sendy_contacts.contacts.records import Actor
from sendy_contacts.contacts.store import iterate
from sendy_contacts.contacts.writes import patch, upsert_many
from sendy_contacts.database.connection import db
from sendy_contacts.imports.exports import export_rows
from sendy_contacts.imports.record.models import ImportChange
from sendy_contacts.imports.record.store import find_import
from sendy_contacts.imports.steps.run import run
from sendy_contacts.imports.steps.undo import undo
from sendy_contacts.validation.schemas import load_patch, load_rows
from tests.imports.tables import ACTOR, draft, import_sheet, make_sheet

ANN, BEN, CID = "+254712345601", "+254712345602", "+254712345603"
PERSON = Actor("user:1", "api")
UNDO = Actor("user:1", "undo")


@pytest.fixture
def post(workspace):
    """A function: values of contacts -> they are posted by a person, one by one."""

    def upsert(*rows):
        for row in load_rows(list(rows)):
            upsert_many(workspace, [row], PERSON, may_opt_in=True)

    return upsert


@pytest.fixture
def edit(workspace):
    """A function: a phone and what a person edits of the contact."""

    def change(phone, **values):
        patch(workspace.id, stored(workspace)[phone].id, load_patch(values))

    return change


@pytest.fixture
def bring_in(workspace):
    """A function: the rows of a table -> the import, run."""
    return lambda *rows: import_sheet(workspace, make_sheet(*rows)).record


@pytest.fixture
def take_back(workspace):
    """A function: an import -> what its undo did, and the phones of which something stays, with the reason."""

    def undo_all(record):
        steps = list(undo(workspace, record.id, UNDO))
        assert find_import(workspace.id, record.id).state == "undone"
        kept = {item.contact.phone: item.code for step in steps for item in step.kept}
        done = dict(steps[-1].record.taken_back)
        assert sum(map(len, done.pop("named", {}).values())) == len(kept)
        return done, kept

    return undo_all


def stored(workspace):
    return {contact.phone: contact for contact in iterate(workspace.id)}


def export(workspace):
    return list(export_rows(workspace.id))


def test_created_and_untouched(workspace, bring_in, take_back):
    record = bring_in("Name|Phone", "Ann|0712345601")
    assert take_back(record) == ({"removed": 1, "restored": 0}, {})
    assert stored(workspace) == {}
    events = [(e.old, e.new, e.source) for e in ConsentEvent.select().order_by(ConsentEvent.changed_at)]
    assert events == [(None, True, "import"), (True, False, "undo")]


def test_created_and_since_edited(workspace, bring_in, take_back, edit):
    record = bring_in("Name|Phone", "Ann|0712345601")
    edit(ANN, name="Anna")
    assert take_back(record) == ({"removed": 0, "restored": 0, "changed_since": 1}, {ANN: "changed_since"})
    assert stored(workspace)[ANN].name == "Anna"


def test_the_first_fifty_of_those_that_are_kept_are_named(workspace, bring_in, post):
    phones = [f"+2547123456{n:02}" for n in range(60)]
    record = bring_in("Name|Phone", *(f"Ann|{phone}" for phone in phones))
    post(*({"phone": phone, "name": "Anna"} for phone in phones))
    done = list(undo(workspace, record.id, UNDO))[-1].record.taken_back
    ids = {contact.id for contact in stored(workspace).values()}
    assert (done["changed_since"], len(ids)) == (60, 60)
    assert len(set(done["named"]["changed_since"]) & ids) == 50


def test_created_and_since_opted_out(workspace, bring_in, take_back, post):
    record = bring_in("Name|Phone", "Ann|0712345601")
    post({"phone": ANN, "optedIn": False})
    assert take_back(record)[1] == {ANN: "opt_out_kept"}
    assert not stored(workspace)[ANN].opted_in


def test_created_as_opted_out(workspace, bring_in, take_back):
    """Of such a contact only the opt-out stays, so that no later list opts the person in."""
    record = bring_in("Name|Phone|Opt-out|Tags", "Ann|0712345601|yes|vip")
    assert take_back(record)[1] == {ANN: "opt_out_kept"}
    contact = stored(workspace)[ANN]
    assert (contact.name, contact.attributes, contact.tags, contact.opted_in) == (None, "{}", "[]", False)


def test_one_field_updated(workspace, bring_in, take_back, post):
    post({"phone": ANN, "name": "Ann", "attributes": {"town": "Nairobi", "rent": 5}})
    before = export(workspace)
    record = bring_in("Phone|attributes.town", "0712345601|Kisumu")
    assert export(workspace) != before
    assert take_back(record) == ({"removed": 0, "restored": 1}, {})
    assert export(workspace) == before


def test_the_same_field_changed_again(workspace, bring_in, take_back, post, edit):
    post({"phone": ANN, "name": "Ann", "attributes": {"town": "Nairobi"}})
    record = bring_in("Phone|attributes.town|Name", "0712345601|Kisumu|Anna")
    edit(ANN, attributes={"town": "Mombasa"})
    assert take_back(record)[1] == {ANN: "changed_since"}
    contact = stored(workspace)[ANN]
    assert (contact.attributes, contact.name) == ('{"town":"Mombasa"}', "Ann")


def test_tags_added(workspace, bring_in, take_back, post, edit):
    post({"phone": ANN, "tags": ["old"]})
    record = bring_in("Phone|Tags", "0712345601|new, VIP")
    edit(ANN, tags=["old", "new", "VIP", "later"])
    take_back(record)
    assert stored(workspace)[ANN].tags == '["old","later"]'


def test_opted_out_by_the_import(workspace, bring_in, take_back, post):
    post({"phone": ANN, "name": "Ann"})
    record = bring_in("Phone|Name|Opt-out", "0712345601|Anna|yes")
    assert take_back(record)[1] == {ANN: "opt_out_kept"}
    contact = stored(workspace)[ANN]
    assert (contact.name, contact.opted_in) == ("Ann", False)


def test_opted_out_by_the_import_and_opted_in_by_a_person(workspace, bring_in, take_back, post):
    post({"phone": ANN})
    record = bring_in("Phone|Opt-out", "0712345601|yes")
    post({"phone": ANN, "optedIn": True})
    assert take_back(record)[1] == {}
    assert stored(workspace)[ANN].opted_in


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first first", "last first"])
def test_two_imports_over_the_same_contacts(workspace, bring_in, take_back, post, order):
    post({"phone": ANN, "name": "Ann", "attributes": {"town": "Nairobi"}, "tags": ["old"]})
    before = export(workspace)
    records = [
        bring_in("Phone|Name|attributes.town|Tags", "0712345601|Anna|Kisumu|a", "0712345602|Ben|Kisumu|a"),
        bring_in("Phone|Name|attributes.town|Tags", "0712345601|Anne|Mombasa|b", "0712345602|Benny|Thika|b",
                 "0712345603|Cid||"),
    ]  # fmt: skip
    for number in order:
        take_back(records[number])
    assert export(workspace) == before
    assert ImportChange.select().count() == 0


def test_a_contact_that_is_gone_is_not_missed(workspace, bring_in, take_back):
    record = bring_in("Name|Phone", "Ann|0712345601", "Ben|0712345602")
    Contact.delete().where(Contact.phone == ANN).execute()
    assert take_back(record)[0] == {"removed": 1, "restored": 0}


def many(count):
    return make_sheet("Phone|Name|attributes.town", *(f"+2547{n:08}|New {n}|Thika" for n in range(count)))


def test_contacts_that_several_chunks_have_changed(workspace, post):
    post({"phone": "+254700000001", "name": "Ann", "tags": ["old"]})
    before = export(workspace)
    rows = (f"+2547{n % 700:08}|Name {n}|tag {n // 1_000}" for n in range(2_500))
    record = import_sheet(workspace, make_sheet("Phone|Name|Tags", *rows)).record
    assert Contact.select().count() == 700
    assert [step.record.taken_back["removed"] for step in undo(workspace, record.id, UNDO)] == [0, 0, 699]
    assert export(workspace) == before


def test_an_undo_that_was_cut_off_goes_on(workspace, post):
    post({"phone": "+254700000001", "name": "Ann"}, {"phone": "+254700002001", "name": "Ben"})
    before = export(workspace)
    record = import_sheet(workspace, many(2_500)).record
    steps = undo(workspace, record.id, UNDO)
    assert next(steps).record.position == 2_000
    steps.close()
    cut_off = find_import(workspace.id, record.id)
    assert (cut_off.state, cut_off.position) == ("paused", 2_000)
    assert list(run(workspace, record.id, ACTOR)) == []  # what is being taken back isn't written
    assert [step.record.position for step in undo(workspace, record.id, UNDO)] == [1_000, 0]
    assert export(workspace) == before
    assert find_import(workspace.id, record.id).taken_back == {"removed": 2_498, "restored": 2}


def test_a_run_that_was_stopped_half_way_is_undone(workspace, post):
    post({"phone": "+254700000001", "name": "Ann"})
    before = export(workspace)
    record = draft(workspace, many(2_500))
    steps = run(workspace, record.id, ACTOR)
    assert next(steps).record.state == "paused"
    steps.close()
    assert Contact.select().count() == 1_000
    assert [step.record.state for step in undo(workspace, record.id, UNDO)] == ["undone"]
    assert export(workspace) == before


def test_a_draft_has_nothing_to_take_back(workspace):
    record = draft(workspace, make_sheet("Phone", "0712345601"))
    assert list(undo(workspace, record.id, UNDO)) == []
    assert find_import(workspace.id, record.id) == record


PHONES = st.sampled_from(["0712345601", "0712345602", "0712345603", "call", ""])
CELLS = st.sampled_from(["", "--", "x", "y", "z"])
ROWS = st.lists(st.tuples(PHONES, CELLS, CELLS, CELLS, st.sampled_from(["", "a", "b, c", "--"])), max_size=8)
HEADER = ["Phone", "Name", "attributes.town", "attributes.rent", "Tags"]


def dump_state(workspace):
    """Return what the workspace holds, but for when it was changed."""
    return [contact._replace(updated_at="", opted_in=bool(contact.opted_in)) for contact in iterate(workspace.id)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, first=ROWS, second=ROWS, order=st.permutations([0, 1]))
def test_undone_imports_leave_no_trace(workspace, before, first, second, order):
    with db.atomic() as transaction:
        import_sheet(workspace, make_sheet(HEADER, *before))
        state, exported = dump_state(workspace), export(workspace)
        records = [import_sheet(workspace, make_sheet(HEADER, *rows)).record for rows in (first, second)]
        for number in order:
            list(undo(workspace, records[number].id, UNDO))
        assert dump_state(workspace) == state
        assert export(workspace) == exported
        transaction.rollback()
