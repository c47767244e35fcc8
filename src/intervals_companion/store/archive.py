"""The archive, read: the samples that count, in blocks of (athlete, type, source key, UTC day of the start).

What deliveries said is in `versions`, and `blocks` makes of it what counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, select

from intervals_companion.domain import samples
from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.samples import LONGEST_SPAN, Row, Source
from intervals_companion.domain.summaries import BRIDGES
from intervals_companion.store import codec, schema, source_choices, sqlite
from intervals_companion.store.source_choices import SourceChoices

_EPOCH = date(1970, 1, 1)
_DAYS_WITH_A_DATE = 700_000  # distant past and future, as some apps write them, have none
_KEYS_PER_SELECT = 200
_MOST_KNOWN = 10_000
"""Descriptions of sources that are remembered while batches come."""


class Block(NamedTuple):
    """A stored block without its rows."""

    type: str
    source: str
    day: int
    first_start: int
    last_end: int
    hash: bytes


class Seen(NamedTuple):
    """How often and when a Health type was seen."""

    samples: int
    first_start: int
    last_end: int


def days_of(rows: Sequence[Row]) -> Iterator[date]:
    """The local days that rows of one UTC day, in order of their start, may touch."""
    for start, end in {(row.start, row.end) for row in rows if row.end - row.start > MS_PER_DAY}:
        yield from touched_days(start, end)
    yield from touched_days(rows[0].start, rows[-1].start + MS_PER_DAY)


def touched_days(first_start: int, last_end: int) -> Iterator[date]:
    """Every local day, in whatever zone, whose values a sample may change.

    A zone moves a day by up to 14 hours, and an evening's sample belongs to the night that ends the day after.
    """
    if last_end - first_start > LONGEST_SPAN:
        return
    yield from _days_around(utc_day(first_start), utc_day(last_end))


@lru_cache(maxsize=4096)
def _days_around(first: int, last: int) -> tuple[date, ...]:
    """UTC days since the epoch, with a day before and after."""
    return tuple(_EPOCH + timedelta(days=day) for day in range(first - 1, last + 2) if abs(day) < _DAYS_WITH_A_DATE)


def mark_dirty(connection: Connection, athlete: int, days: Iterable[date]) -> None:
    sqlite.upsert(connection, schema.dirty_days, [{"athlete": athlete, "day": day} for day in sorted(days)])


def mark_all_dirty(connection: Connection, athlete: int, source: str | None = None) -> None:
    """For a change that may touch every day: another home zone, another version of a formula. `source`: only those
    that hold samples of that source key.
    """
    table = schema.blocks
    query = select(table.c.day, func.max(table.c.last_end)).where(table.c.athlete == athlete).group_by(table.c.day)
    if source is not None:
        query = query.where(table.c.source == source)
    days: set[date] = set()
    for day, last_end in connection.execute(query):
        start = day * MS_PER_DAY
        days.update(touched_days(start, min(last_end, start + LONGEST_SPAN)))
    mark_dirty(connection, athlete, days)


def dirty_days(connection: Connection, athlete: int) -> list[date]:
    table = schema.dirty_days
    query = select(table.c.day).where(table.c.athlete == athlete).order_by(table.c.day)
    return list(connection.execute(query).scalars())


def clear_dirty(connection: Connection, athlete: int, days: Sequence[date]) -> None:
    table = schema.dirty_days
    for start in range(0, len(days), _KEYS_PER_SELECT):
        connection.execute(
            delete(table).where(table.c.athlete == athlete, table.c.day.in_(days[start : start + _KEYS_PER_SELECT]))
        )


def blocks(connection: Connection, athlete: int, types: Iterable[str], start: int, end: int) -> list[Block]:
    """The blocks of these types that overlap [start, end), in ms; without their rows.

    Those whose only overlapping rows last longer than `LONGEST_SPAN` may be left out.
    """
    table = schema.blocks
    query = (
        select(table.c.type, table.c.source, table.c.day, table.c.first_start, table.c.last_end, table.c.hash)
        .where(_overlapping(athlete, types, start, end))
        .order_by(table.c.type, table.c.day, table.c.source)
    )
    return [Block(*row) for row in connection.execute(query)]


def rows(connection: Connection, athlete: int, wanted: Iterable[Block]) -> dict[tuple[str, str], list[Row]]:
    """The rows of these blocks by (type, source key), in order of their start.

    The blocks are asked for as a range of days, which the primary key answers; a list of keys would be a full scan.
    """
    table = schema.blocks
    keys = {(block.type, block.day, block.source) for block in wanted}
    found: dict[tuple[str, str], list[Row]] = {}
    if not keys:
        return found
    days = [day for _, day, _ in keys]
    query = (
        select(table.c.type, table.c.day, table.c.source, table.c.rows, source_choices.column(athlete))
        .where(
            table.c.athlete == athlete,
            table.c.type.in_(sorted({kind for kind, _, _ in keys})),
            table.c.day.between(min(days), max(days)),
        )
        .order_by(table.c.type, table.c.day, table.c.source)
    )
    said = SourceChoices()
    for kind, day, source, packed, chosen in connection.execute(query):
        if (kind, day, source) in keys:
            said = source_choices.parsed(chosen)
            found.setdefault((kind, said.main(source)), []).extend(codec.unpacked(packed))
    for (_, source), of_source in found.items():
        if source in said.same.values():
            of_source.sort()
    return found


def overlapping(
    connection: Connection, athlete: int, types: Iterable[str], start: int, end: int
) -> dict[tuple[str, str], list[Row]]:
    """The rows of these types that overlap [start, end), by (type, source key)."""
    found = rows(connection, athlete, blocks(connection, athlete, types, start, end))
    kept = {
        key: [row for row in found_rows if row.start < end and (row.end > start or row.start >= start)]
        for key, found_rows in found.items()
    }
    return {key: overlapped for key, overlapped in kept.items() if overlapped}


def _overlapping(athlete: int, types: Iterable[str], start: int, end: int) -> Any:
    table = schema.blocks
    return and_(
        table.c.athlete == athlete,
        table.c.type.in_(list(types)),
        table.c.day.between(utc_day(start - LONGEST_SPAN), utc_day(end)),  # what the primary key narrows down
        table.c.first_start < end,
        table.c.last_end >= start,
    )


def seen(connection: Connection, athlete: int) -> dict[str, Seen]:
    """Every type in the archive, with its count, first start and latest end (ms)."""
    table = schema.blocks
    query = (
        select(table.c.type, func.sum(table.c.count), func.min(table.c.first_start), func.max(table.c.last_end))
        .where(table.c.athlete == athlete)
        .group_by(table.c.type)
    )
    return {kind: Seen(count, first, last) for kind, count, first, last in connection.execute(query)}


def first_start(connection: Connection, athlete: int, kind: str) -> int | None:
    """When the first sample of a Health type began (ms)."""
    table = schema.blocks
    query = select(func.min(table.c.first_start)).where(table.c.athlete == athlete, table.c.type == kind)
    return connection.execute(query).scalar()


# --- sources ---------------------------------------------------------------------------------------------------------


def remember_source(connection: Connection, athlete: int, channel: str, source: Source) -> None:
    """Keeps the fullest description each channel gave. A source that turns out to be a better device counts for more
    than before: its days are made anew.
    """
    table = schema.sources
    query = select(table.c.road, table.c.key, table.c.name, table.c.product).where(
        table.c.athlete == athlete, table.c.key == source.key
    )
    by_channel = {name: Source(*described) for name, *described in connection.execute(query)}
    known = by_channel.get(channel, source)
    best = samples.fuller(known, source)
    if channel in by_channel and best is known:
        return
    row = {"athlete": athlete, "key": best.key, "name": best.name, "product": best.product, "road": channel}
    sqlite.upsert(connection, table, [row])
    if by_channel and (best.written_device, best.device) < min(
        (one.written_device, one.device) for one in by_channel.values()
    ):
        mark_all_dirty(connection, athlete, source.key)


def sources(connection: Connection, athlete: int) -> dict[str, Source]:
    """Every source by key, with the fullest attributes any channel gave."""
    table = schema.sources
    query = select(table.c.key, table.c.name, table.c.product, source_choices.column(athlete))
    found: dict[str, Source] = {}
    said = SourceChoices()
    for key, name, product, chosen in connection.execute(query.where(table.c.athlete == athlete)):
        said, source = source_choices.parsed(chosen), Source(key, name, product)
        found[source.key] = samples.fuller(source, found.get(source.key, source))
    for key in {*said.same.values()} - found.keys():
        found[key] = Source(key, key)
    return {key: said.applied(source) for key, source in found.items()}


def channels(connection: Connection, athlete: int) -> set[str]:
    """Every channel that samples came by."""
    table = schema.sources
    return set(connection.execute(select(table.c.road).where(table.c.athlete == athlete).distinct()).scalars())


# --- deliveries ------------------------------------------------------------------------------------------------------


def remember_delivery(connection: Connection, athlete: int, channel: str, written: int, complete: bool) -> None:
    """One import or push: when the phone wrote it (ms), and whether it came whole. The same one again is no news."""
    table = schema.deliveries
    query = select(table.c.complete).where(
        table.c.athlete == athlete, table.c.road == channel, table.c.written == written
    )
    known = connection.execute(query).scalar()
    if known is None or complete > known:
        before = last_whole(connection, athlete)
        row = {"athlete": athlete, "road": channel, "written": written, "complete": complete}
        sqlite.upsert(connection, table, [row])
        if (after := last_whole(connection, athlete)) != before:
            ends = [moment for moment in (before, after) if moment is not None]
            mark_dirty(connection, athlete, {day for moment in ends for day in touched_days(moment, moment)})


def last_whole(connection: Connection, athlete: int) -> int | None:
    """When the phone last wrote everything that Health showed (ms): so far the samples reach."""
    table = schema.deliveries
    query = select(func.max(table.c.written)).where(table.c.athlete == athlete, table.c.road.not_in(sorted(BRIDGES)))
    return connection.execute(query).scalar()


def last_delivery(connection: Connection, athlete: int) -> int | None:
    """When the newest data of any channel was written by the phone (ms)."""
    table = schema.deliveries
    return connection.execute(select(func.max(table.c.written)).where(table.c.athlete == athlete)).scalar()
