"""What the header of a column says it holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

from .vocabulary import answers, find_words, header_tokens, header_words

Role = Literal[
    "phone", "name", "firstName", "lastName", "country", "callingCode", "tags", "optedIn", "optedOut",
    "optOutReason",  # a text or date that only those who opted out have
    "status",  # of consent, if the cells say so
    "channel",  # phones or consent, as the cells say
    "contact",  # a phone or a name, as the cells say
    "label",  # of which kind another column is
    "ours",  # what a file of failed rows adds
    "own",  # anything else
]  # fmt: skip

WHATSAPP, MOBILE, OTHER_PHONE = range(3)


class Meaning(NamedTuple):
    """What a header says. `sure` is False if the header has other words too, so that the cells must agree.

    `rank` orders columns of phones. A `silent` column says nothing of consent to WhatsApp, whatever its cells say: it
    is about e-mail alone, or holds links. A `phonish` one speaks of phones without being the contact's ("Agent
    phone", "Phone type"). One `elsewhere` is of countries where the contact needn't be ("Destination").
    """

    role: Role
    rank: int = OTHER_PHONE
    sure: bool = True
    silent: bool = False
    phonish: bool = False
    elsewhere: bool = False


OWN = Meaning("own")

_LONGEST = 200  # characters
_BRACKETS = re.compile(r"[(\[{（［【].*?[)\]}）］】]")
_UNKNOWN = "unknown"
_PHONES = {"phone", "mobile", "whatsapp"}
_MESSAGES = {*_PHONES, "sms"}
_NAMES = {"name", "first_name", "last_name"}
_PEOPLE = {"contact", "person"}
_CONSENT = {"opt_in", "opt_out", "maybe_in", "maybe_out", "accept", "not"}
_OTHER_CHANNELS = {"email", "fax"}
_BESIDE_CONSENT = {
    *_MESSAGES,
    *_PEOPLE,
    *_OTHER_CHANNELS,
    "marketing",
    "status",
    "subscription",
    "time",
    "reason",
    "link",
}
_BESIDE_PHONES = {*_MESSAGES, *_PEOPLE, "number", "place"}


@lru_cache(4_096)
def read_header(header: str) -> Meaning:
    """Return what a header says, if need be without what stands in brackets ("Phone (with country code)")."""
    header = header[:_LONGEST]
    meaning = _read(header)
    if meaning.role == "own" or not meaning.sure:
        shorter = _BRACKETS.sub(" ", header)
        if shorter != header and shorter.strip():
            alone = _read(shorter)
            return alone if alone.role != "own" and not meaning.silent else meaning
    return meaning


@lru_cache(4_096)
def rank_label(label: str) -> int | None:
    """Return the rank of a phone by its label ("Mobile", "Work"), None for a fax or pager."""
    kinds = set(find_words(header_tokens(label[:_LONGEST]), header_words()))
    if "fax" in kinds:
        return None
    return WHATSAPP if "whatsapp" in kinds else MOBILE if "mobile" in kinds else OTHER_PHONE


def _read(header: str) -> Meaning:
    tokens = _without_answers(header_tokens(header))
    found = [kind or _UNKNOWN for kind in find_words(tokens, header_words())]
    if "with" in found[1:]:  # "Phone with country code" is a phone
        found = found[: found.index("with", 1)]
    kinds = set(found) - {"small", "value", "with"}
    if not kinds:
        return OWN
    return next(filter(None, (rule(kinds) for rule in _RULES)), OWN)


def _without_answers(tokens: list[str]) -> list[str]:
    """Return the words of a header without the answers that it asks for: `yes/no`, `oui ou non`, `J/N`."""
    kept: list[str] = []
    while tokens:
        # They stand last: in "izin yok evet/hayır" the word before them means no, too.
        length = next((n for n in (3, 2) if _are_answers(tokens[-n:], n)), 0)
        if not length:
            kept.insert(0, tokens[-1])
        tokens = tokens[: -(length or 1)]
    return kept


def _are_answers(tokens: list[str], length: int) -> bool:
    is_choice = len(tokens) == length and all(header_words().get(word) == "small" for word in tokens[1:-1])
    return is_choice and frozenset((tokens[0], tokens[-1])) in answers()


def _ours(kinds: set[str]) -> Meaning | None:
    return Meaning("ours") if kinds == {"import"} else None


def _consent(kinds: set[str]) -> Meaning | None:
    said = kinds & {"opt_in", "opt_out"}
    accepts = "accept" in kinds and bool(kinds & {*_MESSAGES, "marketing"})
    sure = _UNKNOWN not in kinds and (bool(said) or accepts)
    said = said or ({"opt_in"} if accepts else _guess_consent(kinds))
    if not said:
        return None
    if "not" in kinds:
        said = {"opt_out"}
    beside = kinds - {*_CONSENT, _UNKNOWN, *_BESIDE_CONSENT}
    if "link" in kinds or (kinds & _OTHER_CHANNELS and not kinds & _MESSAGES):
        return Meaning("own", silent=True)
    if beside or ("reason" in kinds and "opt_out" not in said):
        return OWN
    if said == {"opt_out"}:
        return Meaning("optOutReason" if "reason" in kinds else "optedOut", sure=sure)
    return Meaning("optedIn", sure=sure and len(said) == 1)


def _guess_consent(kinds: set[str]) -> set[str]:
    """Return what words say that may be about something else: `Permission`, `Accepted`."""
    if "accept" in kinds and kinds & _PEOPLE:
        return {"opt_in"}
    alone = kinds - {*_MESSAGES, *_PEOPLE, "marketing", "status"}
    return {"opt_in"} if alone == {"maybe_in"} else {"opt_out"} if alone == {"maybe_out"} else set()


def _status(kinds: set[str]) -> Meaning | None:
    if not kinds & {"status", "subscription"} or kinds - _BESIDE_CONSENT:
        return None
    if kinds & _OTHER_CHANNELS and not kinds & _MESSAGES:
        return Meaning("own", silent=True)
    return Meaning("status", sure="marketing" in kinds or {"status", "subscription"} <= kinds)


def _channel(kinds: set[str]) -> Meaning | None:
    if kinds in ({"whatsapp"}, {"sms"}, {"whatsapp", "sms"}):
        return Meaning("channel", WHATSAPP if "whatsapp" in kinds else MOBILE)
    return Meaning("channel", sure=False) if kinds == {"marketing"} else None


def _phone(kinds: set[str]) -> Meaning | None:
    said = kinds & _PHONES
    if not said and not ("number" in kinds and kinds & {"contact", "sms"}):
        return None
    if kinds & {"type", "tags"}:
        return Meaning("label", phonish=True) if not kinds - {"type", "tags", *_BESIDE_PHONES} else OWN
    if kinds - _BESIDE_PHONES:
        return Meaning("own", phonish=not kinds & {*_OTHER_CHANNELS, *_NAMES, "country", "calling_code"})
    return Meaning("phone", WHATSAPP if "whatsapp" in said else MOBILE if "mobile" in said else OTHER_PHONE)


def _label(kinds: set[str]) -> Meaning | None:
    is_label = (
        "email" in kinds and kinds & {"type", "tags"} and not kinds - {"email", "type", "tags", "number", "place"}
    )
    return Meaning("label") if is_label else None


def _name(kinds: set[str]) -> Meaning | None:
    if len(kinds) == 1 and kinds & {"first", "last"}:
        return Meaning("firstName" if "first" in kinds else "lastName")
    said = kinds & _NAMES
    if len(said) > 1 or said == {"name"}:
        return Meaning("name") if not kinds - {*_NAMES, *_PEOPLE, "whatsapp", "subscription"} else None
    if said and not kinds - {*_NAMES, *_PEOPLE, "place", "subscription"}:
        return Meaning("firstName" if "first_name" in kinds else "lastName")
    return None


def _country(kinds: set[str]) -> Meaning | None:
    said = kinds & {"country", "calling_code"}
    if not said or kinds - {*said, *_BESIDE_PHONES, "type"}:
        return None
    is_code = "calling_code" in kinds or kinds & {*_PHONES, "number"}
    return Meaning("callingCode" if is_code else "country")


def _tags(kinds: set[str]) -> Meaning | None:
    return Meaning("tags") if "tags" in kinds and not kinds - {"tags", *_PEOPLE, "whatsapp", "name"} else None


def _ambiguous(kinds: set[str]) -> Meaning | None:
    if kinds <= _PEOPLE:
        return Meaning("contact")
    if kinds == {"number"}:
        return Meaning("own", phonish=True)
    return Meaning("own", elsewhere=True) if "elsewhere" in kinds else None


_RULES: tuple[Callable[[set[str]], Meaning | None], ...] = (
    _ours, _consent, _channel, _status, _country, _phone, _label, _name, _tags, _ambiguous,
)  # fmt: skip
