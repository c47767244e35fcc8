"""What a run is asked to do, what it works with, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import ClassVar, Protocol, TypeVar
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.wellness import Value
from intervals_companion.health.port import HealthStore
from intervals_companion.intervals.wire import Call
from intervals_companion.store.ledger import Receipt
from intervals_companion.sync.actions import Held, Link, Why
from intervals_companion.sync.policy import Policy, Wishes

T = TypeVar("T")


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

    def ask(self, call: Call[T]) -> T: ...


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


class CutOff(CompanionError):
    """A run whose process was gone before its end. Told by the run that follows."""

    exit_code: ClassVar[int] = 130

    def __init__(self) -> None:
        super().__init__("The companion was ended while this ran.", "What was done stays. The next sync goes on.")


SAVED = "saved in Health"
"""The receipt of what was written into Health."""

RECEIPTS: Mapping[Why | None, str] = {
    None: "read back",
    Why.CORRECTED: "read back; Health corrected itself",
    Why.DELETED: "read back; you deleted it in Health",
}
"""Of values that were sent, by why."""

Item = tuple[str, str]
"""What a plan is made of, and what has a fate: an ISO day, a workout id or an activity id; and the field."""


@frozen
class Sent:
    """Something that went, with its proof. item: an ISO day or a workout id; value: for a workout, its activity."""

    item: str
    field: str
    value: Value | None
    was: Value | None
    receipt: str
    why: Why | None = None
    """Why a value that both sides had agreed on was sent again."""

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
    """One run: every planned item with its fate. It is sent, written, linked, held or failed; else it is left."""

    run: int | None = None
    """None for a dry run: it leaves no trace."""
    planned: tuple[Item, ...] = ()
    """Everything the plan wants to do, or deliberately not to do."""
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

    @property
    def fates(self) -> list[Item]:
        told = [(one.item, one.field) for part in (self.sent, self.written, self.held, self.failed) for one in part]
        return [*told, *((link.workout, WORKOUT_FIELD) for link in self.linked)]

    @property
    def left(self) -> list[Item]:
        """What was not tried, because the run ended before."""
        told = set(self.fates)
        return [item for item in self.planned if item not in told]

    def check(self) -> None:
        """Raises AssertionError where the account does not add up: an item with two fates, or one nobody planned."""
        counted = Counter([*self.fates, *self.left])
        if counted != Counter(self.planned):
            raise AssertionError(f"{counted.total()} fates were told of {len(self.planned)} planned items")

    @property
    def values_sent(self) -> int:
        return sum(1 for one in self.sent if one.field != WORKOUT_FIELD)

    @property
    def workouts_sent(self) -> int:
        return len(self.sent) - self.values_sent
