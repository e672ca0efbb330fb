"""Message templates with {{n}} placeholders, filled from a contact. Pure functions, no I/O.

    >>> template = Template("Hi {{1}}, {{2}} is due.", {"1": "name", "2": {"attribute": "rent", "fallback": "rent"}})
    >>> template.fill({"name": "Jane", "phone": "+254712123456", "country": "KE", "attributes": {"rent": 25000}})
    Filled(body_params=['Jane', '25000'], text='Hi Jane, 25000 is due.', missing=[], fallbacks=[])

The mapping gives each placeholder an attribute (`"rent"`, or `{"attribute": "rent", "fallback": "your rent"}`) or a
fixed text (`{"text": "20% OFF"}`). `name`, `phone` and `country` are the contact's own fields.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

OWN_FIELDS = ("name", "phone", "country")

# {{{1}}} is a mistake, so it is refused instead of being filled as {…}.
PLACEHOLDER = re.compile(r"(?<!\{)\{\{([1-9][0-9]*)\}\}(?!\})")
MISNAMED = re.compile(r"(?<!\{)\{\{[^{}]*\}\}(?!\})")
BRACES = re.compile(r"\{\{|\}\}")
SHAPES = ({"attribute"}, {"attribute", "fallback"}, {"text"})
INVISIBLE = {"Cc", "Cf"}
MAX_SHOWN = 40


class TemplateError(ValueError):
    """A body or a mapping isn't valid; the message says where (characters count from 1) and why."""


class TemplateMappingError(TemplateError):
    """The mapping isn't valid."""


class Source(NamedTuple):
    """The source of a value: the attribute, or else the fallback. A fixed text is a fallback without an attribute."""

    attribute: str | None
    fallback: str | None


class Filled(NamedTuple):
    """A template filled for one contact. Parameters and text are None if a placeholder has no value.

    `missing` lists the placeholders without a value, `fallbacks` those filled with their fallback.
    """

    body_params: list[str] | None
    text: str | None
    missing: list[int]
    fallbacks: list[int]


class Template:
    """A body with {{1}}, {{2}}, … and their sources, checked once and filled for many contacts."""

    def __init__(self, body: str, mapping: Mapping[str, object]) -> None:
        """Check `body` and `mapping`; raise TemplateError if one of them isn't valid."""
        if not isinstance(body, str):
            raise TemplateError("the body must be a string")
        if not isinstance(mapping, Mapping):
            raise TemplateMappingError('the mapping must be an object like {"1": "name"}')
        keys = _check_body(body)
        for key in mapping:
            if key not in keys:
                raise TemplateMappingError(f"mapping {_show(key)}: the body has no such placeholder; remove it")
        for key in keys:
            if key not in mapping:
                raise TemplateMappingError(f"{{{{{key}}}}} is not in the mapping; add an attribute or a text for it")
        self._sources = [_read_source(key, mapping[key]) for key in keys]
        pieces = PLACEHOLDER.split(body)
        self._literals = pieces[::2]
        self._order = [keys[key] for key in pieces[1::2]]

    def fill(self, contact: Mapping[str, object]) -> Filled:
        """Fill the body for a contact in its wire shape: `name`, `phone`, `country` and flat `attributes`."""
        params: list[str] = []
        missing: list[int] = []
        fallbacks: list[int] = []
        for number, (attribute, fallback) in enumerate(self._sources, 1):
            value = _look_up(contact, attribute) if attribute else ""
            if attribute and not value:
                (missing if fallback is None else fallbacks).append(number)
            params.append(value or fallback or "")
        if missing:
            return Filled(None, None, missing, fallbacks)
        # A value that contains {{2}} stays as it is: values aren't filled again.
        filled = (params[number - 1] for number in self._order)
        text = self._literals[0] + "".join(map("".join, zip(filled, self._literals[1:], strict=True)))
        return Filled(params, text, [], fallbacks)


def _check_body(body: str) -> dict[str, int]:
    """Return the placeholders' keys in the mapping and their numbers, which count from 1 without a gap."""
    keys: dict[str, int] = {}
    end = 0
    for match in PLACEHOLDER.finditer(body):
        _refuse_braces(body, end, match.start())
        end = match.end()
        following = str(len(keys) + 1)
        if match[1] == following:
            keys[following] = len(keys) + 1
        elif match[1] not in keys:
            place = f"character {match.start() + 1}: {_show(match[0])}"
            raise TemplateError(f"{place} comes before {{{{{following}}}}}; number the placeholders 1, 2, 3, …")
    _refuse_braces(body, end, len(body))
    return keys


def _refuse_braces(body: str, start: int, end: int) -> None:
    """Raise TemplateError for double braces between `start` and `end`, where no placeholder was found."""
    braces = BRACES.search(body, start, end)
    if braces is None:
        return
    place = f"character {braces.start() + 1}:"
    if misnamed := MISNAMED.match(body, braces.start()):
        raise TemplateError(f"{place} {_show(misnamed[0])} is not a placeholder; write {{{{1}}}}, without spaces")
    raise TemplateError(f"{place} {braces[0]} isn't part of a placeholder; write one as {{{{1}}}}")


def _read_source(key: str, value: object) -> Source:
    """Return the source that the mapping's `value` gives the placeholder `key`."""
    given = {"attribute": value} if isinstance(value, str) else value
    if not isinstance(given, Mapping) or set(given) not in SHAPES:
        raise TemplateMappingError(
            f'mapping "{key}": must be an attribute, {{"attribute": …, "fallback": …}} or {{"text": …}}'
        )
    for part, text in given.items():
        if not isinstance(text, str) or not _flatten(text):
            raise TemplateMappingError(f'mapping "{key}": {part} must be a string that is not blank')
    fallback = given.get("text", given.get("fallback"))
    return Source(given.get("attribute"), None if fallback is None else _flatten(fallback))


def _look_up(contact: Mapping[str, object], attribute: str) -> str:
    """Return the value of the contact's field or attribute; blank if it has none."""
    if attribute in OWN_FIELDS:
        return _to_text(contact.get(attribute))
    attributes = contact.get("attributes")
    return _to_text(attributes.get(attribute)) if isinstance(attributes, Mapping) else ""


def _to_text(value: object) -> str:
    """Return a value as a person writes it: 25000.0 as 25000, True as true."""
    if isinstance(value, str):
        return _flatten(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return format(Decimal(value), "f")
    if isinstance(value, float) and math.isfinite(value):
        # `or 0` for -0.0; repr() keeps the digits that were sent, "f" avoids the exponent.
        return format(Decimal(repr(value or 0)).normalize(), "f")
    return ""


def _flatten(text: str) -> str:
    """Return `text` on one line with single spaces, as WhatsApp requires, or "" if no character is visible."""
    flat = " ".join(text.split())
    visible = any(character != " " and unicodedata.category(character) not in INVISIBLE for character in flat)
    return flat if visible else ""


def _show(name: object) -> str:
    """Return `name` in quotes: at most 40 characters, unprintable ones escaped."""
    return f'"{repr(str(name)[:MAX_SHOWN])[1:-1]}"'
