"""Reading a body at once and through marshmallow gives the same, whatever the body."""

from pprint import pformat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from sendy_contacts.validation.schemas import CONTACT, CREDENTIALS, IMPORTED_CONTACT, PATCH

TEXTS = st.text(max_size=12) | st.sampled_from(
    ["KE", " ke ", "", " ", "x" * 65, "x" * 201, "x" * 1025, "a\0b", "\ud800"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=4)
    | st.dictionaries(TEXTS, SCALARS | st.lists(SCALARS, max_size=1), max_size=4)
    | st.lists(st.integers(0, 60).map(str), min_size=45, max_size=60)
)
GOOD = st.fixed_dictionaries(
    {"phone": st.just("+254700000000")},
    optional={
        "name": st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
        "country": st.sampled_from(["KE", "us"]),
        "attributes": st.dictionaries(
            st.text("abc", min_size=1), st.none() | st.booleans() | st.text("xyz"), max_size=4
        ),
        "tags": st.lists(st.text("abçÇ", min_size=1, max_size=4), max_size=4),
        "optedIn": st.booleans(),
    },
)
KEYS = ["phone", "name", "country", "attributes", "tags", "optedIn", "opted_in", "email", "password", "extra"]


def outcome(read, body):
    try:
        return read(body)
    except ValidationError as error:
        return error.normalized_messages(), error.valid_data


@pytest.mark.parametrize("schema", [CONTACT, IMPORTED_CONTACT, PATCH, CREDENTIALS], ids=lambda s: type(s).__name__)
@given(body=GOOD | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5) | VALUES)
def test_read_and_load_agree(schema, body):
    assert pformat(outcome(schema.read, body)) == pformat(outcome(schema.load, body))
