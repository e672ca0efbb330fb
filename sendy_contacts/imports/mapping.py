"""Which column holds what: as a person says, else by the headers, else by the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ..validation.fields import MAX_ATTRIBUTES
from .columns import Columns
from .header_row import Layout, Record
from .recognition.consent import SENSES, heed_mentions, take_consent
from .recognition.contacts import take_countries, take_labels, take_names, take_phones
from .recognition.draft import Draft
from .recognition.overrides import Asked, ask
from .survey import Survey, take_survey
from .targets import ATTRIBUTE, PARTS_OF_NAMES, TARGETS, attribute_key, split_target


def map_sheet(
    survey: Survey,
    overrides: Sequence[str] = (),
    region: str | None = None,
    recalled: Mapping[int, Asked] = MappingProxyType({}),
) -> Columns:
    """Return what the columns of a sheet hold, of which none may be a phone.

    `overrides` are texts `COLUMN=TARGET`, `region` is the country in which phones are read, `recalled` is what was
    asked of the columns before. Raise MappingError for an override that can't be followed.
    """
    draft = Draft(survey, region)
    for index, (target, why) in ask(overrides, [column.header for column in draft.columns], recalled).items():
        draft.assign(index, target, why, SENSES.get(target))
        draft.columns[index].asked = True
    _take_given(draft)
    take_labels(draft)
    take_phones(draft)
    take_countries(draft)
    take_names(draft)
    take_consent(draft)
    for index, _ in list(draft.with_role("tags")):
        draft.assign(index, "tags", "its header")
        draft.columns[index].literal = draft.is_export
    _take_attributes(draft)
    _leave_out_the_emptiest(draft)
    heed_mentions(draft)
    return Columns(draft.columns, region, _name_for_mending(draft))


def map_columns(
    header: Sequence[str], overrides: Sequence[str] = (), rows: Iterable[Record] = (), country: str | None = None
) -> Columns:
    """Return what the columns of a header hold, and of some rows: see `map_sheet`."""
    return map_sheet(take_survey(Layout(list(header), 1), rows), overrides, country)


def _take_given(draft: Draft) -> None:
    """Take what needs no guess: columns of our own files, and empty ones."""
    for index in sorted(draft.free):
        profile = draft.profiles[index]
        if profile.meaning.role == "ours":
            draft.assign(index, "ignore", "added by an earlier import")
            draft.columns[index].ours = True
        elif ATTRIBUTE.fullmatch(profile.header) and draft.find(profile.header) is None:
            draft.assign(index, profile.header, "its header")
            draft.columns[index].literal = True
        elif draft.survey.rows and not profile.filled and profile.meaning.role != "phone":
            draft.assign(index, "ignore", "is empty")


def _take_attributes(draft: Draft) -> None:
    """Make attributes of all that is left, but for columns without a header."""
    taken = {key for column in draft.columns if (key := split_target(column.target)[0])}
    taken |= {key for target, key in PARTS_OF_NAMES.items() if draft.find(target) is not None}
    for index in sorted(draft.free):
        header = draft.profiles[index].header
        key = attribute_key(draft.columns[index].header if not draft.has_header else header, taken)
        if not key:
            draft.assign(index, "ignore", "has no header")
            continue
        taken.add(key)
        silent = draft.profiles[index].meaning.silent
        draft.assign(index, f"attributes.{key}", "isn't about messages to the phone" if silent else "")


def _leave_out_the_emptiest(draft: Draft) -> None:
    """Keep as many attributes as a contact may have."""
    names = sum(draft.find(target) is not None for target in PARTS_OF_NAMES)
    attributes = [index for index, column in enumerate(draft.columns) if column.target not in TARGETS]
    attributes.sort(key=lambda index: (not draft.columns[index].asked, -draft.columns[index].filled, index))
    for index in attributes[MAX_ATTRIBUTES - names :]:
        draft.assign(index, "ignore", f"a contact has {MAX_ATTRIBUTES} attributes at most, and these are fuller")


def _name_for_mending(draft: Draft) -> list[str]:
    """Return the headers of a file of failed rows: the sheet's, or a target that the header alone doesn't say."""
    titles = [profile.header for profile in draft.profiles]
    if not draft.survey.rows:
        return titles
    alone = map_columns(draft.survey.layout.header).columns if draft.has_header else []
    for index, column in enumerate(draft.columns):
        by_header = index < len(alone) and alone[index].target == column.target
        if not by_header and column.target != "ignore":
            titles[index] = column.target
    return titles
