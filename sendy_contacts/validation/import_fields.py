"""Fields of imports, checked as those of contacts."""

from __future__ import annotations

from typing import Any

from ..text import show
from .fields import MAX_KEY, STORABLE, ContactField, check_text, refuse

MAX_COLUMNS = 1_000
MAX_TARGET = len("attributes.") + MAX_KEY + len(" (json)")
SHOWN_OF_COLUMNS = ("why", "filled", "samples")


class ColumnTargets(ContactField):
    """Columns of an import and what they hold; null lets the service propose a target again."""

    def check(self, value: Any) -> list[tuple[str, str | None]]:
        """Return pairs of header and target. What a response says besides of a column is ignored."""
        if not isinstance(value, list):
            raise refuse("columns", "invalid_type", "must be a list of columns")
        if len(value) > MAX_COLUMNS:
            raise refuse("columns", "too_many", f"has more than {MAX_COLUMNS:,} columns")
        return [self._check_column(item, f"columns[{n}]") for n, item in enumerate(value)]

    def _check_column(self, item: Any, place: str) -> tuple[str, str | None]:
        if not isinstance(item, dict) or not item.keys() >= {"header", "target"}:
            raise refuse(place, "invalid_type", "must be an object with header and target")
        if unknown := sorted(item.keys() - {"header", "target", *SHOWN_OF_COLUMNS}):
            raise refuse(f"{place}.{show(unknown[0])}", "unknown_field", "is not a known field; check its spelling")
        header, target = item["header"], item["target"]
        if not isinstance(header, str):
            raise refuse(f"{place}.header", "invalid_type", "must be a string")
        if target is not None:
            check_text(target, f"{place}.target", MAX_TARGET)
        return header, target

    def describe(self) -> dict[str, Any]:
        shown: dict[str, Any] = {key: {} for key in SHOWN_OF_COLUMNS}
        target = {"type": ["string", "null"], "maxLength": MAX_TARGET, "pattern": STORABLE}
        column = {
            "type": "object",
            "properties": {"header": {"type": "string"}, "target": target, **shown},
            "required": ["header", "target"],
            "additionalProperties": False,
        }
        return {"type": self._type("array"), "maxItems": MAX_COLUMNS, "items": column}
