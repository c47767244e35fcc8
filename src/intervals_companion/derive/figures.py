"""A workout and its laps in figures: the workout's own statistics where it has them, else what its seconds say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import fmean

from intervals_companion.derive import swims
from intervals_companion.derive.seconds import Column, pauses
from intervals_companion.derive.stream_types import (
    ACTIVE_ENERGY,
    ASCENDED,
    CYCLES,
    HEART_RATE,
    own_distance,
    own_figure,
    own_quantity,
    quantities,
)
from intervals_companion.domain.activity import Length, Streams, Stretch, Workout

LAP_EDGE = 3_000
"""ms within which the end of one lap and the start of the next are one edge."""


def whole(workout: Workout, streams: Streams, lengths: Sequence[Length]) -> Stretch:
    """The workout in figures.

    energy: the active energy, which is what HealthKit calls a workout's own ("the total active energy burned during the
    workout", HKWorkout.totalEnergyBurned). Resting energy is burned without a workout, too.
    """
    measured = _measured(workout, streams, Paused(workout), workout.start, max(workout.start, workout.end))
    made_of = quantities(workout)
    timer = measured.timer if workout.duration is None else min(workout.duration, max(workout.elapsed, 0.0))
    active = sum(length.end - length.start for length in lengths) / 1000 or timer
    distance = _first(own_distance(workout), measured.distance)
    count = own_figure(workout, made_of.cadence, "sum", "count")
    cycles = None if count is None else count * CYCLES[made_of.cadence]
    turning = _per(cycles, active)
    heart_rate, max_heart_rate = _own_rate(workout, HEART_RATE, "count/min")
    speed, max_speed = _own_rate(workout, made_of.speed, "m/s")
    cadence, max_cadence = _own_rate(workout, made_of.cadence, "count/min")
    power, max_power = _own_rate(workout, made_of.power, "W")
    return measured._replace(
        timer=timer,
        distance=distance,
        energy=own_figure(workout, ACTIVE_ENERGY, "sum", "kcal"),
        cycles=cycles,
        ascent=own_quantity(workout, ASCENDED, "m"),
        heart_rate=_first(heart_rate, measured.heart_rate),
        max_heart_rate=_first(max_heart_rate, measured.max_heart_rate),
        speed=_first(speed, _per(distance, timer), measured.speed),
        max_speed=_first(max_speed, measured.max_speed),
        cadence=_first(cadence, measured.cadence, None if turning is None else turning * 60),
        max_cadence=_first(max_cadence, measured.max_cadence),
        power=_first(power, measured.power),
        max_power=_first(max_power, measured.max_power),
        lengths=len(lengths),
    )


def laps(workout: Workout, streams: Streams, lengths: Sequence[Length]) -> tuple[Stretch, ...]:
    """The laps, or () where there is only one. Together they are the whole workout.

    Of a pool swim: its sets (Segment events) and the rests between. Else the Lap events, else the parts of an interval
    or multisport workout. The Segments of other sports are kilometre and mile splits that overlap: they are no laps.

    Where only the total is known, each lap has its share of it by time: without, a lap would have no distance.
    """
    pool = swims.pool(workout)
    total = own_distance(workout)
    cut = _edges(workout, "Lap" if pool is None else "Segment")
    paused = Paused(workout)
    timer = (workout.end - workout.start - paused.within(workout.start, workout.end)) / 1000
    middles = sorted((length.start + length.end) / 2 for length in lengths)
    found = []
    for start, end in pairwise(cut):
        lap = _measured(workout, streams, paused, start, end)
        if lap.distance is None and total is not None and timer:
            metres = total * lap.timer / timer
            lap = lap._replace(distance=metres, speed=_first(lap.speed, _per(metres, lap.timer)))
        if pool is not None:
            swum = bisect_left(middles, end) - bisect_left(middles, start)
            distance = swum * pool.length
            lap = lap._replace(lengths=swum, distance=distance, speed=_per(distance, lap.timer))
        found.append(lap)
    return tuple(found) if len(found) > 1 else ()


def _edges(workout: Workout, kind: str) -> list[int]:
    """Where laps meet, in ms: the workout's start and end, and those of its events or parts between them."""
    parts = workout.parts if len(workout.parts) > 1 else ()
    stretches = [event for event in workout.events if event.kind == kind] or parts
    edges = [workout.start]
    for edge in sorted(instant for stretch in stretches for instant in (stretch.start, stretch.end)):
        if edges[-1] + LAP_EDGE < edge < workout.end - LAP_EDGE:
            edges.append(edge)
    return [*edges, workout.end]


class Paused:
    """How long the timer stood still, asked once for each lap: of those a workout has thousands."""

    def __init__(self, workout: Workout) -> None:
        stretches = pauses(workout)
        self._starts = [since for since, _ in stretches]
        self._ends = [until for _, until in stretches]
        self._before = [0, *accumulate(until - since for since, until in stretches)]

    def within(self, start: int, end: int) -> int:
        """ms of it in [start, end)."""
        return self._until(end) - self._until(start)

    def _until(self, instant: int) -> int:
        place = bisect_left(self._starts, instant)
        over = max(self._ends[place - 1] - instant, 0) if place else 0
        return self._before[place] - over


def _measured(workout: Workout, streams: Streams, paused: Paused, start: int, end: int) -> Stretch:
    """What the seconds of a stretch say."""
    origin = workout.start // 1000
    low = bisect_left(streams.seconds, start / 1000 - origin)
    high = len(streams.seconds) if end >= workout.end else bisect_left(streams.seconds, end / 1000 - origin)
    timer = (end - start - paused.within(start, end)) / 1000
    distance = _growth(streams.distance, low, high)
    heart_rate, max_heart_rate = _summary(streams.heart_rate, low, high)
    speed, max_speed = _summary(streams.speed, low, high)
    cadence, max_cadence = _summary(streams.cadence, low, high)
    power, max_power = _summary(streams.power, low, high)
    return Stretch(
        start, end, timer, distance,
        heart_rate=heart_rate, max_heart_rate=max_heart_rate,
        speed=_first(_per(distance, timer), speed), max_speed=max_speed,
        cadence=cadence, max_cadence=max_cadence,
        power=power, max_power=max_power,
    )  # fmt: skip


def _growth(column: Column | None, low: int, high: int) -> float | None:
    """How much a running total grows from row `low` to row `high`."""
    if column is None or low >= len(column):
        return None
    first, last = column[low], column[min(high, len(column) - 1)]
    return None if first is None or last is None else last - first


def _own_rate(workout: Workout, identifier: str, unit: str) -> tuple[float | None, float | None]:
    return own_figure(workout, identifier, "average", unit), own_figure(workout, identifier, "maximum", unit)


def _first(*figures: float | None) -> float | None:
    return next((figure for figure in figures if figure is not None), None)


def _summary(column: Column | None, low: int, high: int) -> tuple[float | None, float | None]:
    known = [value for value in (column or ())[low:high] if value is not None]
    return (fmean(known), max(known)) if known else (None, None)


def _per(amount: float | None, seconds: float) -> float | None:
    """A rate; what lasted less than a second has none."""
    return amount / seconds if amount is not None and seconds >= 1 else None
