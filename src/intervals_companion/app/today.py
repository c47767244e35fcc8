"""The first page: what the last sync did, how one stands today, and what waits for the person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.companion import Companion
from intervals_companion.derive import normal
from intervals_companion.derive.normal import Normal
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.store import answers, archive, day_cache, glance, runs
from intervals_companion.sync.actions import Reason

__all__ = ["Normal"]

SHOWN = (
    "sleepSecs", "hrvSDNN", "restingHR", "avgSleepingHR", "respiration", "spO2", "weight", "steps", "ActiveEnergy",
    "readiness",
)  # fmt: skip
"""The fields of the list, in its order; those without a value in 60 days are left out."""

STILL_COUNTING = frozenset({Rule.SUM, Rule.TIME_TOGETHER, Rule.DAY_MAXIMUM})
"""What a day makes until its end."""


class Range(StrEnum):
    """How far back a chart of days reaches."""

    SIX_WEEKS = "6-weeks"
    SIXTY_DAYS = "60-days"
    YEAR = "1-year"

    @property
    def days(self) -> int:
        return _DAYS[self]

    @property
    def words(self) -> str:
        return self.value.replace("-", " ")


_DAYS = {Range.SIX_WEEKS: 42, Range.SIXTY_DAYS: 60, Range.YEAR: 365}


@frozen
class Reading:
    """One metric today, against the person's own days."""

    metric: Metric
    today: float | None
    week: Normal | None
    usual: Normal | None
    """None while there are too few days."""
    counting: bool
    """Whether the day is not over for it."""

    @property
    def beyond(self) -> float:
        """How far today lies above (below: negative) the normal range; 0 inside it, and while the day counts."""
        if self.today is None or self.usual is None or self.counting:
            return 0.0
        return max(0.0, self.today - self.usual.high) + min(0.0, self.today - self.usual.low)


@frozen
class LastSync:
    number: int
    at: int
    """ms"""
    finished: bool
    values: int
    workouts: int
    agreed: int
    """Values and workouts that both sides had already."""
    blocked: int
    """Held for a missing permission."""
    held: int
    """Held for any other reason."""
    failed: int
    error: str | None
    """What ended it early."""

    @property
    def sent(self) -> int:
        return self.values + self.workouts

    @property
    def quiet(self) -> bool:
        """Nothing to send, nothing in the way."""
        return self.finished and not self.error and not (self.sent or self.blocked or self.failed)


@frozen
class FormDay:
    day: date
    fitness: float
    fatigue: float

    @property
    def form(self) -> float:
        return self.fitness - self.fatigue

    @property
    def percent(self) -> float:
        """Form as a share of fitness, as Intervals.icu writes it."""
        return 100 * self.form / self.fitness if self.fitness else 0.0


@frozen
class Conflict:
    field: str
    day: date
    ours: str | None
    theirs: str | None


@frozen
class Waiting:
    conflicts: list[Conflict]
    already_there: int
    """Values kept as Intervals.icu had them at the first meeting."""


@frozen
class Beginning:
    """What there is before anything has arrived from Apple Health."""

    activities: int
    since: date | None
    """The first day Intervals.icu told of."""


@frozen
class Today:
    sync: LastSync | None
    readings: list[Reading]
    form: list[FormDay]
    waiting: Waiting
    beginning: Beginning | None
    """None as soon as Health has sent something."""


def today(companion: Companion, reach: Range) -> Today:
    account = companion.account()
    day = companion.today(companion.zone(account))
    athlete = account.athlete
    with companion.store.read() as connection:
        return Today(
            sync=last_sync(connection, athlete),
            readings=_readings(connection, athlete, day),
            form=_form(connection, athlete, day - timedelta(days=reach.days - 1), day),
            waiting=_waiting(connection, athlete),
            beginning=_beginning(connection, athlete),
        )


def _readings(connection: Connection, athlete: int, day: date) -> list[Reading]:
    metrics = {metric.field: metric for metric in catalogue.metrics()}
    fields = [name for name in SHOWN if name in metrics]
    first = day - timedelta(days=normal.USUAL_DAYS)
    values = day_cache.numbers(connection, athlete, first, day, fields)
    return [_reading(metrics[name], values[name], day) for name in fields if values[name]]


def _reading(metric: Metric, by_day: Mapping[date, float], day: date) -> Reading:
    counting = metric.rule in STILL_COUNTING
    known = normal.ordinals(by_day)
    # A day that still counts would pull its own week down.
    week = normal.week(known, day - timedelta(days=1) if counting else day)
    return Reading(metric, by_day.get(day), week, normal.usual(known, day), counting)


def last_sync(connection: Connection, athlete: int) -> LastSync | None:
    """The newest run that ended."""
    run = next((run for run in runs.latest(connection, athlete, 3) if run.account), None)
    if run is None:
        return None
    told = run.account
    held = told.get("held", {})
    blocked = held.get(Reason.NO_PERMISSION.value, 0)
    error = told.get("error")
    return LastSync(
        number=run.run,
        at=run.finished or run.started,
        finished=run.state == "done",
        values=told.get("values", 0),
        workouts=told.get("workouts", 0),
        agreed=told.get("agreed", 0) + told.get("linked", 0),
        blocked=blocked,
        held=sum(held.values()) - blocked,
        failed=told.get("failed", 0) + told.get("left", 0),
        error=error["cause"] if error else None,
    )


def _form(connection: Connection, athlete: int, first: date, last: date) -> list[FormDay]:
    records = answers.days(connection, athlete, first, last)
    return [
        FormDay(day, record["ctl"], record["atl"])
        for day, record in records.items()
        if record.get("ctl") is not None and record.get("atl") is not None
    ]


def _waiting(connection: Connection, athlete: int) -> Waiting:
    held = glance.held_for(connection, athlete, [Reason.CONFLICT.value, Reason.ALREADY_THERE.value])
    conflicts = [
        Conflict(item.field, date.fromisoformat(item.item), item.ours, item.theirs)
        for item in held
        if item.reason == Reason.CONFLICT
    ]
    return Waiting(conflicts, len(held) - len(conflicts))


def _beginning(connection: Connection, athlete: int) -> Beginning | None:
    if archive.last_delivery(connection, athlete) is not None or day_cache.first_day(connection, athlete) is not None:
        return None
    there = glance.counts(connection, athlete).activities
    return Beginning(there, glance.first_theirs(connection, athlete))
