"""The page of somebody else's activity below its head, made of what the sandbox answers; and the drawing of its row."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from attrs import evolve

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.domain.remote_activity import RemoteActivity, RemoteInterval, ZoneSettings
from intervals_companion.domain.workout_view import NOTHING, BarsThumbnail, WorkoutView, ZoneTime
from intervals_companion.social import views
from intervals_companion.web.activities.intervals import Intervals, intervals
from intervals_companion.web.activities.presenter import figures
from intervals_companion.web.activities.time_in_zones import zones
from intervals_companion.web.charts.thumbnails import drawn
from intervals_companion.web.formatting import Formatter
from intervals_sandbox import create_app
from support.remote_activity_builder import WORDS, Theirs, theirs


def made(word: str) -> Theirs:
    return theirs(create_app(today=date(2026, 11, 23)), word)


@pytest.fixture(scope="module")
def ride() -> Theirs:
    return made("12 min")


def said(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).replace("\u202f", " ").split())


# --- the whole -------------------------------------------------------------------------------------------------------


def test_a_ride_in_intervals_shows_each_effort_as_something_to_press(ride: Theirs) -> None:
    body = ride.body()
    pressed = re.findall(r'<button type="button" data-from="(\d+)" data-to="(\d+)" aria-pressed="false">', body)
    efforts = [one for one in ride.record["icu_intervals"] if one["type"] == "WORK"]
    assert [(int(start), int(end)) for start, end in pressed] == [
        (one["start_time"], one["end_time"]) for one in efforts
    ]
    assert "3 × 12:00, 5:00 easy" in said(body)


def test_every_stream_has_a_panel_with_a_sentence_and_the_route_is_drawn(ride: Theirs) -> None:
    body = ride.body("/there/streams")
    for stream in ("Power", "Heart rate", "Speed", "Cadence", "Altitude"):
        assert f'role="img" aria-label="{stream} over time, from ' in body
    assert 'data-streams="/there/streams"' in body
    assert '<polyline class="d-route"' in body


def test_device_and_source_are_told(ride: Theirs) -> None:
    record = ride.record | {"device_name": "Edge <540>", "source": "WAHOO"}
    assert "Edge <540>, through Wahoo" in said(Theirs(record, ride.streams).body())
    assert "<540>" not in Theirs(record, ride.streams).body()


def test_further_streams_are_named(ride: Theirs) -> None:
    more = {"type": "core_temperature", "data": [37.0], "data2": None}
    assert "Also recorded core temperature" in said(Theirs(ride.record, [*ride.streams, more]).body())


def test_without_streams_there_is_a_summary_and_nothing_to_press(ride: Theirs) -> None:
    body = Theirs(ride.record, []).body()
    assert "Distance" in said(body)
    assert "data-streams" not in body
    assert "<button" not in body


@pytest.mark.parametrize("word", ["Easy run", "Long course", "Core and shoulders", "In the cellar"])
def test_every_sport_has_a_page(word: str) -> None:
    assert "Heart rate over time" in made(word).body()


# --- figures ---------------------------------------------------------------------------------------------------------


def named(of: Theirs, **record: Any) -> dict[str, str]:
    found = evolve(of.detail, remote=Theirs(of.record | record, []).remote)
    return {figure.name: f"{figure.text} {figure.unit}".strip() for figure in figures(found, WORDS)}


def test_a_ride_tells_power_work_and_intensity(ride: Theirs) -> None:
    assert {"Norm. power", "Avg power", "Work", "Intensity", "Climbed", "Avg speed"} <= named(ride).keys()


def test_a_run_tells_its_pace() -> None:
    assert named(made("Easy run"))["Avg pace"].endswith("/km")


def test_a_swim_tells_its_pace_by_the_hundred_metres() -> None:
    assert named(made("Long course"))["Avg pace"].endswith("/100 m")


def test_strength_tells_what_was_lifted_and_no_speed() -> None:
    found = named(made("Core and shoulders"), kg_lifted=4200)
    assert next(iter(found)) == "Moving"
    assert found["Lifted"] == "4,200 kg"
    assert not {"Avg speed", "Distance"} & found.keys()


def test_how_it_felt_is_told_in_words(ride: Theirs) -> None:
    found = named(ride, icu_rpe=7, feel=2)
    assert (found["RPE"], found["Feel"]) == ("7 of 10", "2 of 5, good")


# --- intervals -------------------------------------------------------------------------------------------------------


def piece(start: int, seconds: int, *, work: bool = True, label: str | None = None, **more: Any) -> RemoteInterval:
    return RemoteInterval(start, start + seconds, label, work, seconds, **more)


def efforts(*pieces: RemoteInterval, sport: str) -> Intervals:
    found = intervals(evolve(NOTHING, intervals=pieces), sport, WORDS)
    assert found is not None
    return found


def test_efforts_are_numbered_and_keep_their_own_names() -> None:
    found = efforts(piece(0, 60), piece(60, 30, work=False), piece(90, 60, label="Sprint"), sport="Run")
    assert [row.name for row in found.rows] == ["1", "Sprint"]


def test_a_run_in_intervals_is_told_by_pace_and_a_ride_by_power() -> None:
    pieces = [piece(0, 60, distance=300.0, power=300, heart_rate=150), piece(60, 60, distance=300.0, power=310)]
    run, ride = (efforts(*pieces, sport=sport) for sport in ("Run", "Ride"))
    assert run.heads == ["time", "km", "/km", "W", "bpm"]
    assert ride.heads == ["time", "W", "bpm"]
    assert ride.rows[1].cells == ["1:00", "310", "–"]


def test_efforts_of_several_lengths_have_no_common_one() -> None:
    assert efforts(piece(0, 60), piece(60, 90), sport="Ride").note == ""


# --- zones -----------------------------------------------------------------------------------------------------------


def zone(stream: str, low: float | None, high: float | None, seconds: float = 60) -> WorkoutView:
    return evolve(NOTHING, zones=(ZoneTime(stream, "Z1", low, high, seconds),))


def with_threshold(stream: str, threshold: float) -> RemoteActivity:
    start = datetime.fromisoformat("2026-11-23T08:00:00")
    return RemoteActivity("i1", start, zones=(ZoneSettings(stream, threshold),))


def ranges(stream: str, *ends: tuple[float | None, float | None], sport: str = "Ride") -> list[str]:
    told = tuple(ZoneTime(stream, "Z1", low, high, 60) for low, high in ends)
    (found,) = zones(evolve(NOTHING, zones=told), None, sport, WORDS)
    return [row.range.replace("\u202f", " ") for row in found.rows]


def test_a_range_is_what_the_zone_includes() -> None:
    assert ranges("power", (None, 154), (154, 210), (210, None)) == ["≤ 154 W", "155 to 210", "> 210"]


def test_a_pace_counts_down_as_zones_go_up() -> None:
    assert ranges("speed", (None, 3.1), (3.1, 4.0), (4.0, None), sport="Run") == [
        "≥ 5:23 /km",
        "5:23 to 4:10",
        "< 4:10",
    ]


def test_miles_are_kept_in_zones() -> None:
    words = Formatter(Preferences(imperial=True), 0)
    (found,) = zones(zone("speed", None, 3.1), with_threshold("speed", 4.0), "Run", words)
    assert found.rows[0].range.replace("\u202f", " ") == "≥ 8:39 /mi"
    assert found.note.replace("\u202f", " ") == "threshold 6:42 /mi"


def test_a_zone_without_limits_has_its_time_alone() -> None:
    (found,) = zones(zone("power", None, None, 754), with_threshold("power", 280), "Ride", WORDS)
    assert (found.rows[0].range, found.rows[0].time, found.note) == ("", "12:34", "FTP 280\u202fW")


# --- the row ---------------------------------------------------------------------------------------------------------


def test_a_way_is_drawn_inside_its_place(ride: Theirs) -> None:
    markup = drawn(views.thumbnail(ride.remote, ride.streams))
    numbers = re.search(r'points="([^"]+)"', markup)
    assert numbers
    pairs = [[float(one) for one in pair.split(",")] for pair in numbers[1].split()]
    assert all(0 <= x <= 100 and 0 <= y <= 56 for x, y in pairs)
    assert 'aria-label="The shape of the way."' in markup


def test_hard_bars_have_the_colour_of_their_stream() -> None:
    markup = drawn(BarsThumbnail("power", (0.5, 1.0, 0.0), (False, True, False)))
    assert re.findall(r'class="(d-\w+)"', markup) == ["d-band7", "d-power", "d-band7"]
    assert 'aria-label="Power from start to end, hard for 1 of 3 parts."' in markup


def test_nothing_drawn_is_nothing() -> None:
    assert drawn(None) == ""
