"""What a bridge app sends, into the archive: it adds to what counts, and says nothing by what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from intervals_companion.domain import own_samples
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.samples import Batch, Row, Source
from intervals_companion.store import archive, blocks, codec, imports, layers, versions
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.database import Store
from intervals_companion.store.layers import Statement
from intervals_companion.store.staging import by_utc_day
from intervals_companion.store.versions import BRIDGE, Block, Series, State, Version


def add(
    store: Store, athlete: int, channel: str, batches: Iterable[Batch], now: int, layer: str = BRIDGE
) -> Iterator[tuple[str, Renewed]]:
    """Takes one delivery, a type and source after the other, each in one transaction, and says after each its type and
    what became of its blocks.

    The same again writes nothing. Within the delivery every row counts; what is sent again in other pieces counts in
    the new ones. `now` in ms. Where reading the batches ends early, what came before is taken, and then that is raised.
    """
    rows: dict[tuple[str, str], list[Row]] = {}
    sources: dict[str, dict[tuple[str, str], Source]] = {}
    problem: CompanionError | None = None
    try:
        for batch in batches:
            foreign = [row for row in batch.rows if not own_samples.is_own(row.metadata)]
            if foreign:
                rows.setdefault((batch.type, batch.source.key), []).extend(foreign)
                described = batch.source.name, batch.source.product
                sources.setdefault(batch.source.key, {})[described] = batch.source
    except CompanionError as early:
        problem = early
    for (kind, key), found in rows.items():
        with store.write() as connection:
            for source in sources.pop(key, {}).values():
                archive.remember_source(connection, athlete, channel, source)
            number = imports.lasting(connection, athlete, layer, channel, now)
            renewed = put(connection, athlete, number, kind, key, by_utc_day(found), now)
        yield kind, renewed
    if problem is not None:
        raise problem


def put(
    connection: Connection, athlete: int, number: int, kind: str, source: str, by_day: Mapping[int, list[Row]],
    now: int,
) -> Renewed:  # fmt: skip
    """One delivery of a type and source, by UTC day, to a lasting import. `now`: when it said so (ms).

    It is kept as one thing said, beside what was said before: an export that lacks some of that speaks after it, not
    after this.
    """
    series = athlete, kind, source
    days = sorted(by_day)
    counting = versions.blocks(connection, series, days)
    found = versions.said_of(connection, series, days, counting)
    said: dict[int, Version] = {}
    left_out = 0
    for day in days:
        own = [one for one in found.get(day, ()) if one.import_id == number]
        version, beyond = _said(number, now, by_day[day], own, counting.get(day))
        left_out += beyond
        if version is not None:
            said[day] = version
            for earlier in own:
                _say_less(connection, series, day, earlier, version)
    if not said:
        return Renewed(left_out=left_out)
    versions.put(connection, athlete, kind, source, said)
    add_window(connection, athlete, number, kind, source, State.ADDS)
    renewed = blocks.renew(connection, athlete, kind, source, said.keys(), number, now)
    renewed.left_out += left_out
    return renewed


def _said(
    number: int, now: int, fresh: Sequence[Row], own: Sequence[Version], counting: Block | None
) -> tuple[Version | None, int]:
    """What a delivery says of a day; none where all of it counts, or was said so before. And how much is too much."""
    before = [] if counting is None else codec.unpacked(counting.packed)
    together = layers.merged([Statement(before, 0), Statement(fresh, 1)])
    fitting, raw = codec.fitted(together)
    beyond = len(together) - len(fitting)
    is_known = not layers.without(fresh, [row for one in own for row in codec.unpacked(one.packed)])
    if counting is not None and codec.digest(raw) == counting.hash and (is_known or beyond):
        return None, beyond
    kept, raw = codec.fitted(sorted(fresh))
    digest = codec.digest(raw)
    if any(one.hash == digest and one.spoken >= now for one in own):
        return None, 0
    spoken, taken = now, {one.spoken for one in own}
    while spoken in taken:
        spoken += 1
    return versions.version_of(number, spoken, kept, raw), len(fresh) - len(kept)


def _say_less(connection: Connection, series: Series, day: int, earlier: Version, later: Version) -> None:
    """What is said again is said later; of an object with an id of its own, such as a workout that was corrected, the
    last delivery counts.
    """
    if earlier.spoken >= later.spoken:
        return
    rows, again = codec.unpacked(earlier.packed), codec.unpacked(later.packed)
    ids = {layers.external_id(row) for row in again} - {""}
    left = [row for row in layers.without(rows, again) if layers.external_id(row) not in ids]
    if len(left) == len(rows):
        return
    if not left:
        versions.drop_one(connection, *series, day, earlier)
    else:
        kept = versions.version_of(earlier.import_id, earlier.spoken, left)
        versions.put(connection, *series, {day: kept})


def add_window(
    connection: Connection, athlete: int, number: int, kind: str, source: str, state: State, first: int = 1,
    last: int = 0,
) -> None:  # fmt: skip
    """Says once and for all how the words of a lasting import about a type and source count."""
    known = {one.import_id: one for one in versions.windows(connection, athlete, kind, {source})}.get(number)
    if known is not None and (known.state, known.first, known.last) == (state, first, last):
        return
    row = {
        "athlete": athlete, "import_id": number, "type": kind, "source": source, "first": first, "last": last,
        "state": state, "rows": 0, "new": 0, "retired": 0,
    }  # fmt: skip
    versions.put_windows(connection, [row])
