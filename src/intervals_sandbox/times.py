"""Days and moments as the service writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Tells the present moment, aware and in UTC."""


def system_clock(today: date | None, zone: ZoneInfo) -> Clock:
    """The machine's time of day; with `today` set, on that day instead of the real one."""
    shift = timedelta() if today is None else today - datetime.now(zone).date()
    return lambda: datetime.now(UTC) + shift


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
    if len(text) != 10:
        raise ValueError(f"Text '{text}' could not be parsed")
    return _plausible(date.fromisoformat(text))


def parse_local(text: str) -> datetime:
    """A local date-time such as 2026-05-25T06:30:00; a bare day is none. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if "T" not in text or moment.tzinfo is not None:
        raise ValueError(f"Text '{text}' could not be parsed")
    return _plausible(moment.replace(microsecond=0))


D = TypeVar("D", bound=date)


def _plausible(when: D) -> D:
    if not 1900 <= when.year < 2200:
        raise ValueError(f"{when} is out of range")
    return when


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)
