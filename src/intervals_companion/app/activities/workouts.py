"""Workouts as Health recorded them, and their files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.app.scope import ReadScope
from intervals_companion.domain import sports
from intervals_companion.domain.days import utc_time
from intervals_companion.domain.errors import NothingToShow, StorageError
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.store import ledger

_EVER = 253_402_300_800_000
"""ms; the end of the year 9999."""


@frozen
class Workout:
    """One line of the list. Times in UTC, metres, kcal, beats a minute; None where nothing says it."""

    id: str
    type: str
    """Intervals.icu type."""
    sport: str
    """HealthKit's activity name."""
    words: str
    start: datetime
    end: datetime
    duration: float
    elapsed: float
    distance: float | None
    energy: float | None
    average_hr: float | None
    routes: int
    streams: tuple[str, ...]
    coverage: Mapping[str, int]
    """Seconds in which each stream says something."""
    source: str
    link: str | None
    """The activity at Intervals.icu that is known to be this workout."""


def workouts(here: ReadScope, progress: Progress) -> list[Workout]:
    """Every workout, oldest first."""
    recorded_workouts = journal.recorded_workouts(here.connection, here.athlete, 0, _EVER)
    links = ledger.links(here.connection, here.athlete)
    listed = []
    for done, recorded in enumerate(recorded_workouts, 1):
        link = links.get(recorded.id)
        listed.append(_listed(here.connection, here.athlete, recorded, None if link is None else link.activity))
        progress(Stage.READ_WORKOUTS, done, len(recorded_workouts))
    return listed


def _listed(connection: Connection, athlete: int, recorded: RecordedWorkout, link: str | None) -> Workout:
    made_of = journal.material(connection, athlete, recorded)
    recording = journal.recording(recorded, made_of)
    workout, whole = recorded.workout, recording.whole
    return Workout(
        id=recorded.id, type=sports.intervals_type(workout.activity, workout.metadata), sport=workout.activity,
        words=sports.sport(workout.activity).words, start=utc_time(workout.start), end=utc_time(workout.end),
        duration=whole.timer, elapsed=workout.elapsed, distance=whole.distance, energy=whole.energy,
        average_hr=whole.heart_rate, routes=made_of.routes, streams=recording.streams.names(),
        coverage=recording.streams.coverage(),
        source=recorded.source.key, link=link,
    )  # fmt: skip


def export(here: ReadScope, workout_id: str, path: Path) -> int:
    """Writes a workout as a FIT file; gives its size in bytes. Raises NothingToShow, StorageError."""
    recorded = journal.find(here.connection, here.athlete, workout_id)
    if recorded is None:
        raise NothingToShow(
            f"There is no workout {workout_id}.", "Choose one of the list.",
            terminal_cure="List them with: companion workouts.",
        )  # fmt: skip
    made_of = journal.material(here.connection, here.athlete, recorded)
    file = journal.file(recorded, made_of)
    try:
        path.write_bytes(file)
    except OSError as problem:
        raise StorageError(
            f"{path} cannot be written ({problem.strerror}).", "Choose another place: -o FILE."
        ) from problem
    return len(file)
