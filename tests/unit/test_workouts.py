"""Which samples a workout is made of, and its laps, lengths and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from intervals_companion.derive.stream_types import impossible_figures, quantities
from intervals_companion.derive.workouts import choose, recording
from intervals_companion.domain.activity import Length, Recording, Statistic, Workout, WorkoutPart
from intervals_companion.domain.samples import Row, Source
from support.workout_builders import at, event, quantity, row, slices, workout

WATCH, PHONE, STRAP = Source("Watch", "Watch", "Watch"), Source("Phone", "Phone", "iPhone"), Source("Strap", "Strap")
POOL = {"HKLapLength": "50 m", "HKSwimmingLocationType": "1"}


def made(told: Workout, samples: Mapping[str, Sequence[Row]] | None = None) -> Recording:
    return recording(told, {quantity(name): rows for name, rows in (samples or {}).items()}, [])


def beats(start: int, end: int, every: int) -> list[Row]:
    return [row(second, second, 120, "count/min") for second in range(start, end, every)]


# --- which rows -----------------------------------------------------------------------------------------------------


def test_one_reading_of_the_workout_s_own_source_is_no_match_for_a_watch() -> None:
    watch = beats(0, 600, 5)
    assert choose(workout(600), {STRAP: beats(300, 301, 1), WATCH: watch}) == watch


def test_a_source_that_covers_less_than_half_of_what_the_best_covers_is_not_chosen() -> None:
    strap = beats(0, 600, 5)
    assert choose(workout(600), {WATCH: beats(0, 280, 5), STRAP: strap}) == strap


def test_among_sources_that_cover_about_the_same_the_device_decides() -> None:
    watch = beats(0, 400, 5)
    assert choose(workout(600), {WATCH: watch, STRAP: beats(0, 600, 1)}) == watch


def test_among_equal_devices_the_one_that_counted_more_decides() -> None:
    other = Source("A ring", "A ring")
    more = [row(0, 600, 1.9, "km")]
    assert choose(workout(600), {other: [row(0, 600, 1800, "m")], STRAP: more}) == more


def test_of_two_that_cover_the_same_the_better_device_counts() -> None:
    phone = beats(0, 600, 5)
    assert choose(workout(600), {STRAP: beats(0, 600, 1), PHONE: phone}) == phone


def test_what_lies_outside_the_workout_covers_nothing_of_it() -> None:
    inside = beats(0, 300, 5)
    assert choose(workout(600), {STRAP: inside, PHONE: [row(-90_000, 60, 1, "count")]}) == inside


def test_a_source_without_rows_is_not_chosen() -> None:
    phone = beats(0, 60, 5)
    assert choose(workout(600), {WATCH: [], PHONE: phone}) == phone
    assert choose(workout(600), {}) == ()


def test_a_run_is_made_of_heart_rate_distance_speed_steps_and_power() -> None:
    names = ("HeartRate", "DistanceWalkingRunning", "RunningSpeed", "StepCount", "RunningPower")
    assert quantities(workout(1)).identifiers == tuple(map(quantity, names))


def test_a_strength_session_is_made_of_heart_rate() -> None:
    assert quantities(workout(1, "TraditionalStrengthTraining")).identifiers == (quantity("HeartRate"),)


# --- figures --------------------------------------------------------------------------------------------------------


def test_every_figure_is_the_workout_s_own_where_it_has_one() -> None:
    told = workout(
        60,
        duration=59.5,
        totals={
            "HeartRate": Statistic("count/s", average=2.0, maximum=3.0),
            "RunningSpeed": Statistic("km/hr", average=10.8, maximum=14.4),
            "RunningPower": Statistic("W", average=250, maximum=400),
            "StepCount": Statistic("count", sum=170),
            "DistanceWalkingRunning": Statistic("km", sum=0.2),
            "ActiveEnergyBurned": Statistic("kJ", sum=41.84),
            "BasalEnergyBurned": Statistic("kcal", sum=5),
        },
        metadata={"HKElevationAscended": "650 cm"},
    )
    whole = made(told, {"HeartRate": beats(0, 60, 5), "RunningPower": [row(0, 60, 100, "W")]}).whole
    assert whole.timer == 59.5
    assert (whole.heart_rate, whole.max_heart_rate) == (120, 180)
    assert (whole.speed, whole.max_speed) == pytest.approx((3, 4))
    assert (whole.power, whole.max_power) == (250, 400)
    assert (whole.cycles, whole.cadence) == pytest.approx((85, 85 / 59.5 * 60))
    assert (whole.distance, whole.ascent) == pytest.approx((200, 6.5))


def test_energy_is_the_active_energy_without_the_resting() -> None:
    totals = {"ActiveEnergyBurned": Statistic("kJ", sum=41.84), "BasalEnergyBurned": Statistic("kcal", sum=5)}
    assert made(workout(60, "TraditionalStrengthTraining", totals=totals)).whole.energy == pytest.approx(10)


def test_without_statistics_the_seconds_say_the_figures() -> None:
    told = workout(60, "Cycling", events=[event("Pause", 20), event("Resume", 30)])
    samples = {
        "HeartRate": [row(0, 39, 100, "count/min"), row(40, 60, 160, "count/min")],
        "CyclingPower": [row(0, 60, 200, "W")],
        "DistanceCycling": slices(0, 60, 5, 50, "m"),
    }
    whole = made(told, samples).whole
    assert whole.timer == 50
    assert (whole.heart_rate, whole.max_heart_rate) == pytest.approx(((30 * 100 + 21 * 160) / 51, 160), abs=1.5)
    assert (whole.power, whole.max_power) == (200, 200)
    assert (whole.distance, whole.speed) == pytest.approx((500, 10))


def test_a_statistic_in_a_unit_nobody_knows_is_none() -> None:
    whole = made(workout(60, totals={"HeartRate": Statistic("bananas", average=2.0)})).whole
    assert whole.heart_rate is None


def test_metadata_that_is_no_quantity_is_none() -> None:
    assert made(workout(60, metadata={"HKElevationAscended": "a lot"})).whole.ascent is None


@pytest.mark.parametrize(
    ("activity", "said", "ascent"),
    [
        ("Running", "6000000 cm", None), ("Running", "-5 m", None), ("DownhillSkiing", "6000000 cm", 60_000),
        ("Running", "2348600 cm", 23_486), ("Running", "1e300 m", None),
    ],
)  # fmt: skip
def test_an_ascent_that_nobody_climbs_in_a_day_is_none_and_named(
    activity: str, said: str, ascent: float | None
) -> None:
    told = workout(60, activity, metadata={"HKElevationAscended": said})
    assert made(told).whole.ascent == ascent
    assert impossible_figures(told) == ([] if ascent else ["HKElevationAscended"])


def test_a_written_duration_longer_than_the_workout_is_cut_to_it() -> None:
    assert made(workout(60, duration=60.9)).whole.timer == 60


# --- laps -----------------------------------------------------------------------------------------------------------


def edges(told: Workout, samples: Mapping[str, Sequence[Row]] | None = None) -> list[tuple[float, float]]:
    return [((lap.start - at(0)) / 1000, (lap.end - at(0)) / 1000) for lap in made(told, samples).laps]


def test_a_workout_without_laps_is_one_lap() -> None:
    recorded = made(workout(600))
    assert recorded.laps == (recorded.whole,)


def test_lap_events_with_a_length_are_laps() -> None:
    told = workout(600, events=[event("Lap", 0, 198.4), event("Lap", 200, 400)])
    assert edges(told) == [(0, 198.4), (198.4, 400), (400, 600)]


def test_lap_events_without_a_length_are_where_laps_meet() -> None:
    assert edges(workout(600, events=[event("Lap", 300), event("Lap", 600)])) == [(0, 300), (300, 600)]


def test_kilometre_and_mile_splits_are_no_laps() -> None:
    told = workout(600, events=[event("Segment", 0, 300), event("Segment", 0, 480), event("Segment", 300, 600)])
    assert edges(told) == [(0, 600)]


def test_the_parts_of_an_interval_workout_are_its_laps() -> None:
    parts = (WorkoutPart(at(0), at(300), {}), WorkoutPart(at(300), at(600), {}))
    assert edges(workout(600, parts=parts)) == [(0, 300), (300, 600)]


def test_a_single_part_is_the_workout_itself() -> None:
    assert edges(workout(653, parts=(WorkoutPart(at(0), at(600), {}),))) == [(0, 653)]


def test_laps_share_the_workout_between_them() -> None:
    told = workout(60, events=[event("Lap", 20), event("Pause", 30), event("Resume", 40)])
    samples = {"DistanceWalkingRunning": slices(0, 60, 5, 15, "m"), "RunningPower": [row(0, 20, 100, "W")]}
    one, other = made(told, samples).laps
    assert (one.timer, one.distance, one.power) == pytest.approx((20, 60, 100))
    assert (other.timer, other.distance) == pytest.approx((30, 90))


# --- pool swims -----------------------------------------------------------------------------------------------------


def swim(**metadata: str) -> Workout:
    style = {"HKSwimmingStrokeStyle": "2"}
    events = [
        event("Segment", 0, 110), event("Lap", 5, 55, **style), event("Lap", 57, 107, **style),
        event("Segment", 150, 210), event("Lap", 150, 200, HKSwimmingStrokeStyle="0"),
    ]  # fmt: skip
    totals = {"DistanceSwimming": Statistic("m", sum=150), "SwimmingStrokeCount": Statistic("count", sum=75)}
    return workout(240, "Swimming", events=events, totals=totals, metadata=POOL | metadata)


def test_each_lap_event_of_a_pool_swim_is_a_length() -> None:
    assert made(swim()).lengths == (
        Length(at(5), at(55), 2), Length(at(57), at(107), 2), Length(at(150), at(200), 0),
    )  # fmt: skip


def test_strokes_are_shared_out_to_the_lengths() -> None:
    strokes = [row(5, 30, 10, "count"), row(30, 80, 30, "count"), row(160, 160, 7, "count")]
    assert [length.strokes for length in made(swim(), {"SwimmingStrokeCount": strokes}).lengths] == [25, 14, 7]


def test_without_a_stroke_in_a_length_its_strokes_are_unknown() -> None:
    strokes = [row(0, 5, 10, "count")]
    assert {length.strokes for length in made(swim(), {"SwimmingStrokeCount": strokes}).lengths} == {None}


def test_sets_are_laps_and_so_are_the_rests_between() -> None:
    laps = made(swim()).laps
    assert [(lap.lengths, lap.distance) for lap in laps] == [(2, 100), (0, 0), (1, 50), (0, 0)]


def test_a_swimmer_s_distance_grows_when_a_length_is_finished() -> None:
    distance = made(swim()).streams.distance
    assert distance is not None
    assert [distance[second] for second in (0, 54, 55, 106, 107, 199, 200, 240)] == [0, 0, 50, 50, 100, 100, 150, 150]


def test_a_swimmer_s_speed_is_that_of_the_length() -> None:
    speed = made(swim()).streams.speed
    assert speed is not None
    assert [speed[second] for second in (4, 5, 55, 130, 150)] == [None, 1, 1, None, 1]


def test_the_stroke_rate_without_samples_is_that_of_the_swum_time() -> None:
    assert made(swim()).whole.cadence == pytest.approx(75 / 150 * 60)


def test_a_pool_in_yards_stays_one() -> None:
    recorded = made(swim(HKLapLength="25 yd"))
    assert recorded.pool == pytest.approx(22.86)
    assert recorded.pool_in_yards


@pytest.mark.parametrize("metadata", [{"HKSwimmingLocationType": "2"}, {"HKLapLength": "long"}])
def test_without_a_pool_there_are_no_lengths(metadata: dict[str, str]) -> None:
    recorded = made(swim(**metadata))
    assert (recorded.lengths, recorded.pool) == ((), None)


def test_no_length_reaches_beyond_the_workout() -> None:
    told = workout(100, "Swimming", events=[event("Lap", -20, 30), event("Lap", 60, 160)], metadata=POOL)
    assert [(length.start, length.end) for length in made(told).lengths] == [(at(0), at(30)), (at(60), at(100))]


def test_laps_have_distance_whenever_the_workout_has_one() -> None:
    totals = {"DistanceWalkingRunning": Statistic("m", sum=900)}
    told = workout(300, totals=totals, events=[event("Lap", 0, 100), event("Lap", 100, 300)])
    assert [lap.distance for lap in made(told).laps] == pytest.approx([300, 600])
