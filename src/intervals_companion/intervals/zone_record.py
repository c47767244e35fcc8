"""The zones of an activity of Intervals.icu: limits as the settings were on that day, and the time in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from intervals_companion.domain.remote_activity import ZoneSettings
from intervals_companion.intervals.answers import is_number

Record = Mapping[str, Any]
_NAME = re.compile(r"Z\d{1,2}")
"""SS, the sweet spot, is no zone: it lies across two."""


def zone_settings(record: Record) -> Iterator[ZoneSettings]:
    """Of the streams that have any, as the athlete puts them first."""
    for stream in _order(record):
        kind = _KINDS[stream]
        threshold = record.get(kind.threshold)
        found = ZoneSettings(
            stream,
            threshold if is_number(threshold) else None,
            tuple(_limits(record, kind)),
            tuple(kind.times(record)),
        )
        if found != ZoneSettings(stream):
            yield found


def _limits(record: Record, kind: _Kind) -> list[float]:
    """The upper ends in W, bpm or m/s, lowest first; [] where they are not told."""
    found = _numbers(record.get(kind.zones))
    whole = record.get(kind.threshold) if kind.in_percent else 100
    if not is_number(whole) or whole <= 0 or found != sorted(found):
        return []
    return [round(limit * whole / 100, 3) for limit in found]


def _order(record: Record) -> list[str]:
    """`tiz_order`: POWER_HR_PACE, and the like."""
    words = str(record.get("tiz_order") or "").split("_")
    return sorted(_KINDS, key=lambda stream: words.index(word) if (word := _KINDS[stream].word) in words else 9)


def _numbers(value: object) -> list[float]:
    """All of a list; [] where one of them is none."""
    given = value if isinstance(value, list) else []
    return given if all(map(is_number, given)) else []


Told = list[tuple[str, float]]
"""Name and seconds."""


def _named(key: str) -> Callable[[Record], Told]:
    def times(record: Record) -> Told:
        given = record.get(key)
        found = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        return [
            (one["id"], one["secs"] if is_number(one.get("secs")) else 0)
            for one in found
            if isinstance(one.get("id"), str) and _NAME.fullmatch(one["id"])
        ]

    return times


def _counted(key: str) -> Callable[[Record], Told]:
    def times(record: Record) -> Told:
        return [(f"Z{number}", seconds) for number, seconds in enumerate(_numbers(record.get(key)), 1)]

    return times


class _Kind(NamedTuple):
    word: str
    """In `tiz_order`."""
    zones: str
    threshold: str
    in_percent: bool
    """Whether the limits are percent of the threshold; else they are the values themselves."""
    times: Callable[[Record], Told]


_KINDS: Mapping[str, _Kind] = {
    "power": _Kind("POWER", "icu_power_zones", "icu_ftp", True, _named("icu_zone_times")),
    "heart_rate": _Kind("HR", "icu_hr_zones", "lthr", False, _counted("icu_hr_zone_times")),
    "speed": _Kind("PACE", "pace_zones", "threshold_pace", True, _counted("pace_zone_times")),
}
