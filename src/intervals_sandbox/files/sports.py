"""FIT sport numbers and the words of TCX and GPX files <-> the service's activity types."""

from __future__ import annotations

from collections.abc import Mapping

_FIT: tuple[tuple[int, int, str], ...] = (
    (1, 0, "Run"),
    (1, 3, "TrailRun"),
    (1, 45, "VirtualRun"),
    (2, 0, "Ride"),
    (2, 8, "MountainBikeRide"),
    (2, 11, "Cyclocross"),
    (2, 12, "Handcycle"),
    (2, 13, "TrackRide"),
    (2, 28, "EBikeRide"),
    (2, 46, "GravelRide"),
    (2, 47, "EMountainBikeRide"),
    (2, 58, "VirtualRide"),
    (3, 0, "Transition"),
    (4, 0, "Workout"),
    (4, 14, "Rowing"),
    (4, 15, "Elliptical"),
    (4, 16, "StairStepper"),
    (5, 0, "Swim"),
    (5, 18, "OpenWaterSwim"),
    (7, 0, "Soccer"),
    (8, 0, "Tennis"),
    (10, 0, "Workout"),
    (10, 20, "WeightTraining"),
    (10, 43, "Yoga"),
    (10, 44, "Pilates"),
    (11, 0, "Walk"),
    (12, 0, "NordicSki"),
    (12, 42, "RollerSki"),
    (13, 0, "AlpineSki"),
    (13, 37, "BackcountrySki"),
    (14, 0, "Snowboard"),
    (15, 0, "Rowing"),
    (16, 0, "Hike"),
    (17, 0, "Hike"),
    (19, 0, "Kayaking"),
    (21, 0, "EBikeRide"),
    (25, 0, "Golf"),
    (30, 0, "InlineSkate"),
    (31, 0, "RockClimbing"),
    (32, 0, "Sail"),
    (33, 0, "IceSkate"),
    (35, 0, "Snowshoe"),
    (37, 0, "StandUpPaddling"),
    (38, 0, "Surfing"),
    (41, 0, "Kayaking"),
    (43, 0, "Windsurf"),
    (44, 0, "Kitesurf"),
    (62, 0, "HighIntensityIntervalTraining"),
    (64, 0, "Workout"),
    (64, 84, "Pickleball"),
    (64, 85, "Padel"),
    (64, 94, "Squash"),
    (64, 95, "Badminton"),
    (64, 96, "Racquetball"),
    (64, 97, "TableTennis"),
    (65, 0, "Wheelchair"),
    (66, 0, "Wheelchair"),
    (72, 0, "Rugby"),
    (73, 0, "Hockey"),
)
"""Sport, sub sport (0: any other), type."""

_BY_FIT = {(sport, sub_sport): kind for sport, sub_sport, kind in _FIT}
FIT_SPORTS: Mapping[str, tuple[int, int]] = {kind: (sport, sub) for sport, sub, kind in reversed(_FIT)}

_INDOOR_SUB_SPORTS = frozenset((1, 4, 5, 6, 14, 15, 16, 17, 20, 26, 27, 43, 44, 45, 58, 86, 87, 88))
"""Treadmill, indoor cycling, pool swimming and the like."""

_WORDS = {
    "running": "Run",
    "run": "Run",
    "trail_running": "TrailRun",
    "biking": "Ride",
    "cycling": "Ride",
    "ride": "Ride",
    "swimming": "Swim",
    "swim": "Swim",
    "walking": "Walk",
    "walk": "Walk",
    "hiking": "Hike",
    "hike": "Hike",
    "rowing": "Rowing",
    "strength_training": "WeightTraining",
    "yoga": "Yoga",
}


def type_of_fit(sport: int | None, sub_sport: int | None) -> str:
    """The activity type of a FIT session; Other for a sport nobody listed, Workout for training."""
    return _BY_FIT.get((sport or 0, sub_sport or 0)) or _BY_FIT.get((sport or 0, 0), "Other")


def is_indoor(sub_sport: int | None) -> bool:
    return sub_sport in _INDOOR_SUB_SPORTS


def type_of_words(words: str | None) -> str:
    """The activity type of the sport that a TCX or GPX file names."""
    return _WORDS.get((words or "").strip().lower().replace(" ", "_"), "Other")
