"""Records inside correlations: they normally stand at top level too, and must then count once."""

from __future__ import annotations

from typing import NamedTuple

from intervals_companion.domain.samples import Row

MOST_REMEMBERED = 500_000
"""About 35 MB of fingerprints. Beyond, a nested record may be counted beside its twin; the archive keeps it once."""


MOST_WAITING = 20_000
"""Nested records that wait for a twin; real exports have a few."""
MOST_WAITING_CHARACTERS = 2**21
"""Of what those records carry beside their values."""


class Nested(NamedTuple):
    """A Record inside a Correlation."""

    kind: str
    name: str
    device: str | None
    key: str
    """Source key."""
    row: Row


class NestedRecords:
    """Remembers what stood at top level, and the nested records for which no twin was seen so far."""

    def __init__(self) -> None:
        self._top: set[int] = set()
        self._waiting: dict[int, Nested] = {}
        self._characters = 0

    def at_top(self, kind: str, key: str, row: Row) -> None:
        if len(self._top) < MOST_REMEMBERED:
            self._top.add(_mark(kind, key, row))

    def inside(self, nested: Nested) -> None:
        mark = _mark(nested.kind, nested.key, nested.row)
        if mark not in self._top:
            self._waiting.setdefault(mark, nested)
            self._characters += len(nested.name) + len(nested.row.label) + len(nested.row.metadata)

    @property
    def too_many(self) -> bool:
        """Whether those that wait for a twin have to be let go."""
        return len(self._waiting) > MOST_WAITING or self._characters > MOST_WAITING_CHARACTERS

    def alone(self) -> list[Nested]:
        """The nested records that have no twin in what was read; they wait no longer."""
        waiting, self._waiting, self._characters = self._waiting, {}, 0
        return [nested for mark, nested in waiting.items() if mark not in self._top]


def _mark(kind: str, key: str, row: Row) -> int:
    return hash((kind, key, row.start, row.end, row.value))
