"""GPX files, read with gpxpy. All tracks of a file are one activity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import gpxpy
from gpxpy.gpx import GPX, GPXException, GPXTrackPoint

from intervals_sandbox.files.recording import Recording, UnreadableFile, columns
from intervals_sandbox.files.sports import type_of_words
from intervals_sandbox.files.tracks import distance_along, moving_time, speed

_EXTENSIONS = {
    "hr": "heartrate",
    "heartrate": "heartrate",
    "cad": "cadence",
    "cadence": "cadence",
    "power": "watts",
    "PowerInWatts": "watts",
    "atemp": "temp",
}
"""Local name of an extension -> stream."""


def read_gpx(data: bytes) -> list[Recording]:
    """The activity of a GPX file. Raises UnreadableFile."""
    try:
        return [_recording(gpxpy.parse(data))]
    except (GPXException, ValueError) as problem:
        raise UnreadableFile(f"Could not read GPX file: {problem}") from problem


def _recording(gpx: GPX) -> Recording:
    points = [(_utc(point.time), point) for point in _points(gpx) if point.time is not None]
    if not points:
        raise UnreadableFile("GPX file has no points with a time")
    start = points[0][0]
    extras = [_extras(point) for _, point in points]
    found = columns(
        {
            "time": [(time - start).total_seconds() for time, _ in points],
            "lat": [point.latitude for _, point in points],
            "lng": [point.longitude for _, point in points],
            "altitude": [point.elevation for _, point in points],
            **{name: [extra.get(name) for extra in extras] for name in sorted(set(_EXTENSIONS.values()))},
        }
    )
    distance = distance_along(found["lat"], found["lng"])
    speeds = speed(found["time"], distance)
    return Recording(
        start=start,
        type=type_of_words(gpx.tracks[0].type),
        elapsed=found["time"][-1],
        moving=moving_time(found["time"], speeds),
        columns={**found, **columns({"distance": distance, "velocity_smooth": speeds})},
        distance=distance[-1],
        device=gpx.creator,
    )


def _points(gpx: GPX) -> Iterator[GPXTrackPoint]:
    for track in gpx.tracks:
        for segment in track.segments:
            yield from segment.points


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _extras(point: GPXTrackPoint) -> dict[str, float]:
    found: dict[str, float] = {}
    for extension in point.extensions:
        for element in extension.iter():
            name = _EXTENSIONS.get(local_name(element))
            if name and element.text:
                found[name] = float(element.text)
    return found


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
