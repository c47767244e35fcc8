"""How far back a chart of days reaches."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Range(StrEnum):
    """A stretch of days up to today, and its name in an address."""

    SIX_WEEKS = "6-weeks"
    SIXTY_DAYS = "60-days"
    YEAR = "1-year"
    ALL = "all"

    @property
    def days(self) -> int | None:
        """None: from the first day on."""
        return _DAYS.get(self)

    @property
    def words(self) -> str:
        return self.value.replace("-", " ").capitalize()


OF_FORM = (Range.SIX_WEEKS, Range.SIXTY_DAYS, Range.YEAR)
"""Those of fitness and form: years of it are to be seen at Intervals.icu."""
_DAYS = {Range.SIX_WEEKS: 42, Range.SIXTY_DAYS: 60, Range.YEAR: 365}


def range_of(day: date | None, today: date) -> Range:
    """The shortest usual range with that day in it."""
    if day is None:
        return Range.SIXTY_DAYS
    fits = (range_ for range_ in (Range.SIXTY_DAYS, Range.YEAR) if (today - day).days < (range_.days or 0))
    return next(fits, Range.ALL)
