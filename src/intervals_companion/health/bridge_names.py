"""What bridges call the types of Health. Health Auto Export has snake_case names of its own, Shortcuts the words of the
Health app; a full or short HealthKit identifier is understood too.
"""

from __future__ import annotations

from typing import NamedTuple

from intervals_companion.domain.samples import CATEGORY_PREFIX, QUANTITY_PREFIX, SLEEP
from intervals_companion.domain.summaries import How


class Kind(NamedTuple):
    type: str
    """Full Health identifier."""
    how: How
    """How Health itself puts samples of it together."""
    unit: str
    """Where only one can be meant: what a value without a unit is in. "" where the person's settings decide."""
    daily: bool = False
    """Whether Health keeps one value a day and revises it."""


_SUM, _MEAN = How.SUM, How.MEAN
_RATE, _COUNT = "count/min", "count"

# HealthKit's name, how it adds up, its only unit, and what bridges call it
_QUANTITIES: tuple[tuple[str, How, str, tuple[str, ...]], ...] = (
    ("ActiveEnergyBurned", _SUM, "", ("active_energy", "Active Calories")),
    ("AppleExerciseTime", _SUM, "min", ("apple_exercise_time", "Exercise Minutes")),
    ("AppleMoveTime", _SUM, "min", ("apple_move_time",)),
    ("AppleSleepingBreathingDisturbances", _MEAN, _COUNT, ("breathing_disturbances",)),
    ("AppleSleepingWristTemperature", _MEAN, "", ("apple_sleeping_wrist_temperature", "Wrist Temperature")),
    ("AppleStandTime", _SUM, "min", ("apple_stand_time", "Stand Minutes")),
    ("AppleWalkingSteadiness", _MEAN, "%", ("apple_walking_steadiness", "Walking Steadiness")),
    ("AtrialFibrillationBurden", _MEAN, "%", ("atrial_fibrillation_burden",)),
    ("BasalBodyTemperature", _MEAN, "", ("basal_body_temperature",)),
    ("BasalEnergyBurned", _SUM, "", ("basal_energy", "Resting Calories", "Resting Energy")),
    ("BloodGlucose", _MEAN, "", ("blood_glucose",)),
    ("BloodPressureDiastolic", _MEAN, "mmHg", ("Diastolic Blood Pressure", "Diastolic")),
    ("BloodPressureSystolic", _MEAN, "mmHg", ("Systolic Blood Pressure", "Systolic")),
    ("BodyFatPercentage", _MEAN, "%", ("Body Fat",)),
    ("BodyMass", _MEAN, "", ("weight_body_mass", "Weight")),
    ("BodyMassIndex", _MEAN, _COUNT, ("bmi",)),
    ("BodyTemperature", _MEAN, "", ()),
    ("CyclingCadence", _MEAN, _RATE, ()),
    ("CyclingFunctionalThresholdPower", _MEAN, "W", ()),
    ("CyclingPower", _MEAN, "W", ()),
    ("CyclingSpeed", _MEAN, "", ()),
    ("DietaryCaffeine", _SUM, "", ("caffeine",)),
    ("DietaryCarbohydrates", _SUM, "g", ("carbohydrates", "carbs")),
    ("DietaryCholesterol", _SUM, "", ()),
    ("DietaryEnergyConsumed", _SUM, "", ("dietary_energy", "Energy Eaten")),
    ("DietaryFatMonounsaturated", _SUM, "g", ("monosaturated_fat", "monounsaturated_fat")),
    ("DietaryFatPolyunsaturated", _SUM, "g", ("polyunsaturated_fat",)),
    ("DietaryFatSaturated", _SUM, "g", ("saturated_fat",)),
    ("DietaryFatTotal", _SUM, "g", ("total_fat", "fat")),
    ("DietaryFiber", _SUM, "g", ("fiber",)),
    ("DietaryProtein", _SUM, "g", ("protein",)),
    ("DietarySodium", _SUM, "", ("sodium",)),
    ("DietarySugar", _SUM, "g", ("sugar",)),
    ("DietaryWater", _SUM, "", ("water",)),
    ("DistanceCrossCountrySkiing", _SUM, "", ("cross_country_skiing_distance",)),
    ("DistanceCycling", _SUM, "", ("cycling_distance",)),
    ("DistanceDownhillSnowSports", _SUM, "", ("downhill_snow_sports_distance",)),
    ("DistancePaddleSports", _SUM, "", ("paddle_sports_distance",)),
    ("DistanceRowing", _SUM, "", ("rowing_distance",)),
    ("DistanceSkatingSports", _SUM, "", ("skating_sports_distance",)),
    ("DistanceSwimming", _SUM, "", ("swimming_distance", "swim_distance")),
    ("DistanceWalkingRunning", _SUM, "", ("walking_running_distance", "Walking + Running Distance")),
    ("DistanceWheelchair", _SUM, "", ("wheelchair_distance",)),
    ("EnvironmentalAudioExposure", _MEAN, "", ()),
    ("FlightsClimbed", _SUM, _COUNT, ()),
    ("HeadphoneAudioExposure", _MEAN, "", ()),
    ("HeartRate", _MEAN, _RATE, ("heart",)),
    ("HeartRateRecoveryOneMinute", _MEAN, _RATE, ("cardio_recovery", "heart_rate_recovery")),
    ("HeartRateVariabilitySDNN", _MEAN, "ms", ("heart_rate_variability", "hrv")),
    ("Height", _MEAN, "", ()),
    ("InsulinDelivery", _SUM, "", ()),
    ("LeanBodyMass", _MEAN, "", ()),
    ("OxygenSaturation", _MEAN, "%", ("blood_oxygen_saturation", "Blood Oxygen")),
    ("PhysicalEffort", _MEAN, "", ()),
    ("PushCount", _SUM, _COUNT, ("pushes",)),
    ("RespiratoryRate", _MEAN, _RATE, ()),
    ("RestingHeartRate", _MEAN, _RATE, ()),
    ("RunningGroundContactTime", _MEAN, "ms", ()),
    ("RunningPower", _MEAN, "W", ()),
    ("RunningSpeed", _MEAN, "", ()),
    ("RunningStrideLength", _MEAN, "", ()),
    ("RunningVerticalOscillation", _MEAN, "", ()),
    ("StepCount", _SUM, _COUNT, ("steps", "step")),
    ("SwimmingStrokeCount", _SUM, _COUNT, ("swim_stroke",)),
    ("TimeInDaylight", _SUM, "min", ("daylight",)),
    ("UnderwaterDepth", _MEAN, "", ()),
    ("VO2Max", _MEAN, "mL/min·kg", ("vo2_max", "Cardio Fitness")),
    ("WaistCircumference", _MEAN, "", ("waist",)),
    ("WalkingHeartRateAverage", _MEAN, _RATE, ("walking_heart_rate",)),
    ("WaterTemperature", _MEAN, "", ("underwater_temperature",)),
)

_REVISED = ("RestingHeartRate", "WalkingHeartRateAverage")

SLEEP_NAMES = frozenset({"sleepanalysis", "sleep"})
MINDFUL = Kind(f"{CATEGORY_PREFIX}MindfulSession", _SUM, "min")


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _table() -> dict[str, Kind]:
    found = {_plain(name): MINDFUL for name in ("mindful_minutes", "MindfulSession", MINDFUL.type)}
    for name, how, unit, others in _QUANTITIES:
        kind = Kind(QUANTITY_PREFIX + name, how, unit, name in _REVISED)
        for spelling in (name, kind.type, *others):
            found[_plain(spelling)] = kind
    return found


_KINDS = _table()


def kind(name: str) -> Kind | None:
    """The type a bridge means, or None for a name nobody knows here.

    >>> kind("step_count") == kind("Steps") == kind("HKQuantityTypeIdentifierStepCount")
    True
    """
    return _KINDS.get(_plain(name))


def is_sleep(name: str) -> bool:
    return _plain(name) in SLEEP_NAMES or name == SLEEP


# --- sleep -----------------------------------------------------------------------------------------------------------

_STAGES = {
    "core": "AsleepCore", "light": "AsleepCore", "asleepcore": "AsleepCore",
    "deep": "AsleepDeep", "asleepdeep": "AsleepDeep",
    "rem": "AsleepREM", "asleeprem": "AsleepREM",
    "asleep": "AsleepUnspecified", "unspecified": "AsleepUnspecified", "asleepunspecified": "AsleepUnspecified",
    "awake": "Awake",
    "inbed": "InBed",
}  # fmt: skip
_SLEEP_VALUE = "HKCategoryValueSleepAnalysis"


def stage(value: str) -> str | None:
    """A stage as Health names it, without its prefix: `AsleepDeep`; None for a word that is none."""
    return _STAGES.get(_plain(value.removeprefix(_SLEEP_VALUE)))


def stage_value(stage: str) -> str:
    """The category value of a sample in that stage."""
    return _SLEEP_VALUE + stage
