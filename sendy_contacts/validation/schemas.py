"""Schemas of request bodies and of imported rows. No I/O.

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
from .import_fields import ColumnTargets
from .template_fields import MAX_BODY_TEXT, PlaceholderMapping

MAX_ROWS = 1_000


class Row(TypedDict, total=False):
    """The facts about a contact in one row. An absent key changes nothing. A null name, country, attributes, tags or
    attribute is cleared. Only imports have `more_tags`, which are added after all else."""

    phone: object
    name: str | None
    country: str | None
    attributes: dict[str, str | int | float | bool | None] | None
    tags: list[str] | None
    more_tags: list[str]
    opted_in: bool


class RefusedRow(NamedTuple):
    """A row that isn't valid: its errors, and the values that are valid."""

    problems: list[FieldError]
    rest: Row


class Body(Schema):
    """A JSON object. The error messages are keywords of MARSHMALLOW_MESSAGES."""

    error_messages = {"unknown": "unknown", "type": "object"}  # noqa: RUF012

    @cached_property
    def _by_key(self) -> dict[str, tuple[str, ContactField]]:
        fields: dict[str, Any] = self.fields
        return {field.data_key or name: (name, field) for name, field in fields.items()}

    @cached_property
    def _required(self) -> set[str]:
        return {key for key, (_, field) in self._by_key.items() if field.required}

    def read(self, body: Any) -> Any:
        """Do the same as `load`, at a fifth of the cost if the body is valid."""
        try:
            clean = {}
            for key, value in body.items():
                name, field = self._by_key[key]
                clean[name] = field.read(value)
        except (AttributeError, KeyError, ValidationError):
            return self.load(self._shorten(body))
        return clean if self._required <= body.keys() else self.load(body)

    def _shorten(self, body: Any) -> Any:
        """Return the body with at most as many unknown keys as errors are reported."""
        if not isinstance(body, dict) or len(body) <= len(self._by_key) + MAX_ERRORS:
            return body
        unknown = (key for key in body if key not in self._by_key)
        keys = {*islice(unknown, MAX_ERRORS), *(self._by_key.keys() & body.keys())}
        return {key: value for key, value in body.items() if key in keys}


class ContactSchema(Body):
    """A row of POST and bulk, to merge into a contact."""

    phone = Phone()
    name = Name()
    country = Country()
    attributes = Attributes()
    tags = Tags()
    opted_in = OptedIn()


class ImportedContactSchema(ContactSchema):
    """A row of a spreadsheet. Unlike POST, it can clear the country and the tags."""

    country = Country(allow_none=True)
    tags = Tags(allow_none=True)


class ContactPatchSchema(Body):
    """The body of PATCH: the new values of a contact."""

    name = Name()
    attributes = Attributes(allow_none=True)
    tags = Tags(allow_none=True)
    phone = ReadOnly("phone", "POST the new phone to /internal/contacts, which creates another contact")
    country = ReadOnly("country", "POST the phone and the country to /internal/contacts")
    opted_in = ReadOnly("optedIn", "POST the phone and optedIn to /internal/contacts, which keeps the history")


class ImportPatchSchema(Body):
    """The body of a PATCH of an import."""

    columns = ColumnTargets()
    country = Country(allow_none=True)
    add_tags = Tags(data_key="addTags")


class TemplateCheckSchema(Body):
    """The body of a check of a template."""

    body = Text(MAX_BODY_TEXT)
    mapping = PlaceholderMapping(required=True, error_messages={"null": "no_value"})
    tags = Tags(error_messages={"null": "no_value"})


class CredentialsSchema(Body):
    """The body of a sign-in."""

    email = Text(254)
    password = Text(1_024)


CONTACT = ContactSchema()
IMPORTED_CONTACT = ImportedContactSchema()
PATCH = ContactPatchSchema()
IMPORT_PATCH = ImportPatchSchema()
TEMPLATE_CHECK = TemplateCheckSchema()
CREDENTIALS = CredentialsSchema()


def load_patch(body: object) -> Row:
    """Return the edit of a PATCH, or raise ValidationFailed."""
    return _load(PATCH, body)


def load_import_patch(body: object) -> dict[str, Any]:
    """Return the changes of a PATCH of an import, or raise ValidationFailed."""
    return dict(_load(IMPORT_PATCH, body))


def load_template_check(body: object) -> tuple[str, dict[str, Any], list[str]]:
    """Return the body, the mapping and the tags of a check of a template, or raise ValidationFailed."""
    check: Any = _load(TEMPLATE_CHECK, body)
    return check["body"], check["mapping"], check.get("tags", [])


def load_credentials(body: object) -> tuple[str, str]:
    """Return the email and the password of a sign-in, or raise ValidationFailed."""
    credentials: Any = _load(CREDENTIALS, body)
    return credentials["email"], credentials["password"]


def load_rows(items: list[Any], schema: Body = CONTACT) -> list[Row | RefusedRow]:
    """Return each row of a bulk request or of an import: clean, or as a RefusedRow."""
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
        raise ValidationFailed([field_error("contacts", "required", "has no rows; send at least one")])
    if len(items) > MAX_ROWS:
        what = f"has {len(items):,} rows; send at most {MAX_ROWS:,} per request"
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
