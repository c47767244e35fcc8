"""What a person answers about imports: one is right, of a second phone, or wrong; what was retired is to come back.

Each is a change of what is said, followed by `blocks.renew`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, func, select, true

from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.samples import ROUTE, Row
from intervals_companion.store import additions, blocks, codec, doubts, imports, layers, schema, statements, versions
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.versions import EXPORT, PINNED, Series, State, Window

ALWAYS_BEFORE = -62_135_596_800_000
"""ms: the year 1, from which on an export speaks that is asked to speak of everything."""
_NEVER = 2**62


def confirm(connection: Connection, athlete: int, import_id: int, now: int) -> Renewed:
    """What waited of an import counts. `now` in ms."""
    result = Renewed()
    for series, window in versions.of_import(connection, athlete, import_id).items():
        if window.state is State.WAITS:
            result.add(_let_count(connection, series, window, now))
    return result


def second_phone(connection: Connection, athlete: int, import_id: int, now: int) -> Renewed:
    """An import is of another phone of the same person: a layer of its own, which retires nothing of the first."""
    said = versions.of_import(connection, athlete, import_id)
    result = Renewed()
    for series, window in said.items():
        if window.state is State.COMPLETE:
            result.add(_withdraw(connection, series, window, now))
    layer = doubts.layer_of(connection, athlete, {source for _, _, source in said}, second=True).name
    imports.put_layer(connection, athlete, import_id, layer)
    for series, window in said.items():
        if window.state is not State.ADDS:
            result.add(_let_count(connection, series, window._replace(layer=layer), now))
    return result


def remove(connection: Connection, athlete: int, import_id: int, now: int) -> Renewed:
    """An import is the wrong file: everything is as if it had never been read."""
    result = Renewed()
    for series, window in versions.of_import(connection, athlete, import_id).items():
        _, kind, source = series
        own = versions.days_of_import(connection, athlete, kind, source, import_id)
        days = statements.days_at_stake(connection, athlete, kind, window, own.__contains__)
        if window.state is State.COMPLETE:
            statements.keep_later(connection, athlete, kind, window, own)
        versions.forget(connection, series, import_id)
        # Not what its samples were, but when: what was sent of them is emptied.
        result.add(blocks.renew(connection, athlete, kind, source, days, -import_id, now))
    imports.discard(connection, athlete, import_id)
    return result


def restore(connection: Connection, athlete: int, import_id: int, now: int) -> Renewed:
    """What an import retired counts again, but for what newer samples of the same source cover."""
    table = schema.retired
    query = select(table.c.type, table.c.source, table.c.day, table.c.rows).where(
        table.c.athlete == athlete, table.c.import_id == import_id
    )
    pinned = imports.lasting(connection, athlete, PINNED, PINNED, now)
    result = Renewed()
    by_series: dict[tuple[str, str], dict[int, list[Row]]] = {}
    for kind, source, day, packed in connection.execute(query).all():
        by_series.setdefault((kind, source), {})[day] = codec.unpacked(packed)
    for (kind, source), by_day in by_series.items():
        uncovered = _uncovered(connection, (athlete, kind, source), by_day)
        if uncovered:
            result.add(additions.put(connection, athlete, pinned, kind, source, uncovered, now))
    return result


def _uncovered(connection: Connection, series: Series, by_day: dict[int, list[Row]]) -> dict[int, list[Row]]:
    around = sorted({day + step for day in by_day for step in (-1, 0, 1)})
    counting = versions.blocks(connection, series, around)
    found: dict[int, list[Row]] = {}
    for day, rows in by_day.items():
        newer = [
            row for near in (day - 1, day, day + 1) if near in counting for row in codec.unpacked(counting[near].packed)
        ]
        left = [row for row in rows if not layers.is_replaced(row, newer)]
        if left:
            found[day] = left
    return found


# --- no longer in Health? --------------------------------------------------------------------------------------------


class Missing(NamedTuple):
    """Samples of a type and source that exports brought once, and of whose time or source the newest says nothing."""

    type: str
    source: str
    samples: int
    first: int
    last: int
    """Of the first and the last of them (ms)."""


def missing(connection: Connection, athlete: int) -> list[Missing]:
    newest = imports.newest_complete(connection, athlete)
    if newest is None:
        return []
    own = versions.of_import(connection, athlete, newest.import_id)
    table, known = schema.blocks, schema.imports
    found: list[Missing] = []
    for kind, source in imports.series_of_layer(connection, athlete, EXPORT):
        window = own.get((athlete, kind, source))
        if kind == ROUTE or (window is not None and window.state is not State.COMPLETE):
            continue
        before = table.c.day < utc_day(window.first) if window is not None else true()
        query = (
            select(func.sum(table.c.count), func.min(table.c.first_start), func.max(table.c.first_start))
            .join(known, (known.c.athlete == table.c.athlete) & (known.c.import_id == table.c.import_id))
            .where(*versions.of_series(table, (athlete, kind, source)), known.c.layer == EXPORT, before)
        )
        samples, first, last = connection.execute(query).one()
        if samples:
            found.append(Missing(kind, source, samples, first, last))
    return found


def retire_missing(connection: Connection, athlete: int, now: int) -> Renewed:
    """The newest export speaks of all time and of every source: what others said before and it lacks counts no more."""
    newest = imports.newest_complete(connection, athlete)
    result = Renewed()
    if newest is None:
        return result
    own = versions.of_import(connection, athlete, newest.import_id)
    for kind, source in imports.series_of_layer(connection, athlete, EXPORT):
        if kind == ROUTE:
            continue
        series = athlete, kind, source
        window = own.get(series)
        if window is not None and window.state is not State.COMPLETE:
            continue
        first = _NEVER if window is None else window.first
        last = newest.written if window is None else window.last
        window = Window(newest.import_id, EXPORT, newest.written, State.COMPLETE, ALWAYS_BEFORE, last, source)
        said = versions.days_of_import(connection, athlete, kind, source, newest.import_id)
        versions.put_first(connection, series, window)
        result.add(_speak(connection, series, window, partial(_holds, said, first), now))
    return result


def _holds(said: dict[int, bool], first: int, day: int) -> bool:
    """Whether an export holds something of a day: it says so, or it says what the one before it said."""
    return said.get(day, (day + 1) * MS_PER_DAY > first)


# --- the steps -------------------------------------------------------------------------------------------------------


def _let_count(connection: Connection, series: Series, window: Window, now: int) -> Renewed:
    """Words that are all written down count."""
    athlete, kind, source = series
    state = State.ADDS if kind == ROUTE else State.COMPLETE
    window = window._replace(state=state)
    said = versions.days_of_import(connection, athlete, kind, source, window.import_id)
    renewed = _speak(connection, series, window, partial(_says_some, said), now)
    versions.let_count(connection, series, window.import_id, state, renewed.new, renewed.gone)
    return renewed


def _says_some(said: dict[int, bool], day: int) -> bool:
    return said.get(day, False)


def _speak(connection: Connection, series: Series, window: Window, holds: Callable[[int], bool], now: int) -> Renewed:
    athlete, kind, source = series
    if window.state is State.COMPLETE:
        statements.say_nothing(connection, athlete, kind, window, holds)
    days = statements.days_at_stake(connection, athlete, kind, window, holds)
    if window.state is State.COMPLETE:
        statements.keep_later(connection, athlete, kind, window, days)
    versions.let_count(connection, series, window.import_id, window.state, 0, 0)
    return blocks.renew(connection, athlete, kind, source, days, window.import_id, now)


def _withdraw(connection: Connection, series: Series, window: Window, now: int) -> Renewed:
    """An export whose words counted waits again, with all its words written down."""
    athlete, kind, source = series
    own = versions.days_of_import(connection, athlete, kind, source, window.import_id)
    statements.keep_later(connection, athlete, kind, window, own)
    known = statements.known_days(connection, athlete, kind, window)
    days = sorted(day for day in known if own.get(day, True))
    statements.repeat(connection, athlete, kind, source, window.import_id, window.written, days)
    versions.let_count(connection, series, window.import_id, State.WAITS, 0, 0)
    return blocks.renew(connection, athlete, kind, source, known, window.import_id, now, retire=False)
