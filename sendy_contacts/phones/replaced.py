"""Old phone numbers that their country has replaced one to one, as today's.

>>> replace_old("+5215512345678")
'+525512345678'
"""

from __future__ import annotations

import re

# The old E.164 and today's.
RULES = (
    # Mexico, IFT, 3 August 2019: no 1 before mobiles, nor 01, 044 and 045 at home. WhatsApp still shows the 1.
    (r"52(?:1|01|044|045)(\d{10})", r"52\1"),
    # Brazil, Anatel, 2012 to November 2016: a ninth digit for mobiles. WhatsApp still shows eight.
    (r"55([1-9]{2})([6-9]\d{7})", r"55\g<1>9\2"),
)
_RULES = [(re.compile(rf"\+{old}", re.ASCII), rf"+{new}") for old, new in RULES]
_OLD = re.compile("|".join(rf"\+{old}" for old, _ in RULES), re.ASCII)


def is_old(e164: str) -> bool:
    """Return whether this phone number has been replaced by another."""
    return _OLD.fullmatch(e164) is not None


def replace_old(e164: str) -> str:
    """Return today's phone number for an old one, and any other as it is."""
    if is_old(e164):
        for old, new in _RULES:
            if found := old.fullmatch(e164):
                return found.expand(new)
    return e164
