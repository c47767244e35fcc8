"""An activity as Intervals.icu tells it, as a screen shows it, and as a row of a feed hints at it.

`activity`: one that was read on its own, with its intervals; for a thumbnail also one of a list.
`streams`: the answer of `GET /activity/{id}/streams`, written by somebody else: what is missing or odd is left out.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from statistics import fmean

from intervals_companion.derive import binned
from intervals_companion.derive.outline import Point, outline
from intervals_companion.domain.activity import Streams, Stretch
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.workout_view import (
    BarsThumbnail,
    RouteThumbnail,
    Thumbnail,
    WorkoutView,
    ZoneTime,
)
from intervals_companion.intervals import streams as sent
from intervals_companion.journal import views

# --- the page --------------------------------------------------------------------------------------------------------


def make(activity: RemoteActivity, streams: object) -> WorkoutView:
    """The service's intervals stand in the place of laps. Raises WrongShape."""
    told = sent.read(streams)
    return WorkoutView(
        whole=_whole(activity),
        splits=views.splits(told.streams, activity.type),
        bins=binned.bins(told.streams),
        intervals=activity.intervals if len(activity.intervals) > 1 else (),
        zones=tuple(_zones(activity)),
        more=told.more,
    )


def _whole(activity: RemoteActivity) -> Stretch:
    """Its times are from its own start."""
    elapsed, figures = activity.elapsed or 0, activity.figures
    return Stretch(
        start=0,
        end=elapsed * 1000,
        timer=activity.moving or elapsed,
        distance=figures.corrected_distance or activity.distance,
        ascent=activity.ascent,
        heart_rate=activity.heart_rate,
        max_heart_rate=figures.max_heart_rate,
        speed=figures.speed,
        max_speed=figures.max_speed,
        cadence=figures.cadence,
        power=figures.power,
        lengths=round(figures.lengths or 0),
    )


def _zones(activity: RemoteActivity) -> Iterator[ZoneTime]:
    """Those in which somebody was, stream by stream. A zone ends where its limit says; the highest has no end."""
    for zones in activity.zones:
        if not any(seconds for _, seconds in zones.times):
            continue
        ends = zones.limits[: len(zones.times) - 1]
        known = len(ends) == len(zones.times) - 1
        lows, highs = (None, *ends), (*ends, None)
        for place, (name, seconds) in enumerate(zones.times):
            low, high = (lows[place], highs[place]) if known else (None, None)
            yield ZoneTime(zones.stream, name, low, high, seconds)


# --- the row ---------------------------------------------------------------------------------------------------------

MOST_POINTS = 40
"""Of a route of the size of a thumb."""
BARS = 13
_LOOKED_AT = 400
"""Points of a route among which the outline is found."""
_AT_LEAST = 50.0
"""Metres that a route is long or wide: less is a receiver lying on a table."""
_METRES_PER_DEGREE = 111_320.0
_LOWEST = 0.35
"""How high the lowest bar of what never nears zero stands."""

_BARS = {"power": "watts", "heart_rate": "heartrate", "speed": "velocity_smooth"}
"""What bars are made of, first of all first; and its type."""


def thumbnail_types(activity: RemoteActivity) -> str:
    """The streams to ask for, as `types` takes them; "" where there is nothing to be drawn.

    By the names of its streams one is enough; an activity that does not tell them may have any.
    """
    if activity.hidden is not None:
        return ""
    wanted = [*([] if _inside(activity) else ["latlng"]), *_BARS.values()]
    there = activity.streams
    return ",".join(wanted) if there is None else next((name for name in wanted if name in there), "")


def _inside(activity: RemoteActivity) -> bool:
    return activity.trainer or activity.is_virtual


def thumbnail(activity: RemoteActivity, streams: object) -> Thumbnail | None:
    """A line or bars; None where there is nothing to be drawn. Raises WrongShape."""
    told = sent.read(streams).streams
    points = () if _inside(activity) else _way(told)
    return RouteThumbnail(points) if points else _bars(activity, told)


def _way(streams: Streams) -> tuple[tuple[float, float], ...]:
    pairs = zip(streams.latitude or (), streams.longitude or (), strict=True)
    places = [(north, east) for north, east in pairs if north is not None and east is not None]
    if len(places) < 2:
        return ()
    places = [*places[:: -(-len(places) // _LOOKED_AT)], places[-1]]
    top, bottom = max(north for north, _ in places), min(north for north, _ in places)
    left, right = min(east for _, east in places), max(east for _, east in places)
    shrink = math.cos(math.radians((top + bottom) / 2))
    size = max((right - left) * shrink, top - bottom)
    if size * _METRES_PER_DEGREE < _AT_LEAST:
        return ()
    line: list[Point] = [((east - left) * shrink / size, (top - north) / size) for north, east in places]
    return tuple((round(x, 3), round(y, 3)) for x, y in outline(line, MOST_POINTS))


def _bars(activity: RemoteActivity, streams: Streams) -> BarsThumbnail | None:
    stream = next((name for name in _BARS if getattr(streams, name) is not None), None)
    if stream is None or len(streams.seconds) < BARS:
        return None
    column, last = getattr(streams, stream), streams.seconds[-1] + 1
    edges = [bisect_left(streams.seconds, last * place / BARS) for place in range(BARS + 1)]
    cells = [[value for value in column[low:high] if value is not None] for low, high in pairwise(edges)]
    means = [fmean(cell) if cell else None for cell in cells]
    known = [mean for mean in means if mean is not None]
    ends = activity.zone_settings(stream).limits
    hard = ends[2] if len(ends) > 3 else math.inf
    floor, foot = (0.0, 0.0) if stream == "power" else (min(known), _LOWEST)
    span = max(known) - floor or 1.0
    return BarsThumbnail(
        stream,
        bars=tuple(0.0 if mean is None else round(foot + (1 - foot) * (mean - floor) / span, 2) for mean in means),
        strong=tuple(mean is not None and mean > hard for mean in means),
    )
