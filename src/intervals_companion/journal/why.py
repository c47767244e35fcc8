"""Back from a day's value to the samples it was made of: which took part, and why the others did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.derive import daily, explained
from intervals_companion.derive.day_samples import DaySamples
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.days import bounds
from intervals_companion.domain.samples import Row, Source
from intervals_companion.domain.summaries import WORKOUT_SERIES
from intervals_companion.domain.wellness import Derived
from intervals_companion.journal.days import AFTER, BEFORE
from intervals_companion.store import archive


@frozen
class Sample:
    """One sample of the day or night. Times in ms; the value in the metric's unit."""

    start: int
    end: int
    value: float
    source: str
    refused: str
    """Why it did not count, in words; "" for those that did."""


@frozen
class Explanation:
    samples: list[Sample]
    """In order of their start."""
    night: tuple[int, int] | None
    """Falling asleep and waking up, where the value belongs to a night."""
    impossible: Sequence[Sample] = ()
    """What cannot be, and took no part."""
    summary: bool = False
    """Whether it was made of a bridge's summaries instead."""


def why(connection: Connection, athlete: int, zone: ZoneInfo, metric: Metric, day: date, made: Derived) -> Explanation:
    """What is left of it in the archive; nothing where a bridge sent only its summary of the day."""
    if made.formula.endswith(daily.OF_SUMMARIES):
        return Explanation([], None, summary=True)
    samples = _samples(connection, athlete, zone, metric, day)
    start, end = samples.start, samples.end
    night = samples.night if daily.by_night(metric) else None
    told = [
        Sample(row.start, row.end, value, source.key, explained.refused(metric, samples, made, source, row))
        for source, readings in samples.readings(metric).items()
        for row, value in readings
        if _belongs(row, start, end) or (night is not None and row.end > night.start and row.start < night.end)
    ]
    told.sort(key=lambda sample: (sample.start, sample.source))
    return Explanation(told, None if night is None else (night.start, night.end), _impossible(metric, samples))


def impossible(connection: Connection, athlete: int, zone: ZoneInfo, metric: Metric, day: date) -> list[Sample]:
    """The samples of a day that cannot be: they may be all it has."""
    return _impossible(metric, _samples(connection, athlete, zone, metric, day))


def _impossible(metric: Metric, samples: DaySamples) -> list[Sample]:
    return [
        Sample(row.start, row.end, value, source.key, words)
        for source, row, value, words in samples.impossible(metric)
        if _belongs(row, samples.start, samples.end)
    ]


def _samples(connection: Connection, athlete: int, zone: ZoneInfo, metric: Metric, day: date) -> DaySamples:
    start, end = bounds(day, zone)
    low, high = (start - BEFORE, end + AFTER) if daily.by_night(metric) else (start, end)
    rows: dict[str, dict[Source, list[Row]]] = {}
    sources = archive.sources(connection, athlete)
    for (kind, key), found in archive.overlapping(connection, athlete, metric.types, low, high).items():
        if key != WORKOUT_SERIES:
            rows.setdefault(kind, {})[sources[key]] = found
    return DaySamples(day, start, end, zone, rows)


def _belongs(row: Row, start: int, end: int) -> bool:
    return row.start < end and row.end >= start
