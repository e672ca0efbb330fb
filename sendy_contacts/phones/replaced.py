"""Old phone numbers that their country has replaced one to one, as today's.

>>> replace_old("+22995123456")
'+2290195123456'

A rule stands here only if the regulator published it, and if neither a valid number of today nor one that lost its
last digits looks like an old one. So Ecuador, Chile and Qatar are missing: a number short of one digit would become
another person's. Brazil, Côte d'Ivoire and Gabon are here all the same, as WhatsApp or many lists have their old
numbers; the metadata still calls Gabon's valid, and Brazil's with a 7.
"""

from __future__ import annotations

import re

# Vietnam, Ministry of Information and Communications, 15 September 2018: mobiles of 11 digits get 10.
VIETNAM = {
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{f"16{digit}": f"3{digit}" for digit in range(2, 10)},
    **{"186": "56", "188": "58", "199": "59"},
}

# The old E.164 and today's.
RULES = (
    # Mexico, IFT, 3 August 2019: no 1 before mobiles, nor 01, 044 and 045 at home. WhatsApp still shows the 1.
    (r"52(?:1|01|044|045)(\d{10})", r"52\1"),
    # Brazil, Anatel, 2012 to November 2016: a ninth digit for mobiles. WhatsApp still shows eight.
    (r"55([1-9]{2})([6-9]\d{7})", r"55\g<1>9\2"),
    # Benin, ARCEP Bénin, 30 November 2024: 01 before every number.
    (r"229([2-9]\d{7})", r"22901\1"),
    # Côte d'Ivoire, ARTCI, 31 January 2021: 01 for Moov, 05 for MTN, 07 for Orange, told by the second digit;
    # lines 21 for Moov, 25 for MTN, 27 for Orange, told by the third.
    (r"225((?:0[1-3]|[457][0-3])\d{6})", r"22501\1"),
    (r"225([04-9][4-6]\d{6})", r"22505\1"),
    (r"225((?:[04-8][7-9]|9[78])\d{6})", r"22507\1"),
    (r"225(2[0-3]8\d{5})", r"22521\1"),
    (r"225((?:2[0-4]|3[0-6])0\d{5})", r"22525\1"),
    (r"225((?:2(?:0[23]|1[2357]|2[245]|3[45]|4[3-5])|3(?:06|1[69]|[2-4]7))\d{5})", r"22527\1"),
    # Gabon, ARCEP Gabon, 15 November 2019, the old numbers until 6 April 2024: the operator's digit before the old
    # first digit, which had a 0 before it or none. Libertis and Moov have 6, Airtel 7, lines 1.
    (r"2410?(1\d{6})", r"2411\1"),
    (r"2410?([256]\d{6})", r"2416\1"),
    (r"2410?([47]\d{6})", r"2417\1"),
    *((rf"84{old}(\d{{7}})", rf"84{new}\1") for old, new in VIETNAM.items()),
    # Cameroon, ART, 21 November 2014: 6 before the mobiles of MTN and Orange.
    (r"237([79]\d{7})", r"2376\1"),
    # Mauritius, ICTA, 1 September 2013: 5 before mobiles.
    (r"230((?:25\d|42[39]|47[02-9]|49[1-9]|7[124-9]\d|87[15-8]|9[1-8]\d)\d{4})", r"2305\1"),
    # Colombia, CRC, 1 September 2021: 60 before the area codes of lines.
    (r"57([125-8][2-9]\d{6}|4(?!6)[2-9]\d{6})", r"5760\1"),
    # Nigeria, NCC, 1 January 2024: 20 before the area codes of lines. Mobiles start with 70 to 72, 80, 81, 90 and 91.
    # `phonenumbers` leaves the trunk 0 before numbers of this length.
    (r"2340?((?:[13-6]\d|2[1-9]|8[2-9]|9[2-9])\d{6})", r"23420\1"),
    # Sint Maarten, NANPA, 30 September 2011: from the Netherlands Antilles' +599 to +1 721.
    (r"599(5\d{6})", r"1721\1"),
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
