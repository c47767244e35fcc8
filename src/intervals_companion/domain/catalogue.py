"""THE table of metrics. One row is enough to add one: derivation, permissions, docs and sync are drawn from it.

`field` is the Intervals.icu wellness field, or the code of a custom field (which begins with a capital letter).
`rule` is how a day is made, as a word that `derive/daily.py` maps to a formula. `precision` is the smallest step that
is sent and compared: equality is equality of integers of value / precision. Fields, types and units: the published
wellness schema of Intervals.icu; Health identifiers and access: HealthKit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from attrs import frozen

from intervals_companion.domain.samples import SLEEP
from intervals_companion.domain.wellness import Value


class Rule(StrEnum):
    """How a day is made of samples. The value is the words a person reads in the metrics table."""

    SUM = "sum over the day, one source at a time"
    LAST = "last of the day"
    LATEST_WRITTEN = "latest written of the day"
    DAY_MEAN = "mean of the day"
    DAY_MAXIMUM = "highest of the day"
    SLEEP_MEAN = "mean during sleep, else of the day"
    SLEEP_WEIGHTED_MEAN = "time-weighted mean during sleep"
    NIGHT = "last of the night, on the day of waking up"
    TIME_TOGETHER = "time covered, overlaps counted once"
    ASLEEP = "time asleep in the main night"
    ASLEEP_CORE = "core sleep in the main night"
    ASLEEP_DEEP = "deep sleep in the main night"
    ASLEEP_REM = "REM sleep in the main night"
    AWAKE = "time awake in the main night"
    SLEEP_QUALITY = "sleep criteria met in the main night"
    PERIOD = "bleeding recorded"


class Direction(StrEnum):
    SEND = "Health to Intervals.icu"
    BOTH = "both ways"
    OFF = "off"


class Range(NamedTuple):
    """What a value can be, both ends included."""

    least: float
    most: float


@frozen(kw_only=True)
class Metric:
    field: str
    name: str
    """Short, the same on every page; without a comma, for it stands in lists."""
    unit: str
    types: tuple[str, ...]
    """Full Health identifiers whose samples make the day; the first is the one that names the metric."""
    rule: Rule | None
    """None: the row's formula comes with a later version; until then the row is not shown, derived or sent."""
    precision: float = 1.0
    custom: bool = False
    direction: Direction = Direction.SEND
    writable: bool = False
    """Whether Health accepts this type from an app."""
    note: str = ""
    plausible: Range | None = None
    """What a sample and a day can have, in the unit: see `plausible.py`. None: any amount that is not negative."""

    def can_be(self, value: Value) -> bool:
        """Whether a day can have that value. Of words each can be."""
        return isinstance(value, str) or self.plausible is None or self.plausible.least <= value <= self.plausible.most

    @property
    def decimals(self) -> int:
        return max(0, len(f"{self.precision:g}".partition(".")[2]))

    def round(self, value: Value) -> Value:
        """The value as it is sent and shown: a whole number of precisions. Words stay as they are."""
        if isinstance(value, str):
            return value
        return round(self.steps(value) * self.precision, self.decimals) if self.decimals else self.steps(value)

    def steps(self, value: float) -> int:
        """The integer that equality compares."""
        return round(value / self.precision)

    def same(self, one: Value | None, other: Value | None) -> bool:
        """Whether two values are the same for this metric; two absent ones are."""
        if one is None or other is None:
            return one is other
        if isinstance(one, str) or isinstance(other, str):
            return one == other
        return self.steps(one) == self.steps(other)


def _quantity(*names: str) -> tuple[str, ...]:
    return tuple(f"HKQuantityTypeIdentifier{name}" for name in names)


def _category(*names: str) -> tuple[str, ...]:
    return tuple(f"HKCategoryTypeIdentifier{name}" for name in names)


_SLEEP = (SLEEP,)

METRICS: list[Metric] = [
    # body
    Metric(
        field="weight", name="Weight", unit="kg", precision=0.01, types=_quantity("BodyMass"),
        rule=Rule.LAST, direction=Direction.BOTH, writable=True, plausible=Range(1, 650),
    ),
    Metric(
        field="bodyFat", name="Body fat", unit="%", precision=0.1, types=_quantity("BodyFatPercentage"),
        rule=Rule.LAST, writable=True, plausible=Range(1, 90),
    ),
    Metric(
        field="abdomen", name="Waist", unit="cm", precision=0.1, types=_quantity("WaistCircumference"),
        rule=Rule.LAST, writable=True, plausible=Range(10, 350),
    ),
    # heart
    Metric(
        field="restingHR", name="Resting HR", unit="count/min", types=_quantity("RestingHeartRate"),
        rule=Rule.LATEST_WRITTEN, writable=True, plausible=Range(10, 250),
    ),
    Metric(
        field="avgSleepingHR", name="Sleeping HR", unit="count/min", precision=0.1,
        types=(*_quantity("HeartRate"), SLEEP), rule=Rule.SLEEP_WEIGHTED_MEAN, plausible=Range(10, 300),
    ),
    Metric(
        field="hrvSDNN", name="HRV (SDNN)", unit="ms", precision=0.1,
        types=(*_quantity("HeartRateVariabilitySDNN"), SLEEP), rule=Rule.SLEEP_MEAN, writable=True,
        note="Apple’s HRV is SDNN. It never goes into hrv, which is rMSSD.", plausible=Range(0.1, 1000),
    ),
    Metric(
        field="hrv", name="HRV (rMSSD)", unit="ms", precision=0.1,
        types=(*_quantity("HeartRateVariabilitySDNN"), SLEEP), rule=None, plausible=Range(0.1, 1000),
    ),
    Metric(
        field="baevskySI", name="Stress index", unit="", precision=0.1,
        types=(*_quantity("HeartRateVariabilitySDNN"), SLEEP), rule=None,
    ),
    # sleep
    Metric(
        field="sleepSecs", name="Sleep", unit="s", types=_SLEEP, rule=Rule.ASLEEP, writable=True,
        plausible=Range(0, 86_400),
    ),
    Metric(
        field="sleepQuality", name="Sleep quality", unit="", types=_SLEEP, rule=Rule.SLEEP_QUALITY,
        direction=Direction.OFF, note="1 is best, 4 is poor. Usually typed by a person, so off until you turn it on.",
        plausible=Range(1, 4),
    ),
    Metric(field="sleepScore", name="Sleep score", unit="", types=_SLEEP, rule=None, plausible=Range(0, 100)),
    Metric(field="readiness", name="Readiness", unit="", types=_SLEEP, rule=None, plausible=Range(0, 100)),
    # blood and breath
    Metric(
        field="spO2", name="Blood oxygen", unit="%", precision=0.1,
        types=(*_quantity("OxygenSaturation"), SLEEP), rule=Rule.SLEEP_MEAN, writable=True, plausible=Range(20, 100),
    ),
    Metric(
        field="respiration", name="Respiration", unit="count/min", precision=0.1,
        types=(*_quantity("RespiratoryRate"), SLEEP), rule=Rule.SLEEP_MEAN, writable=True, plausible=Range(1, 150),
    ),
    Metric(
        field="systolic", name="Systolic pressure", unit="mmHg", types=_quantity("BloodPressureSystolic"),
        rule=Rule.LAST, writable=True, plausible=Range(30, 500),
    ),
    Metric(
        field="diastolic", name="Diastolic pressure", unit="mmHg", types=_quantity("BloodPressureDiastolic"),
        rule=Rule.LAST, writable=True, plausible=Range(10, 370),
    ),
    Metric(
        field="bloodGlucose", name="Blood glucose", unit="mmol/L", precision=0.1, types=_quantity("BloodGlucose"),
        rule=Rule.DAY_MEAN, writable=True, plausible=Range(0.2, 150),
    ),
    Metric(
        field="vo2max", name="VO2 max", unit="mL/min·kg", precision=0.1, types=_quantity("VO2Max"),
        rule=Rule.LAST, writable=True, plausible=Range(2, 110),
    ),
    # movement and food
    Metric(
        field="steps", name="Steps", unit="count", types=_quantity("StepCount"), rule=Rule.SUM, writable=True,
        plausible=Range(0, 400_000),
    ),
    Metric(
        field="kcalConsumed", name="Energy eaten", unit="kcal", types=_quantity("DietaryEnergyConsumed"),
        rule=Rule.SUM, writable=True, plausible=Range(0, 40_000),
    ),
    Metric(
        field="carbohydrates", name="Carbohydrates", unit="g", precision=0.1,
        types=_quantity("DietaryCarbohydrates"), rule=Rule.SUM, writable=True, plausible=Range(0, 8000),
    ),
    Metric(
        field="protein", name="Protein", unit="g", precision=0.1, types=_quantity("DietaryProtein"),
        rule=Rule.SUM, writable=True, plausible=Range(0, 4000),
    ),
    Metric(
        field="fatTotal", name="Fat", unit="g", precision=0.1, types=_quantity("DietaryFatTotal"),
        rule=Rule.SUM, writable=True, plausible=Range(0, 4000),
    ),
    Metric(
        field="hydrationVolume", name="Water", unit="L", precision=0.01, types=_quantity("DietaryWater"),
        rule=Rule.SUM, writable=True, plausible=Range(0, 60),
    ),
    Metric(
        field="menstrualPhase", name="Menstrual phase", unit="", types=_category("MenstrualFlow"),
        rule=Rule.PERIOD, writable=True, note="Only PERIOD is certain; other phases are never guessed.",
    ),
    # custom fields: they exist at Intervals.icu once the athlete has defined them
    Metric(
        field="ActiveEnergy", name="Active energy", unit="kcal", types=_quantity("ActiveEnergyBurned"),
        rule=Rule.SUM, custom=True, writable=True, plausible=Range(0, 30_000),
    ),
    Metric(
        field="RestingEnergy", name="Resting energy", unit="kcal", types=_quantity("BasalEnergyBurned"),
        rule=Rule.SUM, custom=True, writable=True, plausible=Range(0, 20_000),
    ),
    Metric(
        field="DeepSleep", name="Deep sleep", unit="min", types=_SLEEP, rule=Rule.ASLEEP_DEEP, custom=True,
        plausible=Range(0, 1440),
    ),
    Metric(
        field="LightSleep", name="Core sleep", unit="min", types=_SLEEP, rule=Rule.ASLEEP_CORE, custom=True,
        plausible=Range(0, 1440),
    ),
    Metric(
        field="REMSleep", name="REM sleep", unit="min", types=_SLEEP, rule=Rule.ASLEEP_REM, custom=True,
        plausible=Range(0, 1440),
    ),
    Metric(
        field="AwakeTime", name="Awake in the night", unit="min", types=_SLEEP, rule=Rule.AWAKE, custom=True,
        plausible=Range(0, 1440),
    ),
    Metric(
        field="WristTemperature", name="Wrist temperature", unit="degC", precision=0.01,
        types=_quantity("AppleSleepingWristTemperature"), rule=Rule.NIGHT, custom=True, plausible=Range(5, 50),
    ),
    Metric(
        field="HRRecovery", name="HR recovery", unit="count/min",
        types=_quantity("HeartRateRecoveryOneMinute"), rule=Rule.DAY_MAXIMUM, custom=True, writable=True,
        plausible=Range(0, 200),
    ),
    Metric(
        field="Daylight", name="Time in daylight", unit="min", types=_quantity("TimeInDaylight"),
        rule=Rule.SUM, custom=True, writable=True, plausible=Range(0, 1500),
    ),
    Metric(
        field="MindfulMinutes", name="Mindful minutes", unit="min", types=_category("MindfulSession"),
        rule=Rule.TIME_TOGETHER, custom=True, writable=True, plausible=Range(0, 1500),
    ),
    Metric(
        field="Distance", name="Distance on foot", unit="km", precision=0.01,
        types=_quantity("DistanceWalkingRunning"), rule=Rule.SUM, custom=True, writable=True, plausible=Range(0, 450),
    ),
]  # fmt: skip


def metrics() -> tuple[Metric, ...]:
    """The rows in use, in the order they are shown. Rows whose formula is still to come are left out."""
    return tuple(metric for metric in METRICS if metric.rule is not None)


def metric(field: str) -> Metric:
    """The row of a field. Raises KeyError."""
    return {row.field: row for row in METRICS}[field]


def health_types() -> dict[str, tuple[Metric, ...]]:
    """Every Health type some row in use is made of, with those rows."""
    found: dict[str, list[Metric]] = {}
    for row in metrics():
        for identifier in row.types:
            found.setdefault(identifier, []).append(row)
    return {identifier: tuple(rows) for identifier, rows in found.items()}


def short_type(identifier: str) -> str:
    """`HKQuantityTypeIdentifierBodyMass` as `BodyMass`."""
    for prefix in ("HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier", "HKCorrelationTypeIdentifier"):
        if identifier.startswith(prefix):
            return identifier.removeprefix(prefix)
    return identifier
