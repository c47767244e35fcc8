"""Rows on their way out, grouped by type and source, so that batches are long."""

from __future__ import annotations

from collections.abc import Iterator

from intervals_companion.domain.samples import QUANTITY_PREFIX, Batch, Row, Source, source_key
from intervals_companion.health.apple_export.records import product

_MEMBERS = (f"{QUANTITY_PREFIX}BloodPressure", f"{QUANTITY_PREFIX}Dietary")
"""The types that live in correlations."""


class RowBuffer:
    """The rows of one type from one source since the last flush."""

    __slots__ = ("has_twins", "key", "kind", "name", "product", "rows")

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
        self.key = source_key(name)
        self.product: str | None = None
        self.rows: list[Row] = []
        self.has_twins = kind.startswith(_MEMBERS)

    def batch(self) -> Batch:
        return Batch(self.kind, Source(self.key, self.name, self.product or ""), self.rows)


class RowBuffers:
    """One lane for each type and source name."""

    def __init__(self) -> None:
        self._lanes: dict[tuple[str, str], RowBuffer] = {}

    def lane(self, kind: str, name: str, device: str | None) -> RowBuffer:
        key = kind, name
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = RowBuffer(kind, name)
        if lane.product is None and device is not None:
            lane.product = product(device)
        return lane

    @property
    def held(self) -> int:
        return sum(len(lane.rows) for lane in self._lanes.values())

    def flush(self) -> Iterator[Batch]:
        """Everything held, as batches. The lanes are forgotten, so that memory does not depend on their number."""
        lanes, self._lanes = self._lanes, {}
        return (lane.batch() for lane in lanes.values() if lane.rows)
