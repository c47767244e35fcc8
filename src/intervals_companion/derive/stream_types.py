"""Which HealthKit quantities a workout's streams and figures are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from intervals_companion.derive.seconds import MOST
from intervals_companion.domain import plausible
from intervals_companion.domain.activity import Workout
from intervals_companion.domain.numbers import decimal
from intervals_companion.domain.samples import QUANTITY_PREFIX
from intervals_companion.domain.units import UnknownUnit, convert

HEART_RATE = QUANTITY_PREFIX + "HeartRate"
ACTIVE_ENERGY = QUANTITY_PREFIX + "ActiveEnergyBurned"
ASCENDED = "HKElevationAscended"
"""The key of a workout's metadata that says how far it climbed."""
STEPS, STROKES, PUSHES = (QUANTITY_PREFIX + name for name in ("StepCount", "SwimmingStrokeCount", "PushCount"))

CYCLES: Mapping[str, float] = {STEPS: 0.5, STROKES: 1.0, PUSHES: 1.0}
"""How many cycles one count is. FIT counts the strides of one leg: `SPM = (cadence + fractional_cadence) * 2` (Garmin's
forum for the FIT SDK, "Fractional Cadence values")."""


class Quantities(NamedTuple):
    """The full identifiers that a sport's streams are made of; "" where there is none."""

    distance: tuple[str, ...]
    speed: str = ""
    cadence: str = ""
    """A rate, or one of the counts in `CYCLES`: HealthKit has no running cadence."""
    power: str = ""

    @property
    def identifiers(self) -> tuple[str, ...]:
        """All of them, heart rate included: the types to fetch."""
        return tuple(filter(None, (HEART_RATE, *self.distance, self.speed, self.cadence, self.power)))


def _made_of(distance: str, speed: str = "", cadence: str = "", power: str = "") -> Quantities:
    speed, power = (QUANTITY_PREFIX + name if name else "" for name in (speed, power))
    return Quantities((QUANTITY_PREFIX + distance,), speed, cadence, power)


_FOOT = _made_of("DistanceWalkingRunning", "RunningSpeed", STEPS, "RunningPower")
_BIKE = _made_of("DistanceCycling", "CyclingSpeed", QUANTITY_PREFIX + "CyclingCadence", "CyclingPower")
_DOWNHILL = _made_of("DistanceDownhillSnowSports")
_WHEELCHAIR = _made_of("DistanceWheelchair", cadence=PUSHES)

STREAM_TYPES: Mapping[str, Quantities] = {
    "Running": _FOOT,
    "TrackAndField": _FOOT,
    "Walking": _FOOT,
    "Hiking": _FOOT,
    "Cycling": _BIKE,
    "HandCycling": _BIKE,
    "Swimming": _made_of("DistanceSwimming", cadence=STROKES),
    "WheelchairWalkPace": _WHEELCHAIR,
    "WheelchairRunPace": _WHEELCHAIR,
    "CrossCountrySkiing": _made_of("DistanceCrossCountrySkiing", "CrossCountrySkiingSpeed"),
    "DownhillSkiing": _DOWNHILL,
    "Snowboarding": _DOWNHILL,
    "SnowSports": _DOWNHILL,
    "PaddleSports": _made_of("DistancePaddleSports", "PaddleSportsSpeed"),
    "Rowing": _made_of("DistanceRowing", "RowingSpeed"),
    "SkatingSports": _made_of("DistanceSkatingSports"),
}
"""By HealthKit activity. Any other sport has heart rate, and the distances that its own statistics name."""


def quantities(workout: Workout) -> Quantities:
    """What this workout's streams are made of."""
    named = sorted(kind for kind in workout.statistics if kind.startswith(QUANTITY_PREFIX + "Distance"))
    return STREAM_TYPES.get(workout.activity, Quantities(tuple(named)))


def own_figure(
    workout: Workout, identifier: str, which: Literal["sum", "average", "maximum"], unit: str
) -> float | None:
    """One of the workout's own statistics in that unit; None where it has none, or none that can be."""
    statistic = workout.statistics.get(identifier)
    value = None if statistic is None else getattr(statistic, which)
    if (
        statistic is None
        or value is None
        or not plausible.is_possible(identifier, _a_day(workout, which, value), statistic.unit)
    ):
        return None
    return _in(unit, value, statistic.unit)


def impossible_figures(workout: Workout) -> list[str]:
    """The identifiers of the workout's own statistics, and keys of its metadata, that cannot be."""
    climbed = _written(workout, ASCENDED, "m")
    return [ASCENDED] * (climbed is not None and not _can_be(workout, ASCENDED, climbed)) + [
        kind
        for kind, statistic in workout.statistics.items()
        for which in ("sum", "average", "minimum", "maximum")
        if (value := getattr(statistic, which)) is not None
        and not plausible.is_possible(kind, _a_day(workout, which, value), statistic.unit)
    ]


def _a_day(workout: Workout, which: str, value: float) -> float:
    """Of a total what falls to a day: a ride may last a week."""
    return value / max(1.0, workout.elapsed / 86_400) if which == "sum" else value


def own_quantity(workout: Workout, key: str, unit: str) -> float | None:
    """A quantity from the workout's metadata, where Health writes it as text (`6575 cm`), in that unit.

    None where there is none, or one that cannot be.
    """
    figure = _written(workout, key, unit)
    return figure if figure is not None and _can_be(workout, key, convert(figure, unit, "m")) else None


def _written(workout: Workout, key: str, unit: str) -> float | None:
    number, _, written = workout.metadata.get(key, "").partition(" ")
    try:
        return convert(decimal(number), written, unit)
    except (ValueError, UnknownUnit):
        return None


def _can_be(workout: Workout, key: str, metres: float) -> bool:
    most = plausible.highest_ascent(workout.activity) if key == ASCENDED else MOST
    return 0 <= _a_day(workout, "sum", metres) <= most


def _in(unit: str, value: float, written: str) -> float | None:
    try:
        figure = convert(value, written, unit)
    except UnknownUnit:
        return None
    return figure if 0 <= figure <= MOST else None


def own_distance(workout: Workout) -> float | None:
    """Metres: the workout's own total, all ways of moving together."""
    totals = [own_figure(workout, kind, "sum", "m") for kind in quantities(workout).distance]
    known = [total for total in totals if total is not None]
    return sum(known) if known else None
