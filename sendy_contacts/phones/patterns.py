"""Valid phone numbers, matched by patterns compiled once from the metadata of `phonenumbers`.

`phonenumbers` tries some twelve patterns one after the other and takes the number apart first; the metadata and the
results here are its own, at a tenth of the cost. `tests/phones/test_patterns.py` holds the two together.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

CALLING_CODE = re.compile("|".join(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE)))
NEVER = "(?!)"
KINDS = (
    *("mobile", "fixed_line", "toll_free", "premium_rate", "shared_cost"),
    *("voip", "personal_number", "pager", "uan", "voicemail"),
)


class Plan(NamedTuple):
    """A country's national numbers: those it is told by among the countries of its calling code, and the valid."""

    region: str
    own: re.Pattern[str]
    valid: re.Pattern[str]


class Dialling(NamedTuple):
    """How a country's numbers are dialled there.

    `abroad` starts a number elsewhere, `trunk` may stand before a national number, and `whole` is what the metadata
    takes for one with nothing before it.
    """

    calling_code: str
    abroad: re.Pattern[str]
    trunk: re.Pattern[str]
    whole: re.Pattern[str]


def match_country(e164: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2) whose valid number this is; None if that takes a closer look.

    A closer look is due for numbers of no single country, and for those that start like their country's trunk prefix,
    which `phonenumbers.parse` may take off.
    """
    found = CALLING_CODE.match(e164, 1)
    if found is None:
        return None
    prefix, plans = _plans(int(found[0]))
    national = e164[found.end() :]
    if prefix.match(national):
        return None
    for plan in plans:
        if plan.own.match(national):
            return plan.region if plan.valid.match(national) else None
    return None


def match_national(dialled: str, region: str) -> str | None:
    """Return in E.164 the valid number of `region` that these digits are there; None if that takes a closer look."""
    country = _dialling(region)
    if country.abroad.match(dialled):
        return None
    start = len(country.calling_code) if dialled.startswith(country.calling_code) else 0  # the + is lost
    trunk = country.trunk.match(dialled, start)
    if trunk and trunk[0]:
        # Only a number without both prefixes is an ordinary one; a trunk prefix with groups is replaced by another.
        if start or trunk.lastindex:
            return None
        start = trunk.end()
    if start and country.whole.fullmatch(dialled):
        return None
    e164 = f"+{country.calling_code}{dialled[start:]}"
    return e164 if match_country(e164) == region else None


@cache
def _plans(code: int) -> tuple[re.Pattern[str], list[Plan]]:
    """Return what a trunk prefix of a calling code looks like, and its countries in the order they are tried."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
    if regions == (phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY,):
        return re.compile(""), []
    plans = [PhoneMetadata.metadata_for_region(region) for region in regions]
    trunk = plans[0] and plans[0].national_prefix_for_parsing
    prefix = f"0|(?:{trunk})(?<!^)" if trunk else NEVER
    return re.compile(prefix), [_compile(plan) for plan in plans if plan]


@cache
def _dialling(region: str) -> Dialling:
    metadata: Any = PhoneMetadata.metadata_for_region(region)
    return Dialling(
        calling_code=str(metadata.country_code),
        abroad=re.compile(metadata.international_prefix or NEVER),
        trunk=re.compile(metadata.national_prefix_for_parsing or NEVER),
        whole=re.compile(metadata.general_desc.national_number_pattern),
    )


def _compile(metadata: PhoneMetadata) -> Plan:
    # A kind without a pattern has no numbers.
    kinds = [kind for name in KINDS if (kind := getattr(metadata, name)) and kind.national_number_pattern]
    valid = f"(?={_pattern(metadata.general_desc)})(?:{'|'.join(map(_pattern, kinds))})"
    return Plan(metadata.id, re.compile(metadata.leading_digits or valid), re.compile(valid))


def _pattern(kind: Any) -> str:
    lengths = "|".join(f".{{{length}}}" for length in kind.possible_length if length > 0)
    return rf"(?=(?:{lengths})\Z)(?:{kind.national_number_pattern})\Z"
