"""Contact ids."""

from itertools import islice

from ulid import ULID

from sendy_contacts.contacts.records import CONTACT_ID, contact_ids


def test_ids_count_up_from_the_newest():
    newest = "con_7ZZZZZZZZZZZZZZZZZZZZZYZZX"
    first = int(ULID.from_str(newest.removeprefix("con_"))) + 1
    ids = list(islice(contact_ids(newest), 3_000))
    assert ids == [f"con_{ULID.from_int(first + number)}" for number in range(3_000)]
    assert all(map(CONTACT_ID.fullmatch, ids))
