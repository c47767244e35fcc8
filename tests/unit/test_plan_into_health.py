"""Which activities of Intervals.icu become workouts in Health."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.samples import WORKOUT
from intervals_companion.domain.sports import health_activity
from intervals_companion.sync.actions import Action, Held, Reason, Upload, WriteWorkout
from intervals_companion.sync.matching import Candidate
from intervals_companion.sync.plan_workouts import SETTLES_AFTER, Workouts, plain, plan_workouts
from intervals_companion.sync.policy import Policy

HOUR = 3_600_000
FIRST, NOON = 1_772_323_200_000, 1_772_366_400_000
NOW = FIRST + 48 * HOUR
ON = Policy(activities_to_health=True, into_health=frozenset({WORKOUT}))
NOON_THERE = datetime(2026, 3, 1, 12, 0)  # noqa: DTZ001 - a wall clock
RIDE = RemoteActivity(
    "i7", NOON_THERE, NOON, "Ride", "Lunch ride", elapsed=3600, moving=3500, source="GARMIN_CONNECT"
)  # fmt: skip


def workout(start: int, elapsed: float = 3600, type: str = "Ride") -> Candidate:
    local = datetime.fromtimestamp(start / 1000, UTC).replace(tzinfo=None)
    return Candidate(f"ic1-{start // 1000}-{elapsed:g}", start, local, elapsed, type, (0, 0, "Watch"))


def plan(
    *theirs: RemoteActivity, ours: tuple[Candidate, ...] = (), policy: Policy = ON, now: int = NOW
) -> list[Action]:
    sides = Workouts(ours, theirs, known=(FIRST, NOW))
    return list(plan_workouts(sides, policy, now))


def test_an_activity_that_was_recorded_elsewhere_becomes_a_workout() -> None:
    assert plan(RIDE) == [WriteWorkout("i7")]


def test_nothing_is_written_unless_the_person_switched_it_on() -> None:
    assert plan(RIDE, policy=evolve(ON, activities_to_health=False)) == []


def test_without_a_way_into_health_it_is_held() -> None:
    assert plan(RIDE, policy=evolve(ON, into_health=None)) == [Held("i7", "workout", Reason.HEALTH_IS_NOT_WRITTEN)]


def test_where_writing_was_refused_it_is_held_and_said() -> None:
    assert plan(RIDE, policy=evolve(ON, into_health=frozenset())) == [Held("i7", "workout", Reason.WRITE_IS_OFF)]


def test_a_strava_stub_is_never_written() -> None:
    assert plan(RemoteActivity("i7", NOON_THERE, NOON, source="STRAVA")) == []
    assert plan(evolve(RIDE, source="STRAVA")) == []


def test_one_that_came_from_health_is_never_written_back_even_after_all_state_is_lost() -> None:
    assert plan(evolve(RIDE, external_id="ic1-1772366400-3600")) == []


def test_one_that_is_linked_is_not_written() -> None:
    mine = workout(NOON)
    sides = Workouts([mine], [RIDE], links={mine.id: "i7"}, known=(FIRST, NOW))
    assert list(plan_workouts(sides, ON, NOW)) == []


def test_one_that_health_has_under_another_sport_is_not_doubled() -> None:
    other = workout(NOON + HOUR // 2, type="Swim")
    assert plan(RIDE, ours=(other,)) == [Upload(other.id)]


def test_one_that_follows_a_workout_of_health_is_written() -> None:
    before = workout(NOON - HOUR // 2, 1800)
    assert plan(RIDE, ours=(before,)) == [Upload(before.id), WriteWorkout("i7")]


def test_one_that_was_written_is_not_written_again_until_it_changes() -> None:
    sides = Workouts([], [RIDE], written={"i7": plain(RIDE)}, known=(FIRST, NOW))
    assert list(plan_workouts(sides, ON, NOW)) == []
    longer = evolve(sides, theirs=[evolve(RIDE, elapsed=4000)])
    assert list(plan_workouts(longer, ON, NOW)) == [WriteWorkout("i7")]


def test_one_that_has_just_ended_waits_for_the_watch() -> None:
    end = NOON + HOUR
    assert plan(RIDE, now=end + SETTLES_AFTER - 1) == []
    assert plan(RIDE, now=end + SETTLES_AFTER) == [WriteWorkout("i7")]


@pytest.mark.parametrize("start", [FIRST - HOUR, FIRST + SETTLES_AFTER - 1, NOW])
def test_outside_the_days_of_which_healths_workouts_are_known_nothing_is_written(start: int) -> None:
    assert plan(evolve(RIDE, start=start), now=NOW + 48 * HOUR) == []


@pytest.mark.parametrize(
    ("type", "name"),
    [
        ("Run", "Running"),
        ("TrailRun", "Running"),
        ("VirtualRide", "Cycling"),
        ("OpenWaterSwim", "Swimming"),
        ("WeightTraining", "TraditionalStrengthTraining"),
        ("AlpineSki", "DownhillSkiing"),
        ("Workout", "Other"),
        ("Other", "Other"),
        (None, "Other"),
        ("SomethingNew", "Other"),
    ],
)
def test_a_type_becomes_the_activity_that_health_has_for_it(type: str | None, name: str) -> None:
    assert health_activity(type).name == name
