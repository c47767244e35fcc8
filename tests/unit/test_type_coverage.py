"""On which days a Health type was seen, and by which ways: counted, without unpacking a sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intervals_companion.domain.days import utc_day
from intervals_companion.domain.samples import Batch, Row, Source
from intervals_companion.store import additions, archive, type_coverage
from intervals_companion.store.database import Store
from intervals_companion.store.type_coverage import TypeCoverage
from support.store_builders import ATHLETE, HEART_RATE, PHONE, STEPS, WATCH, WEIGHT, at, row, weight

TODAY = utc_day(at("2026-03-10 12:00"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def arrive(store: Store, kind: str, source: Source, *rows: Row, channel: str = "export") -> None:
    for _ in additions.add(store, ATHLETE, channel, [Batch(kind, source, list(rows))], 1):
        pass


def seen(store: Store, window: int = 60) -> dict[str, TypeCoverage]:
    with store.read() as connection:
        return type_coverage.type_coverage(connection, ATHLETE, [WEIGHT, STEPS, HEART_RATE], TODAY, window)


def test_days_are_counted_over_all_sources(store: Store) -> None:
    arrive(store, STEPS, WATCH, row("2026-03-09 10:00"), row("2026-03-09 11:00"), row("2026-03-10 09:00"))
    arrive(store, STEPS, PHONE, row("2026-03-09 10:30", "2026-03-09 10:40"))
    found = seen(store)[STEPS]
    assert found.days == {TODAY - 1: 3, TODAY: 1}
    assert found.last == at("2026-03-10 09:00")


def test_the_window_ends_at_the_newest_day_of_each_type(store: Store) -> None:
    arrive(store, WEIGHT, PHONE, weight("2025-06-01 07:00", 70), weight("2025-06-03 07:00", 70))
    arrive(store, STEPS, PHONE, row("2026-03-10 09:00"))
    found = seen(store, window=2)
    assert list(found[WEIGHT].days) == [utc_day(at("2025-06-03 07:00"))]
    assert list(found[STEPS].days) == [TODAY]


def test_a_sample_of_a_distant_future_counts_for_nothing(store: Store) -> None:
    arrive(store, STEPS, PHONE, row("2026-03-09 09:00"), row("2099-01-01 09:00"))
    assert list(seen(store)[STEPS].days) == [TODAY - 1]


def test_a_type_never_seen_and_one_nobody_asked_for_are_not_there(store: Store) -> None:
    arrive(store, "HKQuantityTypeIdentifierFlightsClimbed", PHONE, row("2026-03-09 09:00"))
    assert seen(store) == {}


def test_a_type_comes_by_the_ways_that_know_its_sources(store: Store) -> None:
    arrive(store, STEPS, WATCH, row("2026-03-09 09:00"))
    arrive(store, HEART_RATE, WATCH, row("2026-03-10 09:00"), channel="shortcuts")
    arrive(store, WEIGHT, PHONE, weight("2026-03-10 07:00", 70))
    found = seen(store)
    assert found[STEPS].channels == {"export", "shortcuts"}
    assert found[WEIGHT].channels == {"export"}


def test_deliveries_are_listed_by_way_oldest_first(store: Store) -> None:
    with store.write() as connection:
        for channel, written in (("export", 5), ("shortcuts", 9), ("shortcuts", 7)):
            archive.remember_delivery(connection, ATHLETE, channel, written, True)
        archive.remember_delivery(connection, 2, "shortcuts", 99, True)
    with store.read() as connection:
        assert type_coverage.deliveries(connection, ATHLETE) == {"export": [5], "shortcuts": [7, 9]}
