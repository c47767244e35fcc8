"""From the archive to workouts: which there are, what belongs to each, and when that has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve

from intervals_companion.domain.activity import RoutePoint, Statistic, Workout
from intervals_companion.domain.samples import ROUTE, WORKOUT, Batch, Row, Source
from intervals_companion.formats.details import route_row, workout_row
from intervals_companion.journal import workouts as journal
from intervals_companion.journal.workouts import Material, RecordedWorkout
from intervals_companion.store.database import Store
from support.store_builders import (
    ATHLETE,
    HEART_RATE,
    PHONE,
    STEPS,
    WATCH,
    WEIGHT,
    at,
    deliver,
    empty_store,
    row,
    source,
    weight,
)

EVER = (0, at("2100-01-01"))
SECOND = 1000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def run(start: str, end: str, by: Source = WATCH, activity: str = "Running") -> Workout:
    return Workout(at(start), at(end), activity, by.key)


def recorded(*workouts: Workout, by: Source = WATCH) -> Batch:
    return Batch(WORKOUT, by, [workout_row(workout) for workout in workouts])


def pulse(start: str, end: str, value: float = 140.0) -> Row:
    return row(start, end, value, "count/min")


def route(start: int, end: int) -> Row:
    points = [RoutePoint(moment, 52.5, 13.4, 30.0, 3.0, None, None, None) for moment in (start, end)]
    return route_row(points)


RUN = run("2026-03-02 17:00", "2026-03-02 17:30")


def sessions(store: Store, start: int = EVER[0], end: int = EVER[1]) -> list[RecordedWorkout]:
    with store.read() as connection:
        return journal.recorded_workouts(connection, ATHLETE, start, end)


def find(store: Store, workout_id: str) -> RecordedWorkout | None:
    with store.read() as connection:
        return journal.find(connection, ATHLETE, workout_id)


def material(store: Store, workout: Workout = RUN) -> Material:
    session = find(store, workout.id)
    assert session is not None
    with store.read() as connection:
        return journal.material(connection, ATHLETE, session)


def touched(store: Store) -> dict[str, bytes]:
    found = sessions(store)
    with store.read() as connection:
        return journal.touched(found, journal.blocks_of(connection, ATHLETE, found))


# --- which there are -------------------------------------------------------------------------------------------------


def test_workouts_come_oldest_first_with_all_they_say(store: Store) -> None:
    later = evolve(run("2026-03-03 06:00", "2026-03-03 07:00", activity="Cycling"), duration=3500.0)
    told = evolve(
        RUN, statistics={HEART_RATE: Statistic("count/min", average=141.0)}, metadata={"HKIndoorWorkout": "1"}
    )
    deliver(store, recorded(later, told))
    assert [(one.id, one.workout, one.source.device) for one in sessions(store)] == [
        ("ic1-1772470800-1800", told, WATCH.device),
        ("ic1-1772517600-3600", later, WATCH.device),
    ]


def test_the_same_times_from_two_apps_are_one_workout_by_the_better_device(store: Store) -> None:
    band = source("Band")
    for by in (band, WATCH, PHONE):
        deliver(store, recorded(evolve(RUN, source=by.key), by=by))
    (found,) = sessions(store)
    assert found.source == WATCH


def test_of_two_on_like_devices_the_one_that_says_more_counts(store: Store) -> None:
    fuller, other = source("B Watch", "Watch"), source("A Watch", "Watch")
    told = evolve(RUN, source=fuller.key, statistics={HEART_RATE: Statistic("count/min", average=141.0)})
    deliver(store, recorded(evolve(RUN, source=other.key), by=other), recorded(told, by=fuller))
    (found,) = sessions(store)
    assert found.source == fuller


def test_every_id_is_there_once(store: Store) -> None:
    starts = [f"2026-03-{day:02} 17:00" for day in range(1, 8)]
    for by in (WATCH, PHONE, source("Band")):
        deliver(store, recorded(*(run(start, f"{start[:-5]}17:30", by) for start in starts), by=by))
    ids = [one.id for one in sessions(store)]
    assert len(ids) == len(set(ids)) == 7


def test_two_runs_of_a_day_stay_two(store: Store) -> None:
    deliver(
        store, recorded(RUN, run("2026-03-02 06:00", "2026-03-02 06:30"), run("2026-03-02 17:00", "2026-03-02 17:31"))
    )
    assert len(sessions(store)) == 3


def test_only_workouts_that_begin_in_the_stretch_are_given(store: Store) -> None:
    over_midnight = run("2026-03-01 23:30", "2026-03-02 00:30")
    deliver(store, recorded(over_midnight, RUN))
    assert [one.workout for one in sessions(store, at("2026-03-02"), at("2026-03-03"))] == [RUN]
    assert [one.workout for one in sessions(store, RUN.start, RUN.start + 1)] == [RUN]
    assert sessions(store, RUN.start + 1, RUN.end) == []


def test_the_first_workout_is_the_first_of_all(store: Store) -> None:
    with store.read() as connection:
        assert journal.first_start(connection, ATHLETE) is None
    deliver(store, recorded(RUN, run("2019-07-01 06:00", "2019-07-01 07:00")))
    with store.read() as connection:
        assert journal.first_start(connection, ATHLETE) == at("2019-07-01 06:00")


def test_another_athlete_has_none_of_them(store: Store) -> None:
    deliver(store, recorded(RUN), athlete=2)
    assert sessions(store) == []
    assert find(store, RUN.id) is None


# --- by its id -------------------------------------------------------------------------------------------------------


def test_a_workout_is_found_by_its_id(store: Store) -> None:
    others = [run("2026-03-02 17:00", "2026-03-02 17:31"), run("2026-03-02 23:30", "2026-03-03 00:30")]
    deliver(store, recorded(RUN, *others))
    for workout in (RUN, *others):
        found = find(store, workout.id)
        assert found is not None
        assert found.workout == workout


def test_a_workout_with_milliseconds_is_found_by_its_whole_second(store: Store) -> None:
    exact = evolve(RUN, start=RUN.start + 417, end=RUN.end + 902)
    deliver(store, recorded(exact))
    assert exact.id == RUN.id
    found = find(store, RUN.id)
    assert found is not None
    assert found.workout == exact


@pytest.mark.parametrize(
    "unknown",
    [
        "", "ic1", "ic1-", "ic1--", "ic1-x-y", "ic1-1772470800", "ic1-1772470800-", "ic1-1772470800-1801", "ic1-²-1800",
        "ic2-1772470800-1800", "i77", "ic1-99999999999999999999-1800", "ic1--1772470800-1800", "ic1-01772470800-1800",
        "ic1-1772470800-1800-1",
    ],
)  # fmt: skip
def test_any_other_id_finds_nothing(store: Store, unknown: str) -> None:
    deliver(store, recorded(RUN))
    assert find(store, unknown) is None


# --- what belongs to it ----------------------------------------------------------------------------------------------


def test_a_workout_is_made_of_the_source_that_saw_most_of_it(store: Store) -> None:
    own = [pulse(f"2026-03-02 17:{minute:02}", f"2026-03-02 17:{minute:02}") for minute in (0, 20)]
    chest = [pulse(f"2026-03-02 17:{minute:02}", f"2026-03-02 17:{minute:02}", 150.0) for minute in range(30)]
    deliver(store, recorded(RUN), Batch(HEART_RATE, WATCH, own), Batch(HEART_RATE, source("Strap"), chest))
    assert material(store).samples == {HEART_RATE: chest}


def test_else_of_the_source_that_covers_most_of_it(store: Store) -> None:
    little, much = [pulse("2026-03-02 17:01", "2026-03-02 17:02")], [pulse("2026-03-02 17:01", "2026-03-02 17:29")]
    deliver(
        store,
        recorded(RUN),
        Batch(HEART_RATE, source("A"), little),
        Batch(HEART_RATE, source("B"), much),
        Batch(HEART_RATE, PHONE, little),
    )
    assert material(store).samples == {HEART_RATE: much}


def test_it_is_made_of_what_overlaps_it_and_of_the_types_of_its_sport(store: Store) -> None:
    inside = row("2026-03-02 16:59", "2026-03-02 17:01", 100.0)
    before, after = (
        row("2026-03-02 16:00", "2026-03-02 16:59", 900.0),
        row("2026-03-02 17:31", "2026-03-02 17:40", 50.0),
    )
    deliver(
        store,
        recorded(RUN),
        Batch(STEPS, WATCH, [before, inside, after]),
        Batch(WEIGHT, WATCH, [weight("2026-03-02 17:10", 71.0)]),
    )
    assert material(store).samples == {STEPS: [inside]}


def test_a_reading_at_its_last_moment_belongs_to_it(store: Store) -> None:
    last = pulse("2026-03-02 17:30", "2026-03-02 17:30")
    deliver(store, recorded(RUN), Batch(HEART_RATE, WATCH, [last]))
    assert material(store).samples == {HEART_RATE: [last]}


def test_a_route_belongs_by_source_and_time(store: Store) -> None:
    own = route(RUN.start - 50 * SECOND, RUN.end + 50 * SECOND)
    deliver(
        store,
        recorded(RUN),
        Batch(ROUTE, WATCH, [own, route(RUN.start - 61 * SECOND, RUN.end), route(RUN.start, RUN.end + 61 * SECOND)]),
        Batch(ROUTE, PHONE, [route(RUN.start, RUN.end)]),
    )
    found = material(store)
    assert found.routes == 1
    assert [point.time for point in found.route] == [RUN.start - 50 * SECOND, RUN.end + 50 * SECOND]


def test_one_fix_of_hours_before_the_workout_does_not_cost_its_map(store: Store) -> None:
    times = [RUN.start - 7_200_000, *range(RUN.start, RUN.start + 10 * SECOND, SECOND)]
    told = route_row([RoutePoint(moment, 52.5, 13.4, None, None, None, None, None) for moment in times])
    deliver(store, recorded(RUN), Batch(ROUTE, WATCH, [told]))
    assert [point.time for point in material(store).route] == times[1:]


def test_a_route_in_two_parts_is_one_way_over_midnight_too(store: Store) -> None:
    late = run("2026-03-01 23:30", "2026-03-02 00:30")
    middle = at("2026-03-02 00:00")
    deliver(store, recorded(late), Batch(ROUTE, WATCH, [route(middle + SECOND, late.end), route(late.start, middle)]))
    found = material(store, late)
    assert found.routes == 2
    assert [point.time for point in found.route] == [late.start, middle, middle + SECOND, late.end]


def test_a_workout_alone_still_makes_a_file(store: Store) -> None:
    deliver(store, recorded(RUN))
    session = find(store, RUN.id)
    assert session is not None
    made = material(store)
    assert (made.samples, made.route, made.routes) == ({}, [], 0)
    assert journal.file(session, made)[8:12] == b".FIT"


# --- when it has changed ---------------------------------------------------------------------------------------------

EVENING = Batch(HEART_RATE, WATCH, [pulse("2026-03-02 17:05", "2026-03-02 17:06")])


def test_the_same_import_again_leaves_hash_and_touched_alone(store: Store) -> None:
    batches = recorded(RUN), EVENING, Batch(ROUTE, WATCH, [route(RUN.start, RUN.end)])
    deliver(store, *batches)
    before = material(store).hash, touched(store)
    deliver(store, *batches)
    assert (material(store).hash, touched(store)) == before


CHANGES = {
    "a sample inside": Batch(HEART_RATE, WATCH, [pulse("2026-03-02 17:15", "2026-03-02 17:16")]),
    "a type it did not have": Batch(STEPS, WATCH, [row("2026-03-02 17:15", "2026-03-02 17:16", 100.0)]),
    "a route": Batch(ROUTE, WATCH, [route(RUN.start, RUN.end)]),
    "a route that begins after it ended": Batch(ROUTE, WATCH, [route(RUN.end + 10 * SECOND, RUN.end + 50 * SECOND)]),
    "a long row from days before": Batch(STEPS, WATCH, [row("2026-02-20 00:00", "2026-03-05 00:00", 9000.0)]),
    "more of the workout itself": recorded(evolve(RUN, statistics={HEART_RATE: Statistic("count/min", average=141.0)})),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_changes_the_material_changes_hash_and_touched(store: Store, change: Batch) -> None:
    deliver(store, recorded(RUN), EVENING)
    hash_before, touched_before = material(store).hash, touched(store)
    deliver(store, change)
    assert material(store).hash != hash_before
    assert touched(store)[RUN.id] != touched_before[RUN.id]


SAME = {
    "a sample of the same day outside": Batch(HEART_RATE, WATCH, [pulse("2026-03-02 08:00", "2026-03-02 08:01")]),
    "another source's sample inside": Batch(HEART_RATE, PHONE, [pulse("2026-03-02 17:15", "2026-03-02 17:16")]),
    "another workout of the day": recorded(run("2026-03-02 06:00", "2026-03-02 06:30")),
    "a route of another source": Batch(ROUTE, PHONE, [route(RUN.start, RUN.end)]),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_a_block_that_changes_beside_it_changes_touched_but_not_the_hash(store: Store, change: Batch) -> None:
    deliver(store, recorded(RUN), EVENING)
    hash_before, touched_before = material(store).hash, touched(store)
    deliver(store, change)
    assert material(store).hash == hash_before
    assert touched(store)[RUN.id] != touched_before[RUN.id]


FAR = {
    "another day": Batch(HEART_RATE, WATCH, [pulse("2026-03-05 17:15", "2026-03-05 17:16")]),
    "a type of another sport": Batch(WEIGHT, WATCH, [weight("2026-03-02 17:10", 71.0)]),
    "another workout": recorded(run("2026-03-05 06:00", "2026-03-05 06:30")),
    "another source, long before": Batch(HEART_RATE, PHONE, [pulse("2026-03-02 08:00", "2026-03-02 08:01")]),
}


@pytest.mark.parametrize("change", FAR.values(), ids=FAR.keys())
def test_what_it_cannot_be_made_of_changes_nothing(store: Store, change: Batch) -> None:
    deliver(store, recorded(RUN), EVENING)
    hash_before, touched_before = material(store).hash, touched(store)
    deliver(store, change)
    assert material(store).hash == hash_before
    assert touched(store)[RUN.id] == touched_before[RUN.id]


def test_the_hash_does_not_depend_on_the_order_of_arrival(store: Store, tmp_path: Path) -> None:
    batches = [recorded(RUN), EVENING, *CHANGES.values()]
    (tmp_path / "other").mkdir()
    with closing(empty_store(tmp_path / "other")) as other:
        deliver(store, *batches)
        deliver(other, *reversed(batches))
        assert material(store).hash == material(other).hash
        assert touched(store) == touched(other)


def test_of_no_workouts_nothing_is_asked(store: Store) -> None:
    deliver(store, EVENING)
    assert touched(store) == {}


def test_a_workout_that_claims_years_is_listed_and_stops_nothing(store: Store) -> None:
    deliver(store, recorded(RUN, run("2001-01-01 00:00", "2088-01-01 00:00")), EVENING)
    assert len(touched(store)) == 2
    assert material(store).samples == {HEART_RATE: EVENING.rows}
