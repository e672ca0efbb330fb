"""Fields of contacts, each checked in one pass. No I/O.

A check returns the clean value, or raises marshmallow's ValidationError with a list of FieldError.
"""

from __future__ import annotations

import math
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

# JSON Schema patterns of storable strings, and of those that aren't blank. White space is spelled out: JSON Schema's
# \s is ECMAScript's, which lacks U+001C to U+001F and U+0085 (Python's `strip` removes them) and has U+FEFF.
STORABLE = r"^[^\u0000]*$"
SPACES = r"\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_BLANK = rf"^[^\u0000]*[^\u0000{SPACES}][^\u0000]*$"

UNSTORABLE = "has a NUL character or an unpaired surrogate; remove it"


def refuse(field: str, code: ErrorCode, what: str) -> ValidationError:
    """Return the exception that refuses one value."""
    return ValidationError([field_error(field, code, what)])


def check_text(value: object, field: str, max_length: int) -> str:
    """Return the string. Refuse other types, more than `max_length` characters, NUL and unpaired surrogates."""
    if not isinstance(value, str):
        raise refuse(field, "invalid_type", "must be a string")
    if len(value) > max_length:
        raise refuse(field, "too_long", f"has more than {max_length:,} characters; shorten it")
    if not is_storable(value):
        raise refuse(field, "invalid_text", UNSTORABLE)
    return value


def strip(value: Any) -> Any:
    """Return a string without surrounding white space, and any other value unchanged."""
    return value.strip() if isinstance(value, str) else value


class ContactField(fields.Field[Any]):
    """A field whose error messages are keywords of MARSHMALLOW_MESSAGES."""

    default_error_messages = {"required": "required", "null": "null"}  # noqa: RUF012

    def check(self, value: Any) -> Any:
        """Return the clean value. An allowed null isn't checked."""
        return value

    def read(self, value: Any) -> Any:
        """Return the same as `deserialize` for a value that is present."""
        return None if value is None and self.allow_none else self.check(value)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return self.check(value)

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of valid values."""
        raise NotImplementedError

    def _type(self, name: str) -> str | list[str]:
        return [name, "null"] if self.allow_none else name


class Text(ContactField):
    """A required string that is not stored."""

    def __init__(self, max_length: int) -> None:
        super().__init__(required=True, error_messages={"null": "no_value"})
        self.max_length = max_length

    def check(self, value: Any) -> str:
        """Return the string unchanged."""
        return check_text(value, str(self.name), self.max_length)

    def describe(self) -> dict[str, Any]:
        return {"type": self._type("string"), "maxLength": self.max_length, "pattern": STORABLE}


class Phone(ContactField):
    """A phone number in any spelling. It is parsed later, for the contact's country."""

    def __init__(self) -> None:
        super().__init__(required=True, allow_none=True)

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of valid values. Null passes here, but fails as a phone number later."""
        return {"type": "string", "format": "phone"}


class Name(ContactField):
    """A string of at most 200 characters, trimmed. A blank string counts as null."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def check(self, value: Any) -> str | None:
        """Return the trimmed name; None if it is blank."""
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
    """A flat object of strings, numbers and booleans, with keys of 1 to 64 characters. A null removes its key."""

    def check(self, value: Any) -> dict[str, Any]:
        """Return the object unchanged."""
        if not isinstance(value, dict):
            raise refuse("attributes", "invalid_type", "must be an object of keys and values")
        wrong = [(key, item) for key, item in value.items() if not _is_attribute(key, item)]
        if wrong:
            raise ValidationError([_explain(key, item) for key, item in wrong[:MAX_ERRORS]])
        return value

    def describe(self) -> dict[str, Any]:
        """Return the JSON Schema of valid values. The number of keys is limited for the whole contact, not here."""
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
    """Return the error of an attribute that isn't valid."""
    field = f"attributes.{show(key)}"
    if not key:
        return field_error("attributes", "required", "has an empty key; name it or remove it")
    if len(key) > MAX_KEY:
        return field_error(field, "too_long", f"the key has more than {MAX_KEY} characters; shorten it")
    if not is_storable(key):
        return field_error(field, "invalid_text", UNSTORABLE)
    if isinstance(value, dict | list):
        return field_error(field, "invalid_type", "must be a string, a number, true, false or null")
    if isinstance(value, str):
        if is_storable(value):
            return field_error(field, "too_long", f"has more than {MAX_VALUE:,} characters; shorten it")
        return field_error(field, "invalid_text", UNSTORABLE)
    return field_error(field, "invalid_number", "the number is too large; send it as a string")


def _is_portable(number: float) -> bool:
    """Return whether both databases return the number as it was sent: a finite float or a 64-bit integer."""
    return math.isfinite(number) if isinstance(number, float) else -LARGEST_INTEGER - 1 <= number <= LARGEST_INTEGER


class Tags(ContactField):
    """At most 50 strings of 1 to 64 characters, trimmed. Of tags that differ only in case, the first is kept."""

    def check(self, value: Any) -> list[str]:
        """Return the tags in their order."""
        name = self.data_key or "tags"
        if not isinstance(value, list):
            raise refuse(name, "invalid_type", "must be a list of strings")
        tags: dict[str, str] = {}
        known: set[str] = set()
        for n, item in enumerate(value):
            if isinstance(item, str) and item in known:
                continue
            tag = check_text(strip(item), f"{name}[{n}]", MAX_TAG)
            if not tag:
                raise refuse(f"{name}[{n}]", "required", "is blank; remove it")
            tags.setdefault(fold(tag), tag)
            known.add(item)
            if len(tags) > MAX_TAGS:
                raise refuse(name, "too_many", f"has more than {MAX_TAGS} tags; remove some")
        return list(tags.values())

    def describe(self) -> dict[str, Any]:
        tag = {"type": "string", "minLength": 1, "maxLength": MAX_TAG, "pattern": NOT_BLANK}
        return {"type": self._type("array"), "maxItems": MAX_TAGS, "items": tag}


class OptedIn(ContactField):
    """true or false. Other values, such as 1 or \"yes\", are refused."""

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
    """A key that this request can't change, not even to null. `instead` says which request can."""

    def __init__(self, data_key: str, instead: str) -> None:
        super().__init__(data_key=data_key)
        self.instead = instead

    def check(self, value: Any) -> Any:  # noqa: ARG002 - every value is refused
        """Refuse every value."""
        raise refuse(str(self.data_key), "not_allowed", f"can't be changed here; {self.instead}")

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        """Ignore an absent key, refuse a present one."""
        return missing if value is missing else self.check(value)
