"""From a live store into the archive: samples, deletions and the anchor in one transaction, all or nothing.

While a type is read for the first time its samples add. Once it was read to the end, the live store speaks for the time
from the first sample it ever showed to its last reading: what it does not show of that time is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import frozen
from sqlalchemy import Connection, func, select

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import Row
from intervals_companion.store import anchors, archive, blocks, codec, doubts, imports, native_ids, schema, versions
from intervals_companion.store.additions import add_window
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.database import Store
from intervals_companion.store.native_ids import Arrival, Place
from intervals_companion.store.versions import LIVE, State, Version


@frozen
class Taken:
    """What a delivery changed."""

    new: int = 0
    """Objects never met before."""
    deleted: int = 0
    """Samples that count no more."""


def take(
    store: Store, athlete: int, channel: str, kind: str, arrivals: Sequence[Arrival], gone: Collection[str],
    anchor: str | None, now: int,
) -> Taken:  # fmt: skip
    """Some changes of one type. `gone`: native ids that were deleted; `anchor`: where to go on. The same again, in any
    order, ends the same. `now` in ms.
    """
    with store.write() as connection:
        for source in {(one.source.key, one.source.name, one.source.product): one.source for one in arrivals}.values():
            archive.remember_source(connection, athlete, channel, source)
        noted = native_ids.note(connection, athlete, channel, kind, arrivals, gone)
        deleted = 0
        if noted.born or noted.died:
            number = imports.lasting(connection, athlete, LIVE, channel, now)
            deleted = _change(connection, athlete, number, kind, noted.born, noted.died, now).gone
        anchors.put(connection, athlete, channel, kind, anchor)
    return Taken(noted.new, deleted)


def read_to_the_end(store: Store, athlete: int, channel: str, kind: str, now: int) -> None:
    """Nothing is left to ask of a type: from now on the store speaks for it. `now` in ms."""
    with store.write() as connection:
        number = imports.lasting(connection, athlete, LIVE, channel, now)
        for source, (first, before) in _spoken_for(connection, athlete, number, kind).items():
            add_window(connection, athlete, number, kind, source, State.COMPLETE, first, now)
            contested = _contested(connection, athlete, number, kind, source, before)
            blocks.renew(connection, athlete, kind, source, contested, number, now)
        imports.touch(connection, athlete, number, now)


def forget_missing(store: Store, athlete: int, channel: str, kind: str, shown: Collection[str], now: int) -> int:
    """After a whole reading from the beginning: what it did not show, of the time from the first it showed, is gone.

    Returns how many samples count no more.
    """
    with store.write() as connection:
        known = native_ids.living(connection, athlete, channel, kind)
        first: dict[str, int] = {}
        for native in shown:
            if (place := known.get(native)) is not None:
                first[place.source] = min(place.day, first.get(place.source, place.day))
        missing = [
            native for native, place in known.items()
            if native not in shown and place.source in first and place.day > first[place.source]
        ]  # fmt: skip
        if not missing or doubts.is_suspicious(len(missing), len(known)):
            return 0  # so many at once are rather hidden than deleted
        noted = native_ids.note(connection, athlete, channel, kind, [], missing)
        number = imports.lasting(connection, athlete, LIVE, channel, now)
        return _change(connection, athlete, number, kind, [], noted.died, now).gone


def _change(
    connection: Connection, athlete: int, number: int, kind: str, born: Sequence[Arrival], died: Sequence[Place],
    now: int,
) -> Renewed:  # fmt: skip
    changes: dict[str, dict[int, tuple[list[Row], list[bytes]]]] = {}
    for one in born:
        changes.setdefault(one.source.key, {}).setdefault(utc_day(one.row.start), ([], []))[0].append(one.row)
    for place in died:
        changes.setdefault(place.source, {}).setdefault(place.day, ([], []))[1].append(place.sample)
    result = Renewed()
    for source, by_day in changes.items():
        found = versions.of_days(connection, athlete, kind, source, sorted(by_day))
        said: dict[int, Version] = {}
        for day, (came, went) in by_day.items():
            own = next((one for one in found.get(day, ()) if one.import_id == number), None)
            rows = [*(codec.unpacked(own.packed) if own is not None else []), *came]
            for sample in went:
                rows = _without_one(rows, kind, source, sample)
            kept, raw = codec.fitted(sorted(rows)) if rows else ([], b"")
            said[day] = versions.version_of(number, now, kept, raw)
        versions.drop(connection, athlete, kind, source, number, sorted(said))
        versions.put(connection, athlete, kind, source, said)
        _widen(connection, athlete, number, kind, source, [row for came, _ in by_day.values() for row in came])
        result.add(blocks.renew(connection, athlete, kind, source, by_day.keys(), number, now))
    return result


def _without_one(rows: Sequence[Row], kind: str, source: str, sample: bytes) -> list[Row]:
    for place, row in enumerate(rows):
        if native_ids.fingerprint(kind, source, row) == sample:
            return [*rows[:place], *rows[place + 1 :]]
    return list(rows)


def _widen(connection: Connection, athlete: int, number: int, kind: str, source: str, came: Sequence[Row]) -> None:
    """A sample from before all others moves the beginning of what the store speaks for."""
    known = {one.import_id: one for one in versions.windows(connection, athlete, kind, {source})}.get(number)
    starts = [row.start for row in came]
    if known is None:
        add_window(connection, athlete, number, kind, source, State.ADDS, min(starts, default=1))
    elif starts and min(starts) < known.first:
        add_window(connection, athlete, number, kind, source, known.state, min(starts), known.last)


def _spoken_for(connection: Connection, athlete: int, number: int, kind: str) -> dict[str, tuple[int, int]]:
    """By source key: when the first sample it ever showed starts, and until when it has spoken so far (ms)."""
    table = schema.windows
    query = select(table.c.source, table.c.first, table.c.last).where(
        table.c.athlete == athlete, table.c.import_id == number, table.c.type == kind
    )
    return {source: (first, last) for source, first, last in connection.execute(query)}


def _contested(connection: Connection, athlete: int, number: int, kind: str, source: str, before: int) -> set[int]:
    """The UTC days of which somebody else said something since the last reading."""
    found: set[int] = set()
    for table in (schema.blocks, schema.block_versions):
        others = select(table.c.day).where(
            *versions.of_series(table, (athlete, kind, source)),
            func.coalesce(table.c.import_id, 0) != number, func.coalesce(table.c.spoken, before) >= before,
        )  # fmt: skip
        found.update(connection.execute(others).scalars())
    return found
