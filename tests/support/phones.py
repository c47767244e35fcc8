"""Simulated iPhones for tests, in short words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from intervals_companion.domain.samples import ROUTE, SLEEP, WORKOUT, Batch, Row, Source
from intervals_companion.health.port import HealthObject, HealthStore, NewObject
from intervals_companion.health.simulated import SimulatedPhone
from support.store_builders import HEART_RATE, SCALE, STEPS, WEIGHT, weight

ORIGIN = "http://localhost:8788"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TYPES = frozenset({WEIGHT, STEPS, HEART_RATE, SLEEP, WORKOUT, ROUTE})
SHARED = frozenset({WEIGHT, WORKOUT})


def new_phone(clock: Callable[[], datetime] = lambda: NOW, origin: str = ORIGIN) -> SimulatedPhone:
    return SimulatedPhone(clock, origin, BERLIN)


def allowed(phone: SimulatedPhone, share: Collection[str] = SHARED, read: Collection[str] = TYPES) -> SimulatedPhone:
    """The same phone, whose owner was asked for all and allowed these."""
    phone.ask(SHARED, TYPES)
    phone.answer(share, read)
    return phone


def weigh(phone: SimulatedPhone, start: str, kilograms: float, source: Source = SCALE) -> str:
    """The id of a new weight."""
    (native,) = phone.record(Batch(WEIGHT, source, [weight(start, kilograms)]))
    return native


def everything(store: HealthStore, kind: str, limit: int = 3) -> tuple[list[HealthObject], list[str]]:
    """All that changes ever tell of a type: found and deleted."""
    found: list[HealthObject] = []
    deleted: list[str] = []
    anchor, more = None, True
    while more:
        changes = store.changes(kind, anchor, limit)
        found.extend(changes.found)
        deleted.extend(changes.deleted)
        anchor, more = changes.anchor, changes.more
    return found, deleted


def shown(store: HealthStore, kind: str) -> list[Row]:
    return [one.row for one in everything(store, kind)[0]]


def own_weight(kilograms: float, version: int, day: str = "2026-03-01") -> NewObject:
    return NewObject(WEIGHT, weight(f"{day} 11:00", kilograms), f"intervals:weight:{day}", version)
