"""Fitness, fatigue and ramp rate from the training load of each day.

The recursion of section 5.4: ctl[d] = ctl[d-1] + (load[d] - ctl[d-1]) * (1 - e^(-1/42)), atl the same with 7 days, and
rampRate[d] = ctl[d] - ctl[d-7].
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import exp
from typing import NamedTuple

from intervals_sandbox.times import each_day

CTL_DAYS, ATL_DAYS = 42, 7
_WEEK = timedelta(days=7)


class FitnessDay(NamedTuple):
    ctl: float
    atl: float
    ramp: float
    load: float


class Start(NamedTuple):
    """A SET_FITNESS event: that day's numbers are these."""

    ctl: float
    atl: float


class Spans(NamedTuple):
    """A FITNESS_DAYS event: from that day on these time constants hold."""

    ctl: float
    atl: float


Fitness = Mapping[date, FitnessDay]


def fitness(
    loads: Mapping[date, float], until: date, starts: Mapping[date, Start], spans: Mapping[date, Spans]
) -> Fitness:
    """The numbers of every day from the first load or start to `until`, rest days too; empty without either."""
    known = [*loads, *starts]
    if not known:
        return {}
    first = min(known)
    ctl, atl = before, _ = starts.get(first, Start(0.0, 0.0))
    days = spans[max(earlier)] if (earlier := [day for day in spans if day <= first]) else Spans(CTL_DAYS, ATL_DAYS)
    series: dict[date, FitnessDay] = {}
    for day in each_day(first, max(until, *known)):
        days = spans.get(day, days)
        load = loads.get(day, 0)
        if day in starts:
            ctl, atl = starts[day]
        else:
            ctl += (load - ctl) * (1 - exp(-1 / days.ctl))
            atl += (load - atl) * (1 - exp(-1 / days.atl))
        week_ago = series.get(day - _WEEK)
        series[day] = FitnessDay(ctl, atl, ctl - (week_ago.ctl if week_ago else before), load)
    return series
