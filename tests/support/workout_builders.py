"""Short words for workouts and their samples in tests. Seconds count from `START`, a second in June 2025."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from intervals_companion.domain.activity import RoutePoint, Statistic, Workout, WorkoutEvent
from intervals_companion.domain.samples import QUANTITY_PREFIX, UNKNOWN_INSTANT, Row

START = 1_750_000_000_000


def at(second: float) -> int:
    return START + round(second * 1000)


def quantity(name: str) -> str:
    return QUANTITY_PREFIX + name


def workout(
    seconds: float,
    activity: str = "Running",
    *,
    events: Iterable[WorkoutEvent] = (),
    totals: Mapping[str, Statistic] | None = None,
    **others: Any,
) -> Workout:
    statistics = {quantity(name): statistic for name, statistic in (totals or {}).items()}
    return Workout(
        start=START, end=at(seconds), activity=activity, source="Watch", events=tuple(events), statistics=statistics,
        **others,
    )  # fmt: skip


def event(kind: str, start: float, end: float | None = None, **metadata: str) -> WorkoutEvent:
    return WorkoutEvent(kind, at(start), at(start if end is None else end), metadata)


def row(start: float, end: float, value: float, unit: str) -> Row:
    return Row(at(start), at(end), value, unit, "", UNKNOWN_INSTANT, "", b"")


def slices(start: int, end: int, step: int, value: float, unit: str) -> list[Row]:
    """One row of the same value for every `step` seconds."""
    return [row(second, second + step, value, unit) for second in range(start, end, step)]


def fix(second: float, latitude: float, longitude: float, **others: Any) -> RoutePoint:
    known: dict[str, Any] = {"altitude": None, "speed": None, "course": None} | others
    return RoutePoint(
        at(second), latitude, longitude, known["altitude"], known["speed"], known["course"],
        known.get("horizontal_accuracy"), known.get("vertical_accuracy"),
    )  # fmt: skip
