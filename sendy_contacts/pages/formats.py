"""How values are shown: filters of the templates."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from functools import cache, lru_cache

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_datetime
from flask import Flask
from markupsafe import Markup

from ..imports.recognition.overrides import name_column
from ..imports.targets import attribute_key
from ..phones.countries import COUNTRIES

FIELD = re.compile(r"\A\w+: ")  # with which messages about a field begin


def init_app(app: Flask) -> None:
    """Add the filters to the app's templates."""
    app.jinja_env.filters.update(
        phone=show_phone,
        country=name_country,
        number=show_number,
        date=lambda moment: show_date(moment[:10]),
        moment=show_moment,
        attribute=show_attribute,
        plain=lambda message: FIELD.sub("", message),
        key=lambda header: attribute_key(header, ()),
        letters=lambda number: name_column(number - 1),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


@lru_cache(4_096)
def show_phone(e164: str) -> Markup:
    """Return a phone number with its groups apart for the eye; copied, it is the bare number."""
    number = phonenumbers.parse(e164, None)
    groups = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    parts = groups.replace("-", " ").split()
    if "".join(parts) != e164:
        parts = [e164]
    spans = Markup("").join(Markup("<span>{}</span>").format(part) for part in parts)
    return Markup('<bdi dir="ltr" class="phone">{}</bdi>').format(spans)


@cache
def _territories() -> dict[str, str]:
    return {code: name for code, name in Locale("en").territories.items() if code in COUNTRIES}


def name_country(code: str | None) -> str:
    """Return the name of a country; "" for none."""
    return _territories().get(code, code) if code else ""


@cache
def list_countries() -> list[tuple[str, str]]:
    """Return the codes and names of all countries, by name."""
    return sorted(_territories().items(), key=lambda item: item[1])


@lru_cache(1_024)
def show_date(day: str) -> str:
    """Return a day, as in "2026-11-27", as the page's script shows it too."""
    return format_date(date.fromisoformat(day), locale="en")


def show_moment(moment: str) -> str:
    """Return a moment in UTC; the page's script shows it in the reader's zone."""
    return format_datetime(datetime.fromisoformat(moment), "MMM d, y, h:mm a", locale="en") + " UTC"


def show_attribute(value: str | int | float) -> str:
    """Return the value of an attribute: a text as it is, else its JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def show_number(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}"
