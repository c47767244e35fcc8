"""Days made of what a store holds, in short words."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.derive import daily
from intervals_companion.derive.day_samples import DaySamples
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.samples import Row
from intervals_companion.domain.wellness import Derived, Value
from intervals_companion.journal import days as journal
from intervals_companion.store import archive
from intervals_companion.store.database import Store
from support.store_builders import ATHLETE, row, weight

BERLIN, HONOLULU, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Auckland")
EARLY, LATE = date(1990, 1, 1), date(2026, 12, 31)
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def refresh(store: Store, zone: ZoneInfo = BERLIN, last: date = LATE, athlete: int = ATHLETE) -> None:
    journal.refresh(store, athlete, zone, last)


def values(store: Store, athlete: int = ATHLETE) -> dict[tuple[date, str], Value]:
    with store.read() as connection:
        return {(one.day, one.field): one.value for one in journal.values(connection, athlete, EARLY, LATE)}


def dirty(store: Store) -> list[date]:
    with store.read() as connection:
        return archive.dirty_days(connection, ATHLETE)


def steps(start: str, end: str, count: float) -> Row:
    return row(start, end, count)


MORNINGS = [weight(f"2026-03-{day:02} 06:00", 70 + day / 10) for day in range(1, 11)]


def watch_derivations(monkeypatch: pytest.MonkeyPatch) -> list[tuple[date, str]]:
    """Every (day, field) that is derived from now on."""
    seen: list[tuple[date, str]] = []
    derive = daily.derive

    def watched(metric: Metric, samples: DaySamples) -> Derived | None:
        seen.append((samples.day, metric.field))
        return derive(metric, samples)

    monkeypatch.setattr(daily, "derive", watched)
    return seen
