"""Time in zones, as an activity of Intervals.icu tells it: limits as its settings were on that day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from intervals_companion.intervals.answers import is_number

Record = Mapping[str, Any]
_NAME = re.compile(r"Z\d{1,2}")
"""SS, the sweet spot, is no zone: it lies across two."""


def limits(record: Record, stream: str) -> list[float]:
    """The upper ends of its zones in W, bpm or m/s, lowest first; [] where they are not told."""
    kind = _KINDS[stream]
    found = _numbers(record.get(kind.zones))
    whole = record.get(kind.whole) if kind.whole else 100
    if not is_number(whole) or whole <= 0 or found != sorted(found):
        return []
    return [round(limit * whole / 100, 3) for limit in found]


def zones(record: Record) -> list[dict[str, Any]]:
    """Those in which somebody was, stream by stream as the athlete puts them first; see `views.make`.

    A zone ends where its limit says; the highest has no end.
    """
    found = []
    for stream in _order(record):
        told = _KINDS[stream].times(record)
        ends = limits(record, stream)[: max(len(told) - 1, 0)]
        if len(ends) < len(told) - 1:
            ends = []
        lows, highs = [None, *ends], [*ends, None]
        if any(seconds for _, seconds in told):
            found += [
                {"stream": stream, "name": name, "low": _at(lows, place), "high": _at(highs, place), "seconds": seconds}
                for place, (name, seconds) in enumerate(told)
            ]
    return found


def _at(ends: Sequence[float | None], place: int) -> float | None:
    return ends[place] if place < len(ends) else None


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
    whole: str
    """What the limits are percent of; "" where they are the value itself."""
    times: Callable[[Record], Told]


_KINDS: Mapping[str, _Kind] = {
    "power": _Kind("POWER", "icu_power_zones", "icu_ftp", _named("icu_zone_times")),
    "heart_rate": _Kind("HR", "icu_hr_zones", "", _counted("icu_hr_zone_times")),
    "speed": _Kind("PACE", "pace_zones", "threshold_pace", _counted("pace_zone_times")),
}
