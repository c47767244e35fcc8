"""What GPX and TCX files lack and the service works out: distance along a track, speed, time in motion, ascent."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, isnan, radians, sin, sqrt

from intervals_sandbox.files.recording import Column

_EARTH = 6_371_000.0
"""Mean radius in metres."""
_STANDING = 0.3
"""m/s; slower is not moving."""
_STEP = 2.0
"""Metres of climb or descent that are not just noise."""


def metres(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Great-circle distance of two positions in degrees (haversine formula)."""
    a, b = radians(lat1), radians(lat2)
    chord = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(lng2 - lng1) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(chord))


def distance_along(lat: Column, lng: Column) -> list[float]:
    """Metres covered up to each sample; gaps cover nothing."""
    total, covered = 0.0, []
    last: tuple[float, float] | None = None
    for here in zip(lat, lng, strict=True):
        if not isnan(here[0]) and not isnan(here[1]):
            total += metres(*last, *here) if last else 0.0
            last = here
        covered.append(total)
    return covered


def speed(time: Column, distance: Column) -> list[float]:
    """m/s over the step that led to each sample."""
    speeds = [0.0]
    for i in range(1, len(time)):
        step = time[i] - time[i - 1]
        moved = distance[i] - distance[i - 1]
        speeds.append(round(moved / step, 3) if step > 0 and moved > 0 else 0.0)
    return speeds


def moving_time(time: Column, speeds: Sequence[float]) -> float:
    """Seconds of the steps that were not standing still."""
    return sum(time[i] - time[i - 1] for i in range(1, len(time)) if speeds[i] > _STANDING)


def climbed(altitude: Column) -> tuple[float, float]:
    """Metres up and metres down, wiggles left out."""
    up = down = 0.0
    level: float | None = None
    for value in altitude:
        if isnan(value):
            continue
        level = value if level is None else level
        if value - level >= _STEP:
            up, level = up + value - level, value
        elif level - value >= _STEP:
            down, level = down + level - value, value
    return up, down
