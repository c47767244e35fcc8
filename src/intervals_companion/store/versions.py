"""What deliveries said of a type, a source and a day, as it is stored.

`blocks` holds what counts and, where one delivery says just that, whose words it is. `block_versions` holds what others
said in other words, and what is still being read. `store/blocks.py` makes the one of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, select, update

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import Row
from intervals_companion.store import codec, schema, sqlite

EXPORT, LIVE, BRIDGE, PINNED = "export", "live", "bridge", "pinned"
"""Layers. A second phone's export is a layer of its own: `export 2`."""

KEYS_PER_SELECT = 200


class State(StrEnum):
    """What the words of a delivery do, for one type and source."""

    COMPLETE = "complete"
    """They say everything about their window."""
    ADDS = "adds"
    WAITS = "waits"
    """They count once a person has answered."""


class Window(NamedTuple):
    """What one delivery says of a type and source as a whole."""

    import_id: int
    layer: str
    written: int
    """When Health was as it says (ms)."""
    state: State
    first: int
    last: int
    source: str


class Version(NamedTuple):
    """What one delivery says of a type and source on one day."""

    import_id: int
    spoken: int
    number: int
    """How many samples."""
    first_start: int
    last_end: int
    hash: bytes
    """Empty where it says that there is nothing."""
    packed: bytes


# --- reading ---------------------------------------------------------------------------------------------------------


def windows(connection: Connection, athlete: int, kind: str, keys: Collection[str]) -> list[Window]:
    """What deliveries say of a type and these source keys, which are one source; the newest first."""
    table, imports = schema.windows, schema.imports
    query = (
        select(
            table.c.import_id, imports.c.layer, imports.c.written, table.c.state, table.c.first, table.c.last,
            table.c.source,
        )
        .join(imports, (imports.c.athlete == table.c.athlete) & (imports.c.import_id == table.c.import_id))
        .where(table.c.athlete == athlete, table.c.type == kind, table.c.source.in_(sorted(keys)))
        .order_by(imports.c.written.desc(), table.c.import_id.desc())
    )  # fmt: skip
    return [Window(one, layer, at, State(state), *rest) for one, layer, at, state, *rest in connection.execute(query)]


def of_days(
    connection: Connection, athlete: int, kind: str, source: str, days: Sequence[int]
) -> dict[int, list[Version]]:
    """What was said of each day; also what does not count, or not yet."""
    return said_of(connection, (athlete, kind, source), days, blocks(connection, (athlete, kind, source), days))


Series = tuple[int, str, str]
"""Athlete, type and source key."""


class Block(NamedTuple):
    """What counts of a type and source on one day, and whose words it is."""

    import_id: int | None
    spoken: int
    number: int
    first_start: int
    last_end: int
    hash: bytes
    packed: bytes


def of_series(table: Table, series: Series) -> tuple[ColumnElement[bool], ...]:
    return table.c.athlete == series[0], table.c.type == series[1], table.c.source == series[2]


def blocks(connection: Connection, series: Series, days: Sequence[int]) -> dict[int, Block]:
    table = schema.blocks
    found: dict[int, Block] = {}
    columns = [table.c.import_id, table.c.spoken, *(table.c[name] for name in CONTENT), table.c.rows]
    for part in parts(days):
        query = select(table.c.day, *columns).where(*of_series(table, series), table.c.day.in_(part))
        found |= {day: Block(*rest) for day, *rest in connection.execute(query)}
    return found


CONTENT = ("count", "first_start", "last_end", "hash")


def said_of(
    connection: Connection, series: Series, days: Sequence[int], blocks: Mapping[int, Block]
) -> dict[int, list[Version]]:
    found: dict[int, list[Version]] = defaultdict(list)
    for day, block in blocks.items():
        if block.import_id is not None:
            found[day].append(Version(block.import_id, *block[1:]))
    table = schema.block_versions
    columns = [table.c.import_id, table.c.spoken, *(table.c[name] for name in CONTENT), table.c.rows]
    for part in parts(days):
        query = select(table.c.day, *columns).where(*of_series(table, series), table.c.day.in_(part))
        for day, *rest in connection.execute(query):
            version = Version(*rest)
            if version.packed is None:
                version = version._replace(packed=blocks[day].packed if version.hash else b"")
            found[day].append(version)
    return found


def parts(days: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(days), KEYS_PER_SELECT):
        yield days[start : start + KEYS_PER_SELECT]


def days_held(connection: Connection, athlete: int, kind: str, source: str, first: int, last: int) -> set[int]:
    """The UTC days between two instants (ms) of which something counts."""
    return _days(connection, schema.blocks, (athlete, kind, source), first, last)


def days_beside(connection: Connection, athlete: int, kind: str, source: str, first: int, last: int) -> set[int]:
    """The UTC days between two instants (ms) of which somebody said something else than counts."""
    return _days(connection, schema.block_versions, (athlete, kind, source), first, last)


def _days(connection: Connection, table: Table, series: Series, first: int, last: int) -> set[int]:
    between = table.c.day.between(utc_day(first), utc_day(last))
    return set(connection.execute(select(table.c.day).where(*of_series(table, series), between)).scalars())


def days_of_import(connection: Connection, athlete: int, kind: str, source: str, import_id: int) -> dict[int, bool]:
    """The UTC days of which a delivery says something in words of its own, and whether it says that there is any."""
    found: dict[int, bool] = {}
    for table in (schema.blocks, schema.block_versions):
        own = (*of_series(table, (athlete, kind, source)), table.c.import_id == import_id)
        for day, digest in connection.execute(select(table.c.day, table.c.hash).where(*own)):
            found[day] = found.get(day, False) or bool(digest)
    return found


def of_import(connection: Connection, athlete: int, import_id: int) -> dict[Series, Window]:
    """What an import says of each type and source as a whole."""
    table = schema.windows
    query = select(table.c.type, table.c.source).where(table.c.athlete == athlete, table.c.import_id == import_id)
    found: dict[Series, Window] = {}
    for kind, source in connection.execute(query.order_by(table.c.type, table.c.source)).all():
        said = windows(connection, athlete, kind, {source})
        found[athlete, kind, source] = next(one for one in said if one.import_id == import_id)
    return found


def waiting_types(connection: Connection, athlete: int) -> dict[int, dict[str, State]]:
    """The imports of which a type waits for an answer: the state of each of their types."""
    table = schema.windows
    query = select(table.c.import_id, table.c.type, table.c.state).where(table.c.athlete == athlete)
    found: dict[int, dict[str, State]] = {}
    for number, kind, state in connection.execute(query.where(table.c.import_id.in_(_waiting(athlete)))):
        states = found.setdefault(number, {})
        states[kind] = State.WAITS if State.WAITS in (state, states.get(kind)) else State(state)
    return found


def _waiting(athlete: int) -> Select[tuple[int]]:
    table = schema.windows
    return select(table.c.import_id).where(table.c.athlete == athlete, table.c.state == State.WAITS).distinct()


def in_doubt(connection: Connection, athlete: int) -> Iterator[tuple[str, int, int]]:
    """The stretches (type, first start and last end in ms) of which an import that waits says other than counts."""
    said, counting, table = schema.block_versions, schema.blocks, schema.windows
    query = (
        select(
            said.c.type, said.c.count, said.c.first_start, said.c.last_end, counting.c.first_start, counting.c.last_end
        )
        .join(
            table,
            (table.c.athlete == said.c.athlete) & (table.c.import_id == said.c.import_id)
            & (table.c.type == said.c.type) & (table.c.source == said.c.source),
        )
        .outerjoin(
            counting,
            (counting.c.athlete == said.c.athlete) & (counting.c.type == said.c.type)
            & (counting.c.day == said.c.day) & (counting.c.source == said.c.source),
        )
        .where(
            said.c.athlete == athlete, table.c.state == State.WAITS,
            func.coalesce(counting.c.hash, b"") != said.c.hash,
        )
    )  # fmt: skip
    for kind, count, first_start, last_end, first_counting, last_counting in connection.execute(query):
        starts = [first_start] * bool(count) + [first_counting] * (first_counting is not None)
        ends = [last_end] * bool(count) + [last_counting] * (last_counting is not None)
        yield kind, min(starts), max(ends)


def chain(said: Iterable[Window], layer: str) -> dict[int, Window]:
    """The complete exports of a layer, by number."""
    return {one.import_id: one for one in said if one.layer == layer and one.state is State.COMPLETE}


def said_at(found: Iterable[Version], chain: Mapping[int, Window], written: int, import_id: int) -> Version | None:
    """What the exports of a layer said of a day at that export: an export without words of its own says what the one
    before it said. `chain`: the exports of the layer by number.
    """
    before = [
        one
        for one in found
        if (own := chain.get(one.import_id)) and (own.written, one.import_id) <= (written, import_id)
    ]
    return max(before, key=lambda one: (chain[one.import_id].written, one.import_id), default=None)


# --- writing what is said --------------------------------------------------------------------------------------------


def version_of(import_id: int, spoken: int, rows: Sequence[Row], raw: bytes = b"") -> Version:
    """What a delivery says of a day, ready to be stored. `rows`: sorted, and not more than fit; `raw`: their bytes."""
    if not rows:
        return Version(import_id, spoken, 0, 0, 0, b"", b"")
    raw = raw or codec.encode(rows)
    last_end = max(row.end for row in rows)
    return Version(import_id, spoken, len(rows), rows[0].start, last_end, codec.digest(raw), codec.compress(raw))


def put(connection: Connection, athlete: int, kind: str, source: str, said: Mapping[int, Version]) -> None:
    """What a delivery says of some days, in place of what it said before. Counts after the next `renew`."""
    if not said:
        return
    series = athlete, kind, source
    table = schema.blocks
    for import_id, spoken in {(one.import_id, one.spoken) for one in said.values()}:
        days = sorted(day for day, one in said.items() if one.spoken == spoken)
        for part in parts(days):
            owned = (*of_series(table, series), table.c.day.in_(part), table.c.import_id == import_id)
            connection.execute(
                update(table).where(*owned, table.c.spoken == spoken).values(import_id=None, spoken=None)
            )  # fmt: skip
    rows = [as_row(athlete, kind, source, day, version, version.packed or None) for day, version in said.items()]
    sqlite.upsert(connection, schema.block_versions, rows)


def as_row(athlete: int, kind: str, source: str, day: int, version: Version, packed: bytes | None) -> dict[str, Any]:
    """A version as it is stored; `packed`: none where it says the same as the block, or that there is nothing."""
    return {
        "athlete": athlete, "type": kind, "source": source, "day": day, "import_id": version.import_id,
        "spoken": version.spoken, "count": version.number, "first_start": version.first_start,
        "last_end": version.last_end, "hash": version.hash, "rows": packed,
    }  # fmt: skip


def drop_one(connection: Connection, athlete: int, kind: str, source: str, day: int, version: Version) -> None:
    """What a delivery said of a day at one time is said no more."""
    for table, values in ((schema.blocks, {"import_id": None, "spoken": None}), (schema.block_versions, None)):
        own = (
            *of_series(table, (athlete, kind, source)), table.c.day == day, table.c.import_id == version.import_id,
            table.c.spoken == version.spoken,
        )  # fmt: skip
        connection.execute(delete(table).where(*own) if values is None else update(table).where(*own).values(values))


def drop(connection: Connection, athlete: int, kind: str, source: str, import_id: int, days: Sequence[int]) -> None:
    """A delivery says nothing of its own of these days any more."""
    series = athlete, kind, source
    table, versions = schema.blocks, schema.block_versions
    for part in parts(days):
        owned = (*of_series(table, series), table.c.day.in_(part), table.c.import_id == import_id)
        connection.execute(update(table).where(*owned).values(import_id=None, spoken=None))
        own = (*of_series(versions, series), versions.c.day.in_(part), versions.c.import_id == import_id)
        connection.execute(delete(versions).where(*own))


def put_windows(connection: Connection, rows: list[dict[str, Any]]) -> None:
    sqlite.upsert(connection, schema.windows, rows)


def put_first(connection: Connection, series: Series, window: Window) -> None:
    """From when on an import says everything of a type and source, whether or not it holds any."""
    table = schema.windows
    own = (*of_series(table, series), table.c.import_id == window.import_id)
    if connection.execute(update(table).where(*own).values(first=window.first)).rowcount:
        return
    athlete, kind, source = series
    row = {
        "athlete": athlete, "import_id": window.import_id, "type": kind, "source": source, "first": window.first,
        "last": window.last, "state": window.state, "rows": 0, "new": 0, "retired": 0,
    }  # fmt: skip
    put_windows(connection, [row])


def let_count(connection: Connection, series: Series, import_id: int, state: State, new: int, retired: int) -> None:
    """What words that waited do from now on, and what came of it."""
    table = schema.windows
    own = (*of_series(table, series), table.c.import_id == import_id)
    connection.execute(update(table).where(*own).values(state=state, new=new, retired=retired))


def forget(connection: Connection, series: Series, import_id: int) -> None:
    """Everything that an import says of a type and source. Counts after the next `renew`."""
    athlete, kind, source = series
    days = sorted(days_of_import(connection, athlete, kind, source, import_id))
    drop(connection, athlete, kind, source, import_id, days)
    table = schema.windows
    connection.execute(delete(table).where(*of_series(table, series), table.c.import_id == import_id))
