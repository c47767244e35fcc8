"""Short words for samples, nights and days in tests.

A clock such as `10:20` is read in Berlin on `DAY`, a day of 24 hours; `evening` is the one before. Where a test is
about a zone, `at` takes the day and the zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from intervals_companion.derive.daily import derive
from intervals_companion.derive.day_samples import DaySamples
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import bounds
from intervals_companion.domain.samples import SLEEP, UNKNOWN_INSTANT, Row, Source, pack_metadata
from intervals_companion.domain.wellness import Derived, Value

BERLIN, UTC = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
DAY = date(2026, 3, 10)
WATCH, PHONE = Source("Anna’s Watch", "Anna’s Watch", "Watch"), Source("Anna’s iPhone", "Anna’s iPhone", "iPhone")
RING, SCALE = Source("Ring", "Ring"), Source("Scale", "Scale")
MINUTE, HOUR = 60_000, 3_600_000

Rows = Mapping[Source, Sequence[Row]]
Moment = str | int
"""A clock on `DAY` in Berlin, or ms since the epoch."""


def at(clock: str, day: date = DAY, where: ZoneInfo = BERLIN, *, second_time: bool = False) -> int:
    """The instant at which that zone's clocks show it; `second_time` where they show it twice."""
    shown = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=where, fold=second_time)
    return round(shown.timestamp() * 1000)


def evening(clock: str) -> int:
    return at(clock, DAY - timedelta(days=1))


def _instant(moment: Moment) -> int:
    return at(moment) if isinstance(moment, str) else moment


def row(
    start: Moment, end: Moment, value: float = 0.0, unit: str = "", *,
    label: str = "", created: Moment = UNKNOWN_INSTANT, zone: str | None = None,
) -> Row:  # fmt: skip
    metadata = pack_metadata([("HKTimeZone", zone)] if zone else [])
    return Row(_instant(start), _instant(end), value, unit, label, _instant(created), metadata, b"")


def reading(moment: Moment, value: float, unit: str, *, created: Moment = UNKNOWN_INSTANT) -> Row:
    """A sample without length."""
    return row(moment, moment, value, unit, created=created)


def stage(name: str, start: Moment, end: Moment, *, created: Moment = UNKNOWN_INSTANT, zone: str | None = None) -> Row:
    """A row of a sleep analysis: Core, Deep, REM, Unspecified, Awake or InBed."""
    asleep = "" if name in ("InBed", "Awake") else "Asleep"
    return row(start, end, label=f"HKCategoryValueSleepAnalysis{asleep}{name}", created=created, zone=zone)


def made(
    field: str, rows: Rows, *, night: Rows | None = None, day: date = DAY, where: ZoneInfo = BERLIN
) -> Derived | None:
    """What these samples of the field's first type, and this sleep, make of the day."""
    metric = catalogue.metric(field)
    by_type = {SLEEP: night or {}} | {metric.types[0]: rows}
    return derive(metric, DaySamples(day, *bounds(day, where), where, by_type))


def value(
    field: str, rows: Rows, *, night: Rows | None = None, day: date = DAY, where: ZoneInfo = BERLIN
) -> Value | None:
    """The same, as it is sent."""
    derived = made(field, rows, night=night, day=day, where=where)
    return None if derived is None else catalogue.metric(field).round(derived.value)
