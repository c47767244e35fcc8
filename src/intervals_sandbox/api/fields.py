"""Checks of single values in a body: what the service accepts for a number, a flag, a word, a local time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from intervals_sandbox import shapes
from intervals_sandbox.errors import bad_request, invalid
from intervals_sandbox.queries import INT32
from intervals_sandbox.times import parse_local, wall_text

Check = Callable[[str, Any], Any]
"""(name, value) -> the value to store. Raises Refusal."""

_FLOAT_MAX = 3.4e38

ACTIVITY_TYPES = frozenset(
    shapes.words("""
    Ride Run Swim WeightTraining Hike Walk AlpineSki BackcountrySki Badminton Canoeing Crossfit EBikeRide
    EMountainBikeRide Elliptical Golf GravelRide TrackRide Handcycle HighIntensityIntervalTraining Hockey IceSkate
    InlineSkate Kayaking Kitesurf MountainBikeRide Cyclocross NordicSki OpenWaterSwim Padel Pilates Pickleball
    Racquetball Rugby RockClimbing RollerSki Rowing Sail Skateboard Snowboard Snowshoe Soccer Squash StairStepper
    StandUpPaddling Surfing TableTennis Tennis TrailRun Transition Velomobile VirtualRide VirtualRow VirtualRun
    VirtualSki WaterSport Wheelchair Windsurf Workout Yoga Other
    """)
)


def number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or abs(value) > _FLOAT_MAX:
        raise bad_request(f"{name} must be a number")
    return value


def integer(name: str, value: Any) -> int:
    whole = number(name, value)
    if whole != int(whole) or not -INT32 <= whole < INT32:
        raise bad_request(f"{name} must be a whole number")
    return int(whole)


def flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise bad_request(f"{name} must be true or false")
    return value


def text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise bad_request(f"{name} must be a string")
    return value


def words(name: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise bad_request(f"{name} must be a list")
    return [text(name, word) for word in value]


def anything(_: str, value: Any) -> Any:
    return value


def one_of(choices: Iterable[str]) -> Check:
    known = frozenset(choices)

    def check(name: str, value: Any) -> str:
        if text(name, value) not in known:
            raise bad_request(f"{name} must be one of {', '.join(sorted(known))}")
        return str(value)

    return check


def local_time(name: str, value: Any) -> str:
    """A local date-time; a bare date is refused."""
    try:
        return wall_text(parse_local(text(name, value)))
    except ValueError:
        raise invalid(f"{name} must be a local date and time such as 2026-05-25T00:00:00") from None


def checked(body: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    """The fields of a body that have a check, checked; nulls and all other fields are left out."""
    return {key: checks[key](key, value) for key, value in body.items() if key in checks and value is not None}
