"""Numbers that their country has replaced one to one, and that WhatsApp still shows."""

from __future__ import annotations

import re

from phonenumbers import PhoneNumber

# Mexico's mobiles lost a 1 in 2019, Brazil's got a ninth digit by 2016: WhatsApp still shows the old ones.
MEXICAN_MOBILE = re.compile(r"^1([0-9]{10})$")
BRAZILIAN_MOBILE = re.compile(r"^([1-9]{2})([6-9][0-9]{7})$")
OLD_MOBILE = re.compile(r"\+521[0-9]{10}|\+55[1-9]{2}[6-9][0-9]{7}")


def replace_old(number: PhoneNumber) -> None:
    """Turn the old mobiles that WhatsApp still shows into the numbers of today, in place."""
    if number.country_code == 52:
        number.national_number = int(MEXICAN_MOBILE.sub(r"\1", str(number.national_number)))
    elif number.country_code == 55:
        number.national_number = int(BRAZILIAN_MOBILE.sub(r"\g<1>9\2", str(number.national_number)))
