"""The demo athlete's life: believable, repeatable, and the same tomorrow."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_sandbox.world.life import ZONE, life, linked, through_strava
from support.depth import examples

TODAY = date(2026, 4, 2)
ATHLETE = life(1, TODAY)

seeds = st.integers(0, 10_000)
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_the_same_seed_and_day_give_the_same_life() -> None:
    assert life(1, TODAY) == ATHLETE
    assert life(2, TODAY).sessions != ATHLETE.sessions


@settings(max_examples=examples(25), deadline=None)
@given(seeds, days)
def test_every_life_has_sixty_workouts_in_the_120_days_before_today(seed: int, today: date) -> None:
    sessions = life(seed, today).sessions
    first, last = (session.start.astimezone(ZoneInfo(ZONE)).date() for session in (sessions[0], sessions[-1]))
    assert len(sessions) == 60
    assert today - timedelta(days=120) <= first
    assert last < today


@settings(max_examples=examples(25), deadline=None)
@given(seeds, days)
def test_workouts_are_over_an_hour_before_today_begins_and_two_hours_apart(seed: int, today: date) -> None:
    sessions = life(seed, today).sessions
    assert all(after.start - before.end >= timedelta(hours=2) for before, after in pairwise(sessions))
    assert sessions[-1].end <= datetime.combine(today, time(), ZoneInfo(ZONE)) - timedelta(hours=1)


@settings(max_examples=examples(25), deadline=None)
@given(seeds, days)
def test_five_workouts_are_linked_and_two_others_come_through_strava(seed: int, today: date) -> None:
    athlete = life(seed, today)
    also, stubs = linked(athlete), through_strava(athlete)
    assert (len(also), len(stubs)) == (5, 2)
    assert set(also) | set(stubs) <= set(athlete.sessions)
    assert not set(also) & set(stubs)


@settings(max_examples=examples(25), deadline=None)
@given(seeds, days)
def test_tomorrow_tells_of_the_same_workouts(seed: int, today: date) -> None:
    now, tomorrow = life(seed, today), life(seed, today + timedelta(days=1))
    kept = set(now.sessions) & set(tomorrow.sessions)
    assert len(kept) >= 58
    assert {day: weight for day, weight in now.weights.items() if day in tomorrow.weights}.items() <= (
        tomorrow.weights.items()
    )


def test_starts_are_whole_seconds_in_utc() -> None:
    assert all(session.start.tzinfo is UTC and session.start.microsecond == 0 for session in ATHLETE.sessions)


def test_the_athlete_runs_rides_swims_lifts_and_walks_and_rides_indoors_too() -> None:
    seen = {(session.type, session.indoor) for session in ATHLETE.sessions}
    assert seen == {
        ("Run", False),
        ("Ride", False),
        ("Ride", True),
        ("Swim", False),
        ("WeightTraining", True),
        ("Walk", False),
    }


def test_moving_time_is_elapsed_time_without_the_pauses() -> None:
    assert all(s.elapsed - s.moving == sum(length for _, length in s.pauses) for s in ATHLETE.sessions)


def test_some_workouts_pause_and_some_end_in_a_pause() -> None:
    paused = [session for session in ATHLETE.sessions if session.pauses]
    assert 10 < len(paused) < 40
    assert any(sum(session.pauses[-1]) == session.elapsed for session in paused)


def test_a_swim_is_a_whole_number_of_pool_lengths() -> None:
    swims = [session for session in ATHLETE.sessions if session.pool_length]
    assert swims
    assert all((session.distance or 0) % (session.pool_length or 1) == 0 for session in swims)


def test_strength_covers_no_distance() -> None:
    assert {s.distance for s in ATHLETE.sessions if s.type == "WeightTraining"} == {None}


def test_the_highest_heart_rate_lies_above_the_average() -> None:
    assert all(90 < s.average_heartrate < s.max_heartrate < 190 for s in ATHLETE.sessions)


def test_most_mornings_have_a_weight_of_a_grown_person() -> None:
    assert 70 < len(ATHLETE.weights) < 110
    assert all(68 < weight < 77 for weight in ATHLETE.weights.values())
    assert all(TODAY - timedelta(days=120) <= day <= TODAY for day in ATHLETE.weights)
