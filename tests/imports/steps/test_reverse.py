"""What an undo does to a contact, case by case, and that the order of two undos doesn't matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.contacts.records import ContactRecord, dump_json
from sendy_contacts.imports.record.changes import Change
from sendy_contacts.imports.record.records import CHANGED_SINCE, OPT_OUT_KEPT
from sendy_contacts.imports.steps.reverse import rebase, revert


def contact(name="Ann", attributes=None, tags=(), opted_in=True, updated_at="1"):
    return ContactRecord("con_1", "+254700000001", name, "KE", dump_json(attributes or {}), dump_json(list(tags)),
                         opted_in, "1", updated_at)  # fmt: skip


OLD = contact(attributes={"rent": "1", "floor": "2"}, tags=["vip"])
NEW = contact("Anna", {"rent": "9", "floor": "2", "unit": "A"}, ["vip", "new"])


@pytest.mark.parametrize(
    ("before", "after", "current", "expected", "kept"),
    [
        (None, NEW, NEW, None, ()),
        (None, NEW, NEW._replace(updated_at="5"), None, ()),
        (None, NEW, NEW._replace(name="Bea"), NEW._replace(name="Bea"), (CHANGED_SINCE,)),
        (None, NEW, NEW._replace(opted_in=False), NEW._replace(opted_in=False), (OPT_OUT_KEPT,)),
        (None, contact("X", opted_in=False), contact("X", opted_in=False), contact(None, opted_in=False),
         (OPT_OUT_KEPT,)),
        (OLD, NEW, NEW, OLD, ()),
        (OLD, NEW, NEW._replace(name="Bea"), OLD._replace(name="Bea"), (CHANGED_SINCE,)),
        (OLD, NEW, NEW._replace(attributes='{"rent":"7","floor":"2","unit":"A"}'),
         OLD._replace(attributes='{"rent":"7","floor":"2"}'), (CHANGED_SINCE,)),
        (OLD, NEW, NEW._replace(attributes='{"rent":"9","floor":"3","unit":"A"}'),
         OLD._replace(attributes='{"floor":"3","rent":"1"}'), ()),
        (OLD, NEW, NEW._replace(tags='["vip","new","late"]'), OLD._replace(tags='["vip","late"]'), ()),
        (OLD, NEW, NEW._replace(tags='["vip"]'), OLD, ()),
        (OLD, OLD._replace(tags="[]"), OLD._replace(tags='["late"]'), OLD._replace(tags='["late","vip"]'), ()),
        (OLD, OLD._replace(opted_in=False), OLD._replace(opted_in=False), OLD._replace(opted_in=False),
         (OPT_OUT_KEPT,)),
        (OLD, NEW, NEW._replace(opted_in=False), OLD._replace(opted_in=False), ()),
        (OLD, OLD._replace(opted_in=False), OLD, OLD, ()),
    ],
    ids=["created", "created, then changed and changed back", "created, then edited", "created, then opted out",
         "created as opted out", "updated", "name changed again", "the same attribute changed again",
         "another attribute changed", "a tag added since", "the added tag removed since", "tags cleared",
         "opted out by the import", "opted out since", "opted in again by a person"],
)  # fmt: skip
def test_what_an_undo_does(before, after, current, expected, kept):
    assert revert(current, Change(before, after)) == (expected, kept)


VALUES = st.sampled_from(["x", "y", None])
CONTACTS = st.builds(
    lambda name, a, b, tags: contact(name, {k: v for k, v in {"a": a, "b": b}.items() if v}, sorted(tags)),
    VALUES,
    VALUES,
    VALUES,
    st.sets(st.sampled_from(["s", "t"])),
)


@given(start=st.none() | CONTACTS, first=CONTACTS, second=CONTACTS)
def test_two_imports_are_undone_in_either_order(start, first, second):
    """The later import adds tags and changes fields of what the earlier one left."""
    later = second._replace(tags=dump_json(sorted({*_tags(first), *_tags(second)})))
    changes = [Change(start, first), Change(first, later)]
    last_first = revert(revert(later, changes[1]).contact, changes[0]).contact
    rebased = rebase(changes[1], changes[0])
    current = revert(later, changes[0]).contact
    first_first = current and revert(current, rebased).contact
    assert _content(last_first) == _content(first_first) == _content(start)


def _tags(record):
    import json

    return json.loads(record.tags)


def _content(record):
    """Return a contact's fields without the order of keys and tags."""
    import json

    return record and (record.name, json.loads(record.attributes), sorted(_tags(record)))
