"""From a live store into the archive: samples, deletions and the anchor in one transaction, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import frozen

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import Row
from intervals_companion.store import anchors, archive, deletions
from intervals_companion.store.database import Store
from intervals_companion.store.deletions import Arrival


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
    rows: dict[str, dict[int, list[Row]]] = {}
    for one in arrivals:
        rows.setdefault(one.source.key, {}).setdefault(utc_day(one.row.start), []).append(one.row)
    with store.write() as connection:
        for source in {(one.source.key, one.source.name, one.source.product): one.source for one in arrivals}.values():
            archive.remember_source(connection, athlete, channel, source)
        noted = deletions.note(connection, athlete, channel, kind, arrivals, gone)
        dead, alive = deletions.by_source(noted.dead), deletions.by_source(noted.alive)
        died = 0
        for source_key in rows.keys() | dead.keys():
            by_day = rows.get(source_key, {}) | {
                day: rows.get(source_key, {}).get(day, []) for day in dead.get(source_key, {})
            }
            said = archive.Said(dead.get(source_key, {}), alive.get(source_key, {}), now)
            died += archive.merge(connection, athlete, kind, source_key, by_day, said).deleted
        anchors.put(connection, athlete, channel, kind, anchor)
    return Taken(noted.new, died)
