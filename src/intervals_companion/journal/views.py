"""A workout as a screen shows it: figures, laps, splits, and streams in at most 600 bins."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from intervals_companion.derive import binned
from intervals_companion.domain import sports
from intervals_companion.domain.activity import Streams
from intervals_companion.domain.workout_view import Split, Splits, WorkoutView
from intervals_companion.journal import workouts
from intervals_companion.journal.workouts import RecordedWorkout

VERSION = b"4"
"""Of what `make` yields: another one makes every view anew."""

MILE = 1609.344
_SWIMS, _ON_FOOT = frozenset({"Swim", "OpenWaterSwim"}), frozenset({"Run", "Walk", "Hike", "Wheelchair"})
BY_TIME = 600
"""Seconds of a split where nobody knows the way."""


def made_of(connection: Connection, athlete: int, recorded: RecordedWorkout) -> bytes:
    """A hash over what the view depends on; cheap, and the same while it stays."""
    touched = workouts.touched([recorded], workouts.blocks_of(connection, athlete, [recorded]))[recorded.id]
    return hashlib.blake2b(VERSION + touched, digest_size=16).digest()


def make(connection: Connection, athlete: int, recorded: RecordedWorkout) -> WorkoutView:
    """Without intervals, zones and further streams: Health has none of them."""
    recording = workouts.recording(recorded, workouts.material(connection, athlete, recorded))
    return WorkoutView(
        whole=recording.whole,
        laps=recording.laps if len(recording.laps) > 1 else (),
        splits=splits(recording.streams, sports.sport(recorded.workout.activity).type),
        bins=binned.bins(recording.streams),
    )


def splits(streams: Streams, sport: str | None) -> Splits:
    metric, imperial = (_splits(streams, length) for length in split_lengths(sport))
    return Splits(metric, imperial)


def split_lengths(sport: str | None) -> tuple[float, float]:
    """Metres of a split: where the athlete reads in kilometres, and in miles."""
    if sport in _SWIMS:
        return 100.0, 100.0
    return (1000.0, MILE) if sport in _ON_FOOT else (5000.0, 5 * MILE)


def _splits(streams: Streams, length: float) -> tuple[Split, ...]:
    return tuple(binned.by_distance(streams, length) or binned.by_time(streams, BY_TIME))
