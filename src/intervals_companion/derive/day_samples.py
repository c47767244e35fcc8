"""What a day is made from: its samples that can be, in the metric's unit, and what bridges said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from attrs import define, evolve, field

from intervals_companion.derive import sleep
from intervals_companion.derive.sleep import Sleep
from intervals_companion.domain import plausible, units
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.days import zone_of_sample
from intervals_companion.domain.samples import (
    LONGEST_SPAN,
    SLEEP,
    UNKNOWN_INSTANT,
    Row,
    Source,
    said_once,
    unpack_metadata,
)
from intervals_companion.domain.summaries import How, Summary

LARGEST = 1e9
"""A value beyond this, in the metric's unit, is damage and takes no part: nothing a day is made of comes near it."""

Reading = tuple[Row, float]
"""A sample, and its value in the metric's unit."""


@define(slots=False)
class DaySamples:
    """What a day is made from. `rows` reaches from well before the day to well after it, by type and source."""

    day: date
    start: int
    end: int
    """The local day as [start, end) in ms."""
    zone: ZoneInfo
    rows: Mapping[str, Mapping[Source, Sequence[Row]]]
    summaries: Mapping[str, Mapping[Source, Sequence[Summary]]] = field(factory=dict)
    """What bridges said of the day, by type and source; of one channel each."""
    outrun: frozenset[str] = frozenset()
    """The types of which they said it after samples that end before the day did."""
    _kept: dict[str, Mapping[Source, Sequence[Row]]] = field(init=False, factory=dict, repr=False, eq=False)
    """The samples that can be, of each type that was asked for."""

    def of_summaries(self, kind: str) -> DaySamples:
        """The same day with a type's summaries in place of its samples."""
        rows = {source: [_as_row(one, self) for one in said] for source, said in self.summaries.get(kind, {}).items()}
        return evolve(self, rows={**self.rows, kind: rows})

    @cached_property
    def night(self) -> Sleep | None:
        return sleep.main_night(sleep.sessions(self._possible(SLEEP), self.zone, own_zone), self.day)

    def of(self, metric: Metric) -> Mapping[Source, Sequence[Row]]:
        return self._possible(metric.types[0])

    def _possible(self, kind: str) -> Mapping[Source, Sequence[Row]]:
        if kind not in self._kept:
            by_source = {source: plausible.possible(kind, rows) for source, rows in self.rows.get(kind, {}).items()}
            self._kept[kind] = {source: rows for source, rows in by_source.items() if rows}
        return self._kept[kind]

    def impossible(self, metric: Metric) -> Iterator[tuple[Source, Row, float, str]]:
        """The samples of the metric that cannot be: with their value where it has one in the unit, and why."""
        kind = metric.types[0]
        for source, rows in self.rows.get(kind, {}).items():
            for row in rows:
                if words := plausible.refusal(kind, row):
                    value = _converted(row, metric.unit)
                    yield source, row, row.value if value is None else value, words

    def readings(self, metric: Metric) -> dict[Source, list[Reading]]:
        """Samples with a value this metric understands, by source. An unknown unit takes no part."""
        found: dict[Source, list[Reading]] = {}
        for source, rows in sorted(self.of(metric).items(), key=lambda item: item[0].key):
            readings = [(row, value) for row in said_once(rows) if (value := in_unit(row, metric.unit)) is not None]
            if readings:
                found[source] = readings
        return found

    def started(self, metric: Metric) -> list[tuple[Source, Reading]]:
        """The readings whose start lies in the day."""
        return [
            (source, reading)
            for source, readings in self.readings(metric).items()
            for reading in readings
            if self.start <= reading[0].start < self.end
        ]


def _as_row(one: Summary, day: DaySamples) -> Row:
    """A sum over the day is the whole day's; a mean of the day is one reading in its middle."""
    start, end = one.start, one.end
    if one.of_a_day:
        start, end = (day.start, day.end) if one.how is How.SUM else (one.middle, one.middle)
    return Row(start, end, one.value, one.unit, one.label, UNKNOWN_INSTANT, "", b"")


def in_unit(row: Row, unit: str) -> float | None:
    """The row's value in `unit`, or None where it has none there."""
    if row.end - row.start > LONGEST_SPAN:
        return None
    value = _converted(row, unit)
    return value if value is not None and abs(value) <= LARGEST else None


def _converted(row: Row, unit: str) -> float | None:
    try:
        return units.percent(row.value) if row.unit == unit == "%" else units.convert(row.value, row.unit, unit)
    except units.UnknownUnit:
        return None


def own_zone(row: Row) -> ZoneInfo | None:
    """The zone a sample was recorded in, where its source wrote one."""
    return _zone_in(row.metadata) if "HKTimeZone" in row.metadata else None


@lru_cache(maxsize=256)
def _zone_in(metadata: str) -> ZoneInfo | None:
    return zone_of_sample(unpack_metadata(metadata).get("HKTimeZone", ""))
