"""From the archive to days: what is made anew and when, what is remembered, and that nothing gets lost in between.

What the formulas yield is the subject of other tests; here weights and steps stand for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from intervals_companion.derive import daily
from intervals_companion.domain.catalogue import Rule
from intervals_companion.domain.errors import Busy
from intervals_companion.domain.samples import SLEEP, Batch
from intervals_companion.journal import days as journal
from intervals_companion.store.database import Store
from support.made_days import (
    AUCKLAND,
    BERLIN,
    EARLY,
    HONOLULU,
    LATE,
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
    HEART_RATE,
    PHONE,
    SCALE,
    STAIRS,
    STEPS,
    WATCH,
    WEIGHT,
    WatchedStore,
    asleep,
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


# --- what is made ----------------------------------------------------------------------------------------------------


def test_a_day_is_made_of_its_samples_and_says_of_which(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, [weight("2026-03-02 06:00", 71.23456)]))
    refresh(store)
    with store.read() as connection:
        (made,) = journal.values(connection, ATHLETE, EARLY, LATE)
        assert journal.first_day(connection, ATHLETE) == MONDAY
    assert (made.day, made.field, made.value, made.unit) == (MONDAY, "weight", 71.23, "kg")
    assert made.sources == (SCALE.key,)
    assert made.formula in daily.FORMULAS[Rule.LAST].versions


def test_provenance_is_stored_and_survives_a_new_process(store: Store) -> None:
    deliver(
        store,
        Batch(STEPS, WATCH, [steps("2026-03-02 06:00", "2026-03-02 06:10", 500)]),
        Batch(STEPS, PHONE, [steps("2026-03-02 09:00", "2026-03-02 09:10", 900)]),
    )
    refresh(store)
    store.close()
    with closing(Store(store.folder)) as later, later.read() as connection:
        made = {one.field: one for one in journal.values(connection, ATHLETE, MONDAY, MONDAY)}["steps"]
    assert (made.value, made.sources) == (1400, (PHONE.key, WATCH.key))


def test_a_day_is_a_day_of_the_home_zone(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, [weight("2026-03-02 23:30", 71.0)]))
    refresh(store, BERLIN)
    assert values(store) == {(TUESDAY, "weight"): 71.0}


def test_a_type_that_makes_no_metric_makes_no_day(store: Store) -> None:
    deliver(store, Batch(STAIRS, PHONE, [row("2026-03-02 06:00")]))
    refresh(store)
    assert values(store) == {}
    with store.read() as connection:
        assert journal.first_day(connection, ATHLETE) is None


def test_one_athletes_days_are_not_anothers(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, MORNINGS))
    refresh(store)
    refresh(store, athlete=2)
    assert values(store, athlete=2) == {}


def test_progress_is_told_in_days_to_the_last_one(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, [weight(f"2026-{month:02}-15 06:00", 70.0) for month in range(1, 7)]))
    told: list[tuple[int, int]] = []
    journal.refresh(store, ATHLETE, BERLIN, LATE, lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] == 6 * 4


# --- what is made anew -----------------------------------------------------------------------------------------------


def test_a_new_sample_changes_only_the_day_it_touches(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, MORNINGS))
    refresh(store)
    before = dump(store)["day_values"]
    deliver(store, Batch(WEIGHT, SCALE, [weight("2026-03-05 07:00", 99.0)]))
    refresh(store)
    changed = set(dump(store)["day_values"]) - set(before)
    assert [(day, field, number) for _, day, field, number, *_ in changed] == [(date(2026, 3, 5), "weight", 99.0)]


def test_what_is_made_of_the_same_as_before_is_not_derived_again(store: Store, derived: list[object]) -> None:
    deliver(
        store, Batch(WEIGHT, SCALE, MORNINGS), Batch(STEPS, WATCH, [steps("2026-03-05 06:00", "2026-03-05 07:00", 9)])
    )
    refresh(store)
    derived.clear()
    deliver(store, Batch(WEIGHT, SCALE, [weight("2026-03-05 07:00", 99.0)]))
    assert len(dirty(store)) == 4
    refresh(store)
    assert derived == [(date(2026, 3, 5), "weight")]


def test_days_made_once_are_not_looked_at_again(store: Store, derived: list[object]) -> None:
    deliver(store, Batch(WEIGHT, SCALE, MORNINGS))
    refresh(store)
    derived.clear()
    before = dump(store)
    refresh(store)
    assert derived == []
    assert dump(store) == before
    assert dirty(store) == []


def test_an_export_that_lacks_samples_takes_no_value_away(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, MORNINGS))
    refresh(store)
    before = values(store)
    deliver(store, Batch(WEIGHT, SCALE, MORNINGS[3:5]), Batch(STAIRS, PHONE, [row("2026-03-02 06:00")]))
    refresh(store)
    assert values(store) == before


def test_a_night_is_made_anew_on_both_days_it_may_belong_to(store: Store) -> None:
    deliver(store, Batch(SLEEP, WATCH, [asleep("2026-03-01 22:00", "2026-03-02 03:00")]))
    refresh(store)
    assert values(store)[MONDAY, "sleepSecs"] == 5 * 3600
    deliver(store, Batch(SLEEP, WATCH, [asleep("2026-03-02 03:30", "2026-03-02 06:00")]))
    refresh(store)
    assert values(store)[MONDAY, "sleepSecs"] == 7.5 * 3600


def test_that_samples_make_no_value_is_remembered_too(store: Store, derived: list[object]) -> None:
    unknown_unit = row("2026-03-02 06:00", value=11.0, unit="stone age")
    deliver(store, Batch(WEIGHT, SCALE, [unknown_unit]))
    refresh(store)
    assert values(store) == {}
    derived.clear()
    deliver(store, Batch(WEIGHT, SCALE, [weight("2026-03-04 06:00", 70.0)]))
    refresh(store)
    assert derived == [(date(2026, 3, 4), "weight")]
    with store.read() as connection:
        assert journal.first_day(connection, ATHLETE) == date(2026, 3, 4)


def test_a_type_without_any_samples_costs_nothing(store: Store, derived: list[tuple[date, str]]) -> None:
    deliver(store, Batch(SLEEP, WATCH, [asleep("2026-03-01 22:00", "2026-03-02 06:00")]))
    refresh(store)
    assert {field for _, field in derived}.isdisjoint({"weight", "steps", "hrvSDNN", "spO2"})


# --- days to come ----------------------------------------------------------------------------------------------------


def test_days_after_the_last_wait_until_they_have_come(store: Store) -> None:
    deliver(store, Batch(WEIGHT, SCALE, MORNINGS))
    refresh(store, last=date(2026, 3, 5))
    assert max(day for day, _ in values(store)) == date(2026, 3, 5)
    assert dirty(store)
    assert min(dirty(store)) == date(2026, 3, 6)
    refresh(store)
    assert max(day for day, _ in values(store)) == date(2026, 3, 10)
    assert dirty(store) == []


@pytest.mark.parametrize("year", ["0101", "1900", "3100", "9998"])
def test_a_sample_of_a_distant_year_stops_no_day(store: Store, year: str) -> None:
    deliver(store, Batch(WEIGHT, SCALE, [weight(f"{year}-06-01 06:00", 70.0), *MORNINGS]))
    refresh(store)
    assert values(store)[MONDAY, "weight"] == 70.2


# --- in between ------------------------------------------------------------------------------------------------------

Arrival = Callable[[Store], object]


def more_of_the_same(store: Store) -> object:
    return deliver(store, Batch(STEPS, WATCH, [steps("2026-03-02 10:00", "2026-03-02 10:10", 77)]))


def a_type_never_seen_before(store: Store) -> object:
    return deliver(store, Batch(HEART_RATE, WATCH, [row("2026-03-02 01:00", value=48.0, unit="count/min")]))


def a_row_longer_than_a_day(store: Store) -> object:
    return deliver(store, Batch(STEPS, PHONE, [steps("2026-02-20 10:00", "2026-03-04 10:00", 5000)]))


def a_better_description(store: Store) -> object:
    return deliver(store, Batch(STEPS, source("Band", "Watch"), [steps("2026-03-02 06:00", "2026-03-02 07:00", 1000)]))


def another_road(store: Store) -> object:
    return deliver(store, Batch(WEIGHT, source("Another app"), [weight("2026-03-02 08:00", 60.0)]), channel="shortcuts")


BEFORE = (
    Batch(STEPS, source("Band"), [steps("2026-03-02 06:00", "2026-03-02 07:00", 1000)]),
    Batch(STEPS, PHONE, [steps("2026-03-02 06:00", "2026-03-02 07:00", 800)]),
    Batch(SLEEP, WATCH, [asleep("2026-03-01 22:00", "2026-03-02 05:00")]),
    Batch(WEIGHT, SCALE, MORNINGS),
)


@pytest.mark.parametrize(
    "arrival",
    [more_of_the_same, a_type_never_seen_before, a_row_longer_than_a_day, a_better_description, another_road],
)
@pytest.mark.parametrize("reads", [1, 2, 3])
def test_samples_that_arrive_while_days_are_made_are_not_lost(
    store: Store, tmp_path: Path, arrival: Arrival, reads: int
) -> None:
    """Whenever another process comes in between, the end is as if everything had been there before."""
    (tmp_path / "calm").mkdir()
    with closing(empty_store(tmp_path / "calm")) as calm:
        deliver(calm, *BEFORE)
        arrival(calm)
        refresh(calm)
        expected = values(calm)
    deliver(store, *BEFORE)
    looked = count(1)
    refresh(WatchedStore(store, lambda: arrival(store) if next(looked) == reads else None))
    assert next(looked) > reads + 1
    refresh(store)
    assert values(store) == expected
    assert dirty(store) == []


def test_another_zone_that_is_set_while_days_are_made_is_not_overwritten(store: Store) -> None:
    """Else days of the old zone would stand under the new one, with nothing left to make them anew."""
    evening = weight("2026-03-03 05:00", 71.0)
    deliver(store, Batch(WEIGHT, SCALE, [evening]))
    looked = count(1)
    with pytest.raises(Busy) as refusal:
        refresh(WatchedStore(store, lambda: refresh(store, AUCKLAND) if next(looked) == 3 else None), HONOLULU)
    assert "another home zone" in refusal.value.cause
    assert values(store) == {(TUESDAY, "weight"): 71.0}
    refresh(store, HONOLULU)
    assert values(store) == {(MONDAY, "weight"): 71.0}


def test_a_making_that_is_cut_short_goes_on_where_it_was(store: Store, derived: list[tuple[date, str]]) -> None:
    deliver(store, Batch(WEIGHT, SCALE, [weight(f"2026-0{month}-15 06:00", 70.0) for month in range(1, 7)]))

    def cut(done: int, _: int) -> None:
        if done >= 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        journal.refresh(store, ATHLETE, BERLIN, LATE, cut)
    assert len(values(store)) == 3
    derived.clear()
    refresh(store)
    assert len(values(store)) == 6
    assert len(derived) == 3


def test_nothing_to_make_is_nothing_done(store: Store) -> None:
    refresh(store)
    assert values(store) == {}
