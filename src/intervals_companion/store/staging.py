"""An export on its way in: what it says lies beside what counts until it is known whether it came whole.

Nothing of it counts before: half a file must not retire what its other half holds. A day on which it says what the
export before it said is not written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from attrs import define, field
from sqlalchemy import Connection

from intervals_companion.domain import own_samples
from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import UNKNOWN_INSTANT, Batch, Row, Source
from intervals_companion.store import archive, codec, versions
from intervals_companion.store.database import Store
from intervals_companion.store.versions import EXPORT, Version, Window, said_at

_MOST_KNOWN = 10_000
"""Descriptions of sources that are remembered while batches come."""
_FIRST_DAY = -800_000
"""UTC day from which days are counted in `StagedSeries.days`: before any date."""


@define
class StagedSeries:
    """What an export holds of one type and source."""

    first: int = 2**62
    """When its first sample starts (ms)."""
    last: int = -(2**62)
    """When its last sample starts (ms)."""
    rows: int = 0
    _days: int = 0
    """One bit for each UTC day."""

    def add(self, day: int, rows: Sequence[Row]) -> None:
        self.first = min(self.first, min(row.start for row in rows))
        self.last = max(self.last, max(row.start for row in rows))
        self.rows += len(rows)
        self._days |= 1 << (day - _FIRST_DAY)

    def holds(self, day: int) -> bool:
        return bool(self._days >> (day - _FIRST_DAY) & 1)

    def each_day(self) -> Iterator[int]:
        """Every UTC day of which it holds something, in order."""
        left = self._days
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1 + _FIRST_DAY
            left ^= lowest


@define
class Staging:
    """One export, batch after batch."""

    store: Store
    athlete: int
    import_id: int
    channel: str
    series: dict[tuple[str, str], StagedSeries] = field(factory=dict)
    """By type and source key."""
    devices: set[str] = field(factory=set)
    """Source keys of devices."""
    newest: int = 0
    """When the newest sample was written (ms)."""
    _chains: dict[tuple[str, str], Mapping[int, Window]] = field(factory=dict)
    _described: set[tuple[str, str, str]] = field(factory=set)

    def add(self, batch: Batch, written: int) -> int:
        """Takes a batch, in one transaction. `written`: the file's date, as far as it is known (ms).

        Returns how many samples were more than a day of one type and source may have.
        """
        rows = [row for row in batch.rows if not own_samples.is_own(row.metadata)]
        if not rows:
            return 0
        with self.store.write() as connection:
            self._describe(connection, batch.source)
            return self._stage(connection, batch.type, batch.source.key, by_utc_day(rows), written)

    def _describe(self, connection: Connection, source: Source) -> None:
        described = (source.key, source.name, source.product)
        if described in self._described:
            return
        archive.remember_source(connection, self.athlete, self.channel, source)
        if source.product:
            self.devices.add(source.key)
        if len(self._described) >= _MOST_KNOWN:
            self._described.clear()  # asked about once more, which costs a query
        self._described.add(described)

    def _stage(
        self, connection: Connection, kind: str, source: str, by_day: Mapping[int, list[Row]], written: int
    ) -> int:
        key = kind, source
        staged = self.series.setdefault(key, StagedSeries())
        chain = self._chain(connection, key)
        found = versions.of_days(connection, self.athlete, kind, source, sorted(by_day))
        put: dict[int, Version] = {}
        dropped: list[int] = []
        left_out = 0
        for day, fresh in by_day.items():
            said = found.get(day, ())
            own = next((one for one in said if one.import_id == self.import_id), None)
            before = said_at(said, chain, written, self.import_id)
            held = own if own is not None else before if staged.holds(day) else None
            rows = fresh if held is None else [*codec.unpacked(held.packed), *fresh]
            staged.add(day, fresh)
            self.newest = max(self.newest, max(row.created for row in fresh))
            kept, raw = codec.fitted(sorted(rows))
            left_out += len(rows) - len(kept)
            if before is not None and codec.digest(raw) == before.hash:
                if own is not None:
                    dropped.append(day)
            else:
                put[day] = versions.version_of(self.import_id, written, kept, raw)
        versions.put(connection, self.athlete, kind, source, put)
        versions.drop(connection, self.athlete, kind, source, self.import_id, dropped)
        return left_out

    def _chain(self, connection: Connection, key: tuple[str, str]) -> Mapping[int, Window]:
        """The exports so far of this type and source, by number."""
        if key not in self._chains:
            known = versions.windows(connection, self.athlete, key[0], {key[1]})
            self._chains[key] = versions.chain(known, EXPORT)
        return self._chains[key]


def by_utc_day(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Rows by the UTC day of their start."""
    by_day: dict[int, list[Row]] = {}
    for day, group in groupby(rows, key=lambda row: utc_day(row.start)):
        by_day.setdefault(day, []).extend(group)
    return by_day


def is_dated(written: int | None, newest: int, now: int, slack: int) -> bool:
    """Whether a file's date can be right: not over `slack` after now, and not over `slack` before its newest sample was
    written (ms).
    """
    return written is not None and written <= now + slack and (newest == UNKNOWN_INSTANT or written >= newest - slack)
