"""The bytes in `Row.detail`: the beats of an HRV reading, a workout, the points of a route.

They are part of the archive's format: a change needs a new codec version there. All numbers are little-endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from intervals_companion.domain.activity import RoutePoint, Statistic, Workout, WorkoutEvent, WorkoutPart
from intervals_companion.domain.samples import UNKNOWN_INSTANT, Row, pack_metadata, unpack_metadata


class Beat(NamedTuple):
    """One beat of an HRV reading: seconds since the reading's first beat, and the rate Apple printed beside it."""

    seconds: float
    bpm: int


_BEAT = struct.Struct("<LH")


def pack_beats(beats: Iterable[Beat]) -> bytes:
    """Hundredths of a second (as Apple prints them) and beats a minute, six bytes a beat."""
    return b"".join(_BEAT.pack(round(beat.seconds * 100), beat.bpm) for beat in beats)


def workout_row(workout: Workout, created: int = UNKNOWN_INSTANT) -> Row:
    """A workout as an archive row. Route names stay out: they change with the phone's zone from export to export."""
    statistics = {kind: list(values) for kind, values in sorted(workout.statistics.items())}
    events = [[event.kind, event.start, event.end, dict(sorted(event.metadata.items()))] for event in workout.events]
    parts = [[part.start, part.end, dict(sorted(part.metadata.items()))] for part in workout.parts]
    body = {"duration": workout.duration, "statistics": statistics, "events": events, "parts": parts}
    return Row(
        start=workout.start, end=workout.end, value=0.0, unit="", label=workout.activity, created=created,
        metadata=pack_metadata(workout.metadata.items()),
        detail=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
    )  # fmt: skip


def row_workout(row: Row, source: str) -> Workout:
    """The workout of an archive row; `source` is the block's source key."""
    body = json.loads(row.detail)
    metadata = unpack_metadata(row.metadata)
    return Workout(
        start=row.start, end=row.end, activity=row.label, source=source, duration=body["duration"],
        statistics={kind: Statistic(*values) for kind, values in body["statistics"].items()},
        events=tuple(WorkoutEvent(*event) for event in body["events"]),
        parts=tuple(WorkoutPart(*part) for part in body["parts"]),
        metadata=metadata, zone=metadata.get("HKTimeZone"),
    )  # fmt: skip


_ABSENT = -(2**31)
_METRES_PER_DEGREE = 111_195
"""Of a great circle."""
_POINT_SCALES = (1e7, 1e7, 1e3, 1e3, 1e2, 1e3, 1e3)
"""Degrees to 1e-7 (a centimetre), metres and m/s to 0.001, course to 0.01 degree."""


def route_row(points: Sequence[RoutePoint], created: int = UNKNOWN_INSTANT) -> Row:
    """A route as an archive row: times in ms, then seven columns of scaled 32-bit integers."""
    count = len(points)
    times, *fields = zip(*points, strict=True)
    columns = [struct.pack(f"<L{count}q", count, *times)]
    for values, scale in zip(fields, _POINT_SCALES, strict=True):
        columns.append(struct.pack(f"<{count}l", *_scaled(values, scale)))
    return Row(points[0].time, points[-1].time, 0.0, "", "", created, "", b"".join(columns))


def _scaled(values: Sequence[float | None], scale: float) -> list[int]:
    if None not in values:
        return [round(value * scale) for value in values]  # type: ignore[operator]  # none is None
    return [_ABSENT if value is None else round(value * scale) for value in values]


def may_be_impossible(row: Row, altitude: tuple[float, float], fastest: float) -> bool:
    """Whether a look at each point of a route is worth while: False where none is out of those m and m/s.

    No way is longer than its degrees of latitude and longitude together. Ten times as quick as to make the points.
    """
    (count,) = struct.unpack_from("<L", row.detail)
    times = struct.unpack_from(f"<{count}q", row.detail, 4)
    latitude, longitude, height, speed = (
        struct.unpack_from(f"<{count}l", row.detail, 4 + count * (8 + 4 * index)) for index in range(4)
    )
    low, high = (limit * _POINT_SCALES[2] for limit in altitude)
    if max(speed) > fastest * _POINT_SCALES[3] or max(height) > high or any(_ABSENT < one < low for one in height):
        return True
    most = fastest / 1000 / _METRES_PER_DEGREE * _POINT_SCALES[0]
    steps = zip(times, times[1:], latitude, latitude[1:], longitude, longitude[1:], strict=False)
    return any(abs(b - a) + abs(d - c) > most * (after - before) for before, after, a, b, c, d in steps)


def row_route(row: Row) -> list[RoutePoint]:
    (count,) = struct.unpack_from("<L", row.detail)
    times = struct.unpack_from(f"<{count}q", row.detail, 4)
    columns: list[list[float | None]] = []
    for index, scale in enumerate(_POINT_SCALES):
        raw = struct.unpack_from(f"<{count}l", row.detail, 4 + count * (8 + 4 * index))
        columns.append([None if number == _ABSENT else number / scale for number in raw])
    return [RoutePoint(*fields) for fields in zip(times, *columns, strict=True)]
