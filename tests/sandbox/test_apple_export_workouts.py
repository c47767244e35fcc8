"""Workouts, correlations and summaries of the made export, and the whole 120 days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from math import isclose
from statistics import fmean
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from intervals_sandbox.world.apple_export import write_export
from intervals_sandbox.world.life import Session
from support.made_export import HOME, PHONE, QUANTITY, SEED, SLEEP, STEPS, TODAY, Made, Rec, instant, points, rec_of

DAYS = 10
DISTANCE = {"Run": "WalkingRunning", "Walk": "WalkingRunning", "Ride": "Cycling", "Swim": "Swimming"}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    return Made(path, write_export(path, SEED, TODAY, days=DAYS))


def statistic(element: ElementTree.Element, name: str) -> dict[str, str]:
    (found,) = (s for s in element.findall("WorkoutStatistics") if s.attrib["type"] == QUANTITY + name)
    return found.attrib


def inside(rows: list[Rec], session: Session) -> list[Rec]:
    return [rec for rec in rows if session.start <= rec.start < session.end]


def test_workouts_carry_the_figures_of_the_life(made: Made) -> None:
    found = list(made.workouts())
    assert len(found) == made.truth.workouts
    for session, element in found:
        assert instant(element.attrib["endDate"]) == session.end
        assert isclose(float(element.attrib["duration"]) * 60, session.moving)
        heart = statistic(element, "HeartRate")
        assert (round(float(heart["average"])), int(heart["maximum"])) == (
            session.average_heartrate,
            session.max_heartrate,
        )
        assert round(float(statistic(element, "ActiveEnergyBurned")["sum"])) == session.calories


def test_the_distance_of_a_workout_is_the_lifes(made: Made) -> None:
    for session, element in made.workouts():
        if session.distance:
            told = statistic(element, "Distance" + DISTANCE[session.type])
            metres = float(told["sum"]) * (1 if told["unit"] == "m" else 1000)
            assert isclose(metres, session.distance, abs_tol=0.1)


def test_the_records_of_a_workout_add_up_to_its_figures(made: Made) -> None:
    heart, energy = made.records(QUANTITY + "HeartRate"), made.records(QUANTITY + "ActiveEnergyBurned")
    for session, _ in made.workouts():
        rates = [rec.number for rec in inside(heart, session)]
        assert round(fmean(rates)) == session.average_heartrate
        assert len(rates) > session.elapsed / 7
        assert isclose(sum(rec.number for rec in inside(energy, session)), session.calories, abs_tol=0.1)


def test_nothing_is_counted_in_a_pause(made: Made) -> None:
    rows = made.records(STEPS) + made.records(QUANTITY + "CyclingPower")
    for session, _ in made.workouts():
        for offset, length in session.pauses:
            start, end = (session.start + timedelta(seconds=seconds) for seconds in (offset, offset + length))
            assert not [rec for rec in rows if rec.start < end and rec.end > start]


def test_workout_metadata_stands_twice(made: Made) -> None:
    for _, element in made.workouts():
        keys = [entry.attrib["key"] for entry in element.findall("MetadataEntry")]
        assert keys == keys[: len(keys) // 2] * 2
        assert "HKTimeZone" in keys


def test_a_workout_of_one_part_repeats_its_statistics_there(made: Made) -> None:
    for session, element in made.workouts():
        parts = element.findall("WorkoutActivity")
        if session.name != "Intervals":
            (part,) = parts
            assert [s.attrib for s in part.findall("WorkoutStatistics")] == [
                s.attrib for s in element.findall("WorkoutStatistics")
            ]


def test_intervals_have_a_part_and_a_route_for_each_step(made: Made) -> None:
    (element,) = (element for session, element in made.workouts() if session.name == "Intervals")
    assert len(element.findall("WorkoutActivity")) == len(element.findall("WorkoutRoute")) == 3


def test_pauses_are_events_and_the_last_may_lack_its_resume(made: Made) -> None:
    for session, element in made.workouts():
        kinds = Counter(
            event.attrib["type"].removeprefix("HKWorkoutEventType") for event in element.findall("WorkoutEvent")
        )
        unresumed = sum(sum(pause) == session.elapsed for pause in session.pauses)
        assert kinds["Pause"] + kinds["MotionPaused"] == len(session.pauses)
        assert kinds["Resume"] + kinds["MotionResumed"] == len(session.pauses) - unresumed


def test_kilometres_and_miles_overlap(made: Made) -> None:
    run = next(element for session, element in made.workouts() if session.type == "Run")
    segments = [event.attrib for event in run.findall("WorkoutEvent") if event.attrib["type"].endswith("Segment")]
    assert segments[0]["date"] == segments[1]["date"]
    assert 1.5 < float(segments[1]["duration"]) / float(segments[0]["duration"]) < 1.7


def test_every_route_named_in_the_file_is_in_the_zip(made: Made) -> None:
    named = [found.attrib["path"].removeprefix("/workout-routes/") for found in made.root.iter("FileReference")]
    assert sorted(named) == sorted(made.routes)


def test_a_route_has_a_point_a_second_and_is_as_long_as_the_workout(made: Made) -> None:
    for session, element in made.workouts():
        names = [found.attrib["path"].rpartition("/")[2] for found in element.iter("FileReference")]
        way = sorted(point for name in names for point in points(made.routes[name]))
        if way:
            assert len(way) == session.moving
            assert isclose(length(way), session.distance or 0, rel_tol=0.01)


def length(way: list[tuple[datetime, float, float]]) -> float:
    """Metres; flat enough for a few kilometres: a minute of latitude is a nautical mile."""
    total = 0.0
    for (_, lat, lon), (_, lat2, lon2) in pairwise(way):
        total += (((lat2 - lat) * 111_195) ** 2 + ((lon2 - lon) * 67_730) ** 2) ** 0.5
    return total


# Correlations and summaries


def test_members_of_correlations_stand_at_top_level_too(made: Made) -> None:
    def keys(recs: Iterable[Rec]) -> set[tuple[str, str, datetime, datetime, str | None]]:
        return {(rec.type, rec.source, rec.start, rec.end, rec.value) for rec in recs}

    members = keys(rec_of(found) for found in made.root.iterfind("Correlation/Record"))
    assert {found.attrib["type"] for found in made.root.findall("Correlation")} == {
        "HKCorrelationTypeIdentifierBloodPressure",
        "HKCorrelationTypeIdentifierFood",
    }
    assert members <= keys(made.all())


def test_every_day_has_its_rings(made: Made) -> None:
    days = [found.attrib["dateComponents"] for found in made.root.findall("ActivitySummary")]
    assert days == [str(TODAY - timedelta(days=back)) for back in range(DAYS, -1, -1)]


# All 120 days


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("export") / "whole.zip"
    return Made(path, write_export(path, SEED, TODAY))


@pytest.mark.slow
@pytest.mark.soak
def test_120_days_hold_every_workout_in_a_moderate_file(whole: Made) -> None:
    with ZipFile(whole.path) as archive:
        assert archive.getinfo("apple_health_export/export.xml").file_size < 50e6
    assert whole.path.stat().st_size < 5e6
    assert whole.truth.workouts == 60


@pytest.mark.slow
def test_some_resting_heart_rates_are_revised_and_some_nights_have_no_stages(whole: Made) -> None:
    rows = Counter(rec.start for rec in whole.records(QUANTITY + "RestingHeartRate"))
    in_bed = {rec.end.astimezone(HOME).date() for rec in whole.records(SLEEP, PHONE)}
    assert set(rows.values()) == {1, 2}
    assert in_bed - set(whole.truth.sleep)


@pytest.mark.slow
def test_every_pool_length_is_a_lap(whole: Made) -> None:
    swims = [(session, element) for session, element in whole.workouts() if session.type == "Swim"]
    assert swims
    for session, element in swims:
        laps = [event for event in element.findall("WorkoutEvent") if event.attrib["type"].endswith("Lap")]
        metadata = {entry.attrib["key"]: entry.attrib["value"] for entry in element.findall("MetadataEntry")}
        assert len(laps) * int(metadata["HKLapLength"].split()[0]) == session.distance
        assert instant(laps[-1].attrib["date"]) < session.end
