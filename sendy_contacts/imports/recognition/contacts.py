"""The columns of phones, of countries and of names."""

from __future__ import annotations

import re

from ...text import words
from ..survey import Profile
from ..words.consent import Sense, Verdict, classify, judge
from ..words.countries import read_common_country, read_country
from ..words.headers import WHATSAPP
from ..words.vocabulary import header_words
from .content import (  # fmt: skip
    Share,
    has_letters,
    is_calling_code,
    looks_like_name,
    share_of,
    share_of_phones,
    share_that_contain,
    share_that_fit,
)
from .draft import Draft

_LABEL = re.compile(r"(?P<base>.+ \d+ - )(?:Label|Type)")  # as Google Contacts names them
_KINDS = {"tags", "type", "value"}

_FIRST_LOOK = 10  # cells
_CODE = re.compile(r"[A-Za-z]{2,3}|[0-9]+")  # short texts are countries only by chance


def take_labels(draft: Draft) -> None:
    """Leave out the columns that only label another one."""
    for index in sorted(draft.free):
        labelled = _find_labelled(draft, index)
        if labelled is not None:
            draft.assign(index, "ignore", f'labels "{draft.profiles[labelled].header}"')
            draft.labels[labelled] = index


def _find_labelled(draft: Draft, index: int) -> int | None:
    """Return the column that this one labels: of the same name but for the last word, else the nearest of phones."""
    header, meaning = draft.profiles[index].header, draft.profiles[index].meaning
    others = [
        (i, profile) for i, profile in enumerate(draft.profiles) if i != index and profile.meaning.role != "label"
    ]
    alike: list[int] = []
    if meaning.role == "label":
        alike = [i for i, profile in others if _base(profile.header) == _base(header)]
        if meaning.phonish and not alike:
            phones = (i for i, profile in others if profile.meaning.role in ("phone", "channel"))
            alike = sorted(phones, key=lambda i: abs(i - index))
    elif match := _LABEL.fullmatch(header):
        alike = [i for i, profile in others if profile.header.startswith(match["base"])]
    return alike[0] if alike else None


def _base(header: str) -> str:
    return " ".join(word for word in words(header) if header_words().get(word) not in _KINDS)


def take_phones(draft: Draft) -> None:
    """Find the phones. If somebody has said which column they are in, no other one steps in where that is blank."""
    if draft.find("phone") is not None:
        return
    read = False
    for index, profile in list(draft.with_role("phone", "channel")):
        share = share_of_phones(profile.cells, draft.region, known=False)
        if profile.meaning.role == "channel" and not _is_phone_channel(profile, share):
            continue
        draft.assign(
            index, "phone", f"its header; {share.describe('read as phones')}" if share.tried else "its header"
        )
        read = read or share.found > 0
        draft.columns[index].rank = profile.meaning.rank
        draft.columns[index].labels = draft.labels.get(index)
    if not read:
        _take_phones_by_content(draft)


def _is_phone_channel(profile: Profile, share: Share) -> bool:
    """Return whether a column that is called `WhatsApp` or `SMS` holds phones, and not yes or no."""
    if not profile.meaning.sure:  # "Marketing"
        return False
    return share.found > 0 or (profile.meaning.rank == WHATSAPP and not _answers(profile))


def _answers(profile: Profile) -> bool:
    """Return whether the cells are nothing but yes and no, or kin."""
    return share_of(profile.cells, lambda cell: judge(classify(cell), Sense.IN) is not Verdict.UNCLEAR).all


def _take_phones_by_content(draft: Draft) -> None:
    """Take the column most of whose cells read as phones; without a header all such columns."""
    found: list[tuple[bool, Share, int]] = []
    for index, profile in draft.with_role("own", "contact", "name", "status", "country", "callingCode"):
        hinted = profile.meaning.phonish or profile.meaning.role == "contact"
        share = share_of_phones(profile.cells, draft.region, known=not hinted)
        if share.tried and share.most:
            found.append((hinted, share, index))
    best = max(found, key=lambda one: (one[0], one[1].found / one[1].tried, -one[2]), default=None)
    for one in found:
        if one is best or not draft.has_header:
            draft.assign(one[2], "phone", one[1].describe("read as phones"))


def take_countries(draft: Draft) -> None:
    """Find the country and the calling code by their headers, else by cells that fit the phones."""
    for index, profile in list(draft.with_role("country", "callingCode")):
        if not profile.cells:
            _take(draft, index, profile.meaning.role, "its header")
            continue
        countries = share_of(profile.cells, read_country)
        if countries.most:
            _take_country(draft, index, countries, "its header; ")
    for index, profile in list(draft.with_role("own", "contact")):
        meaning = profile.meaning
        if not (meaning.silent or meaning.elsewhere or meaning.phonish) and _fits_phones(draft, index):
            _take_country(draft, index, share_of(profile.cells, read_common_country), "")


def _fits_phones(draft: Draft, index: int) -> bool:
    """Return whether a column holds countries, and the phones beside them are theirs."""
    cells = draft.profiles[index].cells
    first = share_of(cells[:_FIRST_LOOK], read_common_country)
    if not _nearly_all(first):
        return False
    phones = [phone for phone, column in enumerate(draft.columns) if column.target == "phone"]
    fitting, known = share_that_fit(draft.survey.head, index, phones, draft.region)
    if not _nearly_all(fitting) or fitting.found < known.found:
        return False
    if not share_of(cells, _CODE.fullmatch).most or fitting.found > known.found:
        return True
    # Short texts such as `de` or `20` may be codes by chance, but not several of them with the list's own country.
    regions = {country.region for cell in cells if (country := read_common_country(cell))}
    return draft.region in regions and len(regions) > 1 and not any(map(str.islower, cells))


def _nearly_all(share: Share) -> bool:
    return share.tried > 0 and share.found * 10 >= share.tried * 9


def _take_country(draft: Draft, index: int, countries: Share, why: str) -> None:
    codes = share_of(draft.profiles[index].cells, is_calling_code)
    if codes.most:
        _take(draft, index, "callingCode", why + codes.describe("are calling codes"))
    else:
        _take(draft, index, "country", why + countries.describe("are countries"))


def _take(draft: Draft, index: int, target: str, why: str) -> None:
    if draft.is_open(target):
        draft.assign(index, target, why)


def take_names(draft: Draft) -> None:
    """Find the names: a name beside a first or last name is the other one, unless it holds both."""
    for role in ("firstName", "lastName", "name"):
        found = list(draft.with_role(role))
        # The `Name` of an order is its number, and its `Billing name` is one.
        found.sort(key=lambda one: not share_of(one[1].cells, has_letters).most)
        if found and draft.is_open(role):
            draft.assign(found[0][0], role, "its header")
    name, first, last = map(draft.find, ("name", "firstName", "lastName"))
    if name is not None and draft.columns[name].why == "its header":
        if first is None and last is not None and not _contains(draft, name, last, default=False):
            draft.assign(name, "firstName", f'its header beside "{draft.columns[last].header}"')
        elif last is None and first is not None and not _contains(draft, name, first, default=True):
            draft.assign(name, "lastName", f'its header beside "{draft.columns[first].header}"')
    if name is None and first is None and last is None:
        _take_name_by_content(draft)


def _contains(draft: Draft, name: int, part: int, *, default: bool) -> bool:
    share = share_that_contain(draft.survey.head, name, part)
    return share.most if share.tried else default


def _take_name_by_content(draft: Draft) -> None:
    """Take what is called `Contact` or `Customer`, and without a header the column of the most different names."""
    found: list[tuple[int, int, Share]] = []
    for index, profile in draft.with_role("contact", *(() if draft.has_header else ("own",))):
        share = share_of(profile.cells, looks_like_name)
        different = len(set(profile.cells))
        if share.tried and share.most and different * 2 > share.tried and not _answers(profile):
            found.append((different, index, share))
    if found:
        _, index, share = found[0] if draft.has_header else max(found, key=lambda one: (one[0], -one[1]))
        draft.assign(index, "name", share.describe("look like names"))
