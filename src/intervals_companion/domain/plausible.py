"""What can be at all. What is beyond is a slip of a hand or a mistake of an app: it is kept, and nothing is made of it.

The ranges of what makes days stand in the rows of `catalogue.py` (`Metric.plausible`), those of what makes workouts
alone stand here. They are wider than any living person, and nothing in them is refused by Intervals.icu, which takes
whole numbers of 32 bits and reads -1 as "empty the field". Where they come from:

- Guinness World Records: weight (635 kg; 2.1 kg), waist (302 cm), resting heart rate (26), blood glucose (147.6
  mmol/L), 24 hours on foot (319.6 km) and by bicycle (1,026 km), speed on a bicycle (296 km/h).
- Heart rate: 300 is the fastest that hearts of grown-ups conduct; Chhabra et al., "Mind boggling heart rates", World
  Journal of Cardiology 4 (2012), tells of single cases beyond.
- HRV: Shaffer and Ginsberg, "An overview of heart rate variability metrics and norms", Frontiers in Public Health 5
  (2017): SDNN of minutes lies between 30 and 100 ms; irregular rhythms reach several hundred.
- Blood oxygen: Grocott et al., New England Journal of Medicine 360 (2009): 34 % on Mount Everest.
- Blood pressure: MacDougall et al., Journal of Applied Physiology 58 (1985): 480/350 mmHg lifting weights.
- VO2 max: the highest published are about 97 mL/min·kg.
- Energy: Thurber et al., Science Advances 5 (2019): 6,200 kcal a day over weeks; single days of races are below 20,000.
- Power: track sprinters reach 2,500 W. Running speed: 12.4 m/s in the world record over 100 m.
- Speed of other sports: swimming 2.4 m/s over 50 m (World Aquatics), rowing 6.3 m/s (World Rowing), skiing 255.5 km/h
  (FIS), sailing 65.45 knots (World Sailing Speed Record Council).
- Altitude: the shore of the Dead Sea lies 438 m below the sea, Mount Everest is 8,849 m high (surveyed in
  2020). FIT cannot say less than -500 m.
- Ascent in 24 hours: 23,486 m on skis (Jornet, 2019); carried up, 107.8 km of descent (Guinness World Records).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from intervals_companion.domain import catalogue, units
from intervals_companion.domain.catalogue import Range
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import (
    CATEGORY_PREFIX,
    LONGEST_SPAN,
    QUANTITY_PREFIX,
    SLEEP,
    UNKNOWN_INSTANT,
    Row,
)

LONGEST_SESSION = MS_PER_DAY
"""Of sleep, or of mindfulness (ms): what is said to have lasted longer was never ended."""
AHEAD = MS_PER_DAY
"""How much later than it was written a sample may begin (ms): clocks differ, and zones by a day."""
LARGEST = 1e9
"""Of what has no range of its own, in whatever unit: nothing anybody measures comes near it."""
VALUE, LENGTH, DATE = "a value that cannot be", "a length that cannot be", "a date that cannot be"
LATER = "a date that has not come yet"
EARLIEST = -2_208_988_800_000
"""The year 1900: nothing that anybody alive measured is older (ms)."""


class _Known(NamedTuple):
    unit: str
    range: Range


_SESSIONS = frozenset({SLEEP, f"{CATEGORY_PREFIX}MindfulSession"})
_SPEED = 85.0

_OF_WORKOUTS: Mapping[str, _Known] = {
    f"{QUANTITY_PREFIX}{name}": _Known(unit, Range(0, most))
    for name, unit, most in (
        ("CrossCountrySkiingSpeed", "m/s", _SPEED),
        ("CyclingCadence", "count/min", 300),
        ("CyclingPower", "W", 4000),
        ("CyclingSpeed", "m/s", _SPEED),
        ("DistanceCrossCountrySkiing", "km", 700),
        ("DistanceCycling", "km", 1500),
        ("DistanceDownhillSnowSports", "km", 1000),
        ("DistancePaddleSports", "km", 500),
        ("DistanceRowing", "km", 500),
        ("DistanceSkatingSports", "km", 700),
        ("DistanceSwimming", "km", 300),
        ("DistanceWheelchair", "km", 700),
        ("FlightsClimbed", "count", 20_000),
        ("PaddleSportsSpeed", "m/s", _SPEED),
        ("PushCount", "count", 400_000),
        ("RowingSpeed", "m/s", _SPEED),
        ("RunningPower", "W", 4000),
        ("RunningSpeed", "m/s", 15),
        ("SwimmingStrokeCount", "count", 400_000),
        ("WalkingHeartRateAverage", "count/min", 300),
    )
}
"""What days are not made of, in a day or in one reading."""

ALTITUDE = Range(-500, 10_000)
"""m"""
FASTEST = 350.0
"""m/s over the ground, of whatever carries a person: an airliner with the wind behind it."""
_FASTEST: Mapping[str, float] = {
    activity: most
    for most, activities in (
        (6.0, ("Swimming",)),
        (15.0, ("Running", "TrackAndField", "Walking", "Hiking", "Rowing")),
        (30.0, ("PaddleSports", "WheelchairRunPace", "WheelchairWalkPace")),
        (45.0, ("Sailing", "SurfingSports")),
        (_SPEED, ("Cycling", "HandCycling", "SwimBikeRun", "SkatingSports")),
        (_SPEED, ("CrossCountrySkiing", "DownhillSkiing", "Snowboarding", "SnowSports")),
    )
    for activity in activities
}
"""m/s by HealthKit activity; of any other sport `FASTEST`: nobody knows what it is."""
_CLIMBED, _CARRIED_UP = 35_000.0, 120_000.0
"""m in a day"""
_LIFTS = frozenset({"DownhillSkiing", "Snowboarding", "SnowSports"})


def fastest(activity: str) -> float:
    """m/s that nobody exceeds in a sport, by HealthKit's name."""
    return _FASTEST.get(activity, FASTEST)


def highest_ascent(activity: str) -> float:
    """m that nobody climbs in a day of a sport, by HealthKit's name."""
    return _CARRIED_UP if activity in _LIFTS else _CLIMBED


def refusal(kind: str, row: Row) -> str:
    """Why no day and no workout is made of a sample: what it has that cannot be, in words; "" where it can.

    `kind`: a full Health identifier. A unit nobody knows is no reason: such a sample takes no part for another one.
    """
    return _refusal(kind, range_of(kind), row)


def possible(kind: str, rows: Iterable[Row]) -> list[Row]:
    """The samples of one type that can be."""
    known = range_of(kind)
    return [row for row in rows if not _refusal(kind, known, row)]


def counted(kind: str, rows: Iterable[Row], now: int) -> Counter[str]:
    """How many samples of a type cannot be, by why; among them those of days to come, which count once they are there.

    `now` in ms.
    """
    known = range_of(kind)
    words = (_refusal(kind, known, row) or (LATER if row.start > now + AHEAD else "") for row in rows)
    return Counter(filter(None, words))


def is_possible(kind: str, value: float, unit: str) -> bool:
    """The same of a value alone."""
    return _fits(range_of(kind), value, unit)


def range_of(kind: str) -> _Known | None:
    """The range of a type and its unit; None where it has none of its own."""
    row = next((row for row in catalogue.METRICS if row.types[0] == kind), None)
    if row is None:
        return _OF_WORKOUTS.get(kind)
    return None if row.plausible is None else _Known(row.unit, row.plausible)


def _refusal(kind: str, known: _Known | None, row: Row) -> str:
    if row.unit and not _fits(known, row.value, row.unit):
        return VALUE
    if row.end - row.start > (LONGEST_SESSION if kind in _SESSIONS and not row.unit else LONGEST_SPAN):
        return LENGTH
    if row.start < EARLIEST or (row.created != UNKNOWN_INSTANT and row.start > row.created + AHEAD):
        return DATE
    return ""


def _fits(known: _Known | None, value: float, unit: str) -> bool:
    least, most = _limits(known, unit)
    return least <= (units.percent(value) if unit == "%" else value) <= most


@lru_cache(maxsize=4096)
def _limits(known: _Known | None, unit: str) -> Range:
    """In that unit, percent as 0 to 100. In a unit of something else there are none."""
    try:
        if known is None:
            below_zero = units.lookup(unit).dimension == units.lookup("degC").dimension
            return Range(-LARGEST if below_zero else 0, LARGEST)
        return Range(*(units.convert(limit, known.unit, unit) for limit in known.range))
    except units.UnknownUnit:
        return Range(float("-inf"), float("inf"))
