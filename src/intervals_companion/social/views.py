"""An activity as Intervals.icu tells it, as a screen shows it, and as a row of a feed hints at it.

`record`: the answer of `GET /activity/{id}?intervals=true`; for a shape also one of a list. `streams`: the answer of
`GET /activity/{id}/streams`. Both were written by somebody else: what is missing or odd is left out.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import pairwise
from statistics import fmean
from typing import Any

from attrs import asdict

from intervals_companion.derive import binned
from intervals_companion.derive.outline import Point, outline
from intervals_companion.domain.activity import Streams, Stretch
from intervals_companion.intervals import streams as sent
from intervals_companion.intervals.answers import is_number
from intervals_companion.journal import views
from intervals_companion.social.zones import limits, zones

Record = Mapping[str, Any]


# --- the page --------------------------------------------------------------------------------------------------------


def make(record: Record, streams: object) -> dict[str, Any]:
    """The shape of `journal.views.make`; the service's intervals stand in the place of laps. Raises WrongShape.

    intervals: start and end in seconds from the start, label (None where it has none), work (else recovery), timer (s),
    distance (m), power (W), heart_rate (bpm), cadence, speed (m/s). [] where one is the whole.
    zones: stream (power | heart_rate | speed), name, low and high in W, bpm or m/s (None: open, or not told), seconds.
    more: names of further streams that are there.
    """
    told = sent.read(streams)
    intervals = list(_intervals(record))
    return {
        "whole": _whole(record)._asdict(),
        "laps": [],
        "splits": views.splits(told.streams, _sport(record)),
        "bins": asdict(binned.bins(told.streams), recurse=False),
        "intervals": intervals if len(intervals) > 1 else [],
        "zones": zones(record),
        "more": list(told.more),
    }


def _sport(record: Record) -> str | None:
    return sport if isinstance(sport := record.get("type"), str) else None


def _whole(record: Record) -> Stretch:
    """Its times are from its own start."""
    elapsed = _number(record, "elapsed_time") or 0
    return Stretch(
        start=0,
        end=round(elapsed * 1000),
        timer=_number(record, "moving_time") or elapsed,
        distance=_number(record, "icu_distance") or _number(record, "distance"),
        ascent=_number(record, "total_elevation_gain"),
        heart_rate=_number(record, "average_heartrate"),
        max_heart_rate=_number(record, "max_heartrate"),
        speed=_number(record, "average_speed"),
        max_speed=_number(record, "max_speed"),
        cadence=_number(record, "average_cadence"),
        power=_number(record, "icu_average_watts"),
        lengths=round(_number(record, "lengths") or 0),
    )


_FIGURES = {
    "distance": "distance",
    "power": "average_watts",
    "heart_rate": "average_heartrate",
    "cadence": "average_cadence",
    "speed": "average_speed",
}


def _intervals(record: Record) -> Iterator[dict[str, Any]]:
    given = record.get("icu_intervals")
    for one in given if isinstance(given, list) else ():
        if not isinstance(one, dict):
            continue
        start, end, label = _number(one, "start_time"), _number(one, "end_time"), one.get("label")
        if start is None or end is None or not 0 <= start < end:
            continue
        yield {
            "start": start,
            "end": end,
            "label": label if isinstance(label, str) and label.strip() else None,
            "work": one.get("type") != "RECOVERY",
            "timer": _number(one, "moving_time") or end - start,
            **{name: _number(one, field) for name, field in _FIGURES.items()},
        }


def _number(record: Record, key: str) -> float | None:
    value = record.get(key)
    return value if is_number(value) else None


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


def shape_types(record: Record) -> str:
    """The streams to ask for, as `types` takes them; "" where there is nothing to be drawn.

    By `stream_types` one is enough; a record without that field may have any of them.
    """
    if record.get("source") == "STRAVA":
        return ""
    wanted = [*([] if _inside(record) else ["latlng"]), *_BARS.values()]
    if "stream_types" not in record:
        return ",".join(wanted)
    there = record["stream_types"]
    return next((name for name in wanted if isinstance(there, list) and name in there), "")


def _inside(record: Record) -> bool:
    return record.get("trainer") is True or (_sport(record) or "").startswith("Virtual")


def shape(record: Record, streams: object) -> dict[str, Any] | None:
    """A line or bars; None where there is nothing to be drawn. Raises WrongShape.

    {"kind": "route", "points": [[x, y], ...]}: x to the east and y to the south, the longer side is 1. Where on earth
    it lies is not told: it is somebody else's.
    {"kind": "bars", "stream": power | heart_rate | speed, "bars": [0 to 1, ...], "strong": [bool, ...]}: means of
    equal times; strong from zone 4 on.
    """
    told = sent.read(streams).streams
    points = [] if _inside(record) else _way(told)
    return {"kind": "route", "points": points} if points else _bars(record, told)


def _way(streams: Streams) -> list[list[float]]:
    pairs = zip(streams.latitude or (), streams.longitude or (), strict=True)
    places = [(north, east) for north, east in pairs if north is not None and east is not None]
    if len(places) < 2:
        return []
    places = [*places[:: -(-len(places) // _LOOKED_AT)], places[-1]]
    top, bottom = max(north for north, _ in places), min(north for north, _ in places)
    left, right = min(east for _, east in places), max(east for _, east in places)
    shrink = math.cos(math.radians((top + bottom) / 2))
    size = max((right - left) * shrink, top - bottom)
    if size * _METRES_PER_DEGREE < _AT_LEAST:
        return []
    line: list[Point] = [((east - left) * shrink / size, (top - north) / size) for north, east in places]
    return [[round(x, 3), round(y, 3)] for x, y in outline(line, MOST_POINTS)]


def _bars(record: Record, streams: Streams) -> dict[str, Any] | None:
    stream = next((name for name in _BARS if getattr(streams, name) is not None), None)
    if stream is None or len(streams.seconds) < BARS:
        return None
    column, last = getattr(streams, stream), streams.seconds[-1] + 1
    edges = [bisect_left(streams.seconds, last * place / BARS) for place in range(BARS + 1)]
    cells = [[value for value in column[low:high] if value is not None] for low, high in pairwise(edges)]
    means = [fmean(cell) if cell else None for cell in cells]
    known = [mean for mean in means if mean is not None]
    ends = limits(record, stream)
    hard = ends[2] if len(ends) > 3 else math.inf
    floor, foot = (0.0, 0.0) if stream == "power" else (min(known), _LOWEST)
    span = max(known) - floor or 1.0
    return {
        "kind": "bars",
        "stream": stream,
        "bars": [0.0 if mean is None else round(foot + (1 - foot) * (mean - floor) / span, 2) for mean in means],
        "strong": [mean is not None and mean > hard for mean in means],
    }
