"""Real exports, held against an independent reading with ElementTree and the facts their README gives."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from intervals_companion.domain.activity import Statistic
from intervals_companion.domain.samples import ROUTE, WORKOUT, unpack_metadata
from support.export_reading import read, unpack_beats
from support.facts import facts_path

pytestmark = pytest.mark.facts

Q = "HKQuantityTypeIdentifier"
HRV = Q + "HeartRateVariabilitySDNN"
SAMPLES = ("reference", "apple-health", "samples")
FILES = {
    "export-2019-en_US": "export.xml",
    "export-2019-en_US-with-route": "export.xml",
    "export-ios26-workouts": "export.xml",
    "export-v13-en_FR": "export.xml",
    "export-v8-fr_FR": "exporter.xml",
    "malformed": "export-unclosed-attlist.xml",
}


def sample(name: str) -> Path:
    return facts_path(*SAMPLES, name)


def independent(name: str) -> ElementTree.Element:
    text = (sample(name) / FILES[name]).read_text()
    return ElementTree.fromstring(text[re.search(r"<HealthData\b", text).start() :])  # type: ignore[union-attr]


def ms(text: str) -> int:
    return round(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp() * 1000)


@pytest.mark.parametrize("name", FILES)
def test_every_record_of_a_real_export_is_read(name: str) -> None:
    expected: dict[str, list[tuple[int, int, float | str, str]]] = defaultdict(list)
    for element in independent(name).iter("Record"):
        get = element.attrib.get
        value = float(get("value", "")) if "unit" in element.attrib else get("value", "")
        expected[get("type", "")].append((ms(get("startDate", "")), ms(get("endDate", "")), value, get("unit", "")))
    found = read(sample(name))
    got = {
        kind: sorted((row.start, row.end, row.value if row.unit else row.label, row.unit) for row in found.rows(kind))
        for kind in found.reading.types
    }
    assert got == {kind: sorted(rows) for kind, rows in expected.items()}
    assert found.reading.types == Counter({kind: len(rows) for kind, rows in expected.items()})
    assert found.reading.complete
    assert [problem for problem in found.reading.problems if not problem.where.endswith(".gpx")] == []


@pytest.mark.parametrize("name", FILES)
def test_every_workout_of_a_real_export_is_read(name: str) -> None:
    expected = [(ms(it.attrib["startDate"]), ms(it.attrib["endDate"])) for it in independent(name).iter("Workout")]
    found = read(sample(name))
    assert sorted((it.start, it.end) for it in found.workouts()) == sorted(expected)
    assert found.reading.workouts == len(expected)


@pytest.mark.parametrize("name", FILES)
def test_all_metadata_of_a_real_export_is_kept(name: str) -> None:
    def pairs(element: ElementTree.Element) -> tuple[tuple[str, str], ...]:
        return tuple(sorted({(it.attrib["key"], it.attrib["value"]) for it in element.findall("MetadataEntry")}))

    root = independent(name)
    expected = Counter(pairs(element) for element in [*root.iter("Record"), *root.iter("Workout")])
    found = read(sample(name))
    rows = [row for batch in found.batches if batch.type != ROUTE for row in batch.rows]
    assert Counter(tuple(sorted(unpack_metadata(row.metadata).items())) for row in rows) == expected


def test_the_whole_french_export_has_1737_records() -> None:
    assert read(sample("export-v13-en_FR")).reading.records == 1737


def test_the_export_with_the_broken_declaration_has_12_records() -> None:
    assert read(sample("malformed")).reading.records == 12


def test_the_beats_of_a_real_reading_are_seconds_apart() -> None:
    """Written as 00:20:37,80 then ,94 ... beside a row of 01:20:29 +0200: the clocks need no zone."""
    rows = {row.start: row for row in read(sample("export-v13-en_FR")).rows(HRV)}
    beats = unpack_beats(rows[ms("2021-01-01 01:20:29 +0200")].detail)
    assert [(beat.seconds, beat.bpm) for beat in beats[:5]] == [
        (0.0, 62),
        (1.14, 52),
        (2.04, 67),
        (2.81, 78),
        (3.59, 77),
    ]


def test_every_list_of_beats_is_kept_whole() -> None:
    found = read(sample("export-v13-en_FR"))
    expected = len(list(independent("export-v13-en_FR").iter("InstantaneousBeatsPerMinute")))
    assert sum(len(unpack_beats(row.detail)) for row in found.rows(HRV)) == expected


def test_the_swim_has_its_750_metres_and_15_lengths() -> None:
    swim = next(it for it in read(sample("export-ios26-workouts")).workouts() if it.activity == "Swimming")
    assert swim.statistics[Q + "DistanceSwimming"] == Statistic("m", sum=750)
    assert sum(event.kind == "Lap" for event in swim.events) == 15
    assert swim.metadata["HKLapLength"] == "50 m"
    assert swim.zone == "Europe/Luxembourg"


def test_the_run_has_its_own_distance_not_its_parts() -> None:
    run = next(it for it in read(sample("export-ios26-workouts")).workouts() if it.activity == "Running")
    assert run.statistics[Q + "DistanceWalkingRunning"] == Statistic("km", sum=8.95512)
    assert len(run.parts) == 1
    assert run.duration == pytest.approx(60.88754943410556 * 60)


def test_the_run_of_2016_has_its_totals_from_attributes() -> None:
    (run,) = read(sample("export-2019-en_US")).workouts()
    assert run.statistics == {
        Q + "DistanceWalkingRunning": Statistic("mi", sum=0.4971749504535062),
        Q + "ActiveEnergyBurned": Statistic("kcal", sum=48.74499999999999),
    }


@pytest.mark.parametrize(
    ("name", "points"),
    [("export-2019-en_US", [2]), ("export-2019-en_US-with-route", [3]), ("export-ios26-workouts", [900, 970])],
)
def test_real_routes_are_joined(name: str, points: list[int]) -> None:
    assert sorted(len(route) for route in read(sample(name)).routes()) == points


def test_a_route_of_another_year_than_its_workout_is_joined_kept_and_said_to_be_of_no_use() -> None:
    found = read(sample("export-2019-en_US-with-route"))
    assert found.reading.routes == 1
    (problem,) = found.reading.problems
    assert problem.where.endswith(".gpx")
    assert "outside the time of its workout" in problem.what
    assert problem.cure


@pytest.mark.parametrize("name", ["export-ios26-workouts"])
def test_a_route_in_the_time_of_its_workout_is_no_problem(name: str) -> None:
    assert read(sample(name)).reading.problems == []


def test_the_walk_ends_where_its_route_says_in_utc() -> None:
    """The XML says 12:02:52 +0100, the file name 1.02pm."""
    route = next(it for it in read(sample("export-ios26-workouts")).routes() if len(it) == 970)
    assert route[-1].time == ms("2018-06-11 11:02:52 +0000")


def test_a_route_without_its_workout_is_left_alone() -> None:
    found = read(sample("export-v13-en_FR"))
    assert (found.rows(WORKOUT), found.rows(ROUTE)) == ([], [])
