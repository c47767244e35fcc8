"""A workout's samples laid out on its seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest

from intervals_companion.derive.seconds import LONGEST, pauses
from intervals_companion.derive.streams import streams
from intervals_companion.domain.activity import RoutePoint, Statistic, Streams, Workout, WorkoutEvent
from intervals_companion.domain.samples import Row
from support.workout_builders import at, event, fix, quantity, row, slices, workout


def laid_out(
    told: Workout, samples: Mapping[str, Sequence[Row]] | None = None, route: Iterable[RoutePoint] = ()
) -> Streams:
    return streams(told, {quantity(name): rows for name, rows in (samples or {}).items()}, route)


def total(metres: float) -> dict[str, Statistic]:
    return {"DistanceWalkingRunning": Statistic("m", sum=metres)}


# --- seconds and pauses ---------------------------------------------------------------------------------------------


def test_there_is_one_row_a_second_from_start_to_end() -> None:
    assert laid_out(workout(5)).seconds == [0, 1, 2, 3, 4, 5]


def test_a_workout_without_length_has_one_row() -> None:
    assert laid_out(workout(0)).seconds == [0]


def test_a_workout_that_ends_before_it_starts_has_one_row() -> None:
    assert laid_out(workout(-30, events=[event("Pause", 1)])).seconds == [0]


def test_a_workout_with_an_end_years_ahead_has_no_rows() -> None:
    assert laid_out(workout(LONGEST + 1)).seconds == []


@pytest.mark.parametrize(
    ("events", "seconds"),
    [
        ([event("Pause", 2), event("Resume", 6)], [0, 1, 2, 6, 7, 8]),
        ([event("MotionPaused", 2), event("MotionResumed", 6)], [0, 1, 2, 6, 7, 8]),
        ([event("MotionPaused", 2), event("Pause", 4), event("Resume", 6)], [0, 1, 2, 6, 7, 8]),
        ([event("Resume", 6), event("Pause", 2)], [0, 1, 2, 6, 7, 8]),
        ([event("Pause", 2), event("Resume", 4), event("Pause", 6)], [0, 1, 2, 4, 5, 6]),
        ([event("Resume", 4)], list(range(9))),
        ([event("PauseOrResumeRequest", 2), event("Marker", 3)], list(range(9))),
        ([event("Pause", -5), event("Resume", 3)], [0, 3, 4, 5, 6, 7, 8]),
        ([event("Pause", 5), event("Resume", 20)], [0, 1, 2, 3, 4, 5]),
        ([event("Pause", 2.2), event("Resume", 2.8)], list(range(9))),
    ],
    ids=[
        "paused", "paused by itself", "paused twice", "in any order", "stopped while paused", "resumed without a pause",
        "other events", "paused before the start", "resumed after the end", "paused within a second",
    ],
)  # fmt: skip
def test_no_row_stands_inside_a_pause(events: list[WorkoutEvent], seconds: list[int]) -> None:
    assert laid_out(workout(8, events=events)).seconds == seconds


def test_four_pauses_and_three_resumes_end_in_a_pause() -> None:
    kinds = ["Pause", "Resume"] * 3 + ["Pause"]
    told = workout(100, events=[event(kind, 10 * number) for number, kind in enumerate(kinds, 1)])
    assert pauses(told) == [(at(10), at(20)), (at(30), at(40)), (at(50), at(60)), (at(70), at(100))]


# --- heart rate: points and lengths -----------------------------------------------------------------------------------


def test_a_heart_rate_stands_until_the_next_one() -> None:
    made = laid_out(workout(7), {"HeartRate": [row(0, 0, 100, "count/min"), row(5, 5, 110, "count/min")]})
    assert made.heart_rate == [100] * 5 + [110] * 3


def test_a_heart_rate_with_a_length_stands_over_all_of_it() -> None:
    """A phone condenses the readings of older workouts into rows of many minutes."""
    windows = [row(0, 900, 140, "count/min"), row(900, 1800, 160, "count/min")]
    assert laid_out(workout(1800), {"HeartRate": windows}).heart_rate == [140] * 900 + [160] * 901


def test_a_reading_inside_a_condensed_row_knows_better() -> None:
    readings = [row(0, 60, 140, "count/min"), row(20, 30, 170, "count/min"), row(40, 40, 180, "count/min")]
    made = laid_out(workout(60), {"HeartRate": readings}).heart_rate
    assert made is not None
    assert (made[10], made[25], made[40], made[50]) == (140, 170, 180, 140)


@pytest.mark.parametrize(("apart", "holds"), [(4, 10), (20, 50), (60, 90)])
def test_a_gap_of_more_than_two_and_a_half_spacings_or_ninety_seconds_stays_one(apart: int, holds: int) -> None:
    times = [0, apart, 2 * apart, 3 * apart, 3 * apart + 500]
    made = laid_out(workout(1000), {"HeartRate": [row(time, time, 120, "count/min") for time in times]})
    assert made.heart_rate is not None
    stopped = 3 * apart + holds
    assert made.heart_rate[: stopped + 1] == [120] * (stopped + 1)
    assert made.heart_rate[stopped + 1 : 3 * apart + 500] == [None] * (499 - holds)


def test_a_single_reading_speaks_of_its_own_second() -> None:
    made = laid_out(workout(20), {"HeartRate": [row(2, 2, 100, "count/min")]})
    assert made.heart_rate == [None, None, 100, *[None] * 18]
    assert made.coverage() == {"heart_rate": 1}


def test_a_reading_per_second_of_time_is_a_rate_per_minute() -> None:
    assert laid_out(workout(0), {"HeartRate": [row(0, 0, 2, "count/s")]}).heart_rate == [120]


@pytest.mark.parametrize("bad", [row(2, 2, 0, "count/min"), row(2, 2, 150, "bananas"), row(2, 2, float("nan"), "bpm")])
def test_a_row_that_says_no_heart_rate_takes_no_part(bad: Row) -> None:
    good = [row(0, 0, 100, "count/min"), row(4, 4, 108, "count/min")]
    assert laid_out(workout(4), {"HeartRate": [*good, bad]}).heart_rate == [100] * 4 + [108]


def test_without_readings_there_is_no_heart_rate() -> None:
    assert laid_out(workout(4), {"HeartRate": []}).names() == ()


# --- power, speed, cycling cadence: spans ---------------------------------------------------------------------------


def test_a_power_holds_over_its_span() -> None:
    made = laid_out(workout(6), {"RunningPower": [row(0, 3, 200, "W"), row(3, 6, 250, "W")]})
    assert made.power == [200, 200, 200, 250, 250, 250, 250]


def test_a_power_with_a_length_waits_a_few_seconds_for_the_next_one_and_no_longer() -> None:
    made = laid_out(workout(20), {"RunningPower": [row(0, 1, 200, "W"), row(4, 5, 250, "W"), row(14, 15, 300, "W")]})
    assert made.power == [200] * 4 + [250] * 2 + [None] * 8 + [300] * 2 + [None] * 5


def test_a_ride_has_its_own_cadence_power_and_speed() -> None:
    made = laid_out(
        workout(4, "Cycling"),
        {
            "CyclingCadence": [row(0, 4, 90, "count/min")],
            "CyclingPower": [row(0, 4, 210, "W")],
            "CyclingSpeed": [row(0, 4, 36, "km/hr")],
        },
    )
    assert (made.cadence, made.power) == ([90] * 5, [210] * 5)
    assert made.speed == pytest.approx([10] * 5)


def test_a_run_has_no_cycling_power() -> None:
    assert laid_out(workout(4), {"CyclingPower": [row(0, 4, 210, "W")]}).power is None


def test_a_speed_in_miles_an_hour_is_metres_a_second() -> None:
    made = laid_out(workout(2), {"RunningSpeed": [row(0, 2, 10, "mi/hr")]})
    assert made.speed == pytest.approx([4.4704] * 3)


# --- distance -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "unit"), [(20, "m"), (0.02, "km"), (20 / 1609.344, "mi")])
def test_distance_is_shared_evenly_over_its_slices(value: float, unit: str) -> None:
    made = laid_out(workout(10), {"DistanceWalkingRunning": slices(0, 10, 5, value, unit)})
    assert made.distance == pytest.approx([4 * second for second in range(11)])


def test_distance_ends_at_the_workout_s_own_total() -> None:
    told = workout(10, totals=total(42))
    made = laid_out(told, {"DistanceWalkingRunning": slices(0, 10, 5, 20, "m")})
    assert made.distance == pytest.approx([4.2 * second for second in range(11)])


@pytest.mark.parametrize("own", [20, 80])
def test_distance_is_not_stretched_to_a_total_it_does_not_agree_with(own: float) -> None:
    told = workout(10, totals=total(own))
    made = laid_out(told, {"DistanceWalkingRunning": slices(0, 10, 5, 20, "m")})
    assert (made.distance, made.speed) == (None, None)


def test_a_total_without_samples_makes_no_seconds() -> None:
    assert laid_out(workout(10, totals=total(42))).distance is None


def test_a_slice_that_reaches_beyond_the_workout_counts_in_part() -> None:
    made = laid_out(workout(4), {"DistanceWalkingRunning": [row(-6, 2, 8, "m"), row(2, 10, 16, "m")]})
    assert made.distance == pytest.approx([0, 1, 2, 4, 6])


def test_a_slice_shorter_than_a_second_lies_in_its_second() -> None:
    made = laid_out(workout(3), {"DistanceWalkingRunning": [row(1, 1, 3, "m"), row(2.25, 2.75, 5, "m")]})
    assert made.distance == pytest.approx([0, 0, 3, 8])


def test_what_was_walked_during_a_pause_does_not_count() -> None:
    told = workout(30, events=[event("Pause", 10), event("Resume", 20)])
    made = laid_out(told, {"DistanceWalkingRunning": slices(0, 30, 5, 15, "m")})
    assert made.distance == pytest.approx([3 * second for second in range(11)] + [30 + 3 * more for more in range(11)])


def test_a_sport_without_a_distance_of_its_own_takes_none() -> None:
    told = workout(10, "TraditionalStrengthTraining")
    assert laid_out(told, {"DistanceWalkingRunning": slices(0, 10, 5, 20, "m")}).distance is None


def test_a_sport_whose_statistics_name_a_distance_takes_that() -> None:
    told = workout(10, "Soccer", totals=total(40))
    made = laid_out(told, {"DistanceWalkingRunning": slices(0, 10, 5, 20, "m")})
    assert made.distance == pytest.approx([4 * second for second in range(11)])


def test_speed_is_the_growth_of_the_distance_where_nothing_else_says_it() -> None:
    made = laid_out(workout(60), {"DistanceWalkingRunning": slices(0, 60, 3, 9, "m")})
    assert made.speed == pytest.approx([3] * 61)


def test_a_gap_in_the_speed_is_filled_by_the_next_to_know_it() -> None:
    made = laid_out(
        workout(30),
        {"RunningSpeed": [row(0, 5, 2.5, "m/s")], "DistanceWalkingRunning": slices(0, 30, 5, 15, "m")},
        [fix(second, 50.0, 8.0, speed=2.0) for second in range(4, 10)],
    )
    assert made.speed == pytest.approx([2.5] * 6 + [2.0] * 4 + [3.0] * 21)


# --- cadence from counts --------------------------------------------------------------------------------------------


def test_a_hundred_and_seventy_steps_a_minute_are_eighty_five_strides() -> None:
    made = laid_out(workout(60), {"StepCount": slices(0, 60, 6, 17, "count")})
    assert made.cadence == pytest.approx([85] * 61)


def test_the_cadence_before_a_pause_does_not_reach_behind_it() -> None:
    told = workout(90, events=[event("Pause", 30), event("Resume", 60)])
    made = laid_out(told, {"StepCount": slices(0, 30, 6, 17, "count") + slices(60, 90, 6, 16, "count")})
    assert made.cadence == pytest.approx([85] * 31 + [80] * 31)


def test_where_no_step_was_counted_the_cadence_is_unknown() -> None:
    made = laid_out(workout(60), {"StepCount": slices(0, 20, 5, 14, "count")})
    assert made.cadence is not None
    assert made.cadence[28:] == [None] * 33


def test_a_swim_has_whole_strokes_a_minute() -> None:
    told = workout(60, "Swimming", metadata={"HKSwimmingLocationType": "2"})
    assert laid_out(told, {"SwimmingStrokeCount": slices(0, 60, 10, 5, "count")}).cadence == pytest.approx([30] * 61)


# --- route ----------------------------------------------------------------------------------------------------------


def test_positions_stand_on_their_seconds_in_any_order() -> None:
    made = laid_out(workout(2), route=[fix(2, 50.0002, 8.0002), fix(0, 50.0, 8.0), fix(1, 50.0001, 8.0001)])
    assert made.latitude == [50.0, 50.0001, 50.0002]
    assert made.longitude == pytest.approx([8.0, 8.0001, 8.0002])


def test_of_two_fixes_in_one_second_the_more_accurate_stands() -> None:
    route = [fix(0, 50.0, 8.0, horizontal_accuracy=9.0), fix(0, 51.0, 9.0, horizontal_accuracy=2.0)]
    assert laid_out(workout(0), route=route).latitude == [51.0]


def test_a_few_lost_fixes_are_bridged_and_a_tunnel_is_not() -> None:
    made = laid_out(workout(9), route=[fix(0, 50.0, 8.0), fix(3, 50.0003, 8.0), fix(9, 50.0009, 8.0)])
    assert made.latitude == pytest.approx([50.0, 50.0001, 50.0002, 50.0003, *[None] * 5, 50.0009])


def test_a_way_across_the_date_line_stays_there() -> None:
    made = laid_out(workout(2), route=[fix(0, 0.0, 179.9999), fix(2, 0.0, -179.9999)])
    assert made.longitude is not None
    assert [abs(degrees or 0) for degrees in made.longitude] == pytest.approx([179.9999, 180, 179.9999])


def test_a_place_that_is_not_on_earth_is_no_fix() -> None:
    made = laid_out(workout(1), route=[fix(0, 91.0, 8.0), fix(1, 50.0, 8.0)])
    assert made.latitude == [None, 50.0]


@pytest.mark.parametrize("lost", [range(1), range(20), range(5, 8)])
def test_zero_zero_is_no_place_however_often_it_comes(lost: range) -> None:
    """Devices write it until they have a fix: it may well come first, and more often than anything else."""
    made = laid_out(workout(30), route=[fix(s, *((0.0, 0.0) if s in lost else (50.0, 8.0))) for s in range(31)])
    assert made.latitude is not None
    assert {degrees for degrees in made.latitude if degrees is not None} == {50.0}


def test_an_unknown_altitude_leaves_the_others() -> None:
    route = [fix(0, 50.0, 8.0, altitude=100.0), fix(1, 50.0, 8.0), fix(2, 50.0, 8.0, altitude=104.0)]
    assert laid_out(workout(2), route=route).altitude == [100, 102, 104]


def test_the_speed_of_the_fixes_counts_where_it_is_known() -> None:
    route = [fix(0, 50.0, 8.0, speed=-1.0), fix(1, 50.0, 8.0, speed=0.0), fix(2, 50.0, 8.0, speed=2.0)]
    assert laid_out(workout(2), route=route).speed == [None, 0, 2]


def test_a_degree_along_a_meridian_is_a_hundred_and_eleven_kilometres() -> None:
    # 111,195 m on a sphere of the Earth's mean radius.
    made = laid_out(workout(10), route=[fix(second, 50 + second / 10_000, 8.0) for second in range(11)])
    assert made.distance == pytest.approx([11.1195 * second for second in range(11)], rel=1e-5)


@pytest.mark.parametrize("wrong", [0, 4, 10])
def test_a_place_out_of_reach_takes_no_part_wherever_it_comes(wrong: int) -> None:
    route = [fix(second, 50 + second / 10_000, 108.0 if second == wrong else 8.0) for second in range(11)]
    made = laid_out(workout(10), route=route)
    assert {degrees for degrees in made.longitude or () if degrees is not None} == {8.0}
    assert made.distance is not None
    assert made.distance[-1] == pytest.approx(11.1195 * (10 if wrong == 4 else 9), rel=1e-4)


@pytest.mark.parametrize("longitude", [lambda second: 6 + second % 2 * 100, lambda second: 6 + second / 100])
def test_nobody_runs_faster_than_people_do(longitude: Callable[[int], float]) -> None:
    route = [fix(second, 48.6, longitude(second), altitude=1.5e6, speed=5000.0) for second in range(101)]
    made = laid_out(workout(100), route=route)
    assert made.altitude is None
    assert max(metres or 0.0 for metres in made.distance or [0.0]) <= 15 * 100
    assert max(speed or 0.0 for speed in made.speed or [0.0]) <= 15


def test_a_train_taken_in_a_pause_is_a_place_and_no_way() -> None:
    route = [fix(0, 50.0, 8.0), fix(1, 50.0001, 8.0), fix(601, 50.2, 8.0), fix(602, 50.2001, 8.0)]
    made = laid_out(workout(602), route=route)
    assert made.latitude is not None
    assert made.latitude[-1] == 50.2001
    assert made.distance is not None
    assert made.distance[-1] == pytest.approx(22.239, rel=1e-3)


def test_a_cyclist_may_be_faster_than_a_runner() -> None:
    route = [fix(second, 50 + second / 5000, 8.0, speed=22.0) for second in range(11)]
    assert laid_out(workout(10, "Cycling"), route=route).speed == [22.0] * 11
    assert laid_out(workout(10), route=route).speed is None


def test_samples_of_distance_come_before_the_way_along_the_route() -> None:
    route = [fix(second, 50 + second / 10_000, 8.0) for second in range(11)]
    made = laid_out(workout(10), {"DistanceWalkingRunning": slices(0, 10, 5, 20, "m")}, route)
    assert made.distance == pytest.approx([4 * second for second in range(11)])


def test_the_route_gives_the_way_where_the_samples_disagree_with_the_total() -> None:
    told = workout(10, totals=total(111.195))
    route = [fix(second, 50 + second / 10_000, 8.0) for second in range(11)]
    made = laid_out(told, {"DistanceWalkingRunning": slices(0, 10, 5, 20, "m")}, route)
    assert made.distance == pytest.approx([11.1195 * second for second in range(11)])


def test_a_route_without_samples_of_distance_ends_at_the_workout_s_own_total() -> None:
    route = [fix(second, 50.0 + second * 2e-5, 8.0) for second in range(61)]
    made = laid_out(workout(60, totals=total(200)), route=route).distance
    assert made is not None
    assert (made[0], made[30], made[60]) == pytest.approx((0, 100, 200), abs=1e-6)
