"""Rows on their way out, grouped by type and source, so that batches are long."""

from __future__ import annotations

from collections.abc import Iterator

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import QUANTITY_PREFIX, Batch, Row, Source, source_key
from intervals_companion.health.apple_export.records import LONGEST_NAME, Unusable, product

MOST_SOURCES = 1000
"""Different sources in one export: an athlete of fifteen years has some fifty."""
MOST_TYPES = 1000
"""Different types: Health has some three hundred."""

_CURE = "No iPhone wrote it like this. Export again on the iPhone and import that file."
_MEMBERS = (f"{QUANTITY_PREFIX}BloodPressure", f"{QUANTITY_PREFIX}Dietary")
"""The types that live in correlations."""


class RowBuffer:
    """The rows of one type from one source since the last flush."""

    __slots__ = ("key", "kind", "may_be_nested", "name", "product", "rows")

    def __init__(self, kind: str, name: str) -> None:
        self.kind = kind
        self.name = name
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
        self._types: set[str] = set()
        self._sources: set[str] = set()

    def buffer(self, kind: str, name: str, device: str | None) -> RowBuffer:
        """Raises Unusable for a name that is none, DamagedInput for more types or sources than any export has."""
        key = kind, name
        buffer = self._buffers.get(key)
        if buffer is None:
            buffer = self._buffers[key] = self._begun(kind, name)
        if buffer.product is None and device is not None:
            buffer.product = product(device[:LONGEST_NAME])
        return buffer

    def _begun(self, kind: str, name: str) -> RowBuffer:
        if len(name) > LONGEST_NAME:
            raise Unusable(f"the name of its source has more than {LONGEST_NAME:,} characters")
        buffer = RowBuffer(kind, name)
        self._types.add(kind)
        self._sources.add(buffer.key)
        if len(self._types) > MOST_TYPES:
            raise DamagedInput(f"The file has more than {MOST_TYPES:,} types of records.", _CURE)
        if len(self._sources) > MOST_SOURCES:
            raise DamagedInput(f"The file has records of more than {MOST_SOURCES:,} sources.", _CURE)
        return buffer

    @property
    def held(self) -> int:
        return sum(len(buffer.rows) for buffer in self._buffers.values())

    def flush(self) -> Iterator[Batch]:
        """Everything held, as batches. The buffers are forgotten, so that memory does not depend on their number."""
        buffers, self._buffers = self._buffers, {}
        return (buffer.batch() for buffer in buffers.values() if buffer.rows)
