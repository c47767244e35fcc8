"""How far a live store has been read, type by type, and what it showed of the last days when it was asked once more."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.store import schema, sqlite

ASKED_AGAIN = 7 * MS_PER_DAY
"""How much of the past (ms) is asked for once more at every reading."""


def anchor(connection: Connection, athlete: int, channel: str, kind: str) -> str | None:
    table = schema.anchors
    return connection.execute(
        select(table.c.anchor).where(table.c.athlete == athlete, table.c.road == channel, table.c.type == kind)
    ).scalar()


def put(connection: Connection, athlete: int, channel: str, kind: str, text: str | None) -> None:
    """Remembers where to go on. None, while the store has shown nothing, keeps what is known."""
    table = schema.anchors
    query = select(table.c.anchor).where(table.c.athlete == athlete, table.c.road == channel, table.c.type == kind)
    known = connection.execute(query).one_or_none()
    if known is None or (text is not None and known.anchor != text):
        sqlite.upsert(connection, table, [{"athlete": athlete, "road": channel, "type": kind, "anchor": text}])


def put_asked(connection: Connection, athlete: int, channel: str, kind: str, asked: int, shown: int) -> None:
    """What the store showed of the time `ASKED_AGAIN` before `asked` (ms). The type has been read before."""
    table = schema.anchors
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.road == channel, table.c.type == kind)
        .values(asked=asked, shown=shown)
    )


class Vanished(NamedTuple):
    """A type of which the archive has recent samples, while the store shows none and told of no deletion."""

    channel: str
    type: str
    samples: int
    """How many of the days asked for the archive has."""
    asked: int
    """When the store was asked (ms)."""


def recently_vanished(connection: Connection, athlete: int) -> list[Vanished]:
    """Health no longer shows these: reading may be off. Only whole UTC days within the time asked for count."""
    table, ids = schema.anchors, schema.native_ids
    asked_of = select(table.c.road, table.c.type, table.c.asked).where(table.c.athlete == athlete, table.c.shown == 0)
    asked = {(channel, kind): at for channel, kind, at in connection.execute(asked_of)}
    if not asked:
        return []
    days = select(ids.c.road, ids.c.type, ids.c.day, func.count()).where(
        ids.c.athlete == athlete, ids.c.type.in_({kind for _, kind in asked}), ids.c.deleted.is_(False),
        ids.c.day > utc_day(min(asked.values()) - ASKED_AGAIN), ids.c.day < utc_day(max(asked.values())),
    )  # fmt: skip
    counts: Counter[tuple[str, str]] = Counter()
    for channel, kind, day, count in connection.execute(days.group_by(ids.c.road, ids.c.type, ids.c.day)):
        at = asked.get((channel, kind))
        if at is not None and utc_day(at - ASKED_AGAIN) < day < utc_day(at):
            counts[channel, kind] += count
    return [Vanished(channel, kind, counts[channel, kind], asked[channel, kind]) for channel, kind in sorted(counts)]
