"""THE table of sports: HealthKit workout activity <-> Intervals.icu activity type <-> FIT sport.

HealthKit names and numbers: HKWorkoutActivityType. Intervals.icu types: the activity type enum of its API.
FIT numbers: `sport` and `sub_sport` of the FIT profile. Where HealthKit cannot tell (gravel, trail, e-bike), the plain
type is used; a person renames it at Intervals.icu.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Sport(NamedTuple):
    number: int
    """HKWorkoutActivityType raw value."""
    name: str
    """HealthKit's name without the prefix HKWorkoutActivityType."""
    type: str
    """Intervals.icu activity type."""
    fit: tuple[int, int]
    """FIT sport, sub_sport."""
    indoor_fit: tuple[int, int] | None = None
    """The same, for HKIndoorWorkout = 1, where FIT tells them apart."""
    title: str = ""
    """Words for a person; the name with spaces where empty."""

    @property
    def words(self) -> str:
        return self.title or spaced(self.name)


def spaced(name: str) -> str:
    """`Virtual ride` of `VirtualRide`."""
    text = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return text[:1].upper() + text[1:]


_GENERIC, _TRAINING, _RACKET = (0, 0), (10, 0), 64
_CARDIO, _STRENGTH = (10, 26), (10, 20)

SPORTS: tuple[Sport, ...] = (
    Sport(1, "AmericanFootball", "Workout", (9, 0)),
    Sport(2, "Archery", "Other", (79, 0)),
    Sport(3, "AustralianFootball", "Workout", (70, 0)),
    Sport(4, "Badminton", "Badminton", (_RACKET, 95)),
    Sport(5, "Baseball", "Workout", (49, 0)),
    Sport(6, "Basketball", "Workout", (6, 0)),
    Sport(7, "Bowling", "Other", _GENERIC),
    Sport(8, "Boxing", "Workout", (47, 0)),
    Sport(9, "Climbing", "RockClimbing", (31, 0), (31, 68)),
    Sport(10, "Cricket", "Workout", (71, 0)),
    Sport(11, "CrossTraining", "Crossfit", _CARDIO, None, "Cross training"),
    Sport(12, "Curling", "Other", (58, 0)),
    Sport(13, "Cycling", "Ride", (2, 0), (2, 6), "Ride"),
    Sport(14, "Dance", "Workout", (83, 0)),
    Sport(15, "DanceInspiredTraining", "Workout", (83, 0)),
    Sport(16, "Elliptical", "Elliptical", (4, 15)),
    Sport(17, "EquestrianSports", "Other", (27, 0)),
    Sport(18, "Fencing", "Workout", _TRAINING),
    Sport(19, "Fishing", "Other", (29, 0)),
    Sport(20, "FunctionalStrengthTraining", "WeightTraining", _STRENGTH, None, "Functional strength"),
    Sport(21, "Golf", "Golf", (25, 0)),
    Sport(22, "Gymnastics", "Workout", _TRAINING),
    Sport(23, "Handball", "Workout", (70, 0)),
    Sport(24, "Hiking", "Hike", (17, 0), None, "Hike"),
    Sport(25, "Hockey", "Hockey", (73, 0)),
    Sport(26, "Hunting", "Other", (28, 0)),
    Sport(27, "Lacrosse", "Workout", (74, 0)),
    Sport(28, "MartialArts", "Workout", (80, 0)),
    Sport(29, "MindAndBody", "Other", (67, 0)),
    Sport(30, "MixedMetabolicCardioTraining", "Workout", _CARDIO),
    Sport(31, "PaddleSports", "Kayaking", (19, 0)),
    Sport(32, "Play", "Other", _GENERIC),
    Sport(33, "PreparationAndRecovery", "Workout", (10, 19)),
    Sport(34, "Racquetball", "Racquetball", (_RACKET, 96)),
    Sport(35, "Rowing", "Rowing", (15, 0), (15, 14)),
    Sport(36, "Rugby", "Rugby", (72, 0)),
    Sport(37, "Running", "Run", (1, 0), (1, 1), "Run"),
    Sport(38, "Sailing", "Sail", (32, 0)),
    Sport(39, "SkatingSports", "InlineSkate", (30, 0)),
    Sport(40, "SnowSports", "AlpineSki", (58, 0)),
    Sport(41, "Soccer", "Soccer", (7, 0)),
    Sport(42, "Softball", "Workout", (49, 0)),
    Sport(43, "Squash", "Squash", (_RACKET, 94)),
    Sport(44, "StairClimbing", "StairStepper", (4, 16)),
    Sport(45, "SurfingSports", "Surfing", (38, 0)),
    Sport(46, "Swimming", "Swim", (5, 17), None, "Swim"),
    Sport(47, "TableTennis", "TableTennis", (_RACKET, 97)),
    Sport(48, "Tennis", "Tennis", (8, 0)),
    Sport(49, "TrackAndField", "Run", (1, 4)),
    Sport(50, "TraditionalStrengthTraining", "WeightTraining", _STRENGTH, None, "Strength"),
    Sport(51, "Volleyball", "Workout", (75, 0)),
    Sport(52, "Walking", "Walk", (11, 0), (11, 27), "Walk"),
    Sport(53, "WaterFitness", "WaterSport", (78, 0)),
    Sport(54, "WaterPolo", "WaterSport", (78, 0)),
    Sport(55, "WaterSports", "WaterSport", (78, 0)),
    Sport(56, "Wrestling", "Workout", _TRAINING),
    Sport(57, "Yoga", "Yoga", (10, 43)),
    Sport(58, "Barre", "Workout", _TRAINING),
    Sport(59, "CoreTraining", "WeightTraining", _STRENGTH),
    Sport(60, "CrossCountrySkiing", "NordicSki", (12, 0)),
    Sport(61, "DownhillSkiing", "AlpineSki", (13, 0)),
    Sport(62, "Flexibility", "Workout", (10, 19)),
    Sport(63, "HighIntensityIntervalTraining", "HighIntensityIntervalTraining", (62, 70), None, "Interval training"),
    Sport(64, "JumpRope", "Workout", (84, 0)),
    Sport(65, "Kickboxing", "Workout", (47, 0)),
    Sport(66, "Pilates", "Pilates", (10, 44)),
    Sport(67, "Snowboarding", "Snowboard", (14, 0)),
    Sport(68, "Stairs", "StairStepper", (4, 16)),
    Sport(69, "StepTraining", "Workout", _CARDIO),
    Sport(70, "WheelchairWalkPace", "Wheelchair", (65, 0), (65, 86)),
    Sport(71, "WheelchairRunPace", "Wheelchair", (66, 0), (66, 87)),
    Sport(72, "TaiChi", "Workout", _TRAINING),
    Sport(73, "MixedCardio", "Workout", _CARDIO),
    Sport(74, "HandCycling", "Handcycle", (2, 12), (2, 88)),
    Sport(75, "DiscSports", "Workout", (70, 0)),
    Sport(76, "FitnessGaming", "Workout", (63, 0)),
    Sport(77, "CardioDance", "Workout", (83, 0)),
    Sport(78, "SocialDance", "Workout", (83, 0)),
    Sport(79, "Pickleball", "Pickleball", (_RACKET, 84)),
    Sport(80, "Cooldown", "Workout", (10, 19)),
    Sport(82, "SwimBikeRun", "Other", (18, 78)),
    Sport(83, "Transition", "Transition", (3, 0)),
    Sport(84, "UnderwaterDiving", "WaterSport", (53, 0)),
    Sport(3000, "Other", "Other", _GENERIC),
)

_BY_NAME = {sport.name: sport for sport in SPORTS}

_OPEN_WATER = 18  # FIT sub_sport

_ALIKE: tuple[frozenset[str], ...] = (
    frozenset({"Run", "TrailRun", "VirtualRun"}),
    frozenset(
        {"Ride", "VirtualRide", "GravelRide", "MountainBikeRide", "EBikeRide", "EMountainBikeRide", "TrackRide"}
        | {"Cyclocross", "Velomobile", "Handcycle"}
    ),
    frozenset({"Swim", "OpenWaterSwim", "WaterSport"}),
    frozenset({"Walk", "Hike", "Snowshoe"}),
    frozenset({"Rowing", "VirtualRow"}),
    frozenset({"Kayaking", "Canoeing", "StandUpPaddling", "WaterSport"}),
    frozenset({"InlineSkate", "IceSkate", "RollerSki", "Skateboard"}),
    frozenset({"AlpineSki", "BackcountrySki", "Snowboard", "VirtualSki"}),
    frozenset({"NordicSki", "RollerSki", "BackcountrySki", "VirtualSki"}),
    frozenset({"Surfing", "Windsurf", "Kitesurf", "WaterSport"}),
    frozenset({"WeightTraining", "Crossfit", "HighIntensityIntervalTraining"}),
    frozenset({"Yoga", "Pilates"}),
    frozenset({"Elliptical", "StairStepper"}),
    frozenset({"Squash", "Racquetball", "Tennis", "Padel", "Pickleball", "Badminton"}),
)
"""Types that two recorders of one session may honestly disagree about."""

_BEST = {
    "AlpineSki": "DownhillSkiing",
    "Other": "Other",
    "Padel": "Tennis",
    "WaterSport": "WaterSports",
    "WeightTraining": "TraditionalStrengthTraining",
    "Workout": "Other",
}
"""Types that several activities become, or none: the one that a person would choose."""

_SAYS_NOTHING = frozenset({"Workout", "Other"})
"""Types that do not name a sport: they may be anything."""


def sport(name: str) -> Sport:
    """The row of a HealthKit activity name; a new or unknown name is `Other`."""
    return _BY_NAME.get(name, _BY_NAME["Other"])


def intervals_type(name: str, metadata: Mapping[str, str]) -> str:
    """The Intervals.icu type of a workout: the table's, but open water where the workout says so."""
    return "OpenWaterSwim" if _in_open_water(name, metadata) else sport(name).type


def health_activity(kind: str | None) -> Sport:
    """The row whose activity a workout of that Intervals.icu type becomes in Health; `Other` where none fits."""
    best = _BEST.get(kind or "")
    if best is not None:
        return _BY_NAME[best]
    same = (row for row in SPORTS if row.type == kind)
    alike = (row for group in _ALIKE if kind in group for row in SPORTS if row.type in group)
    return next(same, None) or next(alike, _BY_NAME["Other"])


def fit_sport(name: str, metadata: Mapping[str, str]) -> tuple[int, int]:
    """FIT sport and sub-sport of a workout, indoors or outdoors."""
    if _in_open_water(name, metadata):
        return sport(name).fit[0], _OPEN_WATER
    row = sport(name)
    return row.indoor_fit if row.indoor_fit and is_indoor(metadata) else row.fit


def is_indoor(metadata: Mapping[str, str]) -> bool:
    return metadata.get("HKIndoorWorkout") == "1"


def _in_open_water(name: str, metadata: Mapping[str, str]) -> bool:
    return name == "Swimming" and metadata.get("HKSwimmingLocationType") == "2"


def compatible(one: str | None, other: str | None) -> bool:
    """Whether two Intervals.icu types may be one session. An absent type is compatible with everything."""
    if one is None or other is None or one == other or one in _SAYS_NOTHING or other in _SAYS_NOTHING:
        return True
    return any(one in group and other in group for group in _ALIKE)
