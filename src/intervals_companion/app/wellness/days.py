"""The days Health makes: computed where samples are new, then read."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.app.scope import ReadScope
from intervals_companion.domain.catalogue import Rule
from intervals_companion.domain.days import HomeZone, local_day
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.domain.wellness import DayValue
from intervals_companion.journal import days as journal_days
from intervals_companion.journal import workouts as journal_workouts

STILL_COUNTING = frozenset({Rule.SUM, Rule.TIME_TOGETHER, Rule.DAY_MAXIMUM})
"""What a day makes until its end."""


@frozen
class Days:
    zone: HomeZone
    first: date
    last: date
    values: list[DayValue]
    """By day, then in catalogue order."""


def metrics(context: AppContext, progress: Progress, since: date | None = None, until: date | None = None) -> Days:
    """Every value Health makes from `since` (else the first day) to `until` (else today), both included."""
    make(context, progress, until)
    with context.reading() as here:
        last = min(until or here.today, here.today)
        first = since or first_day(here) or last
        values = journal_days.values(here.connection, here.athlete, first, last)
        return Days(here.home_zone, first, last, values)


def make(context: AppContext, progress: Progress, until: date | None = None) -> None:
    """Computes what new samples changed, up to and with `until`, else today. Writes: not inside a scope."""

    def done(days: int, of: int) -> None:
        progress(Stage.MAKE_DAYS, days, of)

    with context.reading() as here:
        athlete, where, last = here.athlete, here.zone, min(until or here.today, here.today)
    journal_days.refresh(context.store, athlete, where, last, done)


EARLIEST = date(2000, 1, 1)
"""A sample of 1970 is a clock that was never set: one such would make a sync of half a century."""


def first_day(here: ReadScope) -> date | None:
    """The first day for which Health has a value or a workout. The days have to be made before."""
    value = journal_days.first_day(here.connection, here.athlete)
    workout = journal_workouts.first_start(here.connection, here.athlete)
    known = [day for day in (value, None if workout is None else local_day(workout, here.zone)) if day is not None]
    return max(EARLIEST, min(known)) if known else None
