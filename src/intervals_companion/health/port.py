"""The port every road out of Apple Health implements: the export file today, pushes and HealthKit later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from attrs import define, field, frozen

from intervals_companion.domain.samples import Batch

MOST_PROBLEMS = 200
"""A damaged file may hold millions of bad rows: this many are described, the rest are counted."""


@frozen
class Problem:
    """Something in the input that was left out. `where` is a place a person can find (file, line)."""

    where: str
    what: str
    cure: str


@define
class Reading:
    """What a pass has met so far. Filled while the batches are drawn, complete when they end."""

    bytes_total: int = 0
    """Size of what is to be read, for progress; uncompressed."""
    bytes_done: int = 0
    types: Counter[str] = field(factory=Counter)
    """Records read by full identifier, duplicates counted."""
    ignored: int = 0
    """Records that were read and could not be used; each kind is also a Problem."""
    workouts: int = 0
    routes: int = 0
    """Route files joined to a workout."""
    routes_missing: int = 0
    """Route files that a workout names and the export does not hold."""
    zones: Counter[str] = field(factory=Counter)
    """Votes for the home zone: how often each HKTimeZone was written."""
    exported: int | None = None
    """When the phone wrote the export (ms), if it says."""
    damaged: int = 0
    """Elements that are not well-formed and were skipped; each is also a Problem."""
    complete: bool = False
    """Whether the end of the data was reached."""
    problems: list[Problem] = field(factory=list)
    more_problems: int = 0

    @property
    def records(self) -> int:
        return self.types.total()

    def note(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more_problems += 1


class HealthReader(Protocol):
    """Hands out everything Health shows, in batches small enough to hold."""

    road: str
    """The word for this way in: `export`, later `health-auto-export`, `shortcuts`, `healthkit`, `simulated`."""
    reading: Reading

    def batches(self) -> Iterator[Batch]:
        """Every sample, workout and route, once per time the source holds it, in any order.

        Workouts come as rows of type `HKWorkoutTypeIdentifier`, routes of `HKWorkoutRouteTypeIdentifier`
        (see `formats/details.py`). Raises DamagedInput when the data ends early; what was handed out before stands.
        """
        ...
