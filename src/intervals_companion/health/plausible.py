"""What can be measured at all: anything outside is a slip of a hand or a mistake of an app. No day is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from intervals_companion.domain.samples import QUANTITY_PREFIX
from intervals_companion.domain.units import convert, lookup


class Range(NamedTuple):
    unit: str
    least: float
    most: float


_RATE = "count/min"
_RANGES: Mapping[str, Range] = {
    f"{QUANTITY_PREFIX}{name}": Range(*bounds)
    for name, bounds in {
        "BloodGlucose": ("mmol/L", 0.1, 150),
        "BloodPressureDiastolic": ("mmHg", 10, 350),
        "BloodPressureSystolic": ("mmHg", 20, 450),
        "BodyFatPercentage": ("%", 0.005, 1),
        "BodyMass": ("kg", 0.001, 700),
        "HeartRate": (_RATE, 5, 500),
        "HeartRateVariabilitySDNN": ("ms", 0, 5000),
        "OxygenSaturation": ("%", 0.1, 1),
        "RespiratoryRate": (_RATE, 0.5, 200),
        "RestingHeartRate": (_RATE, 5, 300),
        "VO2Max": ("mL/min·kg", 1, 150),
        "WaistCircumference": ("cm", 10, 500),
    }.items()
}
"""Wider than any living person: only what cannot be is left out. `%` is a fraction, as Health keeps it."""


def is_possible(kind: str, value: float, unit: str) -> bool:
    """`kind`: a full Health identifier. Of a type without a range, amounts are not negative; temperatures may be.

    Raises UnknownUnit.
    """
    known = _RANGES.get(kind)
    if known is None:
        return value >= 0 or lookup(unit).dimension == lookup("degC").dimension
    return known.least <= convert(value, unit, known.unit) <= known.most
