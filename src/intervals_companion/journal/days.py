"""From the archive to days: recomputes what new samples touched, remembers the rest."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from attrs import frozen
from sqlalchemy import Connection

from intervals_companion.derive import daily
from intervals_companion.derive.day_samples import DaySamples
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.days import bounds, each_day
from intervals_companion.domain.errors import Busy, DamagedRow
from intervals_companion.domain.samples import LONGEST_SPAN, Row, Source
from intervals_companion.domain.summaries import WORKOUT_SERIES, parts
from intervals_companion.domain.wellness import DayValue, Derived
from intervals_companion.journal.summaries import DaySummaries, SummaryIndex
from intervals_companion.store import archive, day_cache, source_choices, summaries
from intervals_companion.store.archive import Block
from intervals_companion.store.database import Store
from intervals_companion.store.day_cache import Cached
from intervals_companion.store.summaries import StoredSummary

_HOUR = 3_600_000
BEFORE, AFTER = 36 * _HOUR, 14 * _HOUR
"""How far a night reaches around its day, with every zone allowed for (ms)."""
DAYS_AT_ONCE = 31

Field = tuple[date, str]


def refresh(
    store: Store, athlete: int, zone: ZoneInfo, last: date, progress: Callable[[int, int], None] | None = None
) -> None:
    """Makes every dirty day up to `last` anew. Days after it stay dirty: they have not come yet.

    Raises Busy when another run makes them with another home zone or other formulas at the same time.
    """
    recipe = _Recipe(zone, catalogue.metrics())
    _notice_changes(store, athlete, recipe)
    with store.read() as connection:
        dirty = [day for day in archive.dirty_days(connection, athlete) if day <= last]
    done = 0
    for days in _stretches(dirty):
        while not _renew(store, athlete, recipe, days):
            pass  # samples arrived in between: the same days once more
        done += len(days)
        if progress is not None:
            progress(done, len(dirty))


def mend(store: Store, athlete: int) -> None:
    """Forgets the stored days where any of them is damaged: `refresh` then makes all of them anew."""
    try:
        with store.read() as connection:
            day_cache.prove(connection, athlete)
    except DamagedRow:
        with store.write() as connection:
            day_cache.forget(connection, athlete)
            store.set_setting(connection, _recipe_key(athlete), "")


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


def in_zone(connection: Connection, athlete: int, zone: ZoneInfo, first: date, last: date) -> list[DayValue]:
    """What `values` would say if days were days in that zone, worked out anew; nothing is stored."""
    recipe = _Recipe(zone, catalogue.metrics())
    found: list[DayValue] = []
    for days in _stretches(list(each_day(first, last))):
        made_of = _made_of(connection, athlete, recipe, days)
        sources = archive.sources(connection, athlete)
        said = SummaryIndex(
            made_of.summaries, sources, made_of.reached, source_choices.chosen(connection, athlete).same
        )
        inputs = _inputs(recipe, made_of, said, days)
        shelf = _Shelf(archive.rows(connection, athlete, made_of.blocks), sources)
        for day in days:
            metrics = [metric for metric in recipe.metrics if (day, metric.field) in inputs]
            found += [
                DayValue(day, metric.field, metric.round(made.value), metric.unit, made.sources, made.formula)
                for metric, made in _derived(day, zone, metrics, shelf, said)
                if made is not None
            ]
    return found


def first_day(connection: Connection, athlete: int) -> date | None:
    """The first day with a value. Call `refresh` before."""
    return day_cache.first_day(connection, athlete)


@frozen
class _Recipe:
    """How days are made, beside their samples."""

    zone: ZoneInfo
    metrics: tuple[Metric, ...]

    @property
    def words(self) -> str:
        """Another text may change every day."""
        return "\n".join([self.zone.key, *map(_version, self.metrics)])

    @property
    def types(self) -> set[str]:
        return {kind for metric in self.metrics for kind in metric.types}


def _version(metric: Metric) -> str:
    return f"{daily.version(metric)}|{','.join(metric.types)}"


def _recipe_key(athlete: int) -> str:
    return f"formulas/{athlete}"


def _notice_changes(store: Store, athlete: int, recipe: _Recipe) -> None:
    """Another home zone or another formula may change every day."""
    key = _recipe_key(athlete)
    with store.read() as connection:
        if store.setting(connection, key) == recipe.words:
            return
    with store.write() as connection:
        archive.mark_all_dirty(connection, athlete)
        summaries.mark_all_dirty(connection, athlete)
        store.set_setting(connection, key, recipe.words)


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


def _renew(store: Store, athlete: int, recipe: _Recipe, days: list[date]) -> bool:
    """Makes a run of days anew and clears their marks; False when their samples changed while it worked.

    Only what is made of something else than before is derived; what is made of nothing any more is forgotten.
    """
    with store.read() as connection:
        made_of = _made_of(connection, athlete, recipe, days)
        sources = archive.sources(connection, athlete)
        said = SummaryIndex(
            made_of.summaries, sources, made_of.reached, source_choices.chosen(connection, athlete).same
        )
        inputs = _inputs(recipe, made_of, said, days)
        before = {(one.day, one.field): one.input for one in day_cache.between(connection, athlete, days[0], days[-1])}
        stale = {day: [metric for metric in recipe.metrics if _differ(inputs, before, day, metric)] for day in days}
        kinds = {kind for metrics in stale.values() for metric in metrics for kind in metric.types}
        rows = archive.rows(connection, athlete, [block for block in made_of.blocks if block.type in kinds])
        shelf = _Shelf(rows, sources)
    fresh = [
        Cached(day, metric.field, made, metric.unit, inputs[day, metric.field])
        for day, metrics in stale.items()
        for metric, made in _derived(day, recipe.zone, metrics, shelf, said)
    ]
    with store.write() as connection:
        if store.setting(connection, _recipe_key(athlete)) != recipe.words:
            raise Busy(
                "Another run is working out the days with another home zone or another version of this program.",
                "Wait until it has finished and run this again.",
            )
        if _made_of(connection, athlete, recipe, days) != made_of:
            return False
        day_cache.put(connection, athlete, fresh)
        day_cache.delete_fields(connection, athlete, before.keys() - inputs.keys())
        archive.clear_dirty(connection, athlete, days)
    return True


class _MadeOf(NamedTuple):
    """What a run of days is made of. While it stays the same, so do the days."""

    blocks: list[Block]
    summaries: list[StoredSummary]
    reached: int | None
    """Until when the samples are known to be whole (ms), where that is in these days."""
    ranks: dict[str, str]
    """By source key, all that decides which source counts."""


def _made_of(connection: Connection, athlete: int, recipe: _Recipe, days: Sequence[date]) -> _MadeOf:
    start, end = _night(days[0], recipe.zone)[0], _night(days[-1], recipe.zone)[1]
    found = archive.blocks(connection, athlete, recipe.types, start, end)
    blocks = [block for block in found if block.source != WORKOUT_SERIES]
    kept = summaries.between(connection, athlete, recipe.types, start, end)
    sources, said = archive.sources(connection, athlete), source_choices.chosen(connection, athlete)
    keys = {block.source for block in blocks} | {key for one in kept for key in parts(one.summary.source)}
    whole = archive.last_whole(connection, athlete)
    reached = whole if whole is not None and start <= whole < end else None
    return _MadeOf(blocks, kept, reached, {key: _rank(sources[said.main(key)]) for key in keys})


def _rank(source: Source) -> str:
    return f"{source.key} {source.place} {source.written_device} {source.device}"


def _night(day: date, zone: ZoneInfo) -> tuple[int, int]:
    start, end = bounds(day, zone)
    return start - BEFORE, end + AFTER


def _inputs(recipe: _Recipe, made_of: _MadeOf, said: SummaryIndex, days: Iterable[date]) -> dict[Field, bytes]:
    """For every field of a day that has samples or summaries, a hash over all that its value depends on."""
    by_type: dict[str, list[Block]] = {}
    for block in made_of.blocks:
        by_type.setdefault(block.type, []).append(block)
    found: dict[Field, bytes] = {}
    for day in days:
        of_day, of_night = bounds(day, recipe.zone), _night(day, recipe.zone)
        for metric in recipe.metrics:
            window = of_night if daily.by_night(metric) else of_day
            touched = [block for kind in metric.types for block in by_type.get(kind, ()) if _overlaps(block, *window)]
            heard = said.of(metric.types[0], of_day, window)
            if heard.said or (touched and touched[0].type == metric.types[0]):  # the others alone make no value
                found[day, metric.field] = _input(metric, recipe.zone, touched, made_of.ranks, heard)
    return found


def _overlaps(block: Block, start: int, end: int) -> bool:
    return block.first_start < end and block.last_end >= start


def _input(
    metric: Metric, zone: ZoneInfo, touched: Iterable[Block], ranks: Mapping[str, str],
    heard: DaySummaries,
) -> bytes:  # fmt: skip
    digest = hashlib.blake2b(f"{_version(metric)}|{zone.key}".encode(), digest_size=16)
    for block in touched:
        label = f"|{block.type}|{block.source}|{ranks[block.source]}|{block.day}|"
        digest.update(label.encode() + block.hash)
    for source, spoken in heard.said.items():
        digest.update(repr((heard.outruns, _rank(source), *map(tuple, spoken))).encode())
    return digest.digest()


def _differ(inputs: Mapping[Field, bytes], before: Mapping[Field, bytes], day: date, metric: Metric) -> bool:
    field = day, metric.field
    return field in inputs and before.get(field) != inputs[field]


def _derived(
    day: date, zone: ZoneInfo, metrics: Sequence[Metric], shelf: _Shelf, said: SummaryIndex
) -> Iterator[tuple[Metric, Derived | None]]:
    start, end = bounds(day, zone)
    nightly = {kind for metric in metrics if daily.by_night(metric) for kind in metric.types}
    kinds = {kind for metric in metrics for kind in metric.types}
    windows = {kind: _night(day, zone) if kind in nightly else (start, end) for kind in kinds}
    rows = {kind: shelf.between(kind, *window) for kind, window in windows.items()}
    heard = {kind: said.of(kind, (start, end), window) for kind, window in windows.items()}
    summed = {kind: one.said for kind, one in heard.items()}
    outrun = frozenset(kind for kind, one in heard.items() if one.outruns)
    samples = DaySamples(day, start, end, zone, rows, summed, outrun)
    for metric in metrics:
        yield metric, daily.derive(metric, samples)


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
