"""What the app asks Health for, drawn from the catalogue and the table of streams."""

from __future__ import annotations

from intervals_companion.derive.stream_types import HEART_RATE, STREAM_TYPES
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Direction
from intervals_companion.domain.samples import ROUTE, WORKOUT


def to_read() -> frozenset[str]:
    """Every type a day or a workout is made of."""
    streams = {kind for quantities in STREAM_TYPES.values() for kind in quantities.identifiers}
    return frozenset({*catalogue.health_types(), *streams, HEART_RATE, WORKOUT, ROUTE})


def to_share() -> frozenset[str]:
    """What is written: the fields that go both ways, and workouts."""
    both = {row.types[0] for row in catalogue.metrics() if row.direction is Direction.BOTH and row.writable}
    return frozenset({*both, WORKOUT})
