"""Rows on their way out, grouped by type and source, so that batches are long."""

from __future__ import annotations

from collections.abc import Iterator

from intervals_companion.domain.samples import LONGEST_NAME, QUANTITY_PREFIX, Batch, Row, Source, source_key
from intervals_companion.health.apple_export.records import Unusable, product
from intervals_companion.health.port import MOST_SERIES

_MEMBERS = (f"{QUANTITY_PREFIX}BloodPressure", f"{QUANTITY_PREFIX}Dietary")
"""The types that live in correlations."""


class RowBuffer:
    """The rows of one type from one source since the last flush."""

    __slots__ = ("key", "kind", "may_be_nested", "name", "product", "rows")

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name[:LONGEST_NAME]
        self.key = source_key(name)
        self.product: str | None = None
        self.rows: list[Row] = []
        self.may_be_nested = kind.startswith(_MEMBERS)

    def batch(self) -> Batch:
        return Batch(self.kind, Source(self.key, self.name, self.product or ""), self.rows)


class RowBuffers:
    """One buffer for each type and source name."""

    def __init__(self) -> None:
        self._buffers: dict[tuple[str, str], RowBuffer] = {}
        self._series: set[tuple[str, str]] = set()
        self.cut: set[str] = set()
        """The keys of sources whose names were cut."""

    def buffer(self, kind: str, name: str, device: str | None) -> RowBuffer:
        """Raises Unusable for one type or source too many."""
        buffer = self._buffers.get((kind, name))
        if buffer is None:
            buffer = RowBuffer(kind, name)
            if (kind, buffer.key) not in self._series and len(self._series) >= MOST_SERIES:
                raise Unusable(f"the file has more than {MOST_SERIES:,} types and sources together")
            self._series.add((kind, buffer.key))
            if len(name) > LONGEST_NAME:
                self.cut.add(buffer.key)
            self._buffers[kind, name] = buffer
        if buffer.product is None and device is not None:
            buffer.product = product(device)
        return buffer

    @property
    def held(self) -> int:
        return sum(len(buffer.rows) for buffer in self._buffers.values())

    def flush(self) -> Iterator[Batch]:
        """Everything held, as batches. The buffers are forgotten, so that memory does not depend on their number."""
        buffers, self._buffers = self._buffers, {}
        return (buffer.batch() for buffer in buffers.values() if buffer.rows)
