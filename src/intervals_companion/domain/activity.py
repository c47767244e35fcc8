"""A workout as Health knows it, and its per-second streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from attrs import field, frozen

ROUTE_EDGE = 60_000
"""ms by which a route may begin before or end after its workout: the GPS runs on its own."""


def route_belongs(route: tuple[int, int], workout: tuple[int, int]) -> bool:
    """Whether a route lies in the time of a workout; first and last instant (ms) of either."""
    return workout[0] - ROUTE_EDGE <= route[0] and route[1] <= workout[1] + ROUTE_EDGE


def usable_points(points: Sequence[RoutePoint], workout: tuple[int, int]) -> list[RoutePoint]:
    """The points of a route that lie in the time of a workout, whose first and last instant (ms) are given.

    None, where most of them do not: then it is the route of something else. A phone may write one fix of hours ago, the
    last it knew, before the first of the workout.
    """
    inside = [point for point in points if route_belongs((point.time, point.time), workout)]
    return inside if 2 * len(inside) > len(points) else []


class Statistic(NamedTuple):
    """HealthKit's own total or average of one quantity over a workout, in the unit as written; None where not given."""

    unit: str
    sum: float | None = None
    average: float | None = None
    minimum: float | None = None
    maximum: float | None = None


class WorkoutEvent(NamedTuple):
    """kind is HealthKit's word (Pause, Resume, Lap, Marker, MotionPaused, MotionResumed, Segment). Times in ms.

    end equals start for events without a duration.
    """

    kind: str
    start: int
    end: int
    metadata: Mapping[str, str]


class WorkoutPart(NamedTuple):
    """One WorkoutActivity inside a multisport or interval workout. Its statistics repeat the workout's: never add."""

    start: int
    end: int
    metadata: Mapping[str, str]


class RoutePoint(NamedTuple):
    """A GPS fix: ms, degrees, metres, m/s, degrees (None = not known), horizontal and vertical accuracy in metres."""

    time: int
    latitude: float
    longitude: float
    altitude: float | None
    speed: float | None
    course: float | None
    horizontal_accuracy: float | None
    vertical_accuracy: float | None


ID_PREFIX = "ic1-"

WORKOUT_FIELD = "workout"
"""`field` of what is said about a workout as a whole."""


@frozen
class Workout:
    """A workout as its source recorded it. Times in ms since the epoch (UTC)."""

    start: int
    end: int
    activity: str
    """HealthKit's activity name without prefix: Running, Cycling, TraditionalStrengthTraining ..."""
    source: str
    """Source key."""
    duration: float | None = None
    """Seconds without pauses, as written by the source."""
    statistics: Mapping[str, Statistic] = field(factory=dict)
    """By full quantity identifier: the workout's direct statistics only, or the totals of older files."""
    events: tuple[WorkoutEvent, ...] = ()
    parts: tuple[WorkoutPart, ...] = ()
    metadata: Mapping[str, str] = field(factory=dict)
    routes: tuple[str, ...] = ()
    """Names of the route files that belong to it, found or not."""
    zone: str | None = None
    """The workout's own IANA zone (HKTimeZone), if written."""

    @property
    def id(self) -> str:
        """Reproducible after loss of all state; also the external_id at Intervals.icu.

        Of whole seconds on both ends, as an export cuts them: HealthKit's own milliseconds give the same id.
        """
        return f"{ID_PREFIX}{self.start // 1000}-{self.end // 1000 - self.start // 1000}"

    @property
    def elapsed(self) -> float:
        """Seconds from start to end, pauses included."""
        return (self.end - self.start) / 1000


@frozen
class Streams:
    """One value a second from the workout's first second on; None where nothing is known.

    All columns have the same length. `seconds[i]` is the offset from the start of row i: strictly increasing, with a
    hole where the workout was paused.
    """

    seconds: list[int]
    heart_rate: list[float | None] | None = None  # bpm
    distance: list[float | None] | None = None  # m since the start
    speed: list[float | None] | None = None  # m/s
    cadence: list[float | None] | None = None  # steps, strides or revolutions a minute as FIT counts them for the sport
    power: list[float | None] | None = None  # W
    altitude: list[float | None] | None = None  # m
    latitude: list[float | None] | None = None  # degrees
    longitude: list[float | None] | None = None  # degrees

    def names(self) -> tuple[str, ...]:
        """The columns that exist, as this class names them; latitude and longitude count as one, `route`."""
        present = [name for name in _COLUMNS if getattr(self, name) is not None]
        return tuple(present) + (("route",) if self.latitude is not None else ())

    def coverage(self) -> dict[str, int]:
        """For each of `names` the seconds in which something is known: what is missing was not seen by anybody."""
        columns = {name: getattr(self, "latitude" if name == "route" else name) for name in self.names()}
        return {name: sum(value is not None for value in column) for name, column in columns.items()}


_COLUMNS = ("heart_rate", "distance", "speed", "cadence", "power", "altitude")


class Length(NamedTuple):
    """One length of a pool, wall to wall. Times in ms."""

    start: int
    end: int
    style: int | None = None
    """As HKSwimmingStrokeStyle numbers it; None where the watch did not say."""
    strokes: int | None = None


class Stretch(NamedTuple):
    """A workout, or one lap of it, in figures. Each is None where nothing says it."""

    start: int  # ms
    end: int  # ms
    timer: float  # s without pauses
    distance: float | None = None  # m
    energy: float | None = None  # kcal, active
    cycles: float | None = None  # strides, strokes or pushes
    ascent: float | None = None  # m
    heart_rate: float | None = None  # bpm, average
    max_heart_rate: float | None = None
    speed: float | None = None  # m/s, average
    max_speed: float | None = None
    cadence: float | None = None  # cycles a minute, average
    max_cadence: float | None = None
    power: float | None = None  # W, average
    max_power: float | None = None
    lengths: int = 0


@frozen
class Recording:
    """Everything a file about a workout says: its seconds, its figures, its laps and its pool lengths."""

    streams: Streams
    whole: Stretch
    laps: tuple[Stretch, ...]
    """At least one; together they are the whole."""
    lengths: tuple[Length, ...] = ()
    pool: float | None = None
    """Length of the pool in metres, where the workout was swum in one."""
    pool_in_yards: bool = False
