"""A workout as a screen shows it: figures, laps, splits, intervals, zones, streams in bins; and as a row draws it.

SI units: seconds, metres, m/s, W; beats, steps and revolutions a minute. None: nothing says it.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from intervals_companion.domain.activity import Stretch
from intervals_companion.domain.remote_activity import RemoteInterval


@frozen
class Bins:
    """Columns of one row a bin; None where nothing is known."""

    width: int = 1
    """Seconds."""
    seconds: list[int] = field(factory=list)
    """Where each bin begins, from the start of the workout."""
    means: Mapping[str, list[float | None]] = field(factory=dict)
    """By stream: power, heart_rate, speed, cadence, altitude, latitude, longitude."""
    extremes: Mapping[str, list[tuple[float, float] | None]] = field(factory=dict)
    """The lowest and the highest of each bin in the order they came, of what is drawn as a line; empty where a bin is a
    single second."""


@frozen
class Split:
    """A stretch of the way, or of the time. Seconds without pauses, metres; averages None where nothing is known."""

    start: int
    """Seconds from the start of the workout, pauses included."""
    seconds: int
    metres: float | None
    heart_rate: float | None = None
    power: float | None = None
    cadence: float | None = None

    @property
    def timer(self) -> float:
        return self.seconds

    @property
    def distance(self) -> float | None:
        return self.metres


@frozen
class Splits:
    """For who reads in kilometres, and in miles."""

    metric: tuple[Split, ...] = ()
    imperial: tuple[Split, ...] = ()


@frozen
class ZoneTime:
    """The time in one zone of a stream (power | heart_rate | speed).

    low, high: W, beats a minute or m/s; None where the zone is open, or nobody told its limits.
    """

    stream: str
    name: str
    low: float | None
    high: float | None
    seconds: float


@frozen
class WorkoutView:
    whole: Stretch
    laps: tuple[Stretch, ...] = ()
    """() where one is the whole."""
    splits: Splits = Splits()
    bins: Bins = field(factory=Bins)
    intervals: tuple[RemoteInterval, ...] = ()
    """() where one is the whole. These, the zones and `more` are what only Intervals.icu tells."""
    zones: tuple[ZoneTime, ...] = ()
    more: tuple[str, ...] = ()
    """Names of further streams that are there."""


NOTHING = WorkoutView(Stretch(0, 0, 0.0))
"""The view of what nothing is known about."""


# --- the row ---------------------------------------------------------------------------------------------------------


@frozen
class RouteThumbnail:
    """The shape of a way, without where on earth it lies: x to the east and y to the south, the longer side is 1."""

    points: tuple[tuple[float, float], ...]


@frozen
class BarsThumbnail:
    """Means of equal times, from 0 to 1, of power, heart_rate or speed."""

    stream: str
    bars: tuple[float, ...]
    strong: tuple[bool, ...]
    """From zone 4 on."""


Thumbnail = RouteThumbnail | BarsThumbnail
