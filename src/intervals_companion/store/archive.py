"""The archive: every sample Health ever showed, in blocks of (athlete, type, source key, UTC day of the start).

Samples are immutable. Merging is commutative, associative and idempotent: whatever order deliveries come in, and
however often, the blocks end the same, and the same data again writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from attrs import define
from sqlalchemy import Connection, and_, delete, func, select, tuple_

from intervals_companion.domain import samples
from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.samples import Batch, Row, Source
from intervals_companion.store import codec, schema, sqlite
from intervals_companion.store.database import Store

_EPOCH = date(1970, 1, 1)
_DAYS_WITH_A_DATE = 700_000  # distant past and future, as some apps write them, have none
_KEYS_PER_SELECT = 200


@define
class Added:
    """What a batch changed."""

    new: int = 0
    """Samples that were not there."""
    blocks_written: int = 0


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


def add(store: Store, athlete: int, road: str, batches: Iterable[Batch]) -> Iterator[tuple[str, Added]]:
    """Merges batches, each in one transaction of its own, and says after each its type and what it changed.

    Stopping between two leaves an archive that is whole and simply holds less. The days that a change may touch are
    marked dirty in the same transaction.
    """
    known_sources: set[tuple[str, str]] = set()
    for batch in batches:
        if not batch.rows:
            continue
        by_day = _by_utc_day(batch.rows)
        with store.write() as connection:
            if (batch.source.key, batch.source.product) not in known_sources:
                _remember_source(connection, athlete, road, batch.source)
                known_sources.add((batch.source.key, batch.source.product))
            added = _merge(connection, athlete, batch.type, batch.source.key, by_day)
        yield batch.type, added


def _by_utc_day(rows: list[Row]) -> dict[int, list[Row]]:
    by_day: dict[int, list[Row]] = {}
    for day, group in groupby(rows, key=lambda row: utc_day(row.start)):
        by_day.setdefault(day, []).extend(group)
    return by_day


def _merge(connection: Connection, athlete: int, kind: str, source: str, by_day: dict[int, list[Row]]) -> Added:
    stored = _stored(connection, athlete, kind, source, list(by_day))
    added = Added()
    changed: list[dict[str, Any]] = []
    dirty: set[date] = set()
    for day, rows in by_day.items():
        fresh = samples.merge(rows)
        raw = codec.encode(fresh)
        old = stored.get(day)
        if old is not None:
            old_hash, old_rows = old
            if codec.digest(raw) == old_hash:
                continue
            before = codec.decode(codec.decompress(old_rows))
            merged = samples.merge([*before, *fresh])
            raw = codec.encode(merged)
            if codec.digest(raw) == old_hash:
                continue
            added.new += len(merged) - len(before)
        else:
            merged = fresh
            added.new += len(merged)
        last_end = max(row.end for row in merged)
        changed.append(
            {
                "athlete": athlete, "type": kind, "source": source, "day": day, "count": len(merged),
                "first_start": merged[0].start, "last_end": last_end,
                "codec": codec.VERSION, "hash": codec.digest(raw), "rows": codec.compress(raw),
            }
        )  # fmt: skip
        for span in {(utc_day(row.start), row.start, row.end) for row in merged if row.end - row.start > MS_PER_DAY}:
            dirty.update(touched_days(span[1], span[2]))
        dirty.update(touched_days(merged[0].start, merged[-1].start + MS_PER_DAY))
    sqlite.upsert(connection, schema.blocks, changed)
    mark_dirty(connection, athlete, dirty)
    added.blocks_written = len(changed)
    return added


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
    if last_end - first_start > samples.LONGEST_SPAN:
        return
    for day in range(utc_day(first_start) - 1, utc_day(last_end) + 2):
        if abs(day) < _DAYS_WITH_A_DATE:
            yield _EPOCH + timedelta(days=day)


def mark_dirty(connection: Connection, athlete: int, days: Iterable[date]) -> None:
    sqlite.upsert(connection, schema.dirty_days, [{"athlete": athlete, "day": day} for day in sorted(days)])


def mark_all_dirty(connection: Connection, athlete: int) -> None:
    """For a change that may touch every day: another home zone, another version of a formula."""
    table = schema.blocks
    query = select(table.c.day, func.max(table.c.last_end)).where(table.c.athlete == athlete).group_by(table.c.day)
    days: set[date] = set()
    for day, last_end in connection.execute(query):
        start = day * MS_PER_DAY
        days.update(touched_days(start, min(last_end, start + samples.LONGEST_SPAN)))
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
    """The blocks of these types that overlap [start, end), in ms; without their rows."""
    table = schema.blocks
    query = (
        select(table.c.type, table.c.source, table.c.day, table.c.first_start, table.c.last_end, table.c.hash)
        .where(_overlapping(athlete, types, start, end))
        .order_by(table.c.type, table.c.source, table.c.day)
    )
    return [Block(*row) for row in connection.execute(query)]


def rows(connection: Connection, athlete: int, wanted: Iterable[Block]) -> dict[tuple[str, str], list[Row]]:
    """The rows of these blocks by (type, source key), in order of their start."""
    table = schema.blocks
    keys = [(block.type, block.source, block.day) for block in wanted]
    found: dict[tuple[str, str], list[Row]] = {}
    for start in range(0, len(keys), _KEYS_PER_SELECT):
        query = select(table.c.type, table.c.source, table.c.rows).where(
            table.c.athlete == athlete,
            tuple_(table.c.type, table.c.source, table.c.day).in_(keys[start : start + _KEYS_PER_SELECT]),
        )
        for kind, source, packed in connection.execute(query.order_by(table.c.type, table.c.source, table.c.day)):
            found.setdefault((kind, source), []).extend(codec.decode(codec.decompress(packed)))
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


# --- sources ---------------------------------------------------------------------------------------------------------


def _remember_source(connection: Connection, athlete: int, road: str, source: Source) -> None:
    known = sources(connection, athlete).get(source.key)
    best = source if known is None else samples.fuller(source, known)
    row = {"athlete": athlete, "key": best.key, "name": best.name, "product": best.product, "road": road}
    sqlite.upsert(connection, schema.sources, [row])


def sources(connection: Connection, athlete: int) -> dict[str, Source]:
    """Every source by key, with the fullest attributes any road gave."""
    table = schema.sources
    query = select(table.c.key, table.c.name, table.c.product).where(table.c.athlete == athlete)
    found: dict[str, Source] = {}
    for row in connection.execute(query):
        source = Source(*row)
        found[source.key] = samples.fuller(source, found.get(source.key, source))
    return found


# --- deliveries ------------------------------------------------------------------------------------------------------


def remember_delivery(connection: Connection, athlete: int, road: str, written: int, complete: bool) -> None:
    """One import or push: when the phone wrote it (ms), and whether it came whole. The same one again is no news."""
    table = schema.deliveries
    query = select(table.c.complete).where(table.c.athlete == athlete, table.c.road == road, table.c.written == written)
    known = connection.execute(query).scalar()
    if known is None or complete > known:
        row = {"athlete": athlete, "road": road, "written": written, "complete": complete}
        sqlite.upsert(connection, table, [row])


def last_delivery(connection: Connection, athlete: int) -> int | None:
    """When the newest data of any road was written by the phone (ms)."""
    table = schema.deliveries
    return connection.execute(select(func.max(table.c.written)).where(table.c.athlete == athlete)).scalar()
