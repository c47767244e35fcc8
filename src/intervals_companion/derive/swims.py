"""Pool swims: their lengths and sets."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from intervals_companion.derive.seconds import Span, spans
from intervals_companion.derive.stream_types import own_quantity
from intervals_companion.domain.activity import Length, Workout, WorkoutEvent
from intervals_companion.domain.numbers import whole_or
from intervals_companion.domain.samples import Row

MOST_LOOKED_AT = 2_000_000
"""Slices of strokes, over all lengths: a watch writes a few for each. Strokes beyond are not counted."""


class Pool(NamedTuple):
    length: float
    """m"""
    in_yards: bool


def pool(workout: Workout) -> Pool | None:
    """The pool a swim was swum in; None for other sports, open water, or a pool of unknown length."""
    if workout.activity != "Swimming" or workout.metadata.get("HKSwimmingLocationType") == "2":
        return None
    length = own_quantity(workout, "HKLapLength", "m")
    return Pool(length, workout.metadata["HKLapLength"].endswith("yd")) if length else None


def lengths(workout: Workout, strokes: Sequence[Row]) -> tuple[Length, ...]:
    """A pool swim's lengths: its Lap events in order, with what rows of SwimmingStrokeCount say was counted in each."""
    if pool(workout) is None:
        return ()
    slices = spans(strokes, "count", workout.start)
    starts, longest = [part.start for part in slices], max((part.end - part.start for part in slices), default=0.0)
    laps = sorted((event for event in workout.events if event.kind == "Lap"), key=lambda event: event.start)
    looked_at = 0
    found = []
    for event in laps:
        start, end = (min(max(instant, workout.start), workout.end) for instant in (event.start, event.end))
        first = bisect_left(starts, (start - workout.start) / 1000 - longest - 0.001)
        near = slices[first : bisect_left(starts, (end - workout.start) / 1000)]
        looked_at += len(near)
        found.append(_length(event, near if looked_at <= MOST_LOOKED_AT else (), start, end, workout))
    return tuple(found)


def _length(event: WorkoutEvent, slices: Iterable[Span], start: int, end: int, workout: Workout) -> Length:
    style = whole_or(event.metadata.get("HKSwimmingStrokeStyle", ""), -1, digits=2)
    counted = _count(slices, (start - workout.start) / 1000, (end - workout.start) / 1000)
    return Length(start, end, None if style < 0 else style, counted)


def _count(slices: Iterable[Span], start: float, end: float) -> int | None:
    """What the slices hold from one second to another, each shared evenly over its span."""
    within = [part for part in slices if part.start < end and (part.end > start or part.start == start)]
    return round(sum(part.value * _share(part, start, end) for part in within)) if within else None


def _share(part: Span, start: float, end: float) -> float:
    if part.end <= part.start:
        return 1.0
    return (min(part.end, end) - max(part.start, start)) / (part.end - part.start)
