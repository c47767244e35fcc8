"""A workout's route, laid out on its seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import asin, cos, inf, radians, sin, sqrt
from typing import NamedTuple

from intervals_companion.derive.seconds import Clock, Column, Span, between
from intervals_companion.domain import plausible
from intervals_companion.domain.activity import RoutePoint

GAP = 5
"""Seconds. Fixes come every second; a position is interpolated over a few lost ones, never through a tunnel."""

LOST = 60
"""Seconds without a fix after which anything may have happened: a paused hiker takes a train, a skier a helicopter."""

NOWHERE = (0.0, 0.0)
"""Degrees. What devices without a fix write; nobody trains on exactly that place in the Gulf of Guinea."""

_MOST_TRACKS = 4
"""A wrong place that comes again and again makes one beside the true one; more are noise."""

EARTH_RADIUS = 6_371_008.8
"""Metres, the mean radius R1 of the GRS 80 ellipsoid (Moritz 2000)."""


class Track(NamedTuple):
    """Wall lists of positions in degrees, metres and m/s, and the way between the fixes in slices of metres."""

    latitude: Column
    longitude: Column
    altitude: Column
    speed: Column
    moved: list[Span]


def track(route: Iterable[RoutePoint], clock: Clock, fastest: float) -> Track:
    """The fixes of all routes of a workout, in any order; `fastest`: the m/s that its sport never exceeds.

    What cannot be takes no part: a place that is out of reach, a speed, an altitude.
    """
    fixes = [(clock.second(point.time), point) for point in _within_reach(_fixes(route), fastest)]
    low, high = plausible.ALTITUDE
    longitudes = _laid_out(_unwrapped(fixes), clock)
    return Track(
        latitude=_laid_out(((second, point.latitude) for second, point in fixes), clock),
        longitude=[None if degrees is None else (degrees + 180) % 360 - 180 for degrees in longitudes],
        altitude=_laid_out(
            ((second, point.altitude) for second, point in fixes if low <= (point.altitude or 0) <= high), clock
        ),
        # A negative speed is Core Location's "not known".
        speed=_laid_out(
            ((second, point.speed) for second, point in fixes if 0 <= (point.speed or 0) <= fastest), clock
        ),
        moved=[
            Span(start, end, way)
            for (start, one), (end, other) in pairwise(fixes)
            if (way := metres(one, other)) <= fastest * (end - start)
        ],
    )


def has_impossible_point(points: Sequence[RoutePoint]) -> bool:
    """Whether a route has a point that cannot be in any sport. `points` in order of time."""
    low, high = plausible.ALTITUDE
    return any(
        not low <= (point.altitude or 0) <= high or (point.speed or 0) > plausible.FASTEST for point in points
    ) or any(not _reaches(one, other, plausible.FASTEST) for one, other in pairwise(points) if one.time != other.time)


def _within_reach(points: Iterable[RoutePoint], fastest: float) -> list[RoutePoint]:
    """The longest of the tracks the points make: each goes on with the first it can belong to, the longest before.

    A wrong first fix must not cost all that follow, so it is not simply the last good point that decides.
    """
    tracks: list[list[RoutePoint]] = []
    for point in points:
        place = next((place for place, one in enumerate(tracks) if _reaches(one[-1], point, fastest)), None)
        if place is None:
            tracks[_MOST_TRACKS - 1 :] = [[point]]
        else:
            tracks[place].append(point)
            if place:
                tracks.sort(key=len, reverse=True)
    return tracks[0] if tracks else []


def _reaches(one: RoutePoint, other: RoutePoint, fastest: float) -> bool:
    seconds = (other.time - one.time) / 1000
    return metres(one, other) <= seconds * (fastest if seconds <= LOST else plausible.FASTEST)


def _laid_out(values: Iterable[tuple[float, float | None]], clock: Clock) -> Column:
    return between(((second, value) for second, value in values if value is not None), clock.size, GAP)


def _fixes(route: Iterable[RoutePoint]) -> list[RoutePoint]:
    """Each instant once, the most accurate fix of it. A place that is not on Earth is none, and neither is 0,0, unless
    the rest of the route is near it.
    """
    best: dict[int, RoutePoint] = {}
    points = sorted(route, key=_rank)
    is_there = any((point.latitude, point.longitude) != NOWHERE and _is_near_nowhere(point) for point in points)
    for point in points:
        here = point.latitude, point.longitude
        if abs(here[0]) <= 90 and abs(here[1]) <= 180 and (is_there or here != NOWHERE):
            best.setdefault(point.time, point)
    return list(best.values())


def _is_near_nowhere(point: RoutePoint) -> bool:
    return abs(point.latitude) < 1 and abs(point.longitude) < 1


def _rank(point: RoutePoint) -> tuple[int, float, float, float]:
    accuracy = inf if point.horizontal_accuracy is None else point.horizontal_accuracy
    return point.time, accuracy, point.latitude, point.longitude


def _unwrapped(fixes: Iterable[tuple[float, RoutePoint]]) -> Iterator[tuple[float, float]]:
    """Longitudes that do not jump at the date line, so that they can be interpolated."""
    before = 0.0
    for second, point in fixes:
        before = point.longitude + 360 * round((before - point.longitude) / 360)
        yield second, before


def metres(one: RoutePoint, other: RoutePoint) -> float:
    """The great circle between two points: the haversine formula (Sinnott, Sky & Telescope 68, 1984)."""
    phi, psi = radians(one.latitude), radians(other.latitude)
    turned = radians(other.longitude - one.longitude)
    half = sin((psi - phi) / 2) ** 2 + cos(phi) * cos(psi) * sin(turned / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(min(half, 1.0)))
