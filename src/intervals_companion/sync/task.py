"""What a run is asked to do, what it works with, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import ClassVar, Protocol
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.remote_activity import ActivityList
from intervals_companion.domain.wellness import Value, WellnessRecord
from intervals_companion.health.port import HealthStore
from intervals_companion.store.ledger import Receipt
from intervals_companion.sync.actions import Held, Link
from intervals_companion.sync.policy import Policy, Wishes


class Uploaded(Protocol):
    @property
    def ids(self) -> tuple[str, ...]: ...


class Asked(Protocol):
    """How many requests were sent."""

    @property
    def read(self) -> int: ...

    @property
    def write(self) -> int: ...


class Service(Protocol):
    """Intervals.icu, as far as a run needs it. Errors are those of `domain/errors.py`."""

    @property
    def requests(self) -> Asked: ...

    def athlete(self) -> object: ...

    def custom_fields(self) -> frozenset[str]: ...

    def wellness(self, oldest: date, newest: date) -> Sequence[WellnessRecord]: ...

    def put_wellness(self, days: Mapping[date, Mapping[str, Value]]) -> None: ...

    def activities(self, oldest: date, newest: date) -> ActivityList: ...

    def upload(self, content: bytes, file_name: str, *, name: str, external_id: str, device_name: str) -> Uploaded: ...


def _never() -> bool:
    return False


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
    wishes: Wishes = field(factory=Wishes)
    """What the person chose with this run; the policy has it already, and it is remembered when the run goes on."""
    sent_zone: str | None = None
    """In which zone the days were days that were sent last; None before anything was."""
    ask_athlete: bool = False
    """Whether the athlete's own record is to be read too. Nothing is decided by it; who listens keeps it."""
    should_stop: Callable[[], bool] = _never
    """Asked between steps."""
    health: HealthStore | None = None
    """Where values and workouts from Intervals.icu are written to; None where there is no way into Health."""
    unread: CompanionError | None = None
    """Why the phone at hand could not be read before this run. What it recorded is unknown, never nothing."""

    def go_on(self) -> None:
        """Raises Stopped when the person no longer wants the run."""
        if self.should_stop():
            raise Stopped


class Stopped(CompanionError):
    """A run was asked to stop: by the person, by their logout, or by the end of the program."""

    exit_code: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__("Stopped on its way.", "What was done before stays. The next sync goes on from there.")


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
    written: list[Sent] = field(factory=list)
    """What went into Health. item: an ISO day or an activity id."""
    linked: list[Link] = field(factory=list)
    held: list[Held] = field(factory=list)
    failed: list[Failed] = field(factory=list)
    error: CompanionError | None = None
    """What ended the run early, if anything did."""
    warning: CompanionError | None = None
    """What would have stopped a dry run, had it been a real one."""
    agreed: int = 0
    """Values that stand on both sides already."""
    left: int = 0
    """What was to be sent and was not come to, because the run was stopped."""

    @property
    def values_sent(self) -> int:
        return sum(1 for one in self.sent if one.field != WORKOUT_FIELD)

    @property
    def workouts_sent(self) -> int:
        return len(self.sent) - self.values_sent
