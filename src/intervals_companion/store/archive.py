"""The archive: every sample Health ever showed, in blocks of (athlete, type, source key, UTC day of the start).

Samples are immutable. Merging is commutative, associative and idempotent: whatever order deliveries come in, and
however often, the blocks end the same, and the same data again writes nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from attrs import define, field, frozen
from sqlalchemy import Connection, and_, delete, func, select

from intervals_companion.domain import own_samples, samples
from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.errors import DamagedRow
from intervals_companion.domain.samples import LONGEST_SPAN, Batch, Row, Source
from intervals_companion.domain.summaries import BRIDGES
from intervals_companion.store import codec, deletions, schema, sqlite
from intervals_companion.store.database import Store

_EPOCH = date(1970, 1, 1)
_DAYS_WITH_A_DATE = 700_000  # distant past and future, as some apps write them, have none
_KEYS_PER_SELECT = 200
_MOST_KNOWN = 10_000
"""Descriptions of sources that are remembered while batches come."""


@define
class Added:
    """What a batch changed."""

    new: int = 0
    """Samples that were not there."""
    blocks_written: int = 0
    deleted: int = 0
    """Samples that counted before and do no more."""
    left_out: int = 0
    """Samples beyond what a day of one type and source may have (`codec.MOST_ROWS`, `codec.MOST_BYTES`)."""


@frozen
class Said:
    """What a live store has just said of samples, by UTC day and fingerprint: which are gone, which are there. What was
    deleted before and is in neither stays deleted.
    """

    dead: Mapping[int, Collection[bytes]] = field(factory=dict)
    alive: Mapping[int, Collection[bytes]] = field(factory=dict)
    now: int = 0
    """ms."""


_NOTHING_SAID = Said()


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


def add(store: Store, athlete: int, channel: str, batches: Iterable[Batch]) -> Iterator[tuple[str, Added]]:
    """Merges batches, each in one transaction of its own, and says after each its type and what it changed.

    Stopping between two leaves an archive that is whole and simply holds less. The days that a change may touch are
    marked dirty in the same transaction.
    """
    known_sources: set[tuple[str, str, str]] = set()
    for batch in batches:
        rows = [row for row in batch.rows if not own_samples.is_own(row.metadata)]
        if not rows:
            continue
        by_day = _by_utc_day(rows)
        with store.write() as connection:
            described = (batch.source.key, batch.source.name, batch.source.product)
            if described not in known_sources:
                remember_source(connection, athlete, channel, batch.source)
                known_sources.add(described)
                if len(known_sources) > _MOST_KNOWN:
                    known_sources.clear()  # asked about once more, which costs a query
            added = merge(connection, athlete, batch.type, batch.source.key, by_day)
        yield batch.type, added


def _by_utc_day(rows: list[Row]) -> dict[int, list[Row]]:
    by_day: dict[int, list[Row]] = {}
    for day, group in groupby(rows, key=lambda row: utc_day(row.start)):
        by_day.setdefault(day, []).extend(group)
    return by_day


def merge(
    connection: Connection, athlete: int, kind: str, source: str, by_day: Mapping[int, list[Row]],
    said: Said = _NOTHING_SAID,
) -> Added:  # fmt: skip
    """Merges rows of one type and source into their blocks. A deleted sample stays out of its block, and is kept with
    the deletions, in case it comes back.
    """
    days = list(by_day)
    stored = _stored(connection, athlete, kind, source, days)
    deleted_by_day = deletions.of_days(connection, athlete, kind, source, days)
    added = Added()
    changed: list[dict[str, Any]] = []
    dirty: set[date] = set()
    for day, rows in by_day.items():
        deleted = deleted_by_day.get(day, {})
        gone = (deleted.keys() - said.alive.get(day, ())) | set(said.dead.get(day, ()))
        fresh = samples.merge(rows)
        old = stored.get(day)
        raw = b"" if deleted or gone else codec.encode(fresh)
        if raw and old is not None and codec.digest(raw) == old[0]:
            continue
        before = [] if old is None else _unpacked(old[1])
        pool = samples.merge([*before, *deleted.values(), *fresh]) if before or deleted else fresh
        kept, dead = _parted(pool, kind, source, gone)
        deletions.replace(connection, athlete, kind, source, day, deleted, dead, said.now)
        left_out = len(kept)  # until it is known how many fit
        if not kept:
            if old is not None:
                _forget_block(connection, athlete, kind, source, day)
        else:
            kept, raw = codec.fitted(kept, raw if kept is fresh else b"")
            left_out -= len(kept)
            added.left_out += left_out
            digest = codec.digest(raw)
            if old is not None and digest == old[0]:
                continue
            changed.append(
                {
                    "athlete": athlete, "type": kind, "source": source, "day": day, "count": len(kept),
                    "first_start": kept[0].start, "last_end": max(row.end for row in kept),
                    "codec": codec.VERSION, "hash": digest, "rows": codec.compress(raw),
                }
            )  # fmt: skip
        added.deleted += len(dead.keys() & {deletions.fingerprint(kind, source, row) for row in before}) if dead else 0
        added.new += len(pool) - left_out - len(before) - len(deleted)
        if pool and (kept or old is not None):
            dirty.update(_days_of(pool))
    sqlite.upsert(connection, schema.blocks, changed)
    mark_dirty(connection, athlete, dirty)
    added.blocks_written = len(changed)
    return added


def _parted(pool: list[Row], kind: str, source: str, gone: Collection[bytes]) -> tuple[list[Row], dict[bytes, Row]]:
    """Samples that count, and those that are deleted by fingerprint."""
    if not gone:
        return pool, {}
    marked = [(deletions.fingerprint(kind, source, row), row) for row in pool]
    return [row for mark, row in marked if mark not in gone], {mark: row for mark, row in marked if mark in gone}


def _days_of(pool: list[Row]) -> Iterator[date]:
    """The local days that rows of one UTC day, in order of their start, may touch."""
    for start, end in {(row.start, row.end) for row in pool if row.end - row.start > MS_PER_DAY}:
        yield from touched_days(start, end)
    yield from touched_days(pool[0].start, pool[-1].start + MS_PER_DAY)


def _forget_block(connection: Connection, athlete: int, kind: str, source: str, day: int) -> None:
    table = schema.blocks
    connection.execute(
        delete(table).where(
            table.c.athlete == athlete, table.c.type == kind, table.c.source == source, table.c.day == day
        )
    )


def _stored(
    connection: Connection, athlete: int, kind: str, source: str, days: list[int]
) -> dict[int, tuple[bytes, bytes]]:
    table = schema.blocks
    found: dict[int, tuple[bytes, bytes]] = {}
    for start in range(0, len(days), _KEYS_PER_SELECT):
        query = select(table.c.day, table.c.hash, table.c.rows).where(
            table.c.athlete == athlete,
            table.c.type == kind,
            table.c.source == source,
            table.c.day.in_(days[start : start + _KEYS_PER_SELECT]),
        )
        found |= {day: (digest, rows) for day, digest, rows in connection.execute(query)}
    return found


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
        select(table.c.type, table.c.day, table.c.source, table.c.rows)
        .where(
            table.c.athlete == athlete,
            table.c.type.in_(sorted({kind for kind, _, _ in keys})),
            table.c.day.between(min(days), max(days)),
        )
        .order_by(table.c.type, table.c.day, table.c.source)
    )
    for kind, day, source, packed in connection.execute(query):
        if (kind, day, source) in keys:
            found.setdefault((kind, source), []).extend(_unpacked(packed))
    return found


def _unpacked(packed: bytes) -> list[Row]:
    try:
        return codec.decode(codec.decompress(packed))
    except zlib.error as problem:
        raise DamagedRow(*sqlite.DAMAGED) from problem


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
    if by_channel and best.device < min(one.device for one in by_channel.values()):
        mark_all_dirty(connection, athlete, source.key)


def sources(connection: Connection, athlete: int) -> dict[str, Source]:
    """Every source by key, with the fullest attributes any channel gave."""
    table = schema.sources
    query = select(table.c.key, table.c.name, table.c.product).where(table.c.athlete == athlete)
    found: dict[str, Source] = {}
    for row in connection.execute(query):
        source = Source(*row)
        found[source.key] = samples.fuller(source, found.get(source.key, source))
    return found


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
