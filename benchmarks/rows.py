"""Generated contacts: valid phone numbers of ten countries, names in several scripts, reproducible values.

The index of a contact determines its phone number, the index and the version its other values. 1,000 rows take about
116 kB of JSON. One phone number in ten is written with spaces, one in ten in national format with its country.
"""

import json
import random
from typing import Any

import phonenumbers

Row = dict[str, Any]

# Region, and calling code with the first digits of mobile numbers; seven digits of the contact follow.
RANGES = (
    ("KE", "25411"), ("NG", "234706"), ("IN", "91987"), ("GB", "44740"), ("MX", "52551"),
    ("BR", "551199"), ("DE", "491511"), ("EG", "20100"), ("ZA", "2782"), ("ID", "628121"),
)  # fmt: skip
DIGITS = 10**7
STRIDE = 7_654_321  # coprime to DIGITS, so that neighbours are far apart in the index of phone numbers

FIRST = (
    "Jane",
    "Otieno",
    "Zoë",
    "Ana",
    "José",
    "Amina",
    "Priya",
    "Kim",
    "Ben",
    "Łucja",
    "李娜",
    "ليلى",
    "Ольга",
    "सुनीता",
)
LAST = (
    "Doe",
    "Wanjiru",
    "Weiß",
    "Okafor",
    "Núñez",
    "Patel",
    "Silva",
    "Ncube",
    "Roe",
    "Adeyemi",
    "王",
    "حسن",
    "Попов",
    "शर्मा",
)
TAGS = ("tenant", "owner", "agent", "guest")
TOWNS = ("nairobi", "lagos", "pune", "leeds", "puebla", "santos", "köln", "giza", "durban", "medan")

RARE = 5_000  # one contact in 5,000 has the rare name and the rare tag
RARE_NAME = "Quetzal"
RARE_TAG = "quarterly"
COMMON_TAG = TAGS[0]
COMMON_NAME = "jane"


def make_row(number: int, version: int = 0) -> Row:
    """Return contact `number` with the values of `version`."""
    chance = random.Random(number * 31 + version)  # noqa: S311 - no secret
    steady = random.Random(number)  # noqa: S311
    rare = number % RARE == RARE // 2
    row = {
        "name": f"{RARE_NAME if rare else chance.choice(FIRST)} {chance.choice(LAST)}",
        "attributes": {"rent": str(chance.randrange(5_000, 90_000)), "unit": f"A-{chance.randrange(1_000):03}"},
        "tags": [RARE_TAG if rare else steady.choice(TAGS), TOWNS[number % len(TOWNS)]],
    }
    return _spell(number) | row


def make_rows(start: int, count: int, version: int = 0) -> list[Row]:
    """Return `count` contacts from `start`."""
    return [make_row(number, version) for number in range(start, start + count)]


def make_patch(number: int, version: int) -> Row:
    """Return a PATCH of a contact with all three editable keys."""
    row = make_row(number, version)
    return {"name": row["name"], "attributes": {"rent": row["attributes"]["rent"]}, "tags": row["tags"]}


def make_phone(number: int) -> str:
    """Return the phone number of contact `number` in E.164."""
    _, first_digits = _find_range(number)
    return f"+{first_digits}{number * STRIDE % DIGITS:07}"


def make_client_phone(client: int, number: int) -> str:
    """Return a phone number that neither another client nor `make_row` uses, for concurrent clients."""
    return f"+234803{client % 10}{number % 10**6:06}"


def dump(value: Any) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _find_range(number: int) -> tuple[str, str]:
    # After DIGITS contacts the digits repeat, so each contact moves to the next range.
    return RANGES[(number + number // DIGITS) % len(RANGES)]


def _spell(number: int) -> Row:
    phone = make_phone(number)
    if number % 100 < 80:
        return {"phone": phone}
    parsed = phonenumbers.parse(phone)
    if number % 100 < 90:
        return {"phone": phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)}
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return {"phone": national, "country": _find_range(number)[0]}
