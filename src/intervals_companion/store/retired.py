"""What counted once and does no more: listed, and forgotten where nobody needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import Row
from intervals_companion.store import codec, schema

KEPT = 90 * MS_PER_DAY
"""How long retired samples are kept whose time newer ones cover (ms)."""


class Retired(NamedTuple):
    """Samples of one type that count no more since one import."""

    import_id: int
    type: str
    samples: int
    at: int
    """When they were retired (ms)."""


def listed(connection: Connection, athlete: int) -> list[Retired]:
    """The newest first."""
    table = schema.retired
    query = (
        select(table.c.import_id, table.c.type, func.sum(table.c.count), func.max(table.c.retired))
        .where(table.c.athlete == athlete, table.c.import_id > 0)  # below 0: of removed imports, see `blocks`
        .group_by(table.c.import_id, table.c.type)
        .order_by(func.max(table.c.retired).desc(), table.c.import_id.desc(), table.c.type)
    )
    return [Retired(*row) for row in connection.execute(query)]


def rows(connection: Connection, athlete: int, kind: str, first: int, last: int) -> Iterator[Row]:
    """The retired samples of a type that start on these UTC days, both included."""
    table = schema.retired
    query = select(table.c.rows).where(
        table.c.athlete == athlete, table.c.type == kind, table.c.day.between(first, last)
    )
    for packed in connection.execute(query).scalars():
        yield from codec.unpacked(packed)


def forget_covered(connection: Connection, athlete: int, now: int) -> None:
    """Those that newer samples replaced long ago. `now` in ms."""
    table = schema.retired
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.covered, table.c.retired < now - KEPT))


def forget_all(connection: Connection, athlete: int) -> int:
    """Empties it; says how many samples that were."""
    table = schema.retired
    count = connection.execute(select(func.sum(table.c.count)).where(table.c.athlete == athlete)).scalar()
    connection.execute(delete(table).where(table.c.athlete == athlete))
    return count or 0
