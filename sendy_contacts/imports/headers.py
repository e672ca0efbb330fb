"""What the header of a column stands for. It must not see the column's cells."""

from __future__ import annotations

import re
import unicodedata

from ..validation.fields import MAX_KEY

JSON_MARK = " (json)"
ATTRIBUTE = re.compile(r"attributes\.(.+?)( \(json\))?", re.DOTALL)

_TITLES = {
    "name": "name fullname contactname displayname customername clientname",
    "firstName": "firstname givenname",
    "lastName": "lastname surname familyname",
    "phone": "phone phonenumber phoneno mobile mobileno mobilenumber mobilephone whatsapp whatsappnumber whatsappno"
    " wanumber tel telephone cell cellphone msisdn contactnumber urntel",
    "tags": "tags tag groups group labels label groupmembership",
    "country": "country countrycode",
    "optedIn": "optedin optin",
    "optedOut": "optedout optout unsubscribed unsubscribe donotcontact donotmessage blacklisted",
    "ignore": "importline importreason",
}
_TARGET_OF = {title: target for target, titles in _TITLES.items() for title in titles.split()}


def guess_target(title: str) -> str | None:
    """Return the target that people mean by the header, None for one that is their own."""
    if ATTRIBUTE.fullmatch(title):
        return title
    squeezed = normalize(title)
    return "phone" if re.fullmatch(r"phone\d+value", squeezed) else _TARGET_OF.get(squeezed)


def normalize(title: str) -> str:
    """Return the letters and digits of a header, by which headers are compared."""
    return "".join(filter(str.isalnum, title.casefold()))


def attribute_key(title: str, taken: set[str]) -> str:
    """Return the header in snake_case, letters of any script kept; numbered if taken, "" if nothing is left."""
    parted = re.sub("(?<=[a-z])(?=[A-Z])", "_", unicodedata.normalize("NFC", title)).lower()
    # Marks are the vowels of many scripts.
    kept = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else "_" for c in parted)
    key = base = re.sub("_+", "_", kept)[:MAX_KEY].strip("_") if normalize(title) else ""
    number = 2
    while key in taken:
        key = f"{base[: MAX_KEY - len(str(number)) - 1]}_{number}"
        number += 1
    return key
