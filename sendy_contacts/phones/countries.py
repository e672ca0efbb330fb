"""The countries that a contact can belong to."""

from __future__ import annotations

import phonenumbers

# ISO's countries without numbering of their own are countries of contacts all the same.
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) | {"AQ", "BV", "GS", "HM", "PN", "TF", "UM"}
