"""The values of a contact, each checked in one pass. It must not do I/O, nor know HTTP.

A check returns the clean value or raises marshmallow's ValidationError with a list of FieldError.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

from marshmallow import ValidationError, fields, missing

from ..phones.countries import COUNTRIES
from ..text import fold, is_storable, show
from .errors import MAX_ERRORS, ErrorCode, FieldError, field_error

MAX_NAME = 200
MAX_ATTRIBUTES = 100
MAX_KEY = 64
MAX_ATTRIBUTES_BYTES = 32 * 1024  # as stored JSON in UTF-8
MAX_VALUE = 1_024
MAX_TAGS = 50
MAX_TAG = 64
LARGEST_INTEGER = 2**63 - 1

# JSON Schema's words for what `is_storable` and a check for blank ones let pass. White space is spelled out, as JSON
# Schema's \s is ECMAScript's: without U+001C to U+001F and U+0085, which Python's `strip` takes, and with U+FEFF.
STORABLE = r"^[^\u0000]*$"
SPACES = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK = rf"^[^\u0000]*[^\u0000{SPACES}][^\u0000]*$"

UNSTORABLE = "has a NUL character or an unpaired surrogate; remove it"


def refuse(field: str, code: ErrorCode, what: str) -> ValidationError:
    """Return the error that refuses one value."""
    return ValidationError([field_error(field, code, what)])


def check_text(value: object, field: str, max_length: int) -> str:
    """Return the text; refuse another type, more than `max_length` characters, NUL, an unpaired surrogate."""
    if not isinstance(value, str):
        raise refuse(field, "invalid_type", "must be a text")
    if len(value) > max_length:
        raise refuse(field, "too_long", f"has more than {max_length:,} characters")
    if not is_storable(value):
        raise refuse(field, "invalid_text", UNSTORABLE)
    return value


def strip(value: Any) -> Any:
    """Return a text without the white space around it, anything else as it is."""
    return value.strip() if isinstance(value, str) else value


class ContactField(fields.Field[Any]):
    """A field whose own refusals are keywords of `problems.MARSHMALLOW_MESSAGES`."""

    default_error_messages = {"required": "required", "null": "null"}  # noqa: RUF012

    def check(self, value: Any) -> Any:
        """Return the clean value; a null that is allowed doesn't come here."""
        return value

    def read(self, value: Any) -> Any:
        """Return what `deserialize` does for a value that is present."""
        return None if value is None and self.allow_none else self.check(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self.check(value)

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of what the field takes."""
        raise NotImplementedError

    def _type(self, name: str) -> str | list[str]:
        return [name, "null"] if self.allow_none else name


class Text(ContactField):
    """A required text."""

    def __init__(self, max_length: int) -> None:
        super().__init__(required=True)
        self.max_length = max_length

    def check(self, value: Any) -> str:
        """Return the text as it is."""
        return check_text(value, str(self.name), self.max_length)

    def describe(self) -> dict[str, Any]:
        return {"type": self._type("string"), "maxLength": self.max_length, "pattern": STORABLE}


class Phone(ContactField):
    """A phone in any spelling; it is read later, in the contact's country."""

    def __init__(self) -> None:
        super().__init__(required=True, allow_none=True)

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of what can be a phone: no null, which is let pass to be told of as a phone."""
        return {"type": "string", "format": "phone"}


class Name(ContactField):
    """A text of at most 200 characters, trimmed. A blank one is none."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def check(self, value: Any) -> str | None:
        """Return the trimmed name, or None."""
        return check_text(strip(value), "name", MAX_NAME) or None

    def describe(self) -> dict[str, Any]:
        return {"type": self._type("string"), "maxLength": MAX_NAME, "pattern": STORABLE}


class Country(ContactField):
    """An ISO 3166-1 alpha-2 code in any case."""

    def check(self, value: Any) -> str:
        """Return the code in upper case."""
        code = value.strip().upper() if isinstance(value, str) else None
        if code not in COUNTRIES:
            raise refuse("country", "invalid_country", "must be a two-letter code (ISO 3166-1), such as KE")
        return code

    def describe(self) -> dict[str, Any]:
        return {"type": self._type("string"), "enum": sorted(COUNTRIES) + [None] * self.allow_none}


class Attributes(ContactField):
    """A flat object of texts, numbers and booleans under keys of 1 to 64 characters. A null removes its key."""

    def check(self, value: Any) -> dict[str, Any]:
        """Return the object as it is."""
        if not isinstance(value, dict):
            raise refuse("attributes", "invalid_type", "must be an object of keys and values")
        wrong = ((key, item) for key, item in value.items() if not _is_attribute(key, item))
        problems = [_explain(key, item) for key, item in islice(wrong, MAX_ERRORS)]
        if problems:
            raise ValidationError(problems)
        return value

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of what the field takes. How many keys there may be is a limit of the contact."""
        values = [
            {"type": ["string", "null"], "maxLength": MAX_VALUE, "pattern": STORABLE},
            {"type": "number", "minimum": -LARGEST_INTEGER - 1, "maximum": LARGEST_INTEGER},
            {"type": "boolean"},
        ]
        return {
            "type": self._type("object"),
            "propertyNames": {"minLength": 1, "maxLength": MAX_KEY, "pattern": STORABLE},
            "additionalProperties": {"anyOf": values},
        }


def _is_attribute(key: str, value: object) -> bool:
    if not (0 < len(key) <= MAX_KEY and is_storable(key)):
        return False
    if isinstance(value, str):
        return len(value) <= MAX_VALUE and is_storable(value)
    return value is None or (isinstance(value, int | float) and _is_portable(value))


def _explain(key: str, value: object) -> FieldError:
    """Return why a key and its value are no attribute."""
    field = f"attributes.{show(key)}"
    if not key:
        return field_error("attributes", "required", "has a key without a name")
    if len(key) > MAX_KEY:
        return field_error(field, "too_long", f"is a key of more than {MAX_KEY} characters")
    if not is_storable(key):
        return field_error(field, "invalid_text", UNSTORABLE)
    if isinstance(value, dict | list):
        return field_error(field, "invalid_type", "must be a text, a number, true, false or null")
    if isinstance(value, str):
        if is_storable(value):
            return field_error(field, "too_long", f"has more than {MAX_VALUE:,} characters")
        return field_error(field, "invalid_text", UNSTORABLE)
    return field_error(field, "invalid_number", "is too large a number; send it as a text")


def _is_portable(number: float) -> bool:
    """Tell whether the number comes back as it was sent: a finite float or a 64-bit integer."""
    return math.isfinite(number) if isinstance(number, float) else -LARGEST_INTEGER - 1 <= number <= LARGEST_INTEGER


class Tags(ContactField):
    """At most 50 texts of 1 to 64 characters, trimmed. Of those alike but for case the first stays."""

    def check(self, value: Any) -> list[str]:
        """Return the tags in their order."""
        if not isinstance(value, list):
            raise refuse("tags", "invalid_type", "must be a list of texts")
        tags: dict[str, str] = {}
        known: set[str] = set()
        for n, item in enumerate(value):
            if isinstance(item, str) and item in known:
                continue
            tag = check_text(strip(item), f"tags[{n}]", MAX_TAG)
            if not tag:
                raise refuse(f"tags[{n}]", "required", "is blank")
            tags.setdefault(fold(tag), tag)
            known.add(item)
            if len(tags) > MAX_TAGS:
                raise refuse("tags", "too_many", f"has more than {MAX_TAGS} tags")
        return list(tags.values())

    def describe(self) -> dict[str, Any]:
        tag = {"type": "string", "minLength": 1, "maxLength": MAX_TAG, "pattern": NOT_BLANK}
        return {"type": self._type("array"), "maxItems": MAX_TAGS, "items": tag}


class OptedIn(ContactField):
    """true or false, and nothing that resembles them."""

    def __init__(self) -> None:
        super().__init__(data_key="optedIn")

    def check(self, value: Any) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool):
            raise refuse("optedIn", "invalid_type", "must be true or false")
        return value

    def describe(self) -> dict[str, Any]:
        return {"type": self._type("boolean")}


class ReadOnly(ContactField):
    """A key that this call doesn't change, not even to null. `instead` says what does."""

    def __init__(self, data_key: str, instead: str) -> None:
        super().__init__(data_key=data_key)
        self.instead = instead

    def check(self, value: Any) -> Any:  # noqa: ARG002 - whatever it is
        """Refuse any value."""
        raise refuse(str(self.data_key), "not_allowed", f"can't be changed here; {self.instead}")

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        """Return nothing for a key that is absent."""
        return missing if value is missing else self.check(value)
