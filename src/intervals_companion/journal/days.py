"""From the archive to days: recomputes what new samples touched, remembers the rest."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from intervals_companion.derive import daily
from intervals_companion.derive.daily import DaySamples
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.days import bounds
from intervals_companion.domain.samples import LONGEST_SPAN, Row, Source
from intervals_companion.domain.wellness import DayValue
from intervals_companion.store import archive, day_cache
from intervals_companion.store.archive import Block
from intervals_companion.store.database import Store
from intervals_companion.store.day_cache import Cached

_HOUR = 3_600_000
BEFORE, AFTER = 36 * _HOUR, 14 * _HOUR
"""How far a night reaches around its day, with every zone allowed for (ms)."""
DAYS_AT_ONCE = 31


def refresh(
    store: Store, athlete: int, zone: ZoneInfo, last: date, progress: Callable[[int, int], None] | None = None
) -> None:
    """Makes every dirty day up to `last` anew. Days after it stay dirty: they have not come yet."""
    metrics = catalogue.metrics()
    _notice_changes(store, athlete, zone, metrics)
    with store.read() as connection:
        dirty = [day for day in archive.dirty_days(connection, athlete) if day <= last]
        types = set(archive.seen(connection, athlete))
    done = 0
    for days in _stretches(dirty):
        while not _renew(store, athlete, zone, metrics, types, days):
            pass  # samples arrived in between: the same days once more
        done += len(days)
        if progress is not None:
            progress(done, len(dirty))


def values(connection: Connection, athlete: int, first: date, last: date) -> list[DayValue]:
    """What Health says, by day in catalogue order, rounded to each metric's precision. Call `refresh` before."""
    cached = {(one.day, one.field): one for one in day_cache.between(connection, athlete, first, last)}
    days = sorted({day for day, _ in cached})
    return [
        DayValue(day, metric.field, metric.round(made.value), metric.unit, made.sources, made.formula)
        for day in days
        for metric in catalogue.metrics()
        if (one := cached.get((day, metric.field))) is not None and (made := one.derived) is not None
    ]


def first_day(connection: Connection, athlete: int) -> date | None:
    """The first day with a value. Call `refresh` before."""
    return day_cache.first_day(connection, athlete)


def _notice_changes(store: Store, athlete: int, zone: ZoneInfo, metrics: tuple[Metric, ...]) -> None:
    """Another home zone or another formula may change every day."""
    key = f"formulas/{athlete}"
    now = "\n".join([zone.key, *(daily.version(metric) for metric in metrics)])
    with store.read() as connection:
        if store.setting(connection, key) == now:
            return
    with store.write() as connection:
        archive.mark_all_dirty(connection, athlete)
        store.set_setting(connection, key, now)


def _stretches(days: Sequence[date]) -> Iterator[list[date]]:
    """The days in runs without holes, none longer than `DAYS_AT_ONCE`: what is read together fits in memory."""
    run: list[date] = []
    for day in days:
        if run and (day - run[-1] > timedelta(days=1) or len(run) == DAYS_AT_ONCE):
            yield run
            run = []
        run.append(day)
    if run:
        yield run


def _renew(
    store: Store, athlete: int, zone: ZoneInfo, metrics: tuple[Metric, ...], seen: set[str], days: list[date]
) -> bool:
    """Makes a run of days anew and clears their marks; False when their samples changed while it worked."""
    start, end = bounds(days[0], zone)[0] - BEFORE, bounds(days[-1], zone)[1] + AFTER
    made_of = {kind for metric in metrics for kind in metric.types} & seen
    live = [metric for metric in metrics if metric.types[0] in made_of]
    with store.read() as connection:
        blocks = archive.blocks(connection, athlete, made_of, start, end)
        shelf = _Shelf(archive.rows(connection, athlete, blocks), archive.sources(connection, athlete))
        before = {(one.day, one.field): one for one in day_cache.between(connection, athlete, days[0], days[-1])}
    fresh = [
        cached
        for day in days
        for cached in _day(day, zone, live, blocks, shelf)
        if before.get((cached.day, cached.field)) != cached
    ]
    with store.write() as connection:
        if archive.blocks(connection, athlete, made_of, start, end) != blocks:
            return False
        day_cache.put(connection, athlete, fresh)
        archive.clear_dirty(connection, athlete, days)
    return True


def _day(
    day: date, zone: ZoneInfo, metrics: Sequence[Metric], blocks: Sequence[Block], shelf: _Shelf
) -> Iterator[Cached]:
    start, end = bounds(day, zone)
    night = (start - BEFORE, end + AFTER)
    nightly = {kind for metric in metrics if daily.by_night(metric) for kind in metric.types}
    kinds = {kind for metric in metrics for kind in metric.types}
    rows = {kind: shelf.between(kind, *(night if kind in nightly else (start, end))) for kind in kinds}
    samples = DaySamples(day, start, end, zone, rows)
    for metric in metrics:
        touched = [block for block in blocks if block.type in metric.types and _overlaps(block, *night)]
        if touched:
            made = daily.derive(metric, samples)
            yield Cached(day, metric.field, made, metric.unit, _input(metric, zone, touched))


def _overlaps(block: Block, start: int, end: int) -> bool:
    return block.first_start < end and block.last_end >= start


def _input(metric: Metric, zone: ZoneInfo, touched: Iterable[Block]) -> bytes:
    digest = hashlib.blake2b(f"{daily.version(metric)}|{zone.key}".encode(), digest_size=16)
    for block in touched:
        digest.update(f"|{block.type}|{block.source}|{block.day}|".encode() + block.hash)
    return digest.digest()


class _Shelf:
    """The rows of a stretch of days, ready to be cut into windows."""

    def __init__(self, rows: Mapping[tuple[str, str], list[Row]], sources: Mapping[str, Source]) -> None:
        self._by_type: dict[str, list[tuple[Source, list[Row], list[int], int]]] = {}
        for (kind, key), found in rows.items():
            kept = [row for row in found if row.end - row.start <= LONGEST_SPAN]
            longest = max((row.end - row.start for row in kept), default=0)
            shelf = self._by_type.setdefault(kind, [])
            shelf.append((sources[key], kept, [row.start for row in kept], longest))

    def between(self, kind: str, start: int, end: int) -> dict[Source, list[Row]]:
        """The rows that overlap [start, end); an instant at `start` does."""
        found: dict[Source, list[Row]] = {}
        for source, rows, starts, longest in self._by_type.get(kind, ()):
            window = rows[bisect_left(starts, start - longest) : bisect_left(starts, end)]
            within = [row for row in window if row.end > start or row.start >= start]
            if within:
                found[source] = within
        return found
