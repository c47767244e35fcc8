"""Every metric with its days; and one metric whole: its days, and why a number is what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from attrs import frozen

from intervals_companion.app.scope import ReadScope
from intervals_companion.app.wellness.days import STILL_COUNTING
from intervals_companion.app.wellness.ranges import Range
from intervals_companion.derive import normal
from intervals_companion.derive.normal import Normal
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.days import each_day
from intervals_companion.domain.errors import NothingToShow
from intervals_companion.domain.wellness import Value
from intervals_companion.intervals.models import stored_day
from intervals_companion.journal import why
from intervals_companion.journal.why import Sample
from intervals_companion.store import archive, day_cache, intervals_cache, queries
from intervals_companion.store.day_cache import Cached
from intervals_companion.sync.actions import Reason

__all__ = ["Sample"]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Recovery": (
        "hrvSDNN", "hrv", "restingHR", "avgSleepingHR", "respiration", "spO2", "WristTemperature", "HRRecovery",
        "baevskySI", "readiness",
    ),
    "Sleep": ("sleepSecs", "DeepSleep", "LightSleep", "REMSleep", "AwakeTime", "sleepQuality", "sleepScore"),
    "Body": ("weight", "bodyFat", "abdomen", "vo2max", "systolic", "diastolic", "bloodGlucose", "menstrualPhase"),
    "Movement": ("steps", "Distance", "ActiveEnergy", "RestingEnergy", "Daylight", "MindfulMinutes"),
    "Food": ("kcalConsumed", "carbohydrates", "protein", "fatTotal", "hydrationVolume"),
}  # fmt: skip
"""In which order a person looks. A row of the catalogue that is in none stands under More."""

SPARK_DAYS = 60


@frozen
class Line:
    """One metric of the list."""

    metric: Metric
    value: Value | None
    """Of the newest day within 60 that has one."""
    day: date | None
    days: list[float | None]
    """60 of them, oldest first; of words none."""
    usual: Normal | None
    sources: tuple[str, ...]


@frozen
class Day:
    day: date
    value: float | None
    week: Normal | None
    usual: Normal | None


@frozen
class Provenance:
    """What one day's number is made of."""

    day: date
    value: Value
    formula: str
    sources: tuple[str, ...]
    samples: list[Sample]
    """Empty while `stale`: what they made is not worked out yet."""
    impossible: Sequence[Sample]
    """What cannot be, and takes no part."""
    stale: bool
    """Whether samples arrived since."""
    night: tuple[int, int] | None
    """Falling asleep and waking up, in ms, where the night decides."""
    summary: bool
    """Whether a bridge sent a summary of the day instead of samples."""
    theirs: Value | None
    """What stands at Intervals.icu."""
    agreed: tuple[str, int] | None
    """How both came to agree (sent | found | to_health), and in which run."""
    held: str
    """Why it is not there, in words; "" where it is, or nothing is known."""
    held_reason: str


@frozen
class MetricDetails:
    metric: Metric
    days: list[Day]
    step: int
    """Days that each of `days` stands for; it is named by its last one, and its `week` is its 60 days then."""
    week: Normal | None
    usual: Normal | None
    """Of today."""
    newest: Provenance | None
    """Of the newest day that has a value; None where none has."""
    asked: date | None
    why: Provenance | None
    """Of the day that was asked for, else of the newest; None where it has no value."""
    impossible: Sequence[Sample] = ()
    """What the day that was asked for has that cannot be, where that is why it has no value."""


def lines(here: ReadScope) -> dict[str, list[Line]]:
    """Every metric in use, by group."""
    last = here.today
    first = last - timedelta(days=SPARK_DAYS - 1)
    metrics = {metric.field: metric for metric in catalogue.metrics()}
    since = last - timedelta(days=normal.USUAL_DAYS)
    values = day_cache.numbers(here.connection, here.athlete, since, last, metrics)
    newest = day_cache.latest(here.connection, here.athlete, first)
    found: dict[str, list[Line]] = {}
    placed = {field for fields in GROUPS.values() for field in fields}
    rest = {"More": tuple(field for field in metrics if field not in placed)}
    for group, fields in {**GROUPS, **rest}.items():
        if in_use := [metrics[field] for field in fields if field in metrics]:
            found[group] = [
                _line(metric, values[metric.field], newest.get(metric.field), first, last) for metric in in_use
            ]
    return found


def _line(metric: Metric, by_day: Mapping[date, float], cached: Cached | None, first: date, last: date) -> Line:
    made = cached.derived if cached else None
    # A day that still counts would look like a fall.
    whole_days = _without_today(metric, by_day, last)
    days = [whole_days.get(day) for day in each_day(first, last)]
    return Line(
        metric=metric,
        value=made.value if made else None,
        day=cached.day if cached else None,
        days=days,
        usual=normal.usual(normal.ordinals(by_day), last),
        sources=made.sources if made else (),
    )


def metric_details(here: ReadScope, field: str, range_: Range, day: date | None) -> MetricDetails:
    """One metric over a range, and why the number of `day`, else of the newest, is what it is.

    Raises NothingToShow for a field that is not in use.
    """
    metric = next((metric for metric in catalogue.metrics() if metric.field == field), None)
    if metric is None:
        raise NothingToShow(f"No metric is called {field}.", "Choose one under Metrics.")
    last = here.today
    first = last - timedelta(days=range_.days - 1) if range_.days else None
    since = first - timedelta(days=normal.USUAL_DAYS) if first else date.min
    by_day = day_cache.numbers(here.connection, here.athlete, since, last, [field])[field]
    latest = day_cache.latest_of(here.connection, here.athlete, field, last)
    newest = _why(here, metric, latest) if latest else None
    asked = newest if day is None or latest is None or day == latest.day else None
    if asked is None and day is not None:
        of_day = day_cache.latest_of(here.connection, here.athlete, field, day)
        if of_day is not None and of_day.day == day:
            asked = _why(here, metric, of_day)
    known, settled = normal.ordinals(by_day), normal.ordinals(_without_today(metric, by_day, last))
    first = first or min(by_day, default=last)
    step = next((step for step in _STEPS if (last - first).days < step * MOST_DRAWN), _STEPS[-1])
    days = [_drawn(each, by_day, settled, known, step) for each in _ends(first, last, step)]
    usual = normal.usual(known, last) or next((one.usual for one in reversed(days) if one.usual), None)
    empty = day is not None and asked is None
    impossible = why.impossible(here.connection, here.athlete, here.zone, metric, day) if day and empty else ()
    return MetricDetails(metric, days, step, normal.week(settled, last), usual, newest, day, asked, impossible)


MOST_DRAWN = 400
"""Dots of a chart; of more days, each dot is the mean of some."""
_STEPS = (1, 7, 28)


def _ends(first: date, last: date, step: int) -> list[date]:
    count = (last - first).days // step + 1
    return [last - timedelta(days=step * back) for back in reversed(range(count))]


def _drawn(
    end: date, by_day: Mapping[date, float], settled: Mapping[int, float], known: Mapping[int, float], step: int
) -> Day:
    """A dot of the chart: one day, or the mean of the `step` days up to `end`."""
    usual = normal.usual(known, end)
    if step == 1:
        return Day(end, by_day.get(end), normal.week(settled, end), usual)
    there = [by_day[day] for day in each_day(end - timedelta(days=step - 1), end) if day in by_day]
    return Day(end, sum(there) / len(there) if there else None, usual, usual)


def _without_today(metric: Metric, by_day: Mapping[date, float], today: date) -> Mapping[date, float]:
    if metric.rule not in STILL_COUNTING:
        return by_day
    return {day: value for day, value in by_day.items() if day != today}


def _why(here: ReadScope, metric: Metric, cached: Cached) -> Provenance | None:
    made = cached.derived
    if made is None:
        return None
    connection, athlete = here.connection, here.athlete
    found = why.why(connection, athlete, here.zone, metric, cached.day, made)
    stale = queries.is_dirty(connection, athlete, cached.day)
    held = queries.held_field(connection, athlete, metric.field, cached.day, cached.day)
    theirs = stored_day(
        cached.day, intervals_cache.days(connection, athlete, cached.day, cached.day).get(cached.day, {})
    )
    return Provenance(
        day=cached.day,
        value=metric.round(made.value),
        formula=made.formula,
        sources=made.sources,
        samples=[] if stale else found.samples,
        impossible=() if stale else found.impossible,
        stale=stale,
        night=found.night,
        summary=found.summary,
        theirs=theirs.stored(metric.field),
        agreed=queries.agreed(connection, athlete, cached.day, metric.field),
        held=Reason(held[0].reason).words if held else "",
        held_reason=held[0].reason if held else "",
    )


def source_names(here: ReadScope) -> Mapping[str, str]:
    """Source key -> its name as Health shows it."""
    return {key: source.name for key, source in archive.sources(here.connection, here.athlete).items()}
