"""What can be stored, what counts as the same, and what a message shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendy_contacts.text import fold, is_storable, show


@pytest.mark.parametrize(("text", "storable"), [("", True), ("ünï✓😀", True), ("a\0", False), ("\ud800", False)])
def test_is_storable(text, storable):
    assert is_storable(text) is storable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VIP", "vip"),
        ("Straße", "STRASSE"),
        ("ОЛЬГА", "ольга"),
        ("é", "e\u0301"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬁ", "FI"),
        ("İstanbul", "istanbul"),
        ("IŞIK", "ışık"),
    ],
)
def test_fold_makes_the_same(one, other):
    assert fold(one) == fold(other)


@given(st.text())
def test_once_folded_is_enough(text):
    assert fold(fold(text)) == fold(text)


def test_show_cuts_and_escapes():
    assert show("rent") == "rent"
    assert show("a\0\ud800\n") == "a\\u0000\\ud800\\u000a"
    assert show("x" * 65) == "x" * 64 + "…"
