"""The ports of Apple Health: `HealthReader` hands everything out once, as an export file does; `HealthStore` is a live
store on a phone, which is asked again and again and can be written to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol

from attrs import define, field, frozen

from intervals_companion.domain import own_samples
from intervals_companion.domain.errors import Busy, CompanionError
from intervals_companion.domain.samples import Batch, Row, Source

MOST_SERIES = 5_000
"""Pairs of a type and a source in one delivery: each is stored for itself. Ten years of some devices have some 500."""
OTHER_TYPES = "(other types)"
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
    about: dict[str, str] = field(factory=dict)
    """Whose Health it is, as the file says: birth, sex and so on, by attribute."""
    damaged: int = 0
    """Elements that are not well-formed and were skipped; each is also a Problem."""
    complete: bool = False
    """Whether the end of the data was reached."""
    problems: list[Problem] = field(factory=list)
    more_problems: int = 0

    @property
    def records(self) -> int:
        return self.types.total()

    def count(self, kind: str, number: int = 1) -> None:
        """Counts records of a type. Types beyond `MOST_SERIES`, which nobody has, are counted together."""
        self.types[kind if kind in self.types or len(self.types) < MOST_SERIES else OTHER_TYPES] += number

    def note(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.more_problems += 1


class HealthReader(Protocol):
    """Hands out everything Health shows, in batches small enough to hold."""

    channel: str
    """The word for this way in: `export`, later `health-auto-export`, `shortcuts`, `healthkit`, `simulated`."""
    reading: Reading

    def batches(self) -> Iterator[Batch]:
        """Every sample, workout and route, once per time the source holds it, in any order.

        Workouts come as rows of type `HKWorkoutTypeIdentifier`, routes of `HKWorkoutRouteTypeIdentifier`
        (see `formats/details.py`). Raises DamagedInput when the data ends early; what was handed out before stands.
        """
        ...


# --- live stores -----------------------------------------------------------------------------------------------------


class Share(StrEnum):
    """Whether a type may be written. There is no such word for reading: a refusal looks exactly like no data."""

    NOT_DETERMINED = "not determined"
    DENIED = "denied"
    AUTHORIZED = "authorized"


class HealthObject(NamedTuple):
    """An object as a live store shows it. `id` is its native id (HealthKit's UUID), `bundle` its app's identifier."""

    id: str
    source: Source
    bundle: str
    row: Row

    @property
    def is_own(self) -> bool:
        """Whether this program wrote it: such an object is never read back."""
        return self.bundle == own_samples.BUNDLE or own_samples.is_own(self.row.metadata)


@frozen
class Changes:
    """What happened to one type after an anchor."""

    found: Sequence[HealthObject]
    deleted: Sequence[str]
    """Native ids, also of objects that were never shown."""
    anchor: str
    """Where the next question goes on. To be stored together with what was found."""
    more: bool
    """Whether there is more to ask for already."""


@frozen
class NewObject:
    """Something to save. The same identifier with a higher version replaces the object; with another one, nothing is
    saved. `row` is as in the archive; a workout's is made by `formats.details.workout_row`.
    """

    type: str
    row: Row
    identifier: str
    version: int


class HealthLocked(Busy):
    """HKErrorDatabaseInaccessible: the phone is locked and its Health data cannot be read. Never "no data"."""

    def __init__(self) -> None:
        super().__init__(
            "The iPhone is locked, and Health cannot be read while it is.",
            "Unlock it; reading then goes on where it stopped.",
        )


class ShareRefused(CompanionError):
    """HKErrorAuthorizationDenied or -NotDetermined: this type may not be written."""

    exit_code: ClassVar[int] = 5

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Write is off for {name}: it is not added to Health.",
            f"On the iPhone: Settings > Privacy & Security > Health > {own_samples.NAME}, and turn it on under write.",
        )


class NotOwned(CompanionError):
    """Only objects that this program saved can be deleted by it."""

    def __init__(self) -> None:
        super().__init__(
            f"Another app recorded this in Health; {own_samples.NAME} cannot delete it.",
            "Delete it in the Health app: Browse, the type, Show All Data.",
        )


class HealthStore(Protocol):
    """Health on a phone. Types are full identifiers; a correlation's members are asked for, never the correlation."""

    @property
    def channel(self) -> str: ...

    def share_status(self, kind: str) -> Share:
        """For writing only. Reading has no status."""
        ...

    def should_ask(self, share: Collection[str], read: Collection[str]) -> bool:
        """Whether a sheet would appear: whether any of these was never asked for. Not whether anybody agreed."""
        ...

    def ask(self, share: Collection[str], read: Collection[str]) -> None:
        """Shows the sheet for the types never asked for. What the person answers is not told."""
        ...

    def changes(self, kind: str, anchor: str | None, limit: int) -> Changes:
        """At most `limit` changes after the anchor, from the beginning without one. Raises HealthLocked."""
        ...

    def between(self, kind: str, start: int, end: int) -> Sequence[HealthObject]:
        """What the store shows of a type with a start in [start, end) ms. Raises HealthLocked."""
        ...

    def save(self, new: NewObject) -> None:
        """Works while locked. Raises ShareRefused."""
        ...

    def delete(self, kind: str, ids: Collection[str]) -> None:
        """All of them or none. Raises NotOwned."""
        ...
