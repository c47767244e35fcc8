"""A workout's samples and route as one value a second.

Nothing is invented: gaps stay gaps, and a total without samples stays a total.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from intervals_companion.derive import swims
from intervals_companion.derive.routes import track
from intervals_companion.derive.seconds import (
    Clock,
    Column,
    Span,
    clock,
    held,
    rate,
    running_total,
    shared,
    spans,
    stairs,
)
from intervals_companion.derive.stream_types import CYCLES, HEART_RATE, own_distance, quantities
from intervals_companion.domain import plausible
from intervals_companion.domain.activity import RoutePoint, Streams, Workout
from intervals_companion.domain.samples import Row

HALF_WINDOW = 7
"""Seconds to either side over which slices of metres or steps become a rate. The export cuts times to whole seconds, so
an edge is off by up to one: fifteen seconds keep that below seven percent."""

DISTANCE_TOLERANCE = 0.1
"""How far metres added up from samples may be from the workout's own total and still be stretched to it. Beyond that
samples are missing or somebody else's, and stretching would invent speed: then only the total is given."""

MOST_OF_ROUTE = 0.9
"""Of the seconds of a workout that a route has to know for the workout's own total to be shared out over it, however
far the route itself is from it: one of a part of the way is not stretched over all of it."""

Samples = Mapping[str, Sequence[Row]]


def streams(workout: Workout, samples: Samples, route: Iterable[RoutePoint]) -> Streams:
    """Columns for every second in which the timer ran.

    `samples`: rows that overlap the workout by full identifier, of one source each; `route`: the fixes of all its
    routes. Neither needs an order.
    """
    time = clock(workout)
    if not time.runs:
        return Streams(seconds=[])
    made_of = quantities(workout)

    def read(identifier: str, unit: str) -> list[Span]:
        return spans(samples.get(identifier, ()), unit, time.origin)

    way = track(route, time, plausible.fastest(workout.activity))
    lengths = _lengths(workout, time)
    distance: list[float] | None
    if lengths:
        distance = _finished(lengths, time)
        speed = _holding(_paces(lengths), time)
    else:
        moved = [part for kind in made_of.distance for part in read(kind, "m")]
        is_whole = not moved and _share_known(way.latitude, time) >= MOST_OF_ROUTE
        tolerance = math.inf if is_whole else DISTANCE_TOLERANCE
        distance = _distance(own_distance(workout), (moved, way.moved), time, tolerance)
        speed = _merged(_holding(read(made_of.speed, "m/s"), time), _rows(way.speed, time), _growth(distance, time))
    if made_of.cadence in CYCLES:
        cadence = _counted(read(made_of.cadence, "count"), CYCLES[made_of.cadence] * 60, time)
    else:
        cadence = _holding(read(made_of.cadence, "count/min"), time)
    return Streams(
        seconds=time.rows,
        heart_rate=_heart_rate(read(HEART_RATE, "count/min"), time),
        distance=None if distance is None else [*distance],
        speed=speed,
        cadence=cadence,
        power=_holding(read(made_of.power, "W"), time),
        altitude=_rows(way.altitude, time),
        latitude=_rows(way.latitude, time),
        longitude=_rows(way.longitude, time),
    )


def _share_known(wall: Column, time: Clock) -> float:
    seconds = time.rows
    return sum(wall[second] is not None for second in seconds) / len(seconds)


def _rows(wall: Column, time: Clock) -> Column | None:
    column = [wall[second] for first, last in time.runs for second in range(first, last + 1)]
    return column if any(value is not None for value in column) else None


def _heart_rate(readings: Iterable[Span], time: Clock) -> Column | None:
    """No heart beats zero times a minute."""
    return _holding([reading for reading in readings if reading.value], time)


def _holding(readings: Sequence[Span], time: Clock) -> Column | None:
    return _rows(held(readings, time.size), time)


def _merged(*columns: Column | None) -> Column | None:
    """In every row what the first column knows that knows anything."""
    known = [column for column in columns if column is not None]
    if not known:
        return None
    return [next((value for value in row if value is not None), None) for row in zip(*known, strict=True)]


def _distance(total: float | None, ways: Iterable[Sequence[Span]], time: Clock, tolerance: float) -> list[float] | None:
    """Metres so far, from the first of the ways that agrees with the workout's own total, stretched to end there.

    `tolerance`: the share of the total by which it may be off.
    """
    for slices in ways:
        metres = running_total(shared(slices, time.size), time.runs)
        end = metres[-1]
        if not end:
            continue
        if total is None:
            return metres
        if abs(end - total) <= tolerance * total:
            return [value * (total / end) for value in metres]
    return None


def _growth(distance: list[float] | None, time: Clock) -> Column | None:
    return None if distance is None else rate(distance, time.runs, HALF_WINDOW)


def _counted(slices: Sequence[Span], factor: float, time: Clock) -> Column | None:
    """Cycles a minute. Where nothing was counted the cadence is unknown, not zero."""
    if not slices:
        return None
    growth = rate(running_total(shared(slices, time.size), time.runs), time.runs, HALF_WINDOW)
    return [value * factor if value else None for value in growth]


def _lengths(workout: Workout, time: Clock) -> list[Span]:
    """The lengths of a pool swim in metres."""
    pool = swims.pool(workout)
    if pool is None:
        return []
    swum = swims.lengths(workout, ())
    return [Span(time.second(length.start), time.second(length.end), pool.length) for length in swum]


def _finished(lengths: Iterable[Span], time: Clock) -> list[float]:
    """Metres of the lengths finished so far: a swimmer's place within one is not known."""
    climbed = stairs(lengths, time.size)
    return [climbed[second] for second in time.rows]


def _paces(lengths: Iterable[Span]) -> list[Span]:
    return [part._replace(value=part.value / (part.end - part.start)) for part in lengths if part.end > part.start]
