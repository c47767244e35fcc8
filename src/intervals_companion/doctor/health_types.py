"""What iOS calls each Health type of the catalogue, so that a person finds its switch."""

from __future__ import annotations

from collections.abc import Mapping

from intervals_companion.domain.samples import CATEGORY_PREFIX, QUANTITY_PREFIX, SLEEP, WORKOUT

_QUANTITIES = {
    "ActiveEnergyBurned": "Active Energy",
    "AppleSleepingWristTemperature": "Wrist Temperature",
    "BasalEnergyBurned": "Resting Energy",
    "BloodGlucose": "Blood Glucose",
    "BloodPressureDiastolic": "Diastolic Blood Pressure",
    "BloodPressureSystolic": "Systolic Blood Pressure",
    "BodyFatPercentage": "Body Fat Percentage",
    "BodyMass": "Weight",
    "DietaryCarbohydrates": "Carbohydrates",
    "DietaryEnergyConsumed": "Dietary Energy",
    "DietaryFatTotal": "Total Fat",
    "DietaryProtein": "Protein",
    "DietaryWater": "Water",
    "DistanceWalkingRunning": "Walking + Running Distance",
    "HeartRate": "Heart Rate",
    "HeartRateRecoveryOneMinute": "Cardio Recovery",
    "HeartRateVariabilitySDNN": "Heart Rate Variability",
    "OxygenSaturation": "Blood Oxygen",
    "RespiratoryRate": "Respiratory Rate",
    "RestingHeartRate": "Resting Heart Rate",
    "StepCount": "Steps",
    "TimeInDaylight": "Time In Daylight",
    "VO2Max": "Cardio Fitness",
    "WaistCircumference": "Waist Circumference",
}
_CATEGORIES = {"MenstrualFlow": "Menstruation", "MindfulSession": "Mindful Minutes"}

NAMES: Mapping[str, str] = {
    SLEEP: "Sleep",
    WORKOUT: "Workouts",
    **{QUANTITY_PREFIX + name: words for name, words in _QUANTITIES.items()},
    **{CATEGORY_PREFIX + name: words for name, words in _CATEGORIES.items()},
}
"""By full identifier."""

USED_TO_COME: Mapping[str, str] = {
    SLEEP: "every night",
    QUANTITY_PREFIX + "AppleSleepingWristTemperature": "every night",
    QUANTITY_PREFIX + "OxygenSaturation": "every night",
    QUANTITY_PREFIX + "RespiratoryRate": "every night",
    WORKOUT: "almost daily",
}
"""How often, for those that are not simply of every day."""
