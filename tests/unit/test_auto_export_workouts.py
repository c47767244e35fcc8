"""Workouts as Health Auto Export sends them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from intervals_companion.derive.workouts import recording
from intervals_companion.domain.activity import RoutePoint, Workout
from intervals_companion.domain.samples import ROUTE, WORKOUT, unpack_metadata
from intervals_companion.domain.summaries import WORKOUT_SERIES
from intervals_companion.formats.details import row_route, row_workout
from intervals_companion.health.bridge import Read
from support.pushes import HEART_RATE, QUANTITY, STEPS, at, pushed, reasons, rows, run

START = at("2026-03-10T07:00:00+01:00")


def workout(read: Read) -> Workout:
    (row,) = rows(read, WORKOUT)
    return row_workout(row, WORKOUT_SERIES)


def route(read: Read) -> list[RoutePoint]:
    (row,) = rows(read, ROUTE)
    return row_route(row)


def clock(second: int) -> str:
    return f"2026-03-10 07:{second // 60:02}:{second % 60:02} +0100"


def test_a_workout_has_the_id_that_every_channel_gives_it() -> None:
    found = workout(pushed(workouts=(run(),)))
    assert found.id == f"ic1-{START // 1000}-1800"
    assert (found.activity, found.duration) == ("Running", 1800.0)


def test_totals_are_its_statistics_in_the_units_of_the_app() -> None:
    found = workout(
        pushed(
            workouts=(
                run(
                    activeEnergyBurned={"qty": 1464.4, "units": "kJ"},
                    distance={"qty": 3.5, "units": "mi"},
                    heartRate={
                        "min": {"qty": 101, "units": "bpm"}, "avg": {"qty": 149, "units": "bpm"},
                        "max": {"qty": 171, "units": "bpm"},
                    },
                    elevationUp={"qty": 42.5, "units": "m"}, temperature={"qty": 41, "units": "degF"},
                    humidity=None, totalEnergy=None,
                ),
            )
        )
    ).statistics  # fmt: skip
    assert found[f"{QUANTITY}ActiveEnergyBurned"] == ("kJ", 1464.4, None, None, None)
    assert found[f"{QUANTITY}DistanceWalkingRunning"] == ("mi", 3.5, None, None, None)
    assert found[HEART_RATE] == ("count/min", None, 149, 101, 171)


def test_climb_and_weather_are_what_health_keeps_as_metadata() -> None:
    about = workout(
        pushed(workouts=(run(elevationUp={"qty": 42.5, "units": "m"}, temperature={"qty": 41, "units": "degF"}),))
    ).metadata
    assert about == {
        "HKExternalUUID": about["HKExternalUUID"],
        "HKElevationAscended": "42.5 m",
        "HKWeatherTemperature": "41 degF",
    }


@pytest.mark.parametrize(
    ("name", "fields", "activity"),
    [
        ("Outdoor Run", {}, "Running"), ("Running", {}, "Running"), ("Indoor Cycling", {}, "Cycling"),
        ("Pool Swim", {}, "Swimming"), ("Open Water Swim", {}, "Swimming"), ("Outdoor Walk", {}, "Walking"),
        ("Traditional Strength Training", {}, "TraditionalStrengthTraining"), ("Hiking", {}, "Hiking"),
        ("High Intensity Interval Training", {}, "HighIntensityIntervalTraining"), ("Rower", {}, "Rowing"),
        ("Elliptical", {}, "Elliptical"), ("Yoga", {}, "Yoga"), ("Cross Country Skiing", {}, "CrossCountrySkiing"),
        ("Laufen im Freien", {}, "Running"), ("Radfahren (Innenräume)", {}, "Cycling"), ("Natation", {}, "Swimming"),
        ("Кориды", {"cyclingDistance": []}, "Cycling"), ("水泳", {"swimStroke": []}, "Swimming"),
        ("Something new", {}, "Other"), ("", {}, "Other"),
    ],
)  # fmt: skip
def test_the_sport_is_told_by_its_name_in_several_languages_else_by_its_data(
    name: str, fields: dict[str, Any], activity: str
) -> None:
    assert workout(pushed(workouts=(run(**{**fields, "name": name}),))).activity == activity


@pytest.mark.parametrize(
    ("name", "activity"),
    [
        ("Löpning utomhus", "Running"), ("ランニング", "Running"), ("屋外ランニング", "Running"),
        ("户外跑步", "Running"),
        ("Бег на улице", "Running"), ("실외 달리기", "Running"), ("Udendørs løb", "Running"), ("Koşu", "Running"),
        ("Велосипед", "Cycling"), ("户外骑行", "Cycling"), ("Pyöräily ulkona", "Cycling"),
        ("Kävely", "Walking"), ("Skating", "SkatingSports"), ("Eislaufen", "SkatingSports"), ("泳池游泳", "Swimming"),
        ("Skilanglauf", "CrossCountrySkiing"), ("Tischtennis", "TableTennis"),
        ("HKWorkoutActivityTypeRowing", "Rowing"),
    ],
)  # fmt: skip
def test_the_sport_is_told_in_the_language_of_the_phone(name: str, activity: str) -> None:
    assert workout(pushed(workouts=(run(name=name),))).activity == activity


def test_an_identifier_counts_more_than_the_name() -> None:
    told = run(name="Outdoor Run", workoutActivityType="HKWorkoutActivityTypeHiking")
    assert workout(pushed(workouts=(told,))).activity == "Hiking"


@pytest.mark.parametrize(("km", "activity"), [(5, "Running"), (2.5, "Walking"), (25, "Other")])
def test_steps_and_their_pace_tell_what_a_badly_translated_name_does_not(km: float, activity: str) -> None:
    """German phones have written "Ausführen" for a run: to run a program."""
    told = run(
        name="Outdoor_Ausführen", distance={"qty": km, "units": "km"},
        stepCount=[{"date": clock(0), "qty": 160}],
        walkingAndRunningDistance=[{"date": clock(0), "qty": 0.16, "units": "km"}],
    )  # fmt: skip
    assert workout(pushed(workouts=(told,))).activity == activity


def test_a_sport_nobody_knows_is_said_and_its_series_are_kept() -> None:
    read = pushed(workouts=(run(name="Aerial hoop", heartRateData=[{"date": clock(0), "Avg": 120}]),))
    assert reasons(read) == {"workouts whose sport is not known by its name": 1}
    assert [row.value for row in rows(read, HEART_RATE)] == [120]


def test_a_name_nobody_knows_is_kept() -> None:
    assert workout(pushed(workouts=(run(name="Aerial hoop"),))).metadata["HKWorkoutBrandName"] == "Aerial hoop"


@pytest.mark.parametrize(
    ("fields", "key", "value"),
    [
        ({"isIndoor": True}, "HKIndoorWorkout", "1"),
        ({"location": "Indoor"}, "HKIndoorWorkout", "1"),
        ({"isIndoor": False, "location": "Outdoor"}, "HKIndoorWorkout", "0"),
        ({"name": "Pool Swim", "location": "Pool"}, "HKSwimmingLocationType", "1"),
        ({"name": "Swimming", "location": "Open Water"}, "HKSwimmingLocationType", "2"),
        ({"name": "Open Water Swim"}, "HKSwimmingLocationType", "2"),
    ],
)
def test_where_it_was_is_said_as_health_says_it(fields: dict[str, Any], key: str, value: str) -> None:
    assert workout(pushed(workouts=(run(**fields),))).metadata[key] == value


def test_series_belong_to_the_workout_alone() -> None:
    heart = [{"date": clock(second), "Min": 140, "Avg": 141 + second, "Max": 150, "units": "bpm"} for second in (0, 5)]
    read = pushed(workouts=(run(heartRateData=heart),))
    assert {batch.source.key for batch in read.batches()} == {WORKOUT_SERIES}
    assert [(row.start, row.end, row.value) for row in rows(read, HEART_RATE)] == [
        (START, START, 141), (START + 5000, START + 5000, 146),
    ]  # fmt: skip


def test_what_adds_up_in_a_series_holds_until_the_next_reading() -> None:
    steps = [{"date": clock(second), "qty": 14, "units": "count"} for second in (0, 5, 10)]
    found = rows(pushed(workouts=(run(stepCount=steps),)), STEPS)
    assert [(row.start - START, row.end - START) for row in found] == [(0, 5000), (5000, 10_000), (10_000, 15_000)]


def test_the_mean_of_a_minute_speaks_for_its_minute() -> None:
    heart = [{"date": clock(60 * minute), "Min": 135, "Avg": 140, "Max": 150} for minute in range(3)]
    found = rows(pushed(workouts=(run(heartRateData=heart),)), HEART_RATE)
    assert [(row.start - START, row.end - START) for row in found] == [
        (0, 60_000),
        (60_000, 120_000),
        (120_000, 180_000),
    ]


def test_what_two_devices_counted_is_not_added_up() -> None:
    steps = [
        {"date": clock(60 * minute), "qty": qty, "source": source}
        for minute in range(30)
        for source, qty in (("Ann’s Apple Watch", 160), ("Ann’s iPhone", 150))
    ]
    assert sum(row.value for row in rows(pushed(workouts=(run(stepCount=steps),)), STEPS)) == 30 * 160


def test_minutes_before_and_after_the_workout_are_no_part_of_it() -> None:
    steps = [
        {"date": f"2026-03-10 {time}:00 +0100", "qty": 10} for time in ("06:58", "07:00", "07:01", "07:30", "07:31")
    ]
    found = rows(pushed(workouts=(run(stepCount=steps),)), STEPS)
    assert [(row.start - START, row.value) for row in found] == [(0, 10), (60_000, 10)]


def test_every_row_of_a_workout_carries_its_id() -> None:
    steps = [{"date": clock(0), "qty": 10}]
    read = pushed(workouts=({**run(stepCount=steps, route=[POINT]), "id": "4F-A"},))
    for kind in (WORKOUT, STEPS, ROUTE):
        assert [unpack_metadata(row.metadata)["HKExternalUUID"] for row in rows(read, kind)] == ["4F-A"]


def test_a_file_can_be_made_of_what_came() -> None:
    # 3 m every second, which the app knows to the second
    heart = [{"date": clock(second), "Avg": 150, "units": "bpm"} for second in range(0, 60, 5)]
    metres = [{"date": clock(second), "qty": 0.003, "units": "km"} for second in range(60)]
    session = run(end=clock(60), duration=60, heartRateData=heart, walkingAndRunningDistance=metres)
    read = pushed(workouts=({**session, "distance": {"qty": 0.18, "units": "km"}},))
    samples = {kind: rows(read, kind) for kind in (HEART_RATE, f"{QUANTITY}DistanceWalkingRunning")}
    made = recording(workout(read), samples, [])
    assert made.whole.distance == pytest.approx(180)
    assert made.streams.speed is not None
    assert made.streams.speed[30] == pytest.approx(3.0)
    assert made.streams.heart_rate is not None
    assert set(made.streams.heart_rate[:50]) == {150}


POINT = {
    "latitude": 48.1, "longitude": 11.5, "altitude": 520.5, "course": 90.0, "courseAccuracy": 1,
    "horizontalAccuracy": 3.5, "verticalAccuracy": 2.0, "timestamp": clock(1), "speed": 3.1, "speedAccuracy": 0.2,
}  # fmt: skip


def test_a_route_comes_with_all_that_core_location_knows() -> None:
    (fix,) = route(pushed(workouts=(run(route=[POINT]),)))
    assert fix == RoutePoint(START + 1000, 48.1, 11.5, 520.5, 3.1, 90.0, 3.5, 2.0)


def test_a_route_of_version_1_has_other_names_and_less_in_it() -> None:
    old = [{"lat": 48.1, "lon": 11.5, "altitude": 520, "timestamp": clock(second)} for second in (2, 1)]
    assert route(pushed(workouts=(run(route=old),))) == [
        RoutePoint(START + second * 1000, 48.1, 11.5, 520.0, None, None, None, None) for second in (1, 2)
    ]


def test_points_without_a_place_are_counted_and_the_rest_is_a_route() -> None:
    broken = [{**POINT, "latitude": None}, {**POINT, "longitude": 999}, {**POINT, "timestamp": "?"}]
    read = pushed(workouts=(run(route=[*broken, {**POINT, "speed": -1, "course": None}]),))
    (fix,) = route(read)
    assert (fix.speed, fix.course) == (None, None)
    assert reasons(read) == {"route route points without a place or time": 3}


@pytest.mark.parametrize("duration", [-60, 1e9, "NaN"])
def test_a_duration_that_cannot_be_is_left_out_and_told(duration: object) -> None:
    read = pushed(workouts=(run(duration=duration),))
    assert workout(read).duration is None
    assert [reason.what for reason in read.left_out] == ["workouts with a duration that cannot be"]


def test_version_1_has_no_id_and_no_duration() -> None:
    old = {
        "name": "Cycling", "start": clock(0), "end": clock(1800), "activeEnergy": {"qty": 200, "units": "kcal"},
        "distance": {"qty": 12, "units": "km"}, "elevation": {"ascent": 80, "descent": 70, "units": "m"},
        "heartRateData": [{"date": clock(0), "qty": 120, "units": "bpm"}], "stepCount": 12, "intesity": None,
    }  # fmt: skip
    read = pushed(workouts=(old,))
    found = workout(read)
    assert (found.activity, found.duration) == ("Cycling", None)
    assert found.statistics[f"{QUANTITY}DistanceCycling"].sum == 12
    assert found.statistics[f"{QUANTITY}ActiveEnergyBurned"].sum == 200
    assert found.metadata["HKElevationAscended"] == "80 m"
    assert [row.value for row in rows(read, HEART_RATE)] == [120]


@pytest.mark.parametrize(
    "fields", [{"start": None}, {"end": "soon"}, {"end": "2026-03-10 06:00:00 +0100"}, {"end": "2026-06-10 06:00:00 Z"}]
)
def test_a_workout_without_a_span_is_counted_and_the_next_is_used(fields: dict[str, Any]) -> None:
    read = pushed(workouts=(run(**fields), run()))
    assert workout(read).activity == "Running"
    assert sum(read.left_out.values()) == 1


def test_every_field_may_be_null() -> None:
    fields = (
        "duration location isIndoor activeEnergyBurned totalEnergy distance intensity avgSpeed elevationUp temperature"
        " humidity lapLength avgHeartRate maxHeartRate stepCadence heartRate heartRateData route stepCount metadata"
        " name"
    )
    found = workout(pushed(workouts=({**run(), **dict.fromkeys(fields.split())},)))
    assert found.statistics == {}


def test_the_same_workout_again_is_the_same_row() -> None:
    one, other = (rows(pushed(workouts=(run(metadata={"b": "1", "a": "2"}),)), WORKOUT) for _ in range(2))
    assert json.dumps(one, default=repr) == json.dumps(other, default=repr)
