"""The parameters of a query string. It must not know Flask.

Every function takes the pairs as a mapping of name to its values, and raises ValidationFailed for a name that is
not known, a value that can't be read, or a single-valued name that stands twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..contacts.filters import MAX_PAGE, ListQuery
from ..contacts.records import CONTACT_ID
from ..phones.parse import InvalidPhone, parse_phone
from ..text import fold, is_storable, show
from ..validation.errors import ErrorCode, ValidationFailed, field_error
from ..validation.fields import MAX_TAG, MAX_TAGS

MAX_QUERY = 200
FILTERS = {"optedIn", "q"}
BOOLEANS = {"true": True, "false": False}

Pairs = Mapping[str, Sequence[str]]


def load_list_query(pairs: Pairs, country: str | None) -> ListQuery:
    """Return the parameters of GET; a `q` that reads as a phone number in `country` stands for that one too."""
    _check_names(pairs, single={"limit", "cursor", *FILTERS}, repeatable={"tag"})
    values = {name: given[0] for name, given in pairs.items()}
    return _load_filters(pairs, country)._replace(
        limit=_read_limit(values.get("limit", str(MAX_PAGE))), cursor=_read_cursor(values.get("cursor"))
    )


def load_filters(pairs: Pairs, country: str | None) -> ListQuery:
    """Return the parameters of an export: the filters of GET."""
    _check_names(pairs, single=FILTERS, repeatable={"tag"})
    return _load_filters(pairs, country)


def _load_filters(pairs: Pairs, country: str | None) -> ListQuery:
    values = {name: given[0] for name, given in pairs.items()}
    q = _read_text("q", values["q"], MAX_QUERY) if values.get("q", "").strip() else ""
    return ListQuery(
        tags=_read_tags(pairs.get("tag", ())),
        opted_in=_read_boolean("optedIn", values["optedIn"]) if "optedIn" in values else None,
        q=q,
        phone=_read_phone(q, country),
    )


def load_dry_run(pairs: Pairs) -> bool:
    """Return the one parameter of bulk."""
    _check_names(pairs, single={"dryRun"})
    return "dryRun" in pairs and _read_boolean("dryRun", pairs["dryRun"][0])


def reject_any(pairs: Pairs) -> None:
    """Refuse every parameter."""
    _check_names(pairs)


def _check_names(pairs: Pairs, single: set[str] = frozenset(), repeatable: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    for name in sorted(pairs.keys() - single - repeatable):
        raise _refuse(show(name), "unknown_field", "is not a parameter of this call")
    for name in sorted(single):
        if len(pairs.get(name, ())) > 1:
            raise _refuse(name, "too_many", "stands more than once")


def _read_limit(value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= MAX_PAGE:
        return int(value)
    raise _refuse("limit", "invalid_number", f"must be a whole number from 1 to {MAX_PAGE}")


def _read_cursor(value: str | None) -> str | None:
    if value is None or CONTACT_ID.fullmatch(value):
        return value
    found = field_error("cursor", "invalid_cursor", "must be the nextCursor of an earlier answer")
    raise ValidationFailed([found], code="invalid_cursor")


def _read_boolean(name: str, value: str) -> bool:
    if value not in BOOLEANS:
        raise _refuse(name, "invalid_type", "must be true or false")
    return BOOLEANS[value]


def _read_tags(values: Sequence[str]) -> tuple[str, ...]:
    """Return the tags, of those that differ only in case the first. A contact has no more than 50."""
    tags = {fold(tag): tag for tag in reversed([_read_text("tag", value, MAX_TAG) for value in values])}
    if len(tags) > MAX_TAGS:
        raise _refuse("tag", "too_many", f"names more than {MAX_TAGS} different tags")
    return tuple(reversed(tags.values()))


def _read_text(name: str, value: str, longest: int) -> str:
    text = value.strip()
    if not text:
        raise _refuse(name, "required", "is blank")
    if len(text) > longest:
        raise _refuse(name, "too_long", f"has more than {longest} characters")
    if not is_storable(text):
        raise _refuse(name, "invalid_text", "has a NUL character")
    return text


def _read_phone(q: str, country: str | None) -> str | None:
    try:
        return parse_phone(q, country).e164
    except InvalidPhone:
        return None


def _refuse(name: str, code: ErrorCode, what: str) -> ValidationFailed:
    return ValidationFailed([field_error(name, code, what)])
