"""Another home zone, another formula, another row of the catalogue: what was made before is made anew, only that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.derive import daily
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.domain.samples import QUANTITY_PREFIX, Batch
from intervals_companion.domain.wellness import Derived
from intervals_companion.journal import days as journal
from intervals_companion.store.database import Store
from support.made_days import (
    AUCKLAND,
    BERLIN,
    HONOLULU,
    MONDAY,
    MORNINGS,
    TUESDAY,
    dirty,
    refresh,
    steps,
    values,
    watch_derivations,
)
from support.store_builders import (
    ATHLETE,
    PHONE,
    SCALE,
    STAIRS,
    STEPS,
    WATCH,
    WEIGHT,
    deliver,
    dump,
    empty_store,
    row,
    source,
    weight,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[tuple[date, str]]:
    """Every (day, field) that is derived from now on."""
    return watch_derivations(monkeypatch)


def test_another_home_zone_makes_every_day_anew(store: Store) -> None:
    samples = [weight("2026-03-02 12:00", 72.0), weight("2026-03-02 23:30", 71.0), weight("2019-07-01 12:00", 80.0)]
    deliver(store, Batch(WEIGHT, SCALE, samples))
    refresh(store, BERLIN)
    summer = {(date(2019, 7, 1), "weight"): 80.0}
    assert values(store) == summer | {(MONDAY, "weight"): 72.0, (TUESDAY, "weight"): 71.0}
    refresh(store, HONOLULU)
    assert values(store) == summer | {(MONDAY, "weight"): 71.0}
    assert dirty(store) == []


def test_a_day_that_another_zone_leaves_empty_is_forgotten(store: Store) -> None:
    """19:00 in Honolulu is the evening of the day after in Auckland: nothing may stay behind on the old day."""
    evening = weight("2026-03-03 05:00", 71.0)
    deliver(store, Batch(WEIGHT, SCALE, [evening]))
    refresh(store, HONOLULU)
    assert values(store) == {(MONDAY, "weight"): 71.0}
    refresh(store, AUCKLAND)
    assert values(store) == {(TUESDAY, "weight"): 71.0}
    refresh(store, HONOLULU)
    assert values(store) == {(MONDAY, "weight"): 71.0}


def test_a_changed_formula_makes_every_day_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch, derived: list[tuple[date, str]]
) -> None:
    deliver(
        store, Batch(WEIGHT, SCALE, MORNINGS), Batch(STEPS, WATCH, [steps("2026-03-05 06:00", "2026-03-05 07:00", 9)])
    )
    refresh(store)
    derived.clear()
    later = evolve(
        daily.FORMULAS[Rule.LAST], make=lambda *_: Derived(1.0, ("Scale",), "last/next"), versions=("last/next",)
    )
    monkeypatch.setattr(daily, "FORMULAS", {**daily.FORMULAS, Rule.LAST: later})
    refresh(store)
    assert {field for _, field in derived} == {"weight"}
    made = values(store)
    assert {made[day, field] for day, field in made if field == "weight"} == {1.0}
    assert made[date(2026, 3, 5), "steps"] == 9


@pytest.fixture
def stairs() -> Iterator[Metric]:
    """A row that is added to the catalogue while the program runs."""
    added = Metric(field="Stairs", name="Stairs", unit="count", types=(STAIRS,), rule=Rule.SUM, custom=True)
    catalogue.METRICS.append(added)
    yield added
    catalogue.METRICS[:] = [metric for metric in catalogue.METRICS if metric.field != added.field]


def test_a_new_row_of_the_catalogue_works_on_the_past_without_a_new_import(
    store: Store, request: pytest.FixtureRequest, derived: list[tuple[date, str]]
) -> None:
    deliver(
        store,
        Batch(STAIRS, PHONE, [row("2019-07-01 10:00", "2019-07-01 10:10", 12.0)]),
        Batch(WEIGHT, SCALE, [weight("2019-07-01 06:00", 71.0)]),
    )
    refresh(store)
    assert values(store) == {(date(2019, 7, 1), "weight"): 71.0}
    derived.clear()
    request.getfixturevalue("stairs")
    refresh(store)
    assert values(store)[date(2019, 7, 1), "Stairs"] == 12
    assert derived == [(date(2019, 7, 1), "Stairs")]


def test_a_row_taken_out_of_the_catalogue_is_shown_no_more(store: Store, stairs: Metric) -> None:
    deliver(store, Batch(STAIRS, PHONE, [row("2019-07-01 10:00", "2019-07-01 10:10", 12.0)]))
    refresh(store)
    catalogue.METRICS.remove(stairs)
    refresh(store)
    assert values(store) == {}
    assert dump(store)["day_values"] == []
    with store.read() as connection:
        assert journal.first_day(connection, ATHLETE) is None


def test_a_row_made_of_other_types_is_made_anew(store: Store, stairs: Metric) -> None:
    swimming = QUANTITY_PREFIX + "SwimmingStrokeCount"
    deliver(
        store,
        Batch(STAIRS, PHONE, [row("2019-07-01 10:00", "2019-07-01 10:10", 12.0)]),
        Batch(swimming, WATCH, [row("2019-07-01 10:00", "2019-07-01 10:10", 40.0)]),
    )
    refresh(store)
    catalogue.METRICS[:] = [evolve(one, types=(swimming,)) if one == stairs else one for one in catalogue.METRICS]
    refresh(store)
    assert values(store) == {(date(2019, 7, 1), "Stairs"): 40}


def test_a_source_that_turns_out_to_be_a_watch_counts_as_one_in_the_past(store: Store) -> None:
    """The order in which descriptions arrive must not matter."""
    walk = ("2026-03-02 06:00", "2026-03-02 07:00")
    band = Batch(STEPS, source("Band"), [steps(*walk, 1000)])
    deliver(store, band, Batch(STEPS, PHONE, [steps(*walk, 800)]))
    refresh(store)
    assert values(store)[MONDAY, "steps"] == 800
    deliver(store, evolve(band, source=source("Band", "Watch")))
    refresh(store)
    assert values(store)[MONDAY, "steps"] == 1000
