"""What a dry run would have left so far."""

from contextlib import closing

from sendy_contacts.contacts.records import ContactRecord
from sendy_contacts.imports.steps.planned import PlannedContacts


def make(phone, name):
    return ContactRecord(
        "", phone, name, "KE", "{}", '["a"]', True, "2026-11-23T08:15:30.123Z", "2026-11-23T08:15:30.123Z"
    )


def test_contacts_are_kept_by_phone():
    ann, ben, anna = make("+254712345601", "Ann"), make("+254712345602", None), make("+254712345601", "Anna")
    with closing(PlannedContacts()) as planned:
        planned.add({ann.phone: ann, ben.phone: ben})
        planned.add({anna.phone: anna})
        assert dict(planned) == {anna.phone: anna, ben.phone: ben}
        assert {ann.phone, "+254712345609"} & planned.keys() == {ann.phone}
        assert "+254712345609" not in planned
        assert planned.find_repeats([(2, ann.phone), (3, ben.phone), (5, ann.phone)]) == [(5, 2, ann.phone)]
        assert planned.find_repeats([(8, ben.phone), (9, "+254712345609")]) == [(8, 3, ben.phone)]
        assert len(planned) == 2
