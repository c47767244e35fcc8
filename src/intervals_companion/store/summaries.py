"""The summaries of bridge apps.

A delivery replaces what the same channel said before of the same time: every earlier summary of that type that it
overlaps and shares a source with. So a day may be grouped anew, grow, or gain a source, and is never counted twice.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, case, delete, func, select

from intervals_companion.derive.timeline import Spans
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import LONGEST_SPAN, SLEEP, Source
from intervals_companion.domain.summaries import How, Summary, parts
from intervals_companion.store import archive, schema, sqlite

_KEY = ("type", "start", "end", "source", "label")
_PIECE = 20_000
"""Summaries that are compared at a time."""
_Key = tuple[str, int, int, str, str]
_HOWS = {how.value: how for how in How}


class StoredSummary(NamedTuple):
    """A stored summary: by which channel it came, and when (ms)."""

    summary: Summary
    channel: str
    arrived: int


def put(connection: Connection, athlete: int, channel: str, delivered: Sequence[Summary], arrived: int) -> int:
    """Stores a delivery; returns how many of its summaries say something new. The same again writes nothing.

    Of two in one delivery about the same the last stands. The days that a change may touch are marked dirty in the
    same transaction.
    """
    said = _Said(delivered)
    new = 0
    sources: set[str] = set()
    for fresh in said.pieces():
        first, last = min(one.start for one in fresh.values()), max(one.end for one in fresh.values())
        kind = next(iter(fresh.values())).type
        known: dict[_Key, Summary] = {}
        replaced: list[Summary] = []
        spoken = _spoken_of(fresh.values())
        is_part = kind == SLEEP and not any(one.of_a_day for one in fresh.values())
        for old, on_channel, _ in _stored(connection, athlete, [kind], first, last):
            key = _key(old)
            if key in fresh:
                known[key] = old
            elif is_part and old.of_a_day:
                continue  # a nap, or one sleep of several, is not the night that was told of by its day
            elif on_channel == channel and spoken(old) and key not in said:
                replaced.append(old)
        changed = [one for key, one in fresh.items() if known.get(key) != one]
        for one in replaced:
            _forget(connection, athlete, one)
        sqlite.upsert_plain(connection, schema.summaries, [(athlete, *one, channel, arrived) for one in changed])
        touched = {(one.start, one.end) for one in (*changed, *replaced)}
        archive.mark_dirty(connection, athlete, {day for span in touched for day in archive.touched_days(*span)})
        new += len(changed)
        sources |= {key for one in fresh.values() for key in parts(one.source)}
    for source in sorted(sources):
        archive.remember_source(connection, athlete, channel, Source(source, source))
    return new


class _Said:
    """A delivery in pieces that are small enough to hold: of one type each, in order of time. And whether a summary is
    in any of them, by a hash: eight bytes for each.
    """

    def __init__(self, delivered: Sequence[Summary]) -> None:
        self._delivered = delivered
        self._places: dict[str, array[int]] = {}
        hashes = array("q")
        for place, one in enumerate(delivered):
            if 0 < one.end - one.start <= LONGEST_SPAN:
                self._places.setdefault(one.type, array("I")).append(place)
                hashes.append(hash(_key(one)))
        self._hashes = array("q", sorted(hashes))

    def __contains__(self, key: _Key) -> bool:
        place = bisect_left(self._hashes, wanted := hash(key))
        return place < len(self._hashes) and self._hashes[place] == wanted

    def pieces(self) -> Iterator[dict[_Key, Summary]]:
        """Of two about the same the last stands."""
        said = self._delivered
        for places in self._places.values():
            in_order: Sequence[int] = places
            if any(said[later].start < said[earlier].start for earlier, later in pairwise(places)):
                in_order = sorted(places, key=lambda place: said[place].start)
            for begin in range(0, len(in_order), _PIECE):
                piece = (said[place] for place in in_order[begin : begin + _PIECE])
                yield {_key(one): one for one in piece}


def _key(one: Summary) -> _Key:
    return one.type, one.start, one.end, one.source, one.label


def _spoken_of(fresh: Iterable[Summary]) -> Callable[[Summary], bool]:
    """Whether these speak of the time of another one, with a source of it."""
    spoken: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for one in fresh:
        for key in parts(one.source):
            spoken.setdefault((one.label, key), []).append((one.start, one.end))
    over = {key: Spans(spans) for key, spans in spoken.items()}
    nothing = Spans()
    return lambda old: any(over.get((old.label, key), nothing).within(old.start, old.end) for key in parts(old.source))


def _forget(connection: Connection, athlete: int, one: Summary) -> None:
    table = schema.summaries
    same = [table.c[name] == value for name, value in zip(_KEY, _key(one), strict=True)]
    connection.execute(delete(table).where(table.c.athlete == athlete, *same))


def between(connection: Connection, athlete: int, types: Iterable[str], start: int, end: int) -> list[StoredSummary]:
    """The summaries of these types that overlap [start, end) ms, in order."""
    return list(_stored(connection, athlete, types, start, end))


def _stored(
    connection: Connection, athlete: int, types: Iterable[str], start: int, end: int
) -> Iterator[StoredSummary]:
    table = schema.summaries
    query = (
        select(*(table.c[name] for name in (*Summary._fields, "road", "arrived")))
        .where(
            table.c.athlete == athlete, table.c.type.in_(list(types)),
            table.c.start.between(start - LONGEST_SPAN, end - 1), table.c.end > start,
        )
        .order_by(*(table.c[name] for name in _KEY))
    )  # fmt: skip
    for kind, begin, until, source, label, value, unit, how, channel, arrived in connection.execute(query):
        yield StoredSummary(Summary(kind, begin, until, source, label, value, unit, _HOWS[how]), channel, arrived)


def mark_all_dirty(connection: Connection, athlete: int) -> None:
    """For a change that may touch every day: another home zone, another version of a formula."""
    table = schema.summaries
    query = select(table.c.start, table.c.end).where(table.c.athlete == athlete).distinct()
    days = {day for start, end in connection.execute(query) for day in archive.touched_days(start, end)}
    archive.mark_dirty(connection, athlete, days)


class Spoken(NamedTuple):
    """How often a channel spoke of a type on a day."""

    type: str
    day: int
    """UTC days since the epoch, of the middle of what was summed up."""
    channel: str
    times: int
    last: int
    """ms: when the newest ended, or came while it still grew."""


def spoken(connection: Connection, athlete: int, types: Iterable[str], window: int) -> list[Spoken]:
    """By type, day and channel, the last `window` days of each type. The labels of one night count once."""
    table = schema.summaries
    newest = (
        select(table.c.type, func.max(table.c.start).label("start"))
        .where(table.c.athlete == athlete, table.c.type.in_(sorted(types)))
        .group_by(table.c.type)
        .subquery()
    )
    day = (table.c.start + table.c.end) // (2 * MS_PER_DAY)
    last = case((table.c.end < table.c.arrived, table.c.end), else_=table.c.arrived)
    query = (
        select(table.c.type, day, table.c.road, func.count(table.c.start.distinct()), func.max(last))
        .join(newest, table.c.type == newest.c.type)
        .where(table.c.athlete == athlete, table.c.start > newest.c.start - window * MS_PER_DAY)
        .group_by(table.c.type, day, table.c.road)
    )
    return [Spoken(*row) for row in connection.execute(query)]
