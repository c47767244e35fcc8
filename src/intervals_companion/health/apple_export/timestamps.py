"""Apple's dates, and the clocks printed beside heart beats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from intervals_companion.domain.numbers import in_ascii, is_offset
from intervals_companion.health.calendars import of_export

_STAMP = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,6}))? ?(?:Z|([+-])(\d\d):?([0-5]\d))",
    re.ASCII,
)
_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_FIRST, _LAST = -62_135_000_000_000, 253_402_000_000_000
"""Instants that are a date in every zone: the years 1 to 9999 without their outermost days."""

_MOST_REMEMBERED = 25_000
_hours: dict[str, int] = {}
_rests: dict[str, int] = {}
"""`2024-10-25 07` and `:05:11 +0200` in ms, to be added: two memories, bounded and lost without harm."""


def instant(text: str) -> int:
    """Milliseconds since the epoch of `2024-10-25 07:05:11 +0200`, the older `20150616071916-0700` or an ISO form.

    The offset gives the instant and nothing else: in an export it is the phone's offset at the moment of the export.
    Raises ValueError, `bridge.Unusable` among them for a day of a calendar that cannot be told.
    """
    try:
        return _hours[text[:13]] + _rests[text[13:]]
    except KeyError:
        return _parse(text)


def _parse(text: str) -> int:
    found = _STAMP.fullmatch(text) or _STAMP.fullmatch(in_ascii(text))
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a date")
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = found.groups()
    wall = datetime.combine(of_export(int(year), int(month), int(day)), time(), UTC)
    wall = wall.replace(hour=int(hour), minute=int(minute), second=int(second))
    away = int(hours) * 60 + int(minutes) if sign else 0
    if not is_offset(away):
        raise ValueError(f"{text!r} has an offset that no clock has")
    offset = away * 60_000 * (-1 if sign == "-" else 1)
    value = (wall - _EPOCH) // _MS + int((fraction or "").ljust(3, "0")[:3]) - offset
    if not _FIRST <= value <= _LAST:
        raise ValueError(f"{text!r} is outside the calendar")
    if found.end(4) == 13 and found.string is text:
        full_hour = (wall.replace(minute=0, second=0) - _EPOCH) // _MS
        _remember(_hours, text[:13], full_hour)
        _remember(_rests, text[13:], value - full_hour)
    return value


def _remember(memory: dict[str, int], text: str, value: int) -> None:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[text] = value


_CLOCK = re.compile(r"(\d{1,2})\D(\d\d)\D(\d\d)\D(\d{1,3})")
"""The digits of any script: Apple writes these clocks, and nothing else, in the script of the phone."""
_HALF_DAY = 12 * 3600 * 100


def beat_times(clocks: Sequence[str]) -> list[int]:
    """Hundredths of a second since the first beat, for `00:20:37,80`, `17:07:00.29` or `6:14:48.94 PM`.

    The clocks carry no date and follow the phone's locale. A reading lasts minutes, so everything is reckoned on a
    twelve-hour dial: noon, midnight and the words for AM and PM then need no attention. Raises ValueError.
    """
    dial = [_hundredths(clock) for clock in clocks]
    since = [(time - dial[0] + _HALF_DAY // 2) % _HALF_DAY - _HALF_DAY // 2 for time in dial]
    first = min(since, default=0)
    return [time - first for time in since]


def _hundredths(clock: str) -> int:
    found = _CLOCK.search(clock)
    if found is None:
        raise ValueError("not a clock")
    hour, minute, second, fraction = found.groups()
    whole = int(hour) % 12 * 3600 + int(minute) * 60 + int(second)
    return whole * 100 + int(fraction.ljust(2, "0")[:2])
