"""The columns of a sheet while it is found out what each one holds."""

from __future__ import annotations

from collections.abc import Iterator

from ..survey import Profile, Survey
from ..targets import EXPORTED, SHARED, Column
from ..words.consent import Sense
from ..words.headers import Role
from .overrides import name_columns


class Draft:
    """The columns: those that are `free` have no target yet. `region` is the country in which phones are read."""

    def __init__(self, survey: Survey, region: str | None) -> None:
        self.survey = survey
        self.region = region
        self.profiles = _choose_profiles(survey)
        names = name_columns([profile.header for profile in self.profiles])
        self.columns = [
            Column(name, filled=profile.filled, samples=profile.samples)
            for name, profile in zip(names, self.profiles, strict=True)
        ]
        self.free = set(range(len(self.columns)))
        self.labels: dict[int, int] = {}

    @property
    def has_header(self) -> bool:
        """Return whether the sheet has a header."""
        return bool(self.survey.layout.header)

    @property
    def is_export(self) -> bool:
        """Return whether the sheet is an export of contacts, whose cells are meant as they stand."""
        return self.survey.layout.header[: len(EXPORTED)] == EXPORTED

    def assign(self, index: int, target: str, why: str, sense: Sense | None = None) -> None:
        """Say what a column holds, and why."""
        column = self.columns[index]
        column.target, column.why, column.sense = target, why, sense
        self.free.discard(index)

    def with_role(self, *roles: Role) -> Iterator[tuple[int, Profile]]:
        """Yield the free columns whose header says one of these."""
        for index in sorted(self.free):
            if self.profiles[index].meaning.role in roles:
                yield index, self.profiles[index]

    def find(self, target: str) -> int | None:
        """Return the first column of a target."""
        return next((index for index, column in enumerate(self.columns) if column.target == target), None)

    def is_open(self, target: str) -> bool:
        """Return whether a column may still get this target."""
        return target in SHARED or self.find(target) is None


def _choose_profiles(survey: Survey) -> list[Profile]:
    """Return the columns of the header, and those that most rows have beyond it."""
    width = len(survey.layout.header)
    if not width:
        return survey.columns
    beyond = [index for index, profile in enumerate(survey.columns) if profile.filled * 2 > survey.rows]
    return survey.columns[: max([width, *(index + 1 for index in beyond)])]
