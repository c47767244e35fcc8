"""The end of an export's reading: what would change, what is in doubt, and then what counts.

A complete export speaks for each type and source from its first sample to its own date. What earlier exports said of
that time and it does not hold counts no more, unless it would be so much that the file may be the wrong one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from attrs import define, field, frozen
from sqlalchemy import Connection, func, select

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import LONGEST_SPAN, ROUTE
from intervals_companion.store import archive, blocks, doubts, imports, retired, schema, statements, versions
from intervals_companion.store.blocks import Renewed
from intervals_companion.store.database import Store
from intervals_companion.store.imports import ImportState
from intervals_companion.store.staging import Staging
from intervals_companion.store.versions import EXPORT, State, Window

SHARE_OF_SOURCE = 0.999
"""All of a source, as far as numbers can tell."""

Series = tuple[str, str]
"""Type and source key."""


@frozen
class Doubt:
    """A type of which an import would retire suspiciously much."""

    type: str
    lost: int
    """Samples that would be gone without newer ones over the same time."""
    held: int
    """Samples of the type in the windows."""


@define
class Proposal:
    """What an import would do. Nothing of it has been done."""

    by_type: dict[str, Renewed] = field(factory=dict)
    doubts: list[Doubt] = field(factory=list)

    @property
    def retires(self) -> bool:
        return any(one.gone for one in self.by_type.values())


def proposal(
    store: Store, athlete: int, staging: Staging, written: int, complete: bool, layer: str = EXPORT
) -> Proposal:
    """What would change if it counted. Writes only what it says by its silence: days that it holds no more."""
    with store.write() as connection:
        for series in staging.series:
            if layer != EXPORT:
                _repeat(connection, athlete, staging, series, written)
            window = _window(staging, series, written, complete, layer)
            if window.state is State.COMPLETE:
                statements.say_nothing(connection, athlete, series[0], window, staging.series[series].holds)
    found = Proposal()
    for kind, sources in _by_type(staging.series).items():
        with store.read() as connection:
            renewed, held = Renewed(), 0
            suspicious = False
            for source in sources:
                series = kind, source
                said = versions.windows(connection, athlete, kind, {source})
                window = _window(staging, series, written, complete, layer)
                if not said:
                    renewed.add(_first_words(connection, athlete, staging.import_id, series))
                    continue
                days_touched = statements.days_at_stake(connection, athlete, kind, window, staging.series[series].holds)
                change = blocks.would_change(connection, athlete, kind, source, days_touched, _in_order(said, window))
                renewed.add(change)
                in_window = _held_in(connection, athlete, series, window)
                held += in_window
                suspicious |= doubts.is_suspicious(change.lost, in_window, SHARE_OF_SOURCE)
        found.by_type[kind] = renewed
        if suspicious or doubts.is_suspicious(renewed.lost, held):
            found.doubts.append(Doubt(kind, renewed.lost, held))
    return found


def accept(
    store: Store, athlete: int, staging: Staging, written: int, complete: bool, about: Mapping[str, str], now: int,
    *, waits: Collection[str] = (), layer: str = EXPORT,
) -> Renewed:  # fmt: skip
    """Lets it count, type by type, but for those that wait for an answer. `written`, `now` in ms."""
    result = Renewed()
    with store.write() as connection:
        state = ImportState.COMPLETE if complete else ImportState.ADDS
        imports.settle(connection, athlete, staging.import_id, layer, written, state, about)
        retired.forget_covered(connection, athlete, now)
    for kind, sources in _by_type(staging.series).items():
        with store.write() as connection:
            for source in sources:
                series = kind, source
                if kind in waits:
                    _repeat(connection, athlete, staging, series, written)
                    _put_window(connection, athlete, staging, series, written, State.WAITS, Renewed())
                else:
                    result.add(_take(connection, athlete, staging, series, written, complete, layer, now))
    return result


def _take(
    connection: Connection, athlete: int, staging: Staging, series: Series, written: int, complete: bool, layer: str,
    now: int,
) -> Renewed:  # fmt: skip
    window = _window(staging, series, written, complete, layer)
    days = statements.days_at_stake(connection, athlete, series[0], window, staging.series[series].holds)
    if window.state is State.COMPLETE:
        statements.keep_later(connection, athlete, series[0], window, days)
    else:  # what only adds says it by itself, whatever becomes of the export before it
        _repeat(connection, athlete, staging, series, written)
        days |= set(staging.series[series].each_day())
    _put_window(connection, athlete, staging, series, written, window.state, Renewed())
    renewed = blocks.renew(connection, athlete, *series, days, staging.import_id, now)
    _put_window(connection, athlete, staging, series, written, window.state, renewed)
    return renewed


def _repeat(connection: Connection, athlete: int, staging: Staging, series: Series, written: int) -> None:
    days = list(staging.series[series].each_day())
    statements.repeat(connection, athlete, *series, staging.import_id, written, days)


def _by_type(series: Iterable[Series]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, source in sorted(series):
        found.setdefault(kind, []).append(source)
    return found


def _window(staging: Staging, series: Series, written: int, complete: bool, layer: str) -> Window:
    """Routes are never missing: a phone leaves their files out, which says nothing of them."""
    staged = staging.series[series]
    state = State.COMPLETE if complete and series[0] != ROUTE else State.ADDS
    return Window(
        staging.import_id, layer, written, state, staged.first, max(written, staged.last), series[1]
    )  # fmt: skip


def _in_order(said: Sequence[Window], one: Window) -> list[Window]:
    return sorted([*said, one], key=lambda other: (other.written, other.import_id), reverse=True)


def _put_window(
    connection: Connection, athlete: int, staging: Staging, series: Series, written: int, state: State,
    renewed: Renewed,
) -> None:  # fmt: skip
    staged = staging.series[series]
    row = {
        "athlete": athlete, "import_id": staging.import_id, "type": series[0], "source": series[1],
        "first": staged.first, "last": max(written, staged.last), "state": state, "rows": staged.rows,
        "new": renewed.new, "retired": renewed.gone,
    }  # fmt: skip
    versions.put_windows(connection, [row])


# --- what there is ---------------------------------------------------------------------------------------------------


def _held_in(connection: Connection, athlete: int, series: Series, window: Window) -> int:
    """How many samples of a type and source count on the days of a window."""
    table = schema.blocks
    query = select(func.sum(table.c.count)).where(
        *versions.of_series(table, (athlete, *series)),
        table.c.day.between(utc_day(window.first), utc_day(window.last)),
    )
    return connection.execute(query).scalar() or 0


def _first_words(connection: Connection, athlete: int, import_id: int, series: Series) -> Renewed:
    """What it says of a type and source that nobody spoke of before."""
    table = schema.block_versions
    query = select(table.c.count, table.c.first_start, table.c.last_end).where(
        *versions.of_series(table, (athlete, *series)), table.c.import_id == import_id, table.c.count > 0
    )
    found = Renewed()
    for count, first_start, last_end in connection.execute(query):
        found.new += count
        found.stretches.add(blocks.stretch(first_start, last_end))
        found.days.update(archive.touched_days(first_start, min(last_end, first_start + LONGEST_SPAN)))
    return found
