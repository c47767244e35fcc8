"""On which days a Health type was seen, and by which ways it comes. Counts only: no sample is unpacked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from attrs import define, field
from sqlalchemy import Connection, and_, func, select

from intervals_companion.store import schema, summaries


@define
class TypeCoverage:
    """A type's last days, in samples and in the summaries of bridges."""

    days: dict[int, int] = field(factory=dict)
    """UTC day since the epoch -> samples and summaries."""
    last: int = 0
    """When the newest sample ended (ms)."""
    channels: set[str] = field(factory=set)
    """The ways that know its sources."""


def type_coverage(
    connection: Connection, athlete: int, types: Iterable[str], today: int, window: int
) -> dict[str, TypeCoverage]:
    """Each type that was ever seen, with the `window` UTC days up to its newest one. Days after `today` count for
    nothing: some apps write samples of a distant future.
    """
    table = schema.blocks
    until = today + 1  # a phone east of Greenwich is ahead
    newest = (
        select(table.c.type, func.max(table.c.day).label("newest"))
        .where(table.c.athlete == athlete, table.c.type.in_(sorted(types)), table.c.day <= until)
        .group_by(table.c.type)
        .subquery()
    )
    query = (
        select(table.c.type, table.c.day, table.c.source, table.c.count, table.c.last_end)
        .join(newest, table.c.type == newest.c.type)
        .where(
            and_(
                table.c.athlete == athlete,
                table.c.day > newest.c.newest - window,
                table.c.day <= newest.c.newest,
            )
        )
    )
    by_source = _channels(connection, athlete)
    found: dict[str, TypeCoverage] = {}
    for kind, day, source, count, last_end in connection.execute(query):
        seen = found.setdefault(kind, TypeCoverage())
        seen.days[day] = seen.days.get(day, 0) + count
        seen.last = max(seen.last, last_end)
        seen.channels |= by_source.get(source, set())
    for spoken in summaries.spoken(connection, athlete, types, window):
        if spoken.day <= until:
            seen = found.setdefault(spoken.type, TypeCoverage())
            seen.days[spoken.day] = seen.days.get(spoken.day, 0) + spoken.times
            seen.last = max(seen.last, spoken.last)
            seen.channels.add(spoken.channel)
    for seen in found.values():
        first = max(seen.days) - window
        seen.days = {day: count for day, count in seen.days.items() if day > first}
    return found


def _channels(connection: Connection, athlete: int) -> dict[str, set[str]]:
    table = schema.sources
    found: dict[str, set[str]] = {}
    for key, channel in connection.execute(select(table.c.key, table.c.road).where(table.c.athlete == athlete)):
        found.setdefault(key, set()).add(channel)
    return found


_MOST_DELIVERIES = 200


def deliveries(connection: Connection, athlete: int) -> dict[str, list[int]]:
    """By way: when the phone wrote its latest deliveries (ms), ascending."""
    table = schema.deliveries
    channels = connection.execute(select(table.c.road).where(table.c.athlete == athlete).distinct()).scalars()
    found: dict[str, list[int]] = {}
    for channel in sorted(channels):
        query = (
            select(table.c.written)
            .where(table.c.athlete == athlete, table.c.road == channel)
            .order_by(table.c.written.desc())
            .limit(_MOST_DELIVERIES)
        )
        found[channel] = sorted(connection.execute(query).scalars())
    return found


def fields_made(connection: Connection, athlete: int, days: int) -> set[str]:
    """Fields that had a value on one of the last so many days that were made."""
    table = schema.day_values
    newest = connection.execute(select(func.max(table.c.day)).where(table.c.athlete == athlete)).scalar()
    if newest is None:
        return set()
    since = newest - timedelta(days=days)
    query = select(table.c.field).where(table.c.athlete == athlete, table.c.day > since).distinct()
    return set(connection.execute(query).scalars())
