"""What a live store told of objects by their own ids: which sample each one is, and which were deleted.

An id that was deleted once stays deleted, whatever order the news comes in. The same weighing recorded again under a
new id is another object.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import Row, Source, same_key
from intervals_companion.store import schema, sqlite

_KEYS_PER_SELECT = 500


class Arrival(NamedTuple):
    """A sample under its native id."""

    id: str
    source: Source
    row: Row


class Place(NamedTuple):
    """Where in the archive a sample stands. Empty for an id that was deleted before it was ever shown."""

    source: str
    day: int
    sample: bytes


_NOWHERE = Place("", 0, b"")


def fingerprint(kind: str, source: str, row: Row) -> bytes:
    """A hash of what makes two samples the same."""
    return hashlib.blake2b(repr((kind, source, same_key(row))).encode(), digest_size=16).digest()


# --- native ids ------------------------------------------------------------------------------------------------------


class Noted(NamedTuple):
    """What ids changed."""

    born: list[Arrival]
    """Objects that were not there before, and are."""
    died: list[Place]
    """Samples of objects that were there, and are no more."""
    new: int
    """Ids never met before."""


def note(
    connection: Connection, athlete: int, channel: str, kind: str, arrivals: Sequence[Arrival], gone: Collection[str]
) -> Noted:
    """Remembers these ids and those of them that were deleted."""
    known = _known(connection, athlete, channel, [*(one.id for one in arrivals), *gone])
    now = dict(known)
    for one in arrivals:
        place = Place(one.source.key, utc_day(one.row.start), fingerprint(kind, one.source.key, one.row))
        now[one.id] = (place, known.get(one.id, (place, False))[1])
    for native in gone:
        now[native] = (now.get(native, (_NOWHERE, True))[0], True)
    rows = [
        {"athlete": athlete, "road": channel, "id": native, "type": kind, **place._asdict(), "deleted": deleted}
        for native, (place, deleted) in now.items()
        if known.get(native) != (place, deleted)
    ]
    sqlite.upsert(connection, schema.native_ids, rows)
    arrived = {one.id: one for one in arrivals}
    born = [one for native, one in arrived.items() if native not in known and not now[native][1]]
    died = [place for native, (place, deleted) in known.items() if not deleted and now[native][1]]
    return Noted(born, died, len(now) - len(known))


def living(connection: Connection, athlete: int, channel: str, kind: str) -> dict[str, Place]:
    """The objects of a type that the store has shown and not called deleted."""
    table = schema.native_ids
    query = select(table.c.id, table.c.source, table.c.day, table.c.sample).where(
        table.c.athlete == athlete, table.c.road == channel, table.c.type == kind, table.c.deleted.is_(False)
    )
    return {native: Place(*place) for native, *place in connection.execute(query)}


def known_ids(connection: Connection, athlete: int, channel: str, ids: Sequence[str]) -> set[str]:
    """Those of these ids that were met before."""
    return set(_known(connection, athlete, channel, ids))


def _known(connection: Connection, athlete: int, channel: str, ids: Sequence[str]) -> dict[str, tuple[Place, bool]]:
    table = schema.native_ids
    found: dict[str, tuple[Place, bool]] = {}
    for part in _parts(ids):
        query = select(table.c.id, table.c.source, table.c.day, table.c.sample, table.c.deleted).where(
            table.c.athlete == athlete, table.c.road == channel, table.c.id.in_(part)
        )
        found |= {native: (Place(*place), deleted) for native, *place, deleted in connection.execute(query)}
    return found


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), _KEYS_PER_SELECT):
        yield keys[start : start + _KEYS_PER_SELECT]
