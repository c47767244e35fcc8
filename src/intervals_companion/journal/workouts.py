"""From the archive to workouts: each with the samples and routes that belong to it, and its file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.derive import workouts as derive
from intervals_companion.derive.stream_types import quantities
from intervals_companion.domain import plausible
from intervals_companion.domain.activity import ROUTE_EDGE, Recording, RoutePoint, Workout, usable_points
from intervals_companion.domain.days import utc_day
from intervals_companion.domain.numbers import whole
from intervals_companion.domain.samples import LONGEST_SPAN, ROUTE, WORKOUT, Device, Row, Source, said_once
from intervals_companion.formats.details import row_route, row_workout
from intervals_companion.formats.fit import fit_file
from intervals_companion.store import archive
from intervals_companion.store.archive import Block

_LONGEST_DAYS = utc_day(LONGEST_SPAN)
_SECOND_DIGITS = 11


@frozen
class RecordedWorkout:
    """A workout of the archive with its source."""

    workout: Workout
    source: Source

    @property
    def id(self) -> str:
        return self.workout.id

    @property
    def rank(self) -> tuple[Device, int, str]:
        """Which of two recordings of one workout counts, lowest first: device, how little it says, source."""
        return self.source.device, -len(self.workout.statistics), self.source.key


@frozen
class Material:
    """What a workout is made of, and a hash that changes when any of it does."""

    samples: Mapping[str, Sequence[Row]]
    """By full identifier, of one source each."""
    route: Sequence[RoutePoint]
    routes: int
    hash: bytes


def recorded_workouts(connection: Connection, athlete: int, start: int, end: int) -> list[RecordedWorkout]:
    """The workouts that start in [start, end) ms, oldest first; of two with the same id the better recording."""
    sources = archive.sources(connection, athlete)
    found: dict[str, RecordedWorkout] = {}
    for (_, key), rows in archive.overlapping(connection, athlete, [WORKOUT], start, end).items():
        for row in rows:
            if plausible.refusal(WORKOUT, row) == plausible.DATE:
                continue
            recorded = RecordedWorkout(row_workout(row, key), sources[key])
            other = found.get(recorded.id, recorded)
            if start <= row.start < end:
                found[recorded.id] = min(recorded, other, key=lambda one: one.rank)
    return sorted(found.values(), key=lambda one: (one.workout.start, one.id))


def first_start(connection: Connection, athlete: int) -> int | None:
    """When the first workout began (ms)."""
    return archive.first_start(connection, athlete, WORKOUT)


def find(connection: Connection, athlete: int, workout_id: str) -> RecordedWorkout | None:
    """The workout of that id, which says when it began."""
    _, _, rest = workout_id.partition("-")
    second = rest.partition("-")[0]
    try:
        start = whole(second, _SECOND_DIGITS) * 1000
    except ValueError:
        return None
    return next(
        (one for one in recorded_workouts(connection, athlete, start, start + 1000) if one.id == workout_id), None
    )


def material(connection: Connection, athlete: int, recorded: RecordedWorkout) -> Material:
    """The samples and route points that belong to a workout: its own source's where there are any."""
    workout = recorded.workout
    kinds = quantities(workout).identifiers
    sources = archive.sources(connection, athlete)
    rows = archive.overlapping(connection, athlete, kinds, workout.start, workout.end + 1)
    samples: dict[str, Sequence[Row]] = {}
    for kind in kinds:
        candidates = {
            sources[key]: plausible.possible(kind, found) for (of_kind, key), found in rows.items() if of_kind == kind
        }
        if candidates:
            samples[kind] = said_once(derive.choose(workout, candidates))
    low, high = workout.start - ROUTE_EDGE, workout.end + ROUTE_EDGE
    routes, points = [], []
    for (_, key), found in archive.overlapping(connection, athlete, [ROUTE], low, high).items():
        for row in found if key == workout.source else ():
            usable = usable_points(row_route(row), (workout.start, workout.end))
            if usable:
                routes.append(row)
                points += usable
    return Material(samples, points, len(routes), _hash(workout, samples, routes))


def recording(recorded: RecordedWorkout, made_of: Material) -> Recording:
    return derive.recording(recorded.workout, made_of.samples, made_of.route)


def file(recorded: RecordedWorkout, made_of: Material) -> bytes:
    """The workout as a FIT file."""
    return fit_file(recorded.workout, recording(recorded, made_of))


def _hash(workout: Workout, samples: Mapping[str, Sequence[Row]], routes: Iterable[Row]) -> bytes:
    digest = hashlib.blake2b(repr(workout).encode(), digest_size=16)
    for kind, rows in sorted(samples.items()):
        digest.update(repr((kind, [tuple(row) for row in rows])).encode())
    digest.update(repr(sorted(tuple(row) for row in routes)).encode())
    return digest.digest()


def touched(workouts: Sequence[RecordedWorkout], blocks: Sequence[Block]) -> dict[str, bytes]:
    """For each workout a hash over the blocks it may be made of: while it stays, the workout's material does.

    Cheap, for all workouts at once; `blocks` are those of all types that workouts are made of.
    """
    by_day: dict[int, list[Block]] = {}
    for block in sorted(blocks):
        for day in range(block.day, min(utc_day(block.last_end), block.day + _LONGEST_DAYS) + 1):
            by_day.setdefault(day, []).append(block)
    found: dict[str, bytes] = {}
    for recorded in workouts:
        workout = recorded.workout
        kinds = {*quantities(workout).identifiers, WORKOUT, ROUTE}
        low, high = workout.start - ROUTE_EDGE, workout.end + ROUTE_EDGE
        days = range(utc_day(low), min(utc_day(high), utc_day(low) + _LONGEST_DAYS) + 1)
        reached = {block: None for day in days for block in by_day.get(day, ())}
        digest = hashlib.blake2b(digest_size=16)
        for block in reached:
            if block.type in kinds and block.first_start <= high and block.last_end >= low:
                digest.update(f"{block.type}|{block.source}|{block.day}|".encode() + block.hash)
        found[recorded.id] = digest.digest()
    return found


def blocks_of(connection: Connection, athlete: int, workouts: Sequence[RecordedWorkout]) -> list[Block]:
    """The blocks of every type these workouts are made of, over their whole time."""
    if not workouts:
        return []
    kinds = {kind for recorded in workouts for kind in quantities(recorded.workout).identifiers} | {WORKOUT, ROUTE}
    start = min(recorded.workout.start for recorded in workouts) - ROUTE_EDGE
    end = max(min(recorded.workout.end, recorded.workout.start + LONGEST_SPAN) for recorded in workouts) + ROUTE_EDGE
    return archive.blocks(connection, athlete, kinds, start, end)
