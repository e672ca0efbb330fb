"""The countries that a contact can belong to, and their calling codes."""

from __future__ import annotations

import re
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata

# ISO's countries without numbering of their own are countries of contacts all the same.
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) | {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}

_CALLING_CODE = re.compile(r"(?:\+|00)?([1-9][0-9]{0,2})|(?:\+|00)?(1)[ -]?([2-9][0-9]{2})")


@cache
def find_region(calling_code: str) -> str | None:
    """Return the country in which numbers of a calling code are read: `254`, `+254`, `00254`, `1-876`.

    Where several share a code it is the largest: that is enough to read a number, not to name its country.
    """
    match = _CALLING_CODE.fullmatch(calling_code)
    if match is None:
        return None
    if match[3]:
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]
        return next((region for region in regions if _begins_with(region, match[3])), None)
    region = phonenumbers.region_code_for_country_code(int(match[1]))
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


def _begins_with(region: str, area_code: str) -> bool:
    metadata = PhoneMetadata.metadata_for_region(region)
    leading = metadata and metadata.leading_digits
    return bool(leading and re.fullmatch(leading, area_code))
