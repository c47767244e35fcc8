"""The days Health makes: computed where samples are new, then read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_companion.app.context import AppContext
from intervals_companion.domain.days import local_day
from intervals_companion.domain.wellness import DayValue
from intervals_companion.journal import days as journal_days
from intervals_companion.journal import workouts as journal_workouts
from intervals_companion.store.accounts import Account, HomeZone

Progress = Callable[[str, int, int], None]
"""Called with the stage in words, what is done and how much there is."""


@frozen
class Days:
    zone: HomeZone
    first: date
    last: date
    values: list[DayValue]
    """By day, then in catalogue order."""


def metrics(context: AppContext, progress: Progress, since: date | None = None, until: date | None = None) -> Days:
    """Every value Health makes from `since` (else the first day) to `until` (else today), both included."""
    account = context.account()
    where = context.zone(account)
    last = min(until or context.today(where), context.today(where))
    make(context, account, where, last, progress)
    first = since or first_day(context, account, where) or last
    with context.store.read() as connection:
        values = journal_days.values(connection, account.athlete, first, last)
    return Days(context.home_zone(account), first, last, values)


def make(context: AppContext, account: Account, where: ZoneInfo, last: date, progress: Progress) -> None:
    """Computes what new samples changed, up to and with `last`."""

    def done(days: int, of: int) -> None:
        progress("Working out days", days, of)

    journal_days.refresh(context.store, account.athlete, where, last, done)


EARLIEST = date(2000, 1, 1)
"""A sample of 1970 is a clock that was never set: one such would make a sync of half a century."""


def first_day(context: AppContext, account: Account, where: ZoneInfo) -> date | None:
    """The first day for which Health has a value or a workout. The days have to be made before."""
    with context.store.read() as connection:
        value = journal_days.first_day(connection, account.athlete)
        workout = journal_workouts.first_start(connection, account.athlete)
    known = [day for day in (value, None if workout is None else local_day(workout, where)) if day is not None]
    return max(EARLIEST, min(known)) if known else None
