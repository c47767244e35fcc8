"""Days and moments as the service writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from time import monotonic
from typing import TypeVar
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Tells the present moment, aware and in UTC."""


_NOON = time(12)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCAL = re.compile("([0-9-]+)T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?")


def machine_clock() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)


def clock_from_noon(today: date, zone: ZoneInfo, ticks: Callable[[], float] = monotonic) -> Clock:
    """Noon of that day, and on from there by `ticks`, in seconds.

    At noon in Europe it is the same day from America to Australia: whatever the machine's hour, the world is the same.
    """
    noon, began = datetime.combine(today, _NOON, zone).astimezone(UTC), ticks()
    return lambda: noon + timedelta(seconds=ticks() - began)


def stamp(moment: datetime) -> str:
    """`created`, `updated` and their like: 2026-04-15T16:29:54.818+00:00."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def utc_text(moment: datetime) -> str:
    """`start_date`: 2026-04-15T16:29:54Z."""
    return local_text(moment, UTC) + "Z"


def local_text(moment: datetime, zone: tzinfo) -> str:
    """`start_date_local`: the wall clock without an offset."""
    return wall_text(moment.astimezone(zone))


def wall_text(moment: datetime) -> str:
    """A wall clock as it stands."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def parse_day(text: str) -> date:
    """YYYY-MM-DD. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"Text '{text}' could not be parsed")
    return _plausible(date.fromisoformat(text))


def parse_local(text: str) -> datetime:
    """A local date-time such as 2026-05-25T06:30:00; a bare day is none. Raises ValueError."""
    if not (parts := _LOCAL.fullmatch(text)) or not _DAY.fullmatch(parts[1]):
        raise ValueError(f"Text '{text}' could not be parsed")
    return _plausible(datetime.fromisoformat(text).replace(microsecond=0))


D = TypeVar("D", bound=date)


def _plausible(when: D) -> D:
    if not 1900 <= when.year < 2200:
        raise ValueError(f"{when} is out of range")
    return when


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)
