"""Workouts and their routes in an export."""

from __future__ import annotations

import struct
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from intervals_companion import formats
from intervals_companion.domain.activity import RoutePoint, Statistic, WorkoutEvent, WorkoutPart
from intervals_companion.domain.samples import ROUTE, WORKOUT
from intervals_companion.health.apple_export import opening, reader, tree
from support.export_reading import Read, read, read_xml, write
from support.exports import Point, event, export_xml, gpx, statistics, workout, workout_part, zip_export

Q = "HKQuantityTypeIdentifier"
ENERGY, WALKED, RIDDEN, PULSE = (
    Q + name for name in ("ActiveEnergyBurned", "DistanceWalkingRunning", "DistanceCycling", "HeartRate")
)
START, MIDDLE, END = "2026-02-03 07:00:00 +0100", "2026-02-03 07:30:00 +0100", "2026-02-03 08:00:00 +0100"
ROAD = [Point("2026-02-03T06:00:00Z", 52.5, 13.4), Point("2026-02-03T06:00:01Z", 52.50001, 13.40001)]


def ms(text: str) -> int:
    return round(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp() * 1000)


def read_elements(tmp_path: Path, *elements: str, **routes: str) -> Read:
    return read_xml(tmp_path, export_xml(*elements), {f"{name}.gpx": text for name, text in routes.items()})


def test_a_workout_has_its_sport_times_source_and_zone(tmp_path: Path) -> None:
    found = read_elements(tmp_path, workout("Running", START, END, source="W", metadata={"HKTimeZone": "Asia/Tokyo"}))
    it = found.workout()
    assert (it.activity, it.start, it.end, it.source, it.zone) == ("Running", ms(START), ms(END), "W", "Asia/Tokyo")
    assert found.reading.workouts == 1
    assert found.row(WORKOUT).created == ms(END)


def test_workouts_are_not_counted_as_records(tmp_path: Path) -> None:
    assert read_elements(tmp_path, workout("Running", START, END)).reading.records == 0


def test_the_duration_is_in_seconds_without_pauses(tmp_path: Path) -> None:
    assert read_elements(tmp_path, workout("Running", START, END, minutes=58.25)).workout().duration == 3495


def test_a_duration_in_another_unit_is_converted(tmp_path: Path) -> None:
    element = workout("Running", START, END, minutes=3495).replace('durationUnit="min"', 'durationUnit="s"')
    assert read_elements(tmp_path, element).workout().duration == 3495


def test_metadata_written_twice_is_kept_once(tmp_path: Path) -> None:
    about = {"HKIndoorWorkout": "0", "HKWeatherHumidity": "6400 %"}
    assert read_elements(tmp_path, workout("Running", START, END, metadata=about)).workout().metadata == about


def test_totals_are_the_direct_statistics_only(tmp_path: Path) -> None:
    direct = [
        statistics(WALKED, START, END, "km", sum=8.95512),
        statistics(PULSE, START, END, "count/min", average=130.153, minimum=87, maximum=139),
    ]
    part = workout_part(START, MIDDLE, statistics(WALKED, START, MIDDLE, "km", sum=8.88354))
    it = read_elements(tmp_path, workout("Running", START, END, inside=[part, *direct])).workout()
    assert it.statistics == {
        WALKED: Statistic("km", sum=8.95512),
        PULSE: Statistic("count/min", average=130.153, minimum=87, maximum=139),
    }


@pytest.mark.parametrize(
    ("activity", "kind"), [("Running", WALKED), ("Cycling", RIDDEN), ("Swimming", Q + "DistanceSwimming")]
)
def test_older_files_have_totals_as_attributes(tmp_path: Path, activity: str, kind: str) -> None:
    totals = {
        "totalDistance": "5.2",
        "totalDistanceUnit": "mi",
        "totalEnergyBurned": "48",
        "totalEnergyBurnedUnit": "kcal",
    }
    it = read_elements(tmp_path, workout(activity, START, END, totals=totals)).workout()
    assert it.statistics == {kind: Statistic("mi", 5.2), ENERGY: Statistic("kcal", 48)}


def test_what_the_statistics_do_not_say_the_attributes_do(tmp_path: Path) -> None:
    direct = [statistics(WALKED, START, END, "km", sum=8.9)]
    totals = {"totalEnergyBurned": "250", "totalEnergyBurnedUnit": "kcal"}
    it = read_elements(tmp_path, workout("Running", START, END, inside=direct, totals=totals)).workout()
    assert {kind: one.sum for kind, one in it.statistics.items()} == {
        WALKED: 8.9, "HKQuantityTypeIdentifierActiveEnergyBurned": 250,
    }  # fmt: skip


def test_statistics_come_before_attributes(tmp_path: Path) -> None:
    direct = [statistics(WALKED, START, END, "km", sum=8.9)]
    totals = {"totalDistance": "5.2", "totalDistanceUnit": "mi"}
    it = read_elements(tmp_path, workout("Running", START, END, inside=direct, totals=totals)).workout()
    assert it.statistics == {WALKED: Statistic("km", 8.9)}


def test_a_total_that_is_not_a_number_is_told(tmp_path: Path) -> None:
    found = read_elements(tmp_path, workout("Running", START, END, totals={"totalDistance": "far"}))
    assert found.workout().statistics == {}
    assert "its totalDistance is not a number" in found.said()


def test_a_workout_may_have_no_totals_at_all(tmp_path: Path) -> None:
    assert read_elements(tmp_path, workout("Running", START, END)).workout().statistics == {}


def test_events_end_after_their_minutes(tmp_path: Path) -> None:
    inside = [
        event("Segment", START, 6.5),
        event("Pause", MIDDLE),
        event("Lap", MIDDLE, 1, metadata={"HKSwimmingStrokeStyle": "4"}),
    ]
    it = read_elements(tmp_path, workout("Swimming", START, END, inside=inside)).workout()
    assert it.events == (
        WorkoutEvent("Segment", ms(START), ms(START) + 390_000, {}),
        WorkoutEvent("Pause", ms(MIDDLE), ms(MIDDLE), {}),
        WorkoutEvent("Lap", ms(MIDDLE), ms(MIDDLE) + 60_000, {"HKSwimmingStrokeStyle": "4"}),
    )
    assert it.metadata == {}


def test_parts_repeat_and_add_nothing(tmp_path: Path) -> None:
    part = workout_part(START, MIDDLE, event("Segment", START, 6.5), metadata={"WOIntervalStepKeyPath": "0.1"})
    it = read_elements(tmp_path, workout("SwimBikeRun", START, END, inside=[part])).workout()
    assert it.parts == (WorkoutPart(ms(START), ms(MIDDLE), {"WOIntervalStepKeyPath": "0.1"}),)
    assert it.events == ()


def test_a_part_without_an_end_lasts_its_duration(tmp_path: Path) -> None:
    part = f'<WorkoutActivity uuid="1" startDate="{START}" duration="10" durationUnit="min"/>'
    (only,) = read_elements(tmp_path, workout("Running", START, END, inside=[part])).workout().parts
    assert only.end == ms(START) + 600_000


def test_a_part_with_neither_lasts_to_the_end(tmp_path: Path) -> None:
    part = f'<WorkoutActivity uuid="1" startDate="{START}"/>'
    (only,) = read_elements(tmp_path, workout("Running", START, END, inside=[part])).workout().parts
    assert only.end == ms(END)


@pytest.mark.parametrize(
    "bad",
    [
        event("Pause", "then"),
        event("Segment", START, 1).replace('"min"', '"fortnight"'),
        event("Segment", START, 1e308),
        event("Segment", START, -1),
        statistics(WALKED, START, END, "km").replace("unit", 'sum="far" unit'),
        workout_part("then", END),
    ],
)
def test_a_fault_inside_leaves_the_workout_and_is_told(tmp_path: Path, bad: str) -> None:
    found = read_elements(tmp_path, workout("Running", START, END, inside=[bad]))
    assert found.workout().activity == "Running"
    assert "A workout was read, but" in found.said()


def test_a_workout_without_a_date_is_left_out_and_told(tmp_path: Path) -> None:
    found = read_elements(tmp_path, workout("Running", "then", END), workout("Walking", START, END))
    assert [it.activity for it in found.workouts()] == ["Walking"]
    assert found.reading.workouts == 1
    assert "This Workout was left out: its startDate or endDate is not a date." in found.said()


def test_an_element_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "MOST_PARTS", 10)
    endless = workout("Running", START, END, inside=["<Made up='x'/>"] * 20)
    found = read_elements(tmp_path, endless, workout("Walking", START, END))
    assert [it.activity for it in found.workouts()] == ["Walking"]
    assert "it has more than" in found.said()


# --- routes ---------------------------------------------------------------------------------------------------------


def test_a_route_comes_with_its_workouts_source(tmp_path: Path) -> None:
    found = read_elements(tmp_path, workout("Running", START, END, source="W", routes=["a.gpx"]), a=gpx(ROAD))
    assert found.routes() == [
        [
            RoutePoint(ms(START), 52.5, 13.4, 40.0, 3.0, 90.0, 1.5, 1.2),
            RoutePoint(ms(START) + 1000, 52.50001, 13.40001, 40.0, 3.0, 90.0, 1.5, 1.2),
        ]
    ]
    assert found.source(ROUTE).key == "W"
    assert (found.reading.routes, found.reading.routes_missing) == (1, 0)


def test_a_workout_may_own_many_routes(tmp_path: Path) -> None:
    later = [Point("2026-02-03T06:30:00Z", 52.6, 13.5)]
    found = read_elements(
        tmp_path, workout("Running", START, END, routes=["a.gpx", "b.gpx"]), a=gpx(ROAD), b=gpx(later)
    )
    assert [len(route) for route in found.routes()] == [2, 1]
    assert found.reading.routes == 2


def test_routes_are_handed_out_before_they_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROUTE_BYTES", 1)
    both = workout("Running", START, END, routes=["a.gpx", "b.gpx"])
    found = read_elements(tmp_path, both, a=gpx(ROAD), b=gpx(ROAD[1:]))
    assert [len(batch.rows) for batch in found.batches if batch.type == ROUTE] == [1, 1]


@pytest.mark.parametrize("zipped", [True, False])
def test_a_route_file_of_absurd_size_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool) -> None:
    monkeypatch.setattr(formats.gpx, "MOST_BYTES", 100)
    xml = export_xml(workout("Running", START, END, routes=["a.gpx"]))
    found = (
        read(zip_export(tmp_path / "a.zip", xml, {"a.gpx": gpx(ROAD)}))
        if zipped
        else read_elements(tmp_path, workout("Running", START, END, routes=["a.gpx"]), a=gpx(ROAD))
    )
    assert "is larger than" in found.said()


@pytest.mark.parametrize("zipped", [True, False])
def test_all_routes_together_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zipped: bool) -> None:
    monkeypatch.setattr(opening, "MOST_ROUTES_BYTES", 3 * len(gpx(ROAD)))
    names = [f"{number}.gpx" for number in range(5)]
    body = workout("Running", START, END, routes=names)
    found = (
        read(zip_export(tmp_path / "a.zip", export_xml(body), dict.fromkeys(names, gpx(ROAD))))
        if zipped
        else read_elements(tmp_path, body, **dict.fromkeys("01234", gpx(ROAD)))
    )
    assert found.reading.routes == 3
    assert "larger together" in found.said()


def test_routes_that_share_their_packed_bytes_are_told(tmp_path: Path) -> None:
    names = [f"{number}.gpx" for number in range(3)]
    path = tmp_path / "a.zip"
    zip_export(path, export_xml(workout("Running", START, END, routes=names)), dict.fromkeys(names, gpx(ROAD)))
    with zipfile.ZipFile(path) as archive:
        places = [info.header_offset for info in archive.infolist() if info.filename.endswith(".gpx")]
    members, mark, listed = path.read_bytes().partition(b"PK\x01\x02")
    for place in places[1:]:  # the directory leads each name to the first file
        listed = listed.replace(struct.pack("<L", place), struct.pack("<L", places[0]))
    write(path, members + mark + listed)
    found = read(path)
    assert found.reading.routes == 1
    assert found.said().count("shares its bytes") == 2


def test_a_name_no_file_can_have_is_told(tmp_path: Path) -> None:
    found = read_elements(tmp_path, workout("Running", START, END, routes=["a" * 5000]))
    assert found.reading.routes == 0
    assert found.said()


def test_a_file_two_workouts_name_is_read_once(tmp_path: Path) -> None:
    double = [workout(kind, START, END, routes=["a.gpx"]) for kind in ("Running", "Walking")]
    assert read_elements(tmp_path, *double, a=gpx(ROAD)).reading.routes == 1


def test_a_file_that_nobody_names_is_left_alone(tmp_path: Path) -> None:
    found = read_elements(tmp_path, workout("Running", START, END), a=gpx(ROAD))
    assert (found.reading.routes, found.routes(), found.reading.problems) == (0, [], [])
    assert found.reading.bytes_done == found.reading.bytes_total


@pytest.mark.parametrize("path", ["/workout-routes/a.gpx", "/../outside.gpx", ""])
def test_a_missing_file_is_counted_and_told(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.gpx").write_text(gpx(ROAD))
    folder = tmp_path / "apple_health_export"
    folder.mkdir()
    element = workout("Running", START, END, routes=["a.gpx"]).replace("/workout-routes/a.gpx", path)
    found = read_xml(folder, export_xml(element))
    assert found.workout().activity == "Running"
    assert (found.reading.routes, found.reading.routes_missing) == (0, 1)
    assert "the export does not hold it" in found.said()


@pytest.mark.parametrize("broken", ["", "<gpx><trk>", gpx([]), gpx(ROAD)[:-20]])
def test_a_broken_file_is_told_and_stops_nothing(tmp_path: Path, broken: str) -> None:
    found = read_elements(tmp_path, workout("Running", START, END, routes=["a.gpx", "b.gpx"]), a=broken, b=gpx(ROAD))
    assert (found.reading.routes, found.reading.routes_missing, len(found.routes())) == (1, 0, 1)
    assert found.said().startswith("workout-routes/a.gpx: ")
    assert found.reading.complete


def test_routes_are_found_in_a_zip_whatever_form_its_accents_have(tmp_path: Path) -> None:
    path = zip_export(
        tmp_path / "export.zip",
        export_xml(workout("Running", START, END, routes=["rue\u0301.gpx"])),
        {"ru\u00e9.gpx": gpx(ROAD)},
    )
    assert read(path).reading.routes == 1


def test_version_8_has_its_points_in_the_workout(tmp_path: Path) -> None:
    point = '<Location date="{}" latitude="{}" longitude="13.4" altitude="21.3" horizontalAccuracy="2.4" '
    rest = 'verticalAccuracy="1.7" course="-1" speed="2.5"/>'
    places = point.format(MIDDLE, 52.6) + rest + point.format(START, 52.5) + rest
    route = f'<WorkoutRoute sourceName="P" startDate="{START}" endDate="{END}">{places}</WorkoutRoute>'
    found = read_elements(tmp_path, workout("Running", START, END, source="W", inside=[route]))
    assert found.routes() == [
        [
            RoutePoint(ms(START), 52.5, 13.4, 21.3, 2.5, None, 2.4, 1.7),
            RoutePoint(ms(MIDDLE), 52.6, 13.4, 21.3, 2.5, None, 2.4, 1.7),
        ]
    ]
    assert found.source(ROUTE).key == "W"


def test_an_inline_point_without_a_place_is_told(tmp_path: Path) -> None:
    route = f'<WorkoutRoute sourceName="P"><Location date="{START}" latitude="91" longitude="0"/></WorkoutRoute>'
    found = read_elements(tmp_path, workout("Running", START, END, inside=[route]))
    assert not found.routes()
    assert "1 points of its route have no place or time" in found.said()
