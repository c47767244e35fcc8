"""Local days and instants. An instant is milliseconds since the epoch; a day is a `datetime.date` in some zone."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from intervals_companion.domain import numbers
from intervals_companion.domain.errors import UsageError

MS_PER_DAY = 86_400_000
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""What a person can mean: every day of it has a beginning and an end in every zone."""
_OFFSET = re.compile(r"(?:GMT|UTC)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>[0-5]\d)?", re.ASCII)
_LONGEST_OFFSET = 10


@frozen
class HomeZone:
    """The zone a day is a day in, chosen once, with the reason in words."""

    zone: str
    reason: str


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises UsageError for anything else."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise UsageError(
            f"{name!r} is not a time zone.", "Use an IANA name such as Europe/Berlin or America/New_York."
        ) from problem


def is_zone(name: str) -> bool:
    try:
        zone(name)
    except UsageError:
        return False
    return True


def zone_of_sample(name: str) -> ZoneInfo | None:
    """The zone that a source wrote beside a sample: an IANA name, or an offset; None for anything else.

    Apps write what the phone calls a zone without a place: `GMT+0900` is nine hours ahead of Greenwich.
    """
    if is_zone(name):
        return ZoneInfo(name)
    ahead = _minutes_ahead(name)
    return None if ahead is None else _fixed(ahead, name)


def _minutes_ahead(name: str) -> int | None:
    found = _OFFSET.fullmatch(name[:_LONGEST_OFFSET])
    if found is None:
        return None
    ahead = int(found["hours"]) * 60 + int(found["minutes"] or 0)
    return (-ahead if found["sign"] == "-" else ahead) if numbers.is_offset(ahead) else None


@lru_cache(maxsize=64)
def _fixed(ahead: int, name: str) -> ZoneInfo:
    """A zone without summer time (`ahead` in minutes): the smallest file of RFC 8536, without a change."""
    label = b"-00\0"
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, len(label))
    return ZoneInfo.from_file(
        BytesIO(b"TZif" + bytes(16) + counts + struct.pack(">lbb", ahead * 60, 0, 0) + label), key=name
    )


def parse_day(text: str) -> date:
    """A day written YYYY-MM-DD, of these times. Raises UsageError."""
    try:
        day = numbers.day(text)
    except ValueError as problem:
        raise UsageError(f"{text!r} is not a day.", "Write days as YYYY-MM-DD, such as 2026-03-29.") from problem
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise UsageError(f"{text} is too far away.", f"Write a day from {_FIRST_DAY} to {_LAST_DAY}.")
    return day


def midnight(day: date, where: ZoneInfo) -> int:
    """The instant (ms) at which that local day begins; where clocks skip midnight, the first instant after it."""
    return round(datetime.combine(day, time(), where).timestamp() * 1000)


def bounds(day: date, where: ZoneInfo) -> tuple[int, int]:
    """The local day as [start, end) in ms: 23, 24 or 25 hours."""
    return midnight(day, where), midnight(day + timedelta(days=1), where)


def local_day(instant: int, where: ZoneInfo) -> date:
    return datetime.fromtimestamp(instant / 1000, where).date()


def local_time(instant: int, where: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(instant / 1000, where)


def utc_day(instant: int) -> int:
    """Days since the epoch, in UTC: the name of a storage block, never a day a person sees."""
    return instant // MS_PER_DAY


def utc_time(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC)


def instant(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware datetime."""
    return round(moment.timestamp() * 1000)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def each_day(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)
