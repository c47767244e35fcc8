"""TCX files, read with ElementTree. Each activity of a file is one recording."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from intervals_sandbox.files.recording import Column, Lap, Recording, UnreadableFile, columns
from intervals_sandbox.files.sports import type_of_words
from intervals_sandbox.files.tracks import distance_along, moving_time, speed

_POINT = {
    "LatitudeDegrees": "lat",
    "LongitudeDegrees": "lng",
    "AltitudeMeters": "altitude",
    "DistanceMeters": "distance",
    "HeartRateBpm": "heartrate",
    "Cadence": "cadence",
    "RunCadence": "cadence",
    "Watts": "watts",
    "Speed": "velocity_smooth",
}
"""Local name in a track point -> stream."""


def read_tcx(data: bytes) -> list[Recording]:
    """The activities of a TCX file. Raises UnreadableFile."""
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - expat itself refuses entity bombs
        recordings = [_recording(activity, index) for index, activity in enumerate(_all(root, "Activity"))]
    except (ElementTree.ParseError, ValueError) as problem:
        raise UnreadableFile(f"Could not read TCX file: {problem}") from problem
    if not recordings:
        raise UnreadableFile("TCX file has no activity")
    return recordings


def _recording(activity: Element, index: int) -> Recording:
    laps = [(_time(lap.attrib.get("StartTime", "")), lap) for lap in _all(activity, "Lap")]
    if not laps:
        raise UnreadableFile("TCX activity has no lap")
    start = laps[0][0]
    found = _columns(activity, start)
    timer = sum(_number(lap, "TotalTimeSeconds") or 0 for _, lap in laps)
    elapsed = max(timer, found["time"][-1] if "time" in found else 0.0)
    moved = moving_time(found["time"], found["velocity_smooth"]) if "velocity_smooth" in found else timer
    return Recording(
        start=start,
        type=type_of_words(activity.attrib.get("Sport")),
        elapsed=elapsed,
        moving=min(moved, elapsed),
        columns=found,
        distance=sum(_number(lap, "DistanceMeters") or 0 for _, lap in laps) or None,
        calories=round(sum(_number(lap, "Calories") or 0 for _, lap in laps)) or None,
        laps=[_lap((began - start).total_seconds(), lap) for began, lap in laps],
        device=_text(activity, "Creator/Name"),
        sport_index=index,
    )


def _columns(activity: Element, start: datetime) -> dict[str, Column]:
    """The samples, with distance and speed worked out where the file has none."""
    points = list(_all(activity, "Trackpoint"))
    samples = [_sample(point) for point in points]
    times = [(_time(_text(point, "Time") or "") - start).total_seconds() for point in points]
    names = sorted(set(_POINT.values()))
    found = columns({"time": times, **{name: [sample.get(name) for sample in samples] for name in names}})
    if "distance" not in found and "lat" in found:
        found |= columns({"distance": distance_along(found["lat"], found["lng"])})
    if "velocity_smooth" not in found and "distance" in found:
        found |= columns({"velocity_smooth": speed(found["time"], found["distance"])})
    return found


def _lap(began: float, lap: Element) -> Lap:
    return Lap(began, began + (_number(lap, "TotalTimeSeconds") or 0))


def _all(root: Element, name: str) -> Iterator[Element]:
    return root.iterfind(f".//{{*}}{name}")


def _text(element: Element, path: str) -> str | None:
    found = element.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    return found.text if found is not None else None


def _number(element: Element, name: str) -> float | None:
    text = _text(element, name)
    return float(text) if text else None


def _sample(point: Element) -> dict[str, float]:
    """The values of a track point, wherever in it they stand."""
    found: dict[str, float] = {}
    for element in point.iter():
        name = _POINT.get(element.tag.rpartition("}")[2])
        text = _text(element, "Value") if name == "heartrate" else element.text
        if name and text and text.strip():
            found[name] = float(text)
    return found


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
