"""The seconds of a workout, and samples laid out on them.

Every second of a workout has a number: 0 is the whole second it starts in. A *wall* list has one place for each of
them, pauses included; a *row* list only for those in which the timer ran.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

from intervals_companion.domain.activity import Workout
from intervals_companion.domain.samples import Row
from intervals_companion.domain.units import UnknownUnit, convert

Column = list[float | None]

LONGEST = 7 * 86_400
"""Seconds. A workout said to last longer has a wrong end (dates years ahead occur): it has no rows, only figures."""

MOST = 1e9
"""Of metres, watts, steps or beats a minute: a larger number is a broken row, and takes no part."""

BRIDGE = 5
"""Seconds for which a reading with a length may stand in for a late successor: times are cut to whole seconds."""

USUAL = 2.5
"""Of the usual spacing of a series: so long a point may wait for the next one, two readings lost."""

LONGEST_HOLD = 90
"""Seconds a point holds at most, however far apart its series is: beyond that nobody looked."""

_STOPS, _STARTS = frozenset({"Pause", "MotionPaused"}), frozenset({"Resume", "MotionResumed"})


def pauses(workout: Workout) -> list[tuple[int, int]]:
    """When the timer stood still, in ms. A pause without a resume lasts to the end; a stray resume says nothing."""
    found = []
    since: int | None = None
    end = max(workout.start, workout.end)
    for event in sorted(workout.events, key=lambda event: event.start):
        moment = min(max(event.start, workout.start), end)
        if event.kind in _STOPS and since is None:
            since = moment
        elif event.kind in _STARTS and since is not None:
            found.append((since, moment))
            since = None
    if since is not None:
        found.append((since, end))
    return found


class Clock(NamedTuple):
    """Second 0 of a workout in ms, and the first and last second of every run of the timer, both included."""

    origin: int
    runs: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """How many places a wall list has."""
        return self.runs[-1][1] + 1 if self.runs else 0

    @property
    def rows(self) -> list[int]:
        return [second for first, last in self.runs for second in range(first, last + 1)]

    def second(self, instant: int) -> float:
        return (instant - self.origin) / 1000


def clock(workout: Workout) -> Clock:
    """The seconds in which the timer ran. A pause inside one second leaves no hole."""
    start = workout.start // 1000
    last = max(workout.end // 1000 - start, 0)
    if last > LONGEST:
        return Clock(start * 1000, ())
    runs: list[tuple[int, int]] = []
    first = 0
    for begin, end in pauses(workout):
        _append(runs, first, begin // 1000 - start)
        first = end // 1000 - start
    if first < last or not runs:
        _append(runs, first, last)
    return Clock(start * 1000, tuple(runs))


def _append(runs: list[tuple[int, int]], first: int, last: int) -> None:
    if runs and first <= runs[-1][1]:
        first = runs.pop()[0]
    runs.append((first, last))


class Span(NamedTuple):
    """A value from one second to another, which may be the same."""

    start: float
    end: float
    value: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def spans(rows: Iterable[Row], unit: str, origin: int) -> list[Span]:
    """Rows in that unit, by time. One of an unknown unit, or without a value that can be, takes no part."""
    found = []
    for row in rows:
        try:
            value = convert(row.value, row.unit, unit)
        except UnknownUnit:
            continue
        if 0 <= value <= MOST:
            found.append(Span((row.start - origin) / 1000, (row.end - origin) / 1000, value))
    return sorted(found)


def between(readings: Iterable[tuple[float, float]], size: int, gap: float) -> Column:
    """A wall list of readings (second, value), linear between two that are at most `gap` seconds apart.

    A reading farther from its neighbours stands alone on its own second. Of two at the same instant the last counts.
    """
    wall: Column = [None] * size
    known = sorted(dict(readings).items())
    for second, value in known:
        if 0 <= (place := round(second)) < size:
            wall[place] = value
    for (start, before), (end, after) in pairwise(known):
        if end - start <= gap:
            slope = (after - before) / (end - start)
            for second in range(max(math.ceil(start), 0), min(math.floor(end) + 1, size)):
                wall[second] = before + slope * (second - start)
    return wall


def stretches(readings: Sequence[Span]) -> list[Span]:
    """How long each reading holds, those that others are painted over first. `readings` in order of time.

    One with a length holds over it, and on to the next if that follows within `BRIDGE` seconds. A point holds until the
    next reading, at most `USUAL` times the usual spacing of the points and `LONGEST_HOLD` seconds. Where readings
    overlap the shorter knows better: a phone condenses old readings into long ones, and leaves some points beside them.
    """
    points = [reading.start for reading in readings if reading.end <= reading.start]
    apart = [later - earlier for earlier, later in pairwise(points) if later > earlier]
    reach = min(USUAL * median(apart), LONGEST_HOLD) if apart else 0.0
    found = []
    following = math.inf
    for reading in reversed(readings):
        start, end, value = reading
        until = following if end < following <= end + BRIDGE else end
        if end <= start:
            until = min(following, start + reach)
        found.append((start - end, start, Span(start, until, value)))
        following = start
    return [stretch for _, _, stretch in sorted(found)]


def held(readings: Sequence[Span], size: int) -> Column:
    """A wall list in which each value holds as long as `stretches` says; seconds that nothing reaches are None."""
    wall: Column = [None] * size
    for start, end, value in stretches(readings):
        first, last = math.ceil(start), math.floor(end)
        if last < first:  # between two whole seconds
            first = last = round(start)
        first, last = max(first, 0), min(last, size - 1)
        if first <= last:
            wall[first : last + 1] = [value] * (last - first + 1)
    return wall


def shared(slices: Iterable[Span], size: int) -> list[float]:
    """A wall list of what was added in the second that ends there, each slice shared evenly over its span."""
    wall = [0.0] * size
    for start, end, value in slices:
        if end <= start:  # whole seconds hide a shorter span: it lies in the second that begins there
            if 0 <= start < size > 1:
                wall[min(math.floor(start) + 1, size - 1)] += value
            continue
        density = value / (end - start)
        for second in range(max(math.floor(start), 0) + 1, min(math.ceil(end), size - 1) + 1):
            wall[second] += density * (min(end, second) - max(start, second - 1))
    return wall


def running_total(added: Sequence[float], runs: Iterable[tuple[int, int]]) -> list[float]:
    """Rows of the sum so far. What was added during a pause does not count."""
    rows: list[float] = []
    total = 0.0
    for first, last in runs:
        rows.append(total)
        for second in range(first + 1, last + 1):
            total += added[second]
            rows.append(total)
    return rows


def rate(totals: Sequence[float], runs: Iterable[tuple[int, int]], half: int) -> Column:
    """Rows of growth a second, over the window from `half` seconds before to `half` after, cut at pauses."""
    rows: Column = []
    base = 0
    for first, last in runs:
        final = base + last - first
        for place in range(base, final + 1):
            low, high = max(place - half, base), min(place + half, final)
            rows.append((totals[high] - totals[low]) / (high - low) if high > low else None)
        base = final + 1
    return rows


def stairs(parts: Iterable[Span], size: int) -> list[float]:
    """A wall list that climbs by each part's value where the part ends, at the latest in the last second."""
    climbed = [0.0] * size
    for part in parts:
        climbed[min(max(math.ceil(part.end), 0), size - 1)] += part.value
    return list(accumulate(climbed))
