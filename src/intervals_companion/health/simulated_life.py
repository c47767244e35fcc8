"""What a simulated iPhone, its Watch and a scale record when their owner sleeps, walks, weighs in or runs.

Each act is a pure function of the moment it ends (an aware datetime in the owner's zone). Values swing slowly from day
to day, so that days differ and the same day is always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from math import cos, pi, sin

from intervals_companion.domain.activity import RoutePoint, Statistic, Workout
from intervals_companion.domain.days import instant
from intervals_companion.domain.samples import (
    QUANTITY_PREFIX,
    ROUTE,
    SLEEP,
    WORKOUT,
    Batch,
    Row,
    Source,
    pack_metadata,
    source_key,
)
from intervals_companion.formats.details import route_row, workout_row


def _source(name: str, product: str) -> Source:
    return Source(source_key(name), name, product)


WATCH, PHONE, SCALE = _source("Apple Watch", "Watch"), _source("iPhone", "iPhone"), _source("Scale", "")

_MINUTE, _HOUR = 60_000, 3_600_000
_UP, _ASLEEP = time(6, 50), timedelta(hours=7, minutes=30)
_CYCLE = (("Core", 25), ("Deep", 20), ("Core", 20), ("REM", 20), ("Awake", 5))
"""A sleep cycle of an hour and a half: stages and their minutes."""
_SINCE_THE_RUN, _RUN = timedelta(minutes=20), timedelta(minutes=40)


def night(now: datetime) -> Iterator[Batch]:
    """The last night that has ended: stages, and what the Watch measures in them."""
    up = datetime.combine(now.date(), _UP, now.tzinfo)
    if up > now:
        up = datetime.combine(now.date() - timedelta(days=1), _UP, now.tzinfo)
    start, end = instant(up - _ASLEEP), instant(up)
    zone = pack_metadata([("HKTimeZone", str(up.tzinfo))])
    yield Batch(SLEEP, WATCH, list(_stages(start, end, zone)))
    resting = 50 + _swing(up, 11, 3)
    yield _readings("HeartRate", "count/min", start, end, 10, lambda n: round(resting + 2 + 3 * sin(n / 3)))
    yield _readings("HeartRateVariabilitySDNN", "ms", start, end, 120, lambda n: round(62 + _swing(up, 9, 14) + n, 1))
    yield _readings("OxygenSaturation", "%", start, end, 60, lambda n: (96 + n % 3) / 100)
    yield _readings("RespiratoryRate", "count/min", start, end, 30, lambda n: round(14 + sin(n / 2) / 2, 1))
    temperature = round(35.6 + _swing(up, 23, 0.25), 2)
    yield _quantity("AppleSleepingWristTemperature", WATCH, [_row(start, end, temperature, "degC", end, zone)])


def day(now: datetime) -> Iterator[Batch]:
    """The day so far, on foot, with a resting heart rate in the morning."""
    up = instant(datetime.combine(now.date(), _UP, now.tzinfo))
    hours = range(up, max(up + _HOUR, instant(now) - _HOUR), _HOUR)
    steps = round(650 + _swing(now, 7, 180))

    def hourly(name: str, unit: str, value: float) -> Batch:
        return _quantity(name, WATCH, [_row(hour, hour + _HOUR, value, unit, hour + _HOUR) for hour in hours])

    yield hourly("StepCount", "count", steps)
    yield hourly("DistanceWalkingRunning", "km", round(steps * 0.00074, 3))
    yield hourly("ActiveEnergyBurned", "kcal", round(steps * 0.045, 1))
    yield hourly("BasalEnergyBurned", "kcal", 72)
    resting = round(50 + _swing(now, 11, 3))
    yield _quantity("RestingHeartRate", WATCH, [_row(up, up + 4 * _HOUR, resting, "count/min", up + 4 * _HOUR)])


def weighing(now: datetime) -> Iterator[Batch]:
    """A weight, now."""
    at = instant(now)
    yield _quantity("BodyMass", SCALE, [_row(at, at, round(71.4 + _swing(now, 17, 0.8), 2), "kg", at)])


def run(now: datetime) -> Iterator[Batch]:
    """Eight kilometres that ended some minutes ago."""
    end = instant(now - _SINCE_THE_RUN)
    start = end - round(_RUN.total_seconds() * 1000)
    metres = 8000.0
    totals = {
        QUANTITY_PREFIX + "DistanceWalkingRunning": Statistic("km", sum=metres / 1000),
        QUANTITY_PREFIX + "ActiveEnergyBurned": Statistic("kcal", sum=520.0),
        QUANTITY_PREFIX + "HeartRate": Statistic("count/min", average=152.0, minimum=120.0, maximum=168.0),
    }
    about = {"HKTimeZone": str(now.tzinfo), "HKIndoorWorkout": "0"}
    workout = Workout(
        start, end, "Running", WATCH.key, duration=_RUN.total_seconds(), statistics=totals, metadata=about
    )
    seconds = range(start, end, 10_000)
    share = metres / len(seconds)

    def measured(name: str, unit: str, values: Sequence[float]) -> Batch:
        pairs = zip(seconds, values, strict=True)
        return _quantity(name, WATCH, [_row(at, at + 10_000, value, unit, end) for at, value in pairs])

    count = len(seconds)
    yield measured("HeartRate", "count/min", [round(152 + 14 * sin(n / 9)) for n in range(count)])
    yield measured("DistanceWalkingRunning", "km", [round(share / 1000, 6)] * count)
    yield measured("StepCount", "count", [28.0] * count)
    yield measured("ActiveEnergyBurned", "kcal", [round(520 / count, 3)] * count)
    yield Batch(ROUTE, WATCH, [route_row(list(_laps(seconds, share)), end)])
    yield Batch(WORKOUT, WATCH, [workout_row(workout, end)])


def _laps(seconds: range, share: float) -> Iterator[RoutePoint]:
    """Laps of a kilometre around a lake, `share` metres between two points."""
    for n, at in enumerate(seconds):
        angle = 2 * pi * n * share / 1000
        yield RoutePoint(
            at, 52.45 + 0.00143 * sin(angle), 13.35 + 0.00235 * cos(angle), 34 + 3 * sin(angle), share / 10,
            None, 4.0, 3.0,
        )  # fmt: skip


def _stages(start: int, end: int, zone: str) -> Iterator[Row]:
    at = start
    while at < end:
        for stage, minutes in _CYCLE:
            until = min(at + minutes * _MINUTE, end)
            label = "HKCategoryValueSleepAnalysis" + (stage if stage == "Awake" else f"Asleep{stage}")
            if at < until:
                yield Row(at, until, 0.0, "", label, end, zone, b"")
            at = until


def _readings(name: str, unit: str, start: int, end: int, minutes: int, value: Callable[[int], float]) -> Batch:
    instants = range(start + 5 * _MINUTE, end, minutes * _MINUTE)
    return _quantity(name, WATCH, [_row(at, at, value(n), unit, at) for n, at in enumerate(instants)])


def _quantity(name: str, source: Source, rows: list[Row]) -> Batch:
    return Batch(QUANTITY_PREFIX + name, source, rows)


def _row(start: int, end: int, value: float, unit: str, created: int, metadata: str = "") -> Row:
    return Row(start, end, float(value), unit, "", created, metadata, b"")


def _swing(now: datetime, days: int, by: float) -> float:
    """Between -by and by, over so many days."""
    return by * sin(2 * pi * now.toordinal() / days)
