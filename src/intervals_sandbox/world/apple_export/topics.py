"""Which Record types the export holds, in the order they stand in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from intervals_sandbox.world.apple_export import body, food, heart, movement, training
from intervals_sandbox.world.apple_export.days import Day
from intervals_sandbox.world.apple_export.text import Sample

Topic = Callable[[Day], Iterable[Sample]]
"""The samples of one type that belong to a day."""


def _during(type_: str, series: training.Series) -> Topic:
    """What nothing but workouts of one Intervals.icu type writes."""

    def topic(day: Day) -> Iterator[Sample]:
        for session in day.sessions:
            if session.type == type_:
                yield from series(day.seed, session)

    return topic


TOPICS: tuple[Topic, ...] = (
    body.weight,
    body.body_fat,
    body.waist,
    heart.heart_rate,
    heart.oxygen_saturation,
    body.systolic,
    body.diastolic,
    heart.respiration,
    movement.steps,
    movement.distance,
    movement.basal_energy,
    movement.active_energy,
    movement.flights,
    *food.TOPICS,
    _during("Ride", training.distance),
    heart.resting_heart_rate,
    heart.oxygen_uptake,
    heart.walking_heart_rate,
    _during("Swim", training.distance),
    _during("Swim", training.strokes),
    movement.walking_speed,
    body.wrist_temperature,
    heart.recovery,
    _during("Run", training.power),
    _during("Run", training.speeds),
    _during("Ride", training.power),
    _during("Ride", training.pedalling),
    _during("Ride", training.speeds),
    movement.daylight,
    body.sleep_goal,
    body.sleep,
    movement.stand_hours,
    heart.low_heart_rate,
    body.mindful,
    heart.variability,
)
