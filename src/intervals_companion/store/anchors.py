"""How far a live store has been read, type by type, and what it showed of the last days when it was asked once more."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.store import schema, sqlite

ASKED_AGAIN = 7 * MS_PER_DAY
"""How much of the past (ms) is asked for once more at every reading."""


def anchor(connection: Connection, athlete: int, road: str, kind: str) -> str | None:
    table = schema.anchors
    return connection.execute(
        select(table.c.anchor).where(table.c.athlete == athlete, table.c.road == road, table.c.type == kind)
    ).scalar()


def put(connection: Connection, athlete: int, road: str, kind: str, text: str | None) -> None:
    """Remembers where to go on. None, while the store has shown nothing, keeps what is known."""
    table = schema.anchors
    query = select(table.c.anchor).where(table.c.athlete == athlete, table.c.road == road, table.c.type == kind)
    known = connection.execute(query).one_or_none()
    if known is None or (text is not None and known.anchor != text):
        sqlite.upsert(connection, table, [{"athlete": athlete, "road": road, "type": kind, "anchor": text}])


def put_asked(connection: Connection, athlete: int, road: str, kind: str, asked: int, shown: int) -> None:
    """What the store showed of the time `ASKED_AGAIN` before `asked` (ms). The type has been read before."""
    table = schema.anchors
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.road == road, table.c.type == kind)
        .values(asked=asked, shown=shown)
    )


class Vanished(NamedTuple):
    """A type of which the archive has recent samples, while the store shows none and told of no deletion."""

    road: str
    type: str
    samples: int
    """How many of the days asked for the archive has."""
    asked: int
    """When the store was asked (ms)."""


def recently_vanished(connection: Connection, athlete: int) -> list[Vanished]:
    """Health no longer shows these: reading may be off. Only whole UTC days within the time asked for count."""
    table, ids = schema.anchors, schema.native_ids
    query = (
        select(table.c.road, table.c.type, table.c.asked)
        .where(table.c.athlete == athlete, table.c.shown == 0)
        .order_by(table.c.road, table.c.type)
    )
    found: list[Vanished] = []
    for road, kind, asked in connection.execute(query).all():
        count = connection.execute(
            select(func.count()).where(
                ids.c.athlete == athlete, ids.c.road == road, ids.c.type == kind, ids.c.deleted.is_(False),
                ids.c.day > utc_day(asked - ASKED_AGAIN), ids.c.day < utc_day(asked),
            )
        ).scalar_one()  # fmt: skip
        if count:
            found.append(Vanished(road, kind, count, asked))
    return found
