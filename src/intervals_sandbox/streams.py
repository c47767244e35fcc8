"""Streams and intervals of a recording, as the service answers them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from math import isnan
from statistics import fmean
from typing import Any

from attrs import evolve

from intervals_sandbox import shapes
from intervals_sandbox.files.recording import Column, Lap, Recording, columns

_WHOLE = frozenset(("time", "watts", "raw_watts", "heartrate", "cadence", "temp"))
"""Streams of whole numbers."""
_DIGITS = {"lat": 6, "lng": 6, "distance": 2, "altitude": 1, "velocity_smooth": 3}
DEFAULTS = ("time", "watts", "cadence", "heartrate", "distance", "altitude", "latlng", "velocity_smooth", "temp")


def streams(
    recording: Recording, odd: Iterable[Mapping[str, Any]], types: Sequence[str] | None, include_defaults: bool
) -> list[dict[str, Any]]:
    """The streams asked for, or all. `watts` is the corrected stream; the original is called `raw_watts`.

    odd: streams that stand in place of those of the recording, or beside them.
    """
    present = _present(recording) | {stream["type"]: dict(stream) for stream in odd}
    wanted = list(present) if types is None else [name for name in present if name in types]
    if include_defaults and types is not None:
        wanted = [name for name in present if name in types or name in DEFAULTS]
    return [present[name] for name in wanted]


def _present(recording: Recording) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, column in recording.columns.items():
        if name == "watts" and "raw_watts" not in recording.columns:
            found["raw_watts"] = _stream("raw_watts", _numbers("watts", column))
        if name == "lat":
            found["latlng"] = _stream("latlng", _numbers("lat", column), _numbers("lng", recording.columns["lng"]))
        elif name != "lng":
            found[name] = _stream(name, _numbers(name, column))
    if recording.rr:
        found["hrv"] = _stream("hrv", [list(beats) for beats in recording.rr])
    return found


Sent = Sequence[Sequence[float | None]]
"""The columns of a stream that is written: one, two of positions, none where it is taken away."""


def overlaid(recording: Recording, changes: Mapping[str, Sent]) -> Recording:
    """The recording with some streams replaced, added or taken away. The power that was recorded stays `raw_watts`."""
    kept = dict(recording.columns)
    if "watts" in kept and "watts" in changes:
        kept.setdefault("raw_watts", kept["watts"])
    for name, sent in changes.items():
        names = ("lat", "lng") if name == "latlng" else (name,)
        for column in names:
            kept.pop(column, None)
        kept |= columns(dict(zip(names, sent, strict=False)))
    return evolve(recording, columns=kept)


def odd_stream(wanted: Any) -> dict[str, Any]:
    """A stream of any length with any values, as a test wants to see it read. Raises ValueError."""
    if not isinstance(wanted, dict) or set(wanted) - _ODD or not isinstance(wanted.get("type"), str):
        raise ValueError(f"Send streams with type, data and perhaps {', '.join(sorted(_ODD - {'type', 'data'}))}")
    data, data2 = wanted.get("data"), wanted.get("data2")
    if not isinstance(data, list) or not isinstance(data2, (list, type(None))):
        raise ValueError("data and data2 must be lists")
    return _stream(wanted["type"], data, data2) | {key: wanted[key] for key in ("name", "custom") if key in wanted}


_ODD = {"type", "data", "data2", "name", "custom"}


def _stream(name: str, data: list[Any], data2: list[Any] | None = None) -> dict[str, Any]:
    nested = name == "hrv"
    values = {
        "type": name,
        "data": data,
        "data2": data2,
        "valueType": "Integer" if nested or name in _WHOLE else "Float",
        "valueTypeIsArray": nested,
        "custom": False,
        "allNull": all(value is None for value in data),
    }
    return shapes.full(shapes.STREAM, values)


def _numbers(name: str, column: Column) -> list[float | None]:
    if name in _WHOLE:
        return [None if isnan(value) else round(value) for value in column]
    digits = _DIGITS.get(name, 3)
    return [None if isnan(value) else round(value, digits) for value in column]


def stream_rows(found: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """The same as a table: a column per stream, two for positions."""
    cells: dict[str, list[Any]] = {}
    for stream in found:
        if stream["type"] == "latlng":
            cells |= {"lat": stream["data"], "lng": stream["data2"]}
        else:
            cells[stream["type"]] = stream["data"]
    return list(cells), [dict(zip(cells, row, strict=True)) for row in zip_longest(*cells.values())]


def intervals(recording: Recording) -> tuple[list[dict[str, Any]], list[dict[str, Any]] | None]:
    """`icu_intervals` and `icu_groups`: the laps, or the whole; efforts of the same length form a group."""
    laps = recording.laps or [Lap(0, recording.elapsed)]
    found = [_interval(recording, lap, number) for number, lap in enumerate(laps, 1)]
    efforts = [interval for interval, lap in zip(found, laps, strict=True) if lap.work]
    lengths = sorted({effort["elapsed_time"] for effort in efforts})
    groups = [_group([effort for effort in efforts if effort["elapsed_time"] == length]) for length in lengths]
    return found, groups or None


def _interval(recording: Recording, lap: Lap, number: int) -> dict[str, Any]:
    time = recording.columns.get("time", ())
    first, last = bisect_left(time, lap.start), bisect_left(time, lap.end)
    seconds = round(lap.end - lap.start)
    values: dict[str, Any] = {
        "id": number,
        "type": "RECOVERY" if lap.work is False else "WORK",
        "label": lap.label,
        "start_index": first,
        "end_index": last,
        "start_time": round(lap.start),
        "end_time": round(lap.end),
        "elapsed_time": seconds,
        "moving_time": seconds,
    }
    for stream, field in (("watts", "watts"), ("heartrate", "heartrate"), ("cadence", "cadence")):
        inside = [value for value in recording.columns.get(stream, ())[first:last] if not isnan(value)]
        if inside:
            mean = fmean(inside)
            values[f"average_{field}"] = round(mean, 2) if field == "cadence" else round(mean)
            values[f"max_{field}"], values[f"min_{field}"] = round(max(inside)), round(min(inside))
    covered = [value for value in recording.columns.get("distance", ())[first:last] if not isnan(value)]
    if covered and seconds:
        values["distance"] = round(covered[-1] - covered[0], 2)
        values["average_speed"] = round(values["distance"] / seconds, 3)
    return shapes.full(shapes.INTERVAL, values)


def _group(members: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the efforts have in common; its id, such as 720s@241w, is written into each of them."""
    averages = {
        key: round(fmean(values))
        for key in ("average_watts", "average_heartrate", "elapsed_time", "moving_time")
        if (values := [member[key] for member in members if member[key] is not None])
    }
    watts, rate = averages.get("average_watts"), averages.get("average_heartrate")
    name = f"{averages['elapsed_time']}s@" + (f"{watts}w" if watts else f"{rate}bpm")
    for member in members:
        member["group_id"] = name
    return shapes.full(shapes.INTERVAL_GROUP, {"id": name, "count": len(members), **averages})
