"""What a live store told of objects by their own ids: which sample each one is, and which were deleted.

A sample counts as deleted while it has a deleted id and no living one: the same weighing recorded again under a new id
counts again. It is then taken out of its block and kept here, whatever order the news came in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import Row, Source, same_key
from intervals_companion.store import codec, schema, sqlite

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
    """What ids changed: samples that died by it, samples that live whatever was said before, ids never met."""

    dead: frozenset[Place]
    alive: frozenset[Place]
    new: int


def note(
    connection: Connection, athlete: int, channel: str, kind: str, arrivals: Sequence[Arrival], gone: Collection[str]
) -> Noted:
    """Remembers these ids and those of them that were deleted. An id that was deleted once stays deleted."""
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
    died = {place for place, deleted in now.values() if deleted and place != _NOWHERE}
    dead = died - _living(connection, athlete, kind, died)
    alive = {place for place, deleted in now.values() if not deleted}
    return Noted(frozenset(dead), frozenset(alive), len(now) - len(known))


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


def _living(connection: Connection, athlete: int, kind: str, places: Collection[Place]) -> set[Place]:
    """Those of these samples that some id says still exist."""
    table = schema.native_ids
    found: set[Place] = set()
    for part in _parts(sorted({place.day for place in places})):
        query = select(table.c.source, table.c.day, table.c.sample).where(
            table.c.athlete == athlete, table.c.type == kind, table.c.day.in_(part), table.c.deleted.is_(False)
        )
        found |= {Place(*place) for place in connection.execute(query)}
    return found & set(places)


def _parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), _KEYS_PER_SELECT):
        yield keys[start : start + _KEYS_PER_SELECT]


# --- deleted samples -------------------------------------------------------------------------------------------------

Deleted = Mapping[bytes, Row]
"""By fingerprint."""


def of_days(
    connection: Connection, athlete: int, kind: str, source: str, days: Sequence[int]
) -> dict[int, dict[bytes, Row]]:
    """The deleted samples of one type and source on these UTC days."""
    table = schema.deletions
    found: dict[int, dict[bytes, Row]] = {}
    for part in _parts(days):
        query = select(table.c.day, table.c.sample, table.c.row).where(
            table.c.athlete == athlete, table.c.type == kind, table.c.source == source, table.c.day.in_(part)
        )
        for day, sample, packed in connection.execute(query):
            (row,) = codec.decode(packed)
            found.setdefault(day, {})[sample] = row
    return found


def replace(
    connection: Connection, athlete: int, kind: str, source: str, day: int, before: Deleted, after: Deleted, now: int
) -> None:
    """Makes `after` the deleted samples of a day. `now` in ms."""
    table = schema.deletions
    for sample in before.keys() - after.keys():
        connection.execute(
            delete(table).where(
                table.c.athlete == athlete, table.c.type == kind, table.c.source == source, table.c.day == day,
                table.c.sample == sample,
            )
        )  # fmt: skip
    rows = [
        {
            "athlete": athlete, "type": kind, "day": day, "source": source, "sample": sample, "arrived": now,
            "row": codec.encode([row]),
        }
        for sample, row in after.items()
        if before.get(sample) != row
    ]  # fmt: skip
    sqlite.upsert(connection, table, rows)


def by_source(places: Iterable[Place]) -> dict[str, dict[int, set[bytes]]]:
    """Source key -> UTC day -> fingerprints."""
    found: dict[str, dict[int, set[bytes]]] = {}
    for place in places:
        found.setdefault(place.source, {}).setdefault(place.day, set()).add(place.sample)
    return found
