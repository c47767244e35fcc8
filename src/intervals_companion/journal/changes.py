"""What Health took back, and what waits for an answer, as days and fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from intervals_companion.domain import catalogue
from intervals_companion.domain.days import bounds, each_day, local_day, utc_day
from intervals_companion.domain.samples import LONGEST_SPAN
from intervals_companion.store import retired, versions

Field = tuple[date, str]


def in_doubt(connection: Connection, athlete: int, where: ZoneInfo) -> frozenset[Field]:
    """What imports that wait for an answer would change."""
    fields = _fields_by_type()
    return frozenset(
        (day, name)
        for kind, start, end in versions.in_doubt(connection, athlete)
        for name in fields.get(kind, ())
        for day in _days(start, end, where)
    )


def taken_back(connection: Connection, athlete: int, where: ZoneInfo, asked: Collection[Field]) -> frozenset[Field]:
    """Of these days and fields, those of which Health deleted or replaced samples."""
    by_type: dict[str, set[Field]] = defaultdict(set)
    for day, name in asked:
        for kind in catalogue.metric(name).types:
            by_type[kind].add((day, name))
    found: set[Field] = set()
    for kind, fields in by_type.items():
        days = {day for day, _ in fields}
        first, last = bounds(min(days), where)[0], bounds(max(days), where)[1]
        gone = {
            day
            for row in retired.rows(connection, athlete, kind, utc_day(first - LONGEST_SPAN), utc_day(last))
            for day in _days(row.start, row.end, where)
        }
        found |= {(day, name) for day, name in fields if day in gone}
    return frozenset(found)


def days_of(stretches: Iterable[tuple[int, int]], where: ZoneInfo, until: date) -> tuple[date, ...]:
    """The days that stretches of samples (ms) touch, up to one day."""
    days = {day for start, end in stretches for day in _days(start, end, where)}
    return tuple(sorted(day for day in days if day <= until))


def _fields_by_type() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for metric in catalogue.metrics():
        for kind in metric.types:
            found[kind].append(metric.field)
    return found


def _days(start: int, end: int, where: ZoneInfo) -> Iterator[date]:
    return each_day(local_day(start, where), local_day(min(end, start + LONGEST_SPAN), where))
