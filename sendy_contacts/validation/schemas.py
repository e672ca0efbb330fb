"""What goes over the wire: bodies in, contacts out. It must not do I/O, nor know HTTP.

>>> load_rows([{"phone": "+254700000000", "optedIn": False}, 7])
[{"phone": "+254700000000", "opted_in": False}, RefusedRow([FieldError("contact", "invalid_type", …)], {})]
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple, TypedDict

from marshmallow import Schema, ValidationError

from .errors import MAX_ERRORS, FieldError, ValidationFailed, field_error, from_marshmallow
from .fields import Attributes, ContactField, Country, Name, OptedIn, Phone, ReadOnly, Tags, Text

MAX_ROWS = 1_000


class Row(TypedDict, total=False):
    """What one row says of a contact; an absent key says nothing. A null name, country, attributes, tags or
    attribute clears."""

    phone: object
    name: str | None
    country: str | None
    attributes: dict[str, str | int | float | bool | None] | None
    tags: list[str] | None
    opted_in: bool


class RefusedRow(NamedTuple):
    """A row that can't be used: why, and what of it could be read all the same."""

    problems: list[FieldError]
    rest: Row


class Body(Schema):
    """A JSON object. What marshmallow itself refuses is told by a keyword of `problems.MARSHMALLOW_MESSAGES`."""

    error_messages = {"unknown": "unknown", "type": "object"}  # noqa: RUF012

    @cached_property
    def _by_key(self) -> dict[str, tuple[str, ContactField]]:
        fields: dict[str, Any] = self.fields
        return {field.data_key or name: (name, field) for name, field in fields.items()}

    @cached_property
    def _required(self) -> set[str]:
        return {key for key, (_, field) in self._by_key.items() if field.required}

    def read(self, body: Any) -> Any:
        """Return what `load` does for a body, at a fifth of the cost where it is valid, or raise what `load` does."""
        try:
            clean = {}
            for key, value in body.items():
                name, field = self._by_key[key]
                clean[name] = field.read(value)
        except (AttributeError, KeyError, ValidationError):
            return self.load(self._shorten(body))
        return clean if self._required <= body.keys() else self.load(body)

    def _shorten(self, body: Any) -> Any:
        """Return a body with no more unknown keys than errors are reported."""
        if not isinstance(body, dict) or len(body) <= len(self._by_key) + MAX_ERRORS:
            return body
        unknown = (key for key in body if key not in self._by_key)
        keys = {*islice(unknown, MAX_ERRORS), *(self._by_key.keys() & body.keys())}
        return {key: value for key, value in body.items() if key in keys}


class ContactSchema(Body):
    """A row of POST and bulk: facts to add to a contact."""

    phone = Phone()
    name = Name()
    country = Country()
    attributes = Attributes()
    tags = Tags()
    opted_in = OptedIn()


class ImportedContactSchema(ContactSchema):
    """A row of a spreadsheet, where a cell can also say that the country or the tags are to be cleared."""

    country = Country(allow_none=True)
    tags = Tags(allow_none=True)


class ContactPatchSchema(Body):
    """The body of PATCH: the state of a contact after the edit."""

    name = Name()
    attributes = Attributes(allow_none=True)
    tags = Tags(allow_none=True)
    phone = ReadOnly("phone", "a contact is its phone, so POST the new phone to /internal/contacts")
    country = ReadOnly("country", "POST the phone and the country to /internal/contacts")
    opted_in = ReadOnly("optedIn", "POST the phone and optedIn to /internal/contacts, which keeps the history")


class CredentialsSchema(Body):
    """The body of a sign-in."""

    email = Text(254)
    password = Text(1_024)


CONTACT = ContactSchema()
IMPORTED_CONTACT = ImportedContactSchema()
PATCH = ContactPatchSchema()
CREDENTIALS = CredentialsSchema()


def load_patch(body: object) -> Row:
    """Return the edit of a PATCH, or raise ValidationFailed."""
    return _load(PATCH, body)


def load_credentials(body: object) -> tuple[str, str]:
    """Return e-mail and password of a sign-in, or raise ValidationFailed."""
    credentials: Any = _load(CREDENTIALS, body)
    return credentials["email"], credentials["password"]


def load_rows(items: list[Any], schema: Body = CONTACT) -> list[Row | RefusedRow]:
    """Return each row of a bulk call, or of an import, clean, or as a RefusedRow in its place."""
    return [_load_row(schema, item) for item in items]


def _load_row(schema: Body, item: object) -> Row | RefusedRow:
    try:
        return schema.read(item)
    except ValidationError as error:
        rest: Any = error.valid_data
        return RefusedRow(from_marshmallow(error.normalized_messages()), rest)


def load_bulk(body: object) -> list[Row | RefusedRow]:
    """Return the rows of a bulk body, `{"contacts": [1 to 1,000 rows]}`, or raise ValidationFailed."""
    if not isinstance(body, dict):
        raise ValidationFailed([field_error("contacts", "invalid_type", 'the body must be {"contacts": […]}')])
    items = body.get("contacts")
    if not isinstance(items, list):
        raise ValidationFailed([field_error("contacts", "required", "must be a list of contacts")])
    if not items:
        raise ValidationFailed([field_error("contacts", "required", "has no rows")])
    if len(items) > MAX_ROWS:
        what = f"has {len(items):,} rows; send at most {MAX_ROWS:,} in a call"
        raise ValidationFailed([field_error("contacts", "too_many_contacts", what)], code="too_many_contacts")
    if body.keys() != {"contacts"}:
        unknown = {key: ["unknown"] for key in islice((key for key in body if key != "contacts"), MAX_ERRORS)}
        raise ValidationFailed(from_marshmallow(unknown))
    return load_rows(items)


def _load(schema: Body, body: object) -> Row:
    try:
        return schema.read(body)
    except ValidationError as error:
        raise ValidationFailed(from_marshmallow(error.normalized_messages())) from None
