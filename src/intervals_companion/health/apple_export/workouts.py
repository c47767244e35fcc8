"""A Workout element as a workout.

Totals are the workout's direct statistics: a WorkoutActivity repeats them for its part, so nothing is added up.
Older files and some other apps write attributes instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from intervals_companion.domain import units
from intervals_companion.domain.activity import RoutePoint, Statistic, Workout, WorkoutEvent, WorkoutPart
from intervals_companion.domain.samples import QUANTITY_PREFIX
from intervals_companion.health.apple_export.records import Unusable, creation, dates, number
from intervals_companion.health.apple_export.timestamps import instant
from intervals_companion.health.apple_export.tree import MOST_EVENTS, Element

_ACTIVITY_PREFIX, _EVENT_PREFIX = "HKWorkoutActivityType", "HKWorkoutEventType"

DISTANCES = {
    "CrossCountrySkiing": "DistanceCrossCountrySkiing",
    "Cycling": "DistanceCycling",
    "DownhillSkiing": "DistanceDownhillSnowSports",
    "HandCycling": "DistanceCycling",
    "PaddleSports": "DistancePaddleSports",
    "Rowing": "DistanceRowing",
    "SkatingSports": "DistanceSkatingSports",
    "Snowboarding": "DistanceDownhillSnowSports",
    "SnowSports": "DistanceDownhillSnowSports",
    "Swimming": "DistanceSwimming",
    "WheelchairRunPace": "DistanceWheelchair",
    "WheelchairWalkPace": "DistanceWheelchair",
}
"""The distance a sport counts; every other sport walks or runs."""


_LONGEST = 366 * 86_400.0


class RouteFile(NamedTuple):
    """A file named by a workout: path inside the export, and when the route was written (ms)."""

    path: str
    created: int


class InlineRoute(NamedTuple):
    """A route whose points stand in the workout itself (export version 8)."""

    points: list[RoutePoint]
    created: int


class ParsedWorkout(NamedTuple):
    """A workout, its routes, and what had to be left out of it (sentences without their end)."""

    workout: Workout
    created: int
    files: list[RouteFile]
    inline: list[InlineRoute]
    left_out: list[str]


def read_workout(element: Element, source: str) -> ParsedWorkout:
    """The workout of a Workout element. Raises Unusable where it has no start and end."""
    start, end, created = dates(element.attributes)
    left_out: list[str] = []
    metadata = element.metadata()
    activity = element.attributes.get("workoutActivityType", "").removeprefix(_ACTIVITY_PREFIX) or "Other"
    files = list(_route_files(element))
    seconds = _seconds(element, left_out)
    if start == end and seconds:  # some apps write the length nowhere else
        end = start + round(seconds * 1000)
    workout = Workout(
        start=start, end=end, activity=activity, source=source, duration=seconds,
        statistics=_statistics(element, activity, left_out),
        events=tuple(_events(element, left_out)), parts=tuple(_parts(element, end, left_out)),
        metadata=metadata, routes=tuple(file.path for file in files), zone=metadata.get("HKTimeZone"),
    )  # fmt: skip
    return ParsedWorkout(workout, created, files, list(_inline_routes(element, left_out)), left_out)


def _statistics(element: Element, activity: str, left_out: list[str]) -> dict[str, Statistic]:
    found: dict[str, Statistic] = {}
    for child in element.named("WorkoutStatistics"):
        get = child.attributes.get
        try:
            values = [_optional(get(name)) for name in ("sum", "average", "minimum", "maximum")]
        except Unusable:
            left_out.append("one of its statistics is not a number")
            continue
        found[get("type", "")] = Statistic(get("unit", ""), *values)
    moved = any(kind.startswith(QUANTITY_PREFIX + "Distance") for kind in found)
    old = _totals(element, activity, left_out)
    return found | {
        kind: total
        for kind, total in old.items()
        if kind not in found and not (moved and kind.startswith(QUANTITY_PREFIX + "Distance"))
    }


def _totals(element: Element, activity: str, left_out: list[str]) -> dict[str, Statistic]:
    """What files before export version 12, and some apps still, write as attributes of the workout."""
    distance = DISTANCES.get(activity, "DistanceWalkingRunning")
    found: dict[str, Statistic] = {}
    for attribute, name in (("totalDistance", distance), ("totalEnergyBurned", "ActiveEnergyBurned")):
        try:
            total = _optional(element.attributes.get(attribute))
        except Unusable:
            left_out.append(f"its {attribute} is not a number")
            continue
        if total is not None:
            found[QUANTITY_PREFIX + name] = Statistic(element.attributes.get(f"{attribute}Unit", ""), total)
    return found


def _optional(text: str | None) -> float | None:
    return number(text) if text else None


def _seconds(element: Element, left_out: list[str]) -> float | None:
    """A duration in seconds; Apple writes minutes with many digits. It excludes pauses."""
    try:
        duration = _optional(element.attributes.get("duration"))
        if duration is None:
            return None
        seconds = units.convert(duration, element.attributes.get("durationUnit", "min"), "s")
    except (Unusable, units.UnknownUnit):
        seconds = -1.0
    if 0 <= seconds < _LONGEST:
        return seconds
    left_out.append("a duration in it is not one")
    return None


def _events(element: Element, left_out: list[str]) -> Iterator[WorkoutEvent]:
    for place, child in enumerate(element.named("WorkoutEvent")):
        if place == MOST_EVENTS:
            left_out.append(f"its laps and pauses beyond {MOST_EVENTS:,} are left out")
            return
        try:
            start = instant(child.attributes.get("date", ""))
        except ValueError:
            left_out.append("one of its events has no date")
            continue
        end = start + round((_seconds(child, left_out) or 0) * 1000)
        yield WorkoutEvent(child.attributes.get("type", "").removeprefix(_EVENT_PREFIX), start, end, child.metadata())


def _parts(element: Element, workout_end: int, left_out: list[str]) -> Iterator[WorkoutPart]:
    for child in element.named("WorkoutActivity"):
        try:
            start = instant(child.attributes.get("startDate", ""))
            ends = child.attributes.get("endDate")
            seconds = _seconds(child, left_out)
            lasting = workout_end if seconds is None else start + round(seconds * 1000)
            yield WorkoutPart(start, instant(ends) if ends else lasting, child.metadata())
        except ValueError:
            left_out.append("one of its parts has no date")


def _route_files(element: Element) -> Iterator[RouteFile]:
    for route in element.named("WorkoutRoute"):
        written = creation(route.attributes.get("creationDate", ""))
        for reference in route.named("FileReference"):
            yield RouteFile(reference.attributes.get("path", "").lstrip("/"), written)


def _inline_routes(element: Element, left_out: list[str]) -> Iterator[InlineRoute]:
    for route in element.named("WorkoutRoute"):
        points = [point for point in route.points if point is not None]
        if len(points) < len(route.points):
            left_out.append(f"{len(route.points) - len(points)} points of its route have no place or time")
        if points:
            yield InlineRoute(
                sorted(points, key=lambda point: point.time), creation(route.attributes.get("creationDate", ""))
            )
