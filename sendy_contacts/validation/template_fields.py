"""Fields of message templates. What placeholders mean is checked where they are filled."""

from __future__ import annotations

from typing import Any

from ..text import show
from .fields import MAX_VALUE, STORABLE, ContactField, check_text, refuse

MAX_BODY_TEXT = 4_096
MAX_PLACEHOLDERS = 100
SOURCE_PARTS = ("attribute", "fallback", "text")


class PlaceholderMapping(ContactField):
    """For each placeholder an attribute, an attribute with a fallback, or a fixed text."""

    def check(self, value: Any) -> dict[str, Any]:
        """Return the object unchanged."""
        if not isinstance(value, dict):
            raise refuse("mapping", "invalid_type", 'must be an object such as {"1": "name"}')
        if len(value) > MAX_PLACEHOLDERS:
            raise refuse("mapping", "too_many", f"has more than {MAX_PLACEHOLDERS} placeholders")
        for key, source in value.items():
            place = f"mapping.{show(key)}"
            if not isinstance(source, dict):
                check_text(source, place, MAX_VALUE)
                continue
            for part, text in list(source.items())[: len(SOURCE_PARTS) + 1]:
                if part not in SOURCE_PARTS:
                    raise refuse(f"{place}.{show(part)}", "unknown_field", "is not a known field; check its spelling")
                check_text(text, f"{place}.{part}", MAX_VALUE)
        return value

    def describe(self) -> dict[str, Any]:
        text = {"type": "string", "maxLength": MAX_VALUE, "pattern": STORABLE}
        parts = {"type": "object", "properties": dict.fromkeys(SOURCE_PARTS, text), "additionalProperties": False}
        return {
            "type": self._type("object"),
            "maxProperties": MAX_PLACEHOLDERS,
            "additionalProperties": {"oneOf": [text, parts]},
        }
