"""What a run is asked to do, what it works with, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from intervals_companion.domain.activity import Activity
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.wellness import Value, WellnessRecord
from intervals_companion.store.ledger import WORKOUT_FIELD, Receipt
from intervals_companion.sync.actions import Held, Link
from intervals_companion.sync.policy import Policy


class Uploaded(Protocol):
    @property
    def ids(self) -> tuple[str, ...]: ...


class Service(Protocol):
    """Intervals.icu, as far as a run needs it. Errors are those of `domain/errors.py`."""

    def custom_fields(self) -> frozenset[str]: ...

    def wellness(self, oldest: date, newest: date) -> Sequence[WellnessRecord]: ...

    def put_wellness(self, days: Mapping[date, Mapping[str, Value]]) -> None: ...

    def activities(self, oldest: date, newest: date) -> Sequence[Activity]: ...

    def upload(self, content: bytes, file_name: str, *, name: str, external_id: str, device_name: str) -> Uploaded: ...


@frozen
class Task:
    """Which athlete, which days (both included, in the home zone), and what the person decided."""

    athlete: int
    zone: ZoneInfo
    first: date
    last: date
    policy: Policy
    dry_run: bool = False
    confirmed: bool = False
    """Whether the person agreed to a plan that replaces suspiciously much."""


Progress = Callable[[str, int, int], None]
"""Called with the stage in words, what is done and how much there is."""


@frozen
class Sent:
    """Something that went, with its proof. item: an ISO day or a workout id; value: for a workout, its activity."""

    item: str
    field: str
    value: Value | None
    was: Value | None
    receipt: str

    @property
    def stored(self) -> Receipt:
        return Receipt(self.item, self.field, text(self.value), text(self.was), self.receipt)


def text(value: Value | None) -> str | None:
    """A value as the ledger's tables for people hold it."""
    return None if value is None else str(value)


@frozen
class Failed:
    """Something that was to be done and was not. item: an ISO day or a workout id."""

    item: str
    field: str
    cause: str
    cure: str

    @classmethod
    def of(cls, item: str, name: str, problem: CompanionError) -> Failed:
        return cls(item, name, problem.cause, problem.cure)


@define
class Outcome:
    """One run: every item with its receipt or its reason."""

    run: int | None = None
    """None for a dry run: it leaves no trace."""
    sent: list[Sent] = field(factory=list)
    linked: list[Link] = field(factory=list)
    held: list[Held] = field(factory=list)
    failed: list[Failed] = field(factory=list)
    error: CompanionError | None = None
    """What ended the run early, if anything did."""

    @property
    def values_sent(self) -> int:
        return sum(1 for one in self.sent if one.field != WORKOUT_FIELD)

    @property
    def workouts_sent(self) -> int:
        return len(self.sent) - self.values_sent
