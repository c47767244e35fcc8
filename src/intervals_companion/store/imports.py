"""Everything that samples came by: one row for each export, and one for a live store, a bridge, or what was pinned."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from attrs import frozen
from sqlalchemy import Connection, delete, func, select, update

from intervals_companion.store import schema, sqlite
from intervals_companion.store.versions import EXPORT, waiting_types


class ImportState(StrEnum):
    """How far an import has come."""

    READING = "reading"
    """On its way in, or killed on its way: nothing of it counts."""
    COMPLETE = "complete"
    """Everything that Health showed then."""
    ADDS = "adds"
    """A part: damaged, undated, or said to be one."""
    LASTING = "lasting"
    """A live store, a bridge, or what a person pinned: it goes on saying things."""


@frozen
class Import:
    """One of them. Times in ms."""

    import_id: int
    layer: str
    channel: str
    name: str
    """Of the file."""
    written: int
    """When Health was as it says."""
    arrived: int
    state: ImportState
    about: Mapping[str, str]
    """Whose Health it is, as the file says: birth, sex and so on, by attribute."""


class Totals(NamedTuple):
    """What came of an import, over all types and sources."""

    rows: int
    new: int
    retired: int


def begin(connection: Connection, athlete: int, channel: str, name: str, now: int) -> int:
    """A number for an export that is about to be read. Those that never came to an end are forgotten."""
    table = schema.imports
    for number in connection.execute(
        select(table.c.import_id).where(table.c.athlete == athlete, table.c.state == ImportState.READING)
    ).scalars().all():  # fmt: skip
        discard(connection, athlete, number)
    return _new(connection, athlete, EXPORT, channel, name, now, ImportState.READING)


def lasting(connection: Connection, athlete: int, layer: str, channel: str, now: int) -> int:
    """The number of a live store, a bridge or the pinned samples; made when it is first asked for."""
    table = schema.imports
    query = select(table.c.import_id).where(
        table.c.athlete == athlete, table.c.layer == layer, table.c.road == channel
    )  # fmt: skip
    known = connection.execute(query).scalar()
    return known if known is not None else _new(connection, athlete, layer, channel, "", now, ImportState.LASTING)


def _new(
    connection: Connection, athlete: int, layer: str, channel: str, name: str, now: int, state: ImportState
) -> int:
    table = schema.imports
    newest = connection.execute(select(func.max(table.c.import_id)).where(table.c.athlete == athlete)).scalar()
    number = (newest or 0) + 1
    row = {
        "athlete": athlete, "import_id": number, "layer": layer, "road": channel, "name": name, "written": now,
        "arrived": now, "state": state, "about": "{}",
    }  # fmt: skip
    sqlite.upsert(connection, table, [row])
    return number


def settle(
    connection: Connection, athlete: int, import_id: int, layer: str, written: int, state: ImportState,
    about: Mapping[str, str],
) -> None:  # fmt: skip
    """What an export turned out to be, once it was read. `written` in ms."""
    table = schema.imports
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.import_id == import_id)
        .values(layer=layer, written=written, state=state, about=json.dumps(dict(about), sort_keys=True))
    )


def put_layer(connection: Connection, athlete: int, import_id: int, layer: str) -> None:
    table = schema.imports
    own = (table.c.athlete == athlete, table.c.import_id == import_id)
    connection.execute(update(table).where(*own).values(layer=layer))


def touch(connection: Connection, athlete: int, import_id: int, now: int) -> None:
    """A lasting one has said something (ms)."""
    table = schema.imports
    connection.execute(
        update(table)
        .where(table.c.athlete == athlete, table.c.import_id == import_id)
        .values(written=now)
    )  # fmt: skip


def discard(connection: Connection, athlete: int, import_id: int) -> None:
    """An import that never counted is gone, as if it had not been read."""
    table = schema.imports
    forget_words(connection, athlete, import_id)
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.import_id == import_id))


def forget_words(connection: Connection, athlete: int, import_id: int) -> None:
    """Drops what stands beside the blocks of an import that never counted."""
    table = schema.block_versions
    connection.execute(delete(table).where(table.c.athlete == athlete, table.c.import_id == import_id))


def listed(connection: Connection, athlete: int) -> list[Import]:
    """All of them, the newest arrival first."""
    table = schema.imports
    query = select(table).where(table.c.athlete == athlete).order_by(table.c.arrived.desc(), table.c.import_id.desc())
    return [
        Import(
            row.import_id, row.layer, row.road, row.name, row.written, row.arrived, ImportState(row.state),
            json.loads(row.about),
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def one(connection: Connection, athlete: int, import_id: int) -> Import | None:
    return next((found for found in listed(connection, athlete) if found.import_id == import_id), None)


def newest_complete(connection: Connection, athlete: int) -> Import | None:
    """The latest export of the first phone that holds everything, and of which nothing waits for an answer."""
    waiting = waiting_types(connection, athlete).keys()
    whole = [
        one for one in listed(connection, athlete)
        if one.layer == EXPORT and one.state is ImportState.COMPLETE and one.import_id not in waiting
    ]  # fmt: skip
    return max(whole, key=lambda one: (one.written, one.import_id), default=None)


def series_of_layer(connection: Connection, athlete: int, layer: str) -> list[tuple[str, str]]:
    """Every type and source key that the imports of a layer brought."""
    table, known = schema.windows, schema.imports
    query = (
        select(table.c.type, table.c.source)
        .join(known, (known.c.athlete == table.c.athlete) & (known.c.import_id == table.c.import_id))
        .where(table.c.athlete == athlete, known.c.layer == layer)
        .distinct()
        .order_by(table.c.type, table.c.source)
    )
    return [(kind, source) for kind, source in connection.execute(query)]


def totals(connection: Connection, athlete: int) -> dict[int, Totals]:
    """What came of each import."""
    table = schema.windows
    query = (
        select(table.c.import_id, func.sum(table.c.rows), func.sum(table.c.new), func.sum(table.c.retired))
        .where(table.c.athlete == athlete)
        .group_by(table.c.import_id)
    )
    return {number: Totals(*sums) for number, *sums in connection.execute(query)}
