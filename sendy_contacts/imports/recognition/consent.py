"""The columns of consent: whoever is marked as unsubscribed never comes in as opted in."""

from __future__ import annotations

from collections import Counter

from ..survey import Profile
from ..words.consent import Said, Sense, Verdict, judge
from .content import Share
from .draft import Draft

SENSES = {"optedIn": Sense.IN, "optedOut": Sense.OUT, "optOutReason": Sense.OUT_REASON}
_OUT = {Said.OUT, Said.STOPPED}
_PLAIN = {Said.YES, Said.NO, Said.IN, Said.CIRCLE, Said.CROSS}  # "active" alone may be said of anything


def take_consent(draft: Draft) -> None:
    """Find the columns of consent, by their headers or because their cells say `unsubscribed` or its kin."""
    for index in sorted(draft.free):
        profile = draft.profiles[index]
        if not profile.may_be_of_consent or profile.meaning.role == "tags":
            continue
        said = profile.count_said()
        sense = _read_sense(profile, said, draft.survey.rows)
        if sense is not None:
            by_header = profile.meaning.role in SENSES and profile.meaning.sure
            why = "its header" if by_header else _share(said, sense).describe("speak of consent")
            draft.assign(index, "optedIn" if sense is Sense.IN else "optedOut", why, sense)
    for index, column in enumerate(draft.columns):
        if column.sense:
            said = draft.profiles[index].count_said()
            column.circles = said[Said.CIRCLE] > 0
            column.dates = _is_dates(said)


def heed_mentions(draft: Draft) -> None:
    """Let the cells of other columns opt out too, where they say `unsubscribed` or its kin.

    An export says it under `optedIn`, whatever its tags are called.
    """
    if draft.is_export:
        return
    for index, column in enumerate(draft.columns):
        if column.sense is None and not column.asked and draft.profiles[index].mentions_opt_out:
            column.sense = Sense.MENTION
            column.why += "; " * bool(column.why) + "some cells say that the person has opted out"


def _read_sense(profile: Profile, said: Counter[Said], rows: int) -> Sense | None:
    """Return what a column asks of consent; None if it isn't about that."""
    role, sure = profile.meaning.role, profile.meaning.sure
    if role in SENSES:
        return SENSES[role] if sure or _share(said, SENSES[role]).most else None
    share = _share(said, Sense.IN)
    if role == "status":
        # What is called so may be of anything: an order, a payment.
        speaks = said.keys() & _OUT or (share.all and said.keys() & _PLAIN) or sure
        return Sense.IN if speaks and (share.most or (not share.tried and sure)) else None
    if role == "channel":
        return Sense.IN if share.most else None
    # Where few rows say anything it is a column of remarks, which stays one.
    return Sense.IN if share.all and profile.values is not None and profile.filled * 2 >= rows else None


def _share(said: Counter[Said], sense: Sense) -> Share:
    """Return how many of the filled cells say something that can be read."""
    filled = {kind: count for kind, count in said.items() if kind is not Said.BLANK}
    return Share(
        sum(n for kind, n in filled.items() if judge(kind, sense) is not Verdict.UNCLEAR), sum(filled.values())
    )


def _is_dates(said: Counter[Said]) -> bool:
    return said[Said.DATE] * 2 >= sum(said.values()) - said[Said.BLANK] > 0
