"""Which column holds what, by the headers and by what a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..spreadsheets.formulas import unescape_formula
from .columns import TARGETS, Columns, split_target
from .headers import ATTRIBUTE, attribute_key, guess_target, normalize

# Targets that several columns may share: the first phone that is filled in counts, all tags, and any opt-out.
_SHARED = {"phone", "tags", "optedOut", "ignore"}


class MappingError(ValueError):
    """The columns cannot be told apart as asked; the message is for a person."""


def map_columns(header: Sequence[str], overrides: Sequence[str] = ()) -> Columns:
    """Recognise the columns of a sheet by their headers; overrides are texts `COLUMN=TARGET`.

    Any other column becomes an attribute. Raises MappingError for an override that names no column or no
    target, and if no column holds phones.
    """
    titles = [unescape_formula(cell) for cell in header]
    targets = _read_overrides(overrides, titles)
    # Where the phone column that was asked for is blank, another person's number elsewhere must not step in.
    full = {target for target in targets.values() if target not in _SHARED - {"phone"}}
    for index, title in enumerate(titles):
        target = guess_target(title)
        if index not in targets and target and target not in full:
            targets[index] = target
            full |= {target} - _SHARED
    keys = {split_target(target)[0] for target in targets.values() if target not in TARGETS}
    for index, title in enumerate(titles):
        if index not in targets:
            targets[index] = "ignore"
            if key := attribute_key(title, keys):
                targets[index] = f"attributes.{key}"
                keys.add(key)
    if "phone" not in targets.values():
        raise MappingError(f'no column holds phones; name it with --map "COLUMN=phone". {_list_columns(titles)}')
    return Columns(titles, [targets[index] for index in range(len(titles))])


def _read_overrides(overrides: Sequence[str], titles: Sequence[str]) -> dict[int, str]:
    targets: dict[int, str] = {}
    for override in overrides:
        index, target = _read_override(override, titles, targets)
        if target in targets.values() and target not in _SHARED:
            raise MappingError(f"{target} can be mapped from one column only")
        targets[index] = target
    return targets


def _read_override(override: str, titles: Sequence[str], mapped: Mapping[int, str]) -> tuple[int, str]:
    # A header and the key of an attribute may hold an equals sign themselves.
    cuts = [cut for cut, character in enumerate(override) if character == "="]
    splits = [(_find_column(override[:cut], titles, mapped), override[cut + 1 :].strip()) for cut in reversed(cuts)]
    for index, text in splits:
        target = next((t for t in TARGETS if t.casefold() == text.casefold()), text)
        if index is not None and (target in TARGETS or ATTRIBUTE.fullmatch(target)):
            return index, target
    if any(index is not None for index, _ in splits):
        raise MappingError(f'"{override}": the target must be one of {", ".join(TARGETS)} or attributes.KEY')
    raise MappingError(f'"{override}" is not COLUMN=TARGET with a column not mapped yet. {_list_columns(titles)}')


def _find_column(text: str, titles: Sequence[str], mapped: Mapping[int, str]) -> int | None:
    free = [(index, title) for index, title in enumerate(titles) if title and index not in mapped]
    exact = (index for index, title in free if title.strip() == text.strip())
    alike = (index for index, title in free if normalize(title) and normalize(title) == normalize(text))
    return next(exact, next(alike, None))


def _list_columns(titles: Sequence[str]) -> str:
    return "The columns are " + ", ".join(f'"{title}"' for title in titles if title)
