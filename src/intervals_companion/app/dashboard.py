"""The first page: what the last sync did, how one stands today, and what waits for the person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from attrs import frozen

from intervals_companion.app.doctor import checkup
from intervals_companion.app.ingest import archive
from intervals_companion.app.scope import ReadScope
from intervals_companion.app.sync import conflicts, first_sync, history
from intervals_companion.app.sync.conflicts import PendingConflict
from intervals_companion.app.sync.first_sync import AlreadyHere
from intervals_companion.app.sync.history import Run, RunSummary
from intervals_companion.app.wellness.days import STILL_COUNTING
from intervals_companion.app.wellness.ranges import Range
from intervals_companion.derive import normal
from intervals_companion.derive.normal import Normal
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric
from intervals_companion.intervals import models
from intervals_companion.store import day_cache, intervals_cache

SHOWN = (
    "sleepSecs", "hrvSDNN", "restingHR", "avgSleepingHR", "respiration", "spO2", "weight", "steps", "ActiveEnergy",
    "readiness",
)  # fmt: skip
"""The fields of the list, in its order; those without a value in 60 days are left out."""


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
    """The newest run that ended."""

    run: Run
    account: RunSummary

    @property
    def at(self) -> int:
        """ms"""
        return self.run.finished or self.run.started

    @property
    def finished(self) -> bool:
        return self.run.state == "done"


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
class Today:
    sync: LastSync | None
    readings: list[Reading]
    form: list[FormDay]
    waiting: list[PendingConflict]
    """For a choice, newest first."""
    imports_waiting: int
    """Imports that wait for an answer."""
    blocked: int
    """How many things block the athlete's own data."""
    beginning: AlreadyHere | None
    """What there is before anything has arrived from Apple Health; None afterwards."""


def today(here: ReadScope, range_: Range) -> Today:
    return Today(
        sync=_last_sync(here),
        readings=_readings(here),
        form=_form(here, here.today - timedelta(days=(range_.days or 1) - 1)),
        waiting=conflicts.waiting(here),
        imports_waiting=archive.waiting_count(here),
        blocked=checkup.blocked_count(here),
        beginning=_beginning(here),
    )


def _readings(here: ReadScope) -> list[Reading]:
    day = here.today
    metrics = {metric.field: metric for metric in catalogue.metrics()}
    fields = [name for name in SHOWN if name in metrics]
    first = day - timedelta(days=normal.USUAL_DAYS)
    values = day_cache.numbers(here.connection, here.athlete, first, day, fields)
    return [_reading(metrics[name], values[name], day) for name in fields if values[name]]


def _reading(metric: Metric, by_day: Mapping[date, float], day: date) -> Reading:
    counting = metric.rule in STILL_COUNTING
    known = normal.ordinals(by_day)
    # A day that still counts would pull its own week down.
    week = normal.week(known, day - timedelta(days=1) if counting else day)
    return Reading(metric, by_day.get(day), week, normal.usual(known, day), counting)


def _last_sync(here: ReadScope) -> LastSync | None:
    run = next((run for run in history.newest(here) if run.account), None)
    return None if run is None else LastSync(run, history.account(run))


def _form(here: ReadScope, first: date) -> list[FormDay]:
    records = intervals_cache.days(here.connection, here.athlete, first, here.today)
    return [
        FormDay(day, *fitness) for day, record in records.items() if (fitness := models.fitness(record)) is not None
    ]


def _beginning(here: ReadScope) -> AlreadyHere | None:
    if first_sync.has_health_data(here) or day_cache.first_day(here.connection, here.athlete) is not None:
        return None
    return first_sync.already_here(here)
