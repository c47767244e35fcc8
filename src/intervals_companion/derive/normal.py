"""What is normal for one person: the mean and the spread of their own days.

Windows and the least number of days are those of the app's design: 60 days for the normal range, 7 for where one
stands, at least 14 days before anything is called normal. Spread: the standard deviation of a sample (n - 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

USUAL_DAYS, WEEK = 60, 7
LEAST_USUAL, LEAST_WEEK = 14, 2


class Normal(NamedTuple):
    """A mean and one standard deviation."""

    mean: float
    deviation: float

    @property
    def low(self) -> float:
        return self.mean - self.deviation

    @property
    def high(self) -> float:
        return self.mean + self.deviation


def normal(values: Sequence[float], least: int) -> Normal | None:
    """None where there are fewer than `least` (at least two)."""
    if len(values) < max(least, 2):
        return None
    mean = math.fsum(values) / len(values)
    spread = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return Normal(mean, math.sqrt(spread))


def ordinals(by_day: Mapping[date, float]) -> dict[int, float]:
    """The same by `date.toordinal()`: a year of windows looks up some 25,000 days."""
    return {day.toordinal(): value for day, value in by_day.items()}


def usual(by_day: Mapping[int, float], day: date) -> Normal | None:
    """The 60 days before that day: what it is held against, so it does not count itself. Keys: see `ordinals`."""
    return normal(_before(by_day, day.toordinal(), USUAL_DAYS), LEAST_USUAL)


def week(by_day: Mapping[int, float], last: date) -> Normal | None:
    """The 7 days that end with `last`. Keys: see `ordinals`."""
    return normal(_before(by_day, last.toordinal() + 1, WEEK), LEAST_WEEK)


def _before(by_day: Mapping[int, float], day: int, days: int) -> list[float]:
    return [by_day[each] for each in range(day - days, day) if each in by_day]
