"""A workout as a screen shows it: figures, laps, splits, and streams in at most 600 bins. Plain JSON in SI units."""

from __future__ import annotations

import hashlib
from typing import Any

from attrs import asdict
from sqlalchemy import Connection

from intervals_companion.derive import binned
from intervals_companion.domain import sports
from intervals_companion.domain.activity import Streams
from intervals_companion.journal import workouts
from intervals_companion.journal.workouts import RecordedWorkout

VERSION = b"2"
"""Of what `make` yields: another one makes every view anew."""

MILE = 1609.344
_SWIMS, _ON_FOOT = frozenset({"Swim", "OpenWaterSwim"}), frozenset({"Run", "Walk", "Hike", "Wheelchair"})
BY_TIME = 600
"""Seconds of a split where nobody knows the way."""


def made_of(connection: Connection, athlete: int, session: RecordedWorkout) -> bytes:
    """A hash over what the view depends on; cheap, and the same while it stays."""
    touched = workouts.touched([session], workouts.blocks_of(connection, athlete, [session]))[session.id]
    return hashlib.blake2b(VERSION + touched, digest_size=16).digest()


def make(connection: Connection, athlete: int, session: RecordedWorkout) -> dict[str, Any]:
    """whole, laps: figures as `Stretch`; splits: metric and imperial; bins: see `derive/binned.py`.

    intervals, zones, more: what only Intervals.icu tells, see `social/views.py`; Health has none of them.
    """
    recording = workouts.recording(session, workouts.material(connection, athlete, session))
    return {
        "whole": recording.whole._asdict(),
        "laps": [lap._asdict() for lap in recording.laps] if len(recording.laps) > 1 else [],
        "splits": splits(recording.streams, sports.sport(session.workout.activity).type),
        "bins": asdict(binned.bins(recording.streams), recurse=False),
        "intervals": [],
        "zones": [],
        "more": [],
    }


def splits(streams: Streams, sport: str | None) -> dict[str, list[dict[str, Any]]]:
    """metric and imperial, as `binned.Split`."""
    lengths = zip(("metric", "imperial"), split_lengths(sport), strict=True)
    return {units: [asdict(one) for one in _splits(streams, length)] for units, length in lengths}


def split_lengths(sport: str | None) -> tuple[float, float]:
    """Metres of a split: where the athlete reads in kilometres, and in miles."""
    if sport in _SWIMS:
        return 100.0, 100.0
    return (1000.0, MILE) if sport in _ON_FOOT else (5000.0, 5 * MILE)


def _splits(streams: Streams, length: float) -> list[binned.Split]:
    return binned.by_distance(streams, length) or binned.by_time(streams, BY_TIME)
