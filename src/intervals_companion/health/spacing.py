"""Whether sums that begin at midnight are of days, or of weeks and months: by how far apart they lie, and how large
they are. An app groups all that it sends at once in one way, so what one type shows holds for the others too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from intervals_companion.domain import units
from intervals_companion.domain.samples import QUANTITY_PREFIX

_WEEK, _SHORTEST_MONTH = 7, 28

_HARDLY_IN_A_DAY: Mapping[str, tuple[float, str]] = {
    f"{QUANTITY_PREFIX}{name}": (most, unit)
    for name, most, unit in (
        ("ActiveEnergyBurned", 8_000, "kcal"),
        ("AppleExerciseTime", 1_440, "min"),
        ("AppleMoveTime", 1_440, "min"),
        ("AppleStandTime", 1_440, "min"),
        ("BasalEnergyBurned", 5_000, "kcal"),
        ("DietaryCarbohydrates", 2_000, "g"),
        ("DietaryEnergyConsumed", 10_000, "kcal"),
        ("DietaryFatTotal", 600, "g"),
        ("DietaryProtein", 600, "g"),
        ("DietaryWater", 15, "L"),
        ("DistanceCycling", 400, "km"),
        ("DistanceSwimming", 20, "km"),
        ("DistanceWalkingRunning", 60, "km"),
        ("FlightsClimbed", 400, "count"),
        ("StepCount", 50_000, "count"),
        ("TimeInDaylight", 1_440, "min"),
    )
}
"""What a week easily has and a day hardly, or never. It is less than what `plausible` allows: a day of 90,000 steps has
been walked, and is believed as soon as the app says that it is a day, or other days stand beside it.
"""


class Sum(NamedTuple):
    """What adds up from one midnight on. `type`: a full Health identifier."""

    type: str
    day: date
    value: float
    unit: str
    of_a_day: bool | None = None
    """What its written end says; None where none is written."""


def longer_than_a_day(sums: Iterable[Sum]) -> bool:
    """Whether these sums, all of one grouping, are of weeks or months. Where nothing shows it they are of days."""
    by_type: dict[str, list[Sum]] = {}
    for one in sums:
        by_type.setdefault(one.type, []).append(one)
    said = {one.of_a_day for found in by_type.values() for one in found} - {None}
    shown = {are_weeks_or_months(one.day for one in found) for found in by_type.values()}
    if said:
        return True not in said
    if False in shown:
        return False
    return True in shown or any(hardly_a_day(one) for found in by_type.values() for one in found)


def are_weeks_or_months(days: Iterable[date]) -> bool | None:
    """Whether all these lie whole weeks apart, or are one day of their months; None where there are fewer than two."""
    in_order = sorted(set(days))
    apart = [(later - earlier).days for earlier, later in pairwise(in_order)]
    if not apart:
        return None
    are_months = len({day.day for day in in_order}) == 1 and min(apart) >= _SHORTEST_MONTH
    return are_months or all(days % _WEEK == 0 for days in apart)


def hardly_a_day(one: Sum) -> bool:
    """Whether so much is hardly ever of one day."""
    most, unit = _HARDLY_IN_A_DAY.get(one.type, (float("inf"), one.unit))
    try:
        return units.convert(one.value, one.unit, unit) > most
    except units.UnknownUnit:
        return False
