"""An invented activity: a few figures, from which its fields follow at once and its streams when somebody asks."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import cos, pi, radians, sin

from attrs import frozen

from intervals_sandbox.files.recording import Column, Lap, Recording
from intervals_sandbox.loads import power_load
from intervals_sandbox.state import Athlete, Values
from intervals_sandbox.summary import heart_values, load_values, sport_of
from intervals_sandbox.times import local_text, utc_text
from intervals_sandbox.world.life import stream

_DEGREE = 111_320.0
"""Metres of one degree of latitude."""
_SPREAD = ((-14, 0.1), (-8, 0.2), (-2, 0.3), (5, 0.25), (9, 0.15))
"""Heart rate around its average, and the share of the time."""
_STEPPED = ("Run", "TrailRun", "Ride", "VirtualRide", "Walk", "Hike")
"""Types with a cadence."""


@frozen
class Place:
    lat: float
    lng: float


@frozen
class Efforts:
    """`count` times `work` seconds with `rest` seconds between, after a warm-up of `after` seconds."""

    count: int
    work: int
    rest: int
    after: int = 600


@frozen
class Sketch:
    seed: int
    start: datetime
    """UTC."""
    type: str
    name: str
    elapsed: int
    moving: int
    average_heartrate: int
    max_heartrate: int
    distance: float | None = None
    calories: int | None = None
    ascent: float | None = None
    watts: int | None = None
    """Average power."""
    indoor: bool = False
    pauses: tuple[tuple[int, int], ...] = ()
    """Offset and length in seconds."""
    place: Place | None = None
    efforts: Efforts | None = None
    device: str = "Garmin Forerunner 265"


def values(sketch: Sketch, athlete: Athlete) -> Values:
    """The activity's fields, without drawing it."""
    sport = sport_of(athlete, sketch.type)
    rate = sketch.average_heartrate
    seconds = {min(rate + off, sketch.max_heartrate): share * sketch.moving for off, share in _SPREAD}
    speed = round(sketch.distance / sketch.moving, 3) if sketch.distance else None
    found: Values = {
        "type": sketch.type,
        "name": sketch.name,
        "start_date": utc_text(sketch.start),
        "start_date_local": local_text(sketch.start, athlete.zone),
        "timezone": athlete.zone.key,
        "elapsed_time": sketch.elapsed,
        "moving_time": sketch.moving,
        "icu_recording_time": sketch.moving,
        "distance": sketch.distance,
        "icu_distance": sketch.distance,
        "average_speed": speed,
        "total_elevation_gain": sketch.ascent,
        "calories": sketch.calories,
        "trainer": sketch.indoor,
        "device_name": sketch.device,
        "icu_weight": athlete.facts["icu_weight"],
        "icu_resting_hr": athlete.facts["icu_resting_hr"],
        "file_type": "fit",
        "stream_types": _stream_types(sketch),
        **heart_values(seconds, rate, sketch.max_heartrate, athlete, sport),
    }
    if sketch.watts:
        weighted = round(sketch.watts * (1.09 if sketch.efforts else 1.03))
        found |= {"device_watts": True, "icu_average_watts": sketch.watts, "icu_weighted_avg_watts": weighted}
        found |= {"icu_ftp": sport["ftp"], "icu_joules": sketch.watts * sketch.moving}
        found["power_load"] = power_load(weighted, sport["ftp"], sketch.moving)
    found |= load_values(found, sketch.moving)
    return {key: value for key, value in found.items() if value is not None}


def _stream_types(sketch: Sketch) -> list[str]:
    return [
        *("time", "heartrate"),
        *(["watts"] if sketch.watts else []),
        *(["cadence"] if sketch.type in _STEPPED else []),
        *(["distance", "velocity_smooth"] if sketch.distance else []),
        *(["altitude", "latlng"] if _outdoors(sketch) else []),
    ]


def _outdoors(sketch: Sketch) -> bool:
    return bool(sketch.distance and sketch.place and not sketch.indoor)


def draw(sketch: Sketch) -> Recording:
    """The activity second by second; its averages are those of the sketch."""
    paused = {second for offset, length in sketch.pauses for second in range(offset, offset + length)}
    return _draw(sketch, [float(second) for second in range(sketch.elapsed + 1) if second not in paused])


def _draw(sketch: Sketch, time: Sequence[float]) -> Recording:
    laps = list(_laps(sketch))
    effort = _effort(sketch, time, laps)
    drawn: dict[str, Column] = {"time": array("d", time)}
    drawn["heartrate"] = _around(_lagging(effort), sketch.average_heartrate, sketch.max_heartrate)
    if sketch.watts:
        drawn["watts"] = _around(effort, sketch.watts, sketch.watts * 1.9)
    if sketch.type in _STEPPED:
        drawn["cadence"] = _around(effort, 86, 98)
    if sketch.distance:
        drawn |= _movement(sketch, effort, sketch.distance)
    return Recording(
        start=sketch.start,
        type=sketch.type,
        elapsed=sketch.elapsed,
        moving=sketch.moving,
        columns=drawn,
        distance=sketch.distance,
        ascent=sketch.ascent,
        calories=sketch.calories,
        indoor=sketch.indoor,
        device=sketch.device,
        laps=laps,
    )


def _laps(sketch: Sketch) -> Iterator[Lap]:
    """Warm-up, efforts and rests in turn, the way home."""
    if sketch.efforts is None:
        return
    efforts, at = sketch.efforts, sketch.efforts.after
    yield Lap(0, at, False, "Warm-up")
    for number in range(1, efforts.count + 1):
        yield Lap(at, at + efforts.work, True, f"Effort {number}")
        at += efforts.work
        if number < efforts.count:
            yield Lap(at, at + efforts.rest, False)
            at += efforts.rest
    yield Lap(at, sketch.elapsed, False, "Cool-down")


def _effort(sketch: Sketch, time: Sequence[float], laps: Sequence[Lap]) -> list[float]:
    """How hard, between 0 and 1, in waves and in efforts."""
    rnd = stream(sketch.seed, "effort", sketch.start)
    slow, fast, shift = rnd.uniform(300, 700), rnd.uniform(40, 90), rnd.uniform(0, 2 * pi)
    bounds = iter([*laps[1:], Lap(float("inf"), float("inf"))])
    lap, coming = (laps[0] if laps else None), next(bounds)
    level: list[float] = []
    for second in time:
        while second >= coming.start:
            lap, coming = coming, next(bounds)
        base = 0.5 if lap is None else 0.85 if lap.work else 0.35
        wave = 0.08 * sin(second / slow + shift) + 0.05 * sin(second / fast) + 0.04 * (rnd.random() - 0.5)
        level.append(base + wave - (0.25 * (1 - second / 300) if second < 300 else 0))
    return level


def _lagging(effort: Sequence[float]) -> list[float]:
    """The heart follows the effort within about half a minute."""
    level, followed = effort[0], []
    for target in effort:
        level += (target - level) / 30
        followed.append(level)
    return followed


def _around(shape: Sequence[float], average: float, highest: float) -> Column:
    """The shape stretched so that its mean and its maximum are these; never below zero."""
    mean = sum(shape) / len(shape)
    top = max(shape) - mean or 1.0
    return array("d", [max(0.0, round(average + (value - mean) / top * (highest - average))) for value in shape])


def _movement(sketch: Sketch, effort: Sequence[float], distance: float) -> dict[str, Column]:
    """Distance and speed; outdoors also hills and a loop around the place that ends where it began."""
    total = sum(effort) or 1.0
    part, fractions = 0.0, []
    for level in effort:
        part += level
        fractions.append(part / total)
    per_second = distance / total
    drawn: dict[str, Column] = {
        "distance": array("d", [round(fraction * distance, 2) for fraction in fractions]),
        "velocity_smooth": array("d", [round(level * per_second, 3) for level in effort]),
    }
    if sketch.place is None or not _outdoors(sketch):
        return drawn
    hills = max(1, round(distance / 4000))
    height = (sketch.ascent or 0) / (2 * hills)
    drawn["altitude"] = array("d", [round(120 + height * (1 - cos(2 * pi * hills * f)), 1) for f in fractions])
    return drawn | _loop(sketch, sketch.place, distance, fractions)


def _loop(sketch: Sketch, place: Place, distance: float, fractions: Sequence[float]) -> dict[str, Column]:
    rnd = stream(sketch.seed, "loop", sketch.start)
    dents = [(count, rnd.uniform(0.05, 0.16), rnd.uniform(0, 2 * pi)) for count in (2, 3, 5)]
    radius, turn = distance / (2 * pi * 1.12), rnd.uniform(0, 2 * pi)
    width = cos(radians(place.lat))
    lat, lng = array("d"), array("d")
    for fraction in fractions:
        angle = 2 * pi * fraction + turn
        reach = radius * (1 + sum(depth * sin(count * angle + phase) for count, depth, phase in dents)) / _DEGREE
        lat.append(round(place.lat + reach * sin(angle), 6))
        lng.append(round(place.lng + reach * cos(angle) / width, 6))
    return {"lat": lat, "lng": lng}
