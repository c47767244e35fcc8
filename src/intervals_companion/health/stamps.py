"""Dates as bridges write them: in the digits, the calendar and the clock of the phone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from intervals_companion.domain.days import MS_PER_DAY, instant, midnight
from intervals_companion.domain.numbers import LONGEST_NUMBER, in_ascii, is_offset
from intervals_companion.health.bridge import NO_DATE, Reason, Unusable, text
from intervals_companion.health.calendars import gregorian
from intervals_companion.health.clock_words import hour_of_day

LONGEST_STAMP = 2 * LONGEST_NUMBER
"""Characters, with the words of a twelve-hour clock in any language."""

NO_HOUR = Reason(
    "with a time of day in words that are not known here",
    "On the iPhone turn on Settings > General > Date & Time > 24-Hour Time, and send it again.",
)

_WORD = r"(?!GMT|UTC|Z\b)[^\W\d_][^\d:+-]{0,40}?"
_STAMP = re.compile(
    rf"(\d{{1,4}})-(\d\d)-(\d\d)(?:[T ] ?(?:({_WORD}) ?)?"
    rf"(\d{{1,2}}):(\d\d)(?::(\d\d)(?:[.,](\d{{1,9}}))?)?(?: ?({_WORD}))?"
    r" ?(Z|(?:GMT|UTC)?([+-])(\d\d):?(\d\d))?)?",
    re.IGNORECASE,
)
_EPOCH = date(1970, 1, 1)


class Stamp(NamedTuple):
    """A date as a bridge writes it."""

    instant: int
    """ms."""
    day: date
    """As the phone's calendar showed it."""
    clock: int | None
    """Seconds since midnight as the phone's clock showed them; None where only a day was written."""

    @property
    def at_midnight(self) -> bool:
        return not self.clock


def stamp(written: Any, home: ZoneInfo, *, is_local: bool = False) -> Stamp:
    """Reads `2024-09-21 07:57:00 +1000`, `2024-09-21 7:57:00\u202fam +1000`, an ISO form with its offset, or a day.

    A day alone begins in the home zone. A time without an offset is not guessed at, unless it `is_local`: of a clock in
    the home zone. Raises Unusable.
    """
    year, month, day, before, hour, minute, second, fraction, after, offset, sign, hours, minutes = _parts(
        text(written)
    )
    calendar, begins = _calendar(year, month, day)
    if hour is None:
        return Stamp(midnight(calendar, home), calendar, None)
    clock = _clock(int(hour), int(minute), int(second or 0), before or after)
    ms = int((fraction or "").ljust(3, "0")[:3])
    if offset is None:
        if not is_local:
            raise Unusable(NO_DATE)
        local = datetime.combine(calendar, time(), home) + timedelta(seconds=clock)
        return Stamp(instant(local) + ms, calendar, clock)
    away = int(hours) * 60 + int(minutes) if sign else 0
    if not is_offset(away) or int(minutes or 0) > 59:
        raise Unusable(NO_DATE)
    return Stamp(begins + clock * 1000 + ms - away * 60_000 * (-1 if sign == "-" else 1), calendar, clock)


def _parts(shown: str) -> tuple[str, ...]:
    """What stands in a stamp, None where it is absent. Raises Unusable."""
    if len(shown) <= LONGEST_STAMP:
        found = _STAMP.fullmatch(shown) if shown.isascii() else None
        found = found or _STAMP.fullmatch(" ".join(in_ascii(shown).split()))
        if found is not None:
            return found.groups()
    raise Unusable(NO_DATE)


@lru_cache(maxsize=4096)
def _calendar(year: str, month: str, day: str) -> tuple[date, int]:
    """A day, and when it begins in UTC (ms): kept, because hundreds of thousands of items share it. Raises Unusable."""
    try:
        calendar = gregorian(int(year), int(month), int(day))
    except Unusable:
        raise
    except ValueError as problem:
        raise Unusable(NO_DATE) from problem
    return calendar, (calendar - _EPOCH).days * MS_PER_DAY


def _clock(hour: int, minute: int, second: int, word: str | None) -> int:
    """Seconds since midnight. Raises Unusable for what no clock shows."""
    if minute > 59 or second > 59 or hour > (23 if word is None else 12):
        raise Unusable(NO_DATE)
    shown = hour if word is None else hour_of_day(hour, word)
    if shown is None:
        raise Unusable(NO_HOUR)
    return shown * 3600 + minute * 60 + second
