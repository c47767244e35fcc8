"""Files made of real workouts: a walk of 2018, a run and a pool swim of 2025."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from intervals_companion.derive.workouts import recording
from intervals_companion.domain.activity import Recording, RoutePoint, Statistic, Workout, WorkoutEvent
from intervals_companion.formats.fit import fit_file
from support.facts import facts_path
from support.fit_decoders import READERS, Messages

pytestmark = pytest.mark.facts

SAMPLE = ("reference", "apple-health", "samples", "export-ios26-workouts")
GPX = "{http://www.topografix.com/GPX/1/1}"


def instant(text: str) -> int:
    return round(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp() * 1000)


def read_workout(element: ElementTree.Element) -> Workout:
    get = element.attrib

    def event(found: ElementTree.Element) -> WorkoutEvent:
        start = instant(found.attrib["date"])
        length = float(found.attrib.get("duration", 0)) * 60_000
        kind = found.attrib["type"].removeprefix("HKWorkoutEventType")
        return WorkoutEvent(kind, start, start + round(length), read_metadata(found))

    metadata = read_metadata(element)
    return Workout(
        start=instant(get["startDate"]),
        end=instant(get["endDate"]),
        activity=get["workoutActivityType"].removeprefix("HKWorkoutActivityType"),
        source=get["sourceName"],
        duration=float(get["duration"]) * 60,
        statistics={
            found.attrib["type"]: read_statistic(found.attrib) for found in element.findall("WorkoutStatistics")
        },
        events=tuple(event(found) for found in element.findall("WorkoutEvent")),
        metadata=metadata,
        routes=tuple(found.attrib["path"] for found in element.iter("FileReference")),
        zone=metadata.get("HKTimeZone"),
    )


def read_metadata(element: ElementTree.Element) -> dict[str, str]:
    return {found.attrib["key"]: found.attrib["value"] for found in element.findall("MetadataEntry")}


def read_statistic(get: Mapping[str, str]) -> Statistic:
    values = (float(get[name]) if name in get else None for name in ("sum", "average", "minimum", "maximum"))
    return Statistic(get["unit"], *values)


def read_route(path: Path) -> list[RoutePoint]:
    points = []
    for found in ElementTree.parse(path).iter(f"{GPX}trkpt"):
        moment = datetime.fromisoformat(found.findtext(f"{GPX}time", ""))
        values = [
            float(found.findtext(f".//{GPX}{name}", "nan")) for name in ("ele", "speed", "course", "hAcc", "vAcc")
        ]
        latitude, longitude = float(found.attrib["lat"]), float(found.attrib["lon"])
        points.append(RoutePoint(round(moment.timestamp() * 1000), latitude, longitude, *values))
    return points


def made(activity: str) -> tuple[Workout, Recording, list[RoutePoint]]:
    root = ElementTree.parse(facts_path(*SAMPLE, "export.xml")).getroot()
    workout = next(each for each in map(read_workout, root.iter("Workout")) if each.activity == activity)
    route = [point for name in workout.routes for point in read_route(facts_path(*SAMPLE, *name.strip("/").split("/")))]
    return workout, recording(workout, {}, route), route


@pytest.fixture(params=READERS)
def read(request: pytest.FixtureRequest) -> Callable[[bytes], Messages]:
    return READERS[request.param]


def test_a_pool_swim_carries_its_fifteen_lengths(read: Callable[[bytes], Messages]) -> None:
    workout, made_of, _ = made("Swimming")
    messages = read(fit_file(workout, made_of))
    assert len(messages["length"]) == 15
    assert {length["length_type"] for length in messages["length"]} == {"active"}
    assert messages["session"][0]["num_active_lengths"] == 15
    assert messages["session"][0]["pool_length"] == 50
    assert messages["session"][0]["total_distance"] == 750


def test_the_lengths_carry_their_strokes(read: Callable[[bytes], Messages]) -> None:
    workout, made_of, _ = made("Swimming")
    styles = [length.get("swim_stroke") for length in read(fit_file(workout, made_of))["length"]]
    assert styles == ["breaststroke"] * 8 + ["freestyle"] + ["breaststroke"] * 5 + [None]


def test_the_sets_of_a_pool_swim_are_its_laps_with_the_rests_between() -> None:
    _, made_of, _ = made("Swimming")
    assert [lap.lengths for lap in made_of.laps if lap.lengths] == [2, 2, 2, 2, 1, 1, 2, 1, 2]
    assert sum(lap.distance or 0 for lap in made_of.laps) == 750


def test_the_distance_of_a_pool_swim_climbs_by_a_length_at_each_end() -> None:
    _, made_of, _ = made("Swimming")
    assert set(made_of.streams.distance or ()) == {50 * length for length in range(16)}


def test_a_run_keeps_its_own_totals(read: Callable[[bytes], Messages]) -> None:
    workout, made_of, _ = made("Running")
    session = read(fit_file(workout, made_of))["session"][0]
    assert session["total_distance"] == pytest.approx(8955.12, abs=0.01)
    assert session["total_calories"] == 655
    assert session["total_ascent"] == 66
    assert (session["avg_heart_rate"], session["max_heart_rate"]) == (130, 139)
    assert (session["avg_power"], session["max_power"]) == (209, 355)
    assert session["enhanced_avg_speed"] == pytest.approx(8.93016 / 3.6, abs=0.001)
    assert session["total_timer_time"] == pytest.approx(workout.duration, abs=1)


def test_a_route_that_covers_a_part_of_the_run_is_not_stretched_over_it() -> None:
    _, made_of, route = made("Running")
    assert made_of.streams.distance is None
    assert sum(value is not None for value in made_of.streams.latitude or ()) == len({point.time for point in route})


def test_the_route_of_a_walk_of_2018_stands_in_its_records(read: Callable[[bytes], Messages]) -> None:
    workout, made_of, route = made("Walking")
    records = {record["timestamp"]: record for record in read(fit_file(workout, made_of))["record"]}
    sharing = Counter(point.time for point in route)
    for point in route:
        if sharing[point.time] > 1:  # of two fixes in one second a record has room for one
            continue
        record = records[point.time // 1000]
        assert record["position_lat"] * 180 / 2**31 == pytest.approx(point.latitude, abs=1e-7)
        assert record["position_long"] * 180 / 2**31 == pytest.approx(point.longitude, abs=1e-7)
        assert record["enhanced_altitude"] == pytest.approx(point.altitude, abs=0.11)
        assert record["enhanced_speed"] == pytest.approx(point.speed, abs=0.0006)


def test_the_way_along_the_route_ends_at_the_walk_s_own_distance(read: Callable[[bytes], Messages]) -> None:
    workout, made_of, _ = made("Walking")
    messages = read(fit_file(workout, made_of))
    assert messages["record"][-1]["distance"] == pytest.approx(1215.51, abs=0.01)
    assert messages["session"][0]["total_distance"] == pytest.approx(1215.51, abs=0.01)
