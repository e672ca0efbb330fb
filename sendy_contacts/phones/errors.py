"""Why a text isn't a phone number."""

from __future__ import annotations


class InvalidPhone(ValueError):
    """Not a phone number; `str()` says what is wrong and what to do, goes on from `phone:`, and omits the number."""


class PhoneExtension(InvalidPhone):
    """The phone number of a switchboard and an extension behind it."""

    def __init__(self) -> None:
        super().__init__("has an extension, which has no WhatsApp; remove it")


class SeveralPhones(InvalidPhone):
    """More than one phone number, such as two lines of an office: `0171 1234567/8`."""

    def __init__(self) -> None:
        super().__init__("there are several phone numbers in it; give one only")
