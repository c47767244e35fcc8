"""The summaries of bridge apps.

A delivery replaces what the same channel said before of the same time: every earlier summary of that type that it
overlaps and shares a source with. So a day may be grouped anew, grow, or gain a source, and is never counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, case, delete, func, select

from intervals_companion.derive.timeline import Spans
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import LONGEST_SPAN, Source
from intervals_companion.domain.summaries import How, Summary, parts
from intervals_companion.store import archive, schema, sqlite

_KEY = ("type", "start", "end", "source", "label")
_HOWS = {how.value: how for how in How}


class StoredSummary(NamedTuple):
    """A stored summary: by which channel it came, and when (ms)."""

    summary: Summary
    channel: str
    arrived: int


def put(connection: Connection, athlete: int, channel: str, delivered: Iterable[Summary], arrived: int) -> int:
    """Stores a delivery; returns how many of its summaries say something new. The same again writes nothing.

    Of two in one delivery about the same the last stands. The days that a change may touch are marked dirty in the
    same transaction.
    """
    latest = {_key(one): one for one in delivered if 0 < one.end - one.start <= LONGEST_SPAN}
    by_type: dict[str, list[Summary]] = {}
    for one in latest.values():
        by_type.setdefault(one.type, []).append(one)
    new = 0
    for kind, fresh in by_type.items():
        first, last = min(one.start for one in fresh), max(one.end for one in fresh)
        before = between(connection, athlete, [kind], first, last)
        known = {_key(one.summary): one.summary for one in before}
        changed = [one for one in fresh if known.get(_key(one)) != one]
        replaced = _replaced(before, fresh, channel)
        for one in replaced:
            _forget(connection, athlete, one)
        sqlite.upsert_plain(connection, schema.summaries, [(athlete, *one, channel, arrived) for one in changed])
        touched = {(one.start, one.end) for one in (*changed, *replaced)}
        archive.mark_dirty(connection, athlete, {day for span in touched for day in archive.touched_days(*span)})
        new += len(changed)
    for key in sorted({key for one in latest.values() for key in parts(one.source)}):
        archive.remember_source(connection, athlete, channel, Source(key, key))
    return new


def _key(one: Summary) -> tuple[str, int, int, str, str]:
    return one.type, one.start, one.end, one.source, one.label


def _replaced(before: Sequence[StoredSummary], fresh: Sequence[Summary], channel: str) -> list[Summary]:
    spoken: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for one in fresh:
        for key in parts(one.source):
            spoken.setdefault((one.label, key), []).append((one.start, one.end))
    over = {key: Spans(spans) for key, spans in spoken.items()}
    again = {_key(one) for one in fresh}
    return [
        old
        for old, on_channel, _ in before
        if on_channel == channel and _key(old) not in again
        and any(over.get((old.label, key), Spans()).within(old.start, old.end) for key in parts(old.source))
    ]  # fmt: skip


def _forget(connection: Connection, athlete: int, one: Summary) -> None:
    table = schema.summaries
    same = [table.c[name] == value for name, value in zip(_KEY, _key(one), strict=True)]
    connection.execute(delete(table).where(table.c.athlete == athlete, *same))


def between(connection: Connection, athlete: int, types: Iterable[str], start: int, end: int) -> list[StoredSummary]:
    """The summaries of these types that overlap [start, end) ms, in order."""
    table = schema.summaries
    query = (
        select(*(table.c[name] for name in (*Summary._fields, "road", "arrived")))
        .where(
            table.c.athlete == athlete, table.c.type.in_(list(types)),
            table.c.start.between(start - LONGEST_SPAN, end - 1), table.c.end > start,
        )
        .order_by(*(table.c[name] for name in _KEY))
    )  # fmt: skip
    return [
        StoredSummary(Summary(kind, begin, until, source, label, value, unit, _HOWS[how]), channel, arrived)
        for kind, begin, until, source, label, value, unit, how, channel, arrived in connection.execute(query)
    ]


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
