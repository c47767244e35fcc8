"""Units as Apple Health writes them, and how they convert.

Apple's export writes every value in the unit the phone's owner prefers, so a value means nothing without its unit.
Each unit is `(dimension, factor, offset)`: base value = value * factor + offset.
Factors: exact by definition (pound, inch, mile, foot, yard, stone, calorie_th 4.184 J) or HealthKit's own molar mass
of glucose (180.1558800000541 g/mol).
"""

from __future__ import annotations

import re
import unicodedata

from attrs import frozen

LONGEST_UNIT = 60
"""Characters; Apple's longest has 24."""
GLUCOSE_G_PER_MOL = 180.1558800000541
_MOLAR = re.compile(r"^mmol<([0-9]+(?:\.[0-9]+)?)>/L$")


class UnknownUnit(ValueError):
    """A unit nobody here knows, or two of different dimensions. The sample is kept and takes no part in a day."""


@frozen
class Unit:
    dimension: str
    factor: float = 1.0
    offset: float = 0.0


_LB_KG, _FT_M, _MI_M = 0.45359237, 0.3048, 1609.344
_US_GALLON_L, _UK_GALLON_L = 3.785411784, 4.54609

_UNITS: dict[str, Unit] = {
    # counts and rates
    "": Unit("none"),
    "count": Unit("count"),
    "count/min": Unit("rate"),
    "count/s": Unit("rate", 60.0),
    "bpm": Unit("rate"),
    "%": Unit("fraction"),
    "appleEffortScore": Unit("effort"),
    # time
    "ms": Unit("time", 0.001),
    "s": Unit("time"),
    "min": Unit("time", 60.0),
    "hr": Unit("time", 3600.0),
    "h": Unit("time", 3600.0),
    "d": Unit("time", 86400.0),
    # mass
    "kg": Unit("mass", 1000.0),
    "g": Unit("mass"),
    "mg": Unit("mass", 0.001),
    "mcg": Unit("mass", 1e-6),
    "lb": Unit("mass", _LB_KG * 1000),
    "st": Unit("mass", _LB_KG * 14_000),
    "oz": Unit("mass", _LB_KG * 1000 / 16),
    # length
    "m": Unit("length"),
    "km": Unit("length", 1000.0),
    "cm": Unit("length", 0.01),
    "mm": Unit("length", 0.001),
    "in": Unit("length", 0.0254),
    "ft": Unit("length", _FT_M),
    "yd": Unit("length", _FT_M * 3),
    "mi": Unit("length", _MI_M),
    # speed
    "m/s": Unit("speed"),
    "km/hr": Unit("speed", 1 / 3.6),
    "km/h": Unit("speed", 1 / 3.6),
    "mi/hr": Unit("speed", _MI_M / 3600),
    "mph": Unit("speed", _MI_M / 3600),
    # energy: Apple's Cal is the food calorie, the same as kcal
    "kcal": Unit("energy"),
    "Cal": Unit("energy"),
    "cal": Unit("energy", 0.001),
    "kJ": Unit("energy", 1 / 4.184),
    "J": Unit("energy", 1 / 4184),
    "W": Unit("power"),
    "kW": Unit("power", 1000.0),
    "kcal/hr·kg": Unit("met"),
    "kcal/hr-kg": Unit("met"),
    "kcal/(kg*hr)": Unit("met"),
    # temperature, base degree Celsius
    "degC": Unit("temperature"),
    "degF": Unit("temperature", 5 / 9, -160 / 9),
    "K": Unit("temperature", 1.0, -273.15),
    # volume
    "L": Unit("volume"),
    "l": Unit("volume"),
    "dL": Unit("volume", 0.1),
    "cL": Unit("volume", 0.01),
    "mL": Unit("volume", 0.001),
    "fl_oz_us": Unit("volume", _US_GALLON_L / 128),
    "fl_oz_imp": Unit("volume", _UK_GALLON_L / 160),
    "pt_us": Unit("volume", _US_GALLON_L / 8),
    "pt_imp": Unit("volume", _UK_GALLON_L / 8),
    "cup_us": Unit("volume", _US_GALLON_L / 16),
    "cup_imp": Unit("volume", _UK_GALLON_L / 16),
    # blood
    "mmHg": Unit("pressure"),
    "kPa": Unit("pressure", 1000 / 133.322387415),
    "mmol/L": Unit("glucose"),
    "mg/dL": Unit("glucose", 10 / GLUCOSE_G_PER_MOL),
    # oxygen uptake
    "mL/min·kg": Unit("vo2"),
    "mL/kg·min": Unit("vo2"),
    "ml/(kg*min)": Unit("vo2"),
    "mL/min-kg": Unit("vo2"),
}


def lookup(text: str) -> Unit:
    """The unit behind a spelling of Apple Health. Raises UnknownUnit."""
    known = _UNITS.get(text)
    if len(text) > LONGEST_UNIT:
        raise UnknownUnit(f"unknown unit {text[:LONGEST_UNIT]!r}...")
    if known is None:
        # A middle dot may come as U+00B7, U+22C5 or U+2219; NFKC leaves them apart.
        known = _UNITS.get(unicodedata.normalize("NFC", text).strip().replace("⋅", "·").replace("∙", "·"))
    if known is None and (molar := _MOLAR.match(text)) and abs(float(molar[1]) - GLUCOSE_G_PER_MOL) < 0.01:
        known = _UNITS["mmol/L"]
    if known is None:
        raise UnknownUnit(f"unknown unit {text!r}")
    return known


def convert(value: float, unit: str, to: str) -> float:
    """`value` in `unit`, expressed in `to`. Fractions (`%` in Apple's export) become percent by `percent()`, not here.

    Raises UnknownUnit when either is not known or the dimensions differ.
    """
    if unit == to:
        return value
    source, target = lookup(unit), lookup(to)
    if source.dimension != target.dimension:
        raise UnknownUnit(f"{unit!r} cannot become {to!r}")
    return (value * source.factor + source.offset - target.offset) / target.factor


def canonical(value: float, unit: str) -> str:
    """The value in its dimension's base unit at 6 significant digits: 165.347 lb and 75.0001 kg read the same.

    A unit nobody knows stays part of the text. Zero has no sign.
    """
    try:
        known = lookup(unit)
    except UnknownUnit:
        return f"{value + 0.0:.6g} {unit}"
    return f"{value * known.factor + known.offset:.6g}"


def percent(value: float) -> float:
    """A `%` value of Apple Health as 0 to 100.

    Apple writes fractions (0.97); some apps write 97 with the same unit. For quantities that cannot exceed 100 %,
    a value above 1 is already percent.
    """
    return value if value > 1 else value * 100
