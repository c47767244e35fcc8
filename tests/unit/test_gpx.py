"""Route files, read by expat or, in Apple's exact layout, faster: the two must never differ."""

from __future__ import annotations

import gc
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from intervals_companion.domain.activity import RoutePoint
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.formats import gpx as reader
from intervals_companion.formats.gpx import read_route
from support.exports import Point, gpx
from support.facts import facts_path

POINTS = [
    Point("2026-02-03T06:00:00Z", 52.5, -13.4, 40.25, 3.5, 90.5),
    Point("2026-02-03T06:00:00Z", -52.50001, 13.40001, -4.0, -1, -1),
    Point("2026-02-03T06:00:01Z", 0, 0),
]
START = 1_770_098_400_000
READ = [
    RoutePoint(START, 52.5, -13.4, 40.25, 3.5, 90.5, 1.5, 1.2),
    RoutePoint(START, -52.50001, 13.40001, -4.0, None, None, 1.5, 1.2),
    RoutePoint(START + 1000, 0.0, 0.0, 40.0, 3.0, 90.0, 1.5, 1.2),
]


def route(text: str) -> list[RoutePoint]:
    return read_route(text.encode())


def otherwise(text: str) -> str:
    """The same file, not as Apple lays it out."""
    return text.replace("<ele>", "\n <ele>").replace("</time>", "</time >")


def test_a_route_is_read_with_what_is_not_known_as_none() -> None:
    assert route(gpx(POINTS)) == READ


def test_any_other_layout_is_the_same_route() -> None:
    assert route(otherwise(gpx(POINTS))) == READ


def test_quotes_order_references_and_comments_do_not_matter() -> None:
    text = gpx(POINTS).replace('lon="13.40001" lat="-52.50001"', "lat='-52.50001' lon = '13.40001'")
    assert route(text.replace("<ele>40.25", "<ele><!-- up --> &#52;0.25 ")) == READ


def test_points_come_in_the_order_of_time() -> None:
    for layout in (str, otherwise):
        assert route(layout(gpx([POINTS[2], POINTS[0], POINTS[1]]))) == READ


def test_segments_are_joined() -> None:
    text = gpx(POINTS).replace("</trkpt>\n", "</trkpt></trkseg><trkseg>\n", 1)
    assert route(text) == READ


def test_points_in_a_comment_are_none() -> None:
    inside = gpx(POINTS[1:]).split("<trk>")[1].split("</trk>")[0]
    assert route(gpx(POINTS[:1]).replace("<trk>", f"<!-- {inside} --><trk>")) == READ[:1]


def test_what_a_point_does_not_say_is_not_known() -> None:
    text = (
        '<gpx><trk><trkseg><trkpt lat="1" lon="2"><time>2026-02-03T06:00:00Z</time><ele/></trkpt></trkseg></trk></gpx>'
    )
    assert route(text) == [RoutePoint(START, 1.0, 2.0, None, None, None, None, None)]


@pytest.mark.parametrize("absurd", ["1e9", "-1e9", "nan", "inf"])
def test_an_absurd_altitude_is_not_known(absurd: str) -> None:
    (point,) = route(gpx(POINTS[:1]).replace("40.25", absurd))
    assert point.altitude is None


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("", "is empty"),
        (gpx([]), "has no points"),
        (gpx(POINTS)[:-10], "broken at line 6"),
        (gpx(POINTS).replace("</trkseg>", ""), "broken at line 6"),
        (gpx(POINTS).replace("</gpx>", "</gpx><more/>"), "broken at line 6"),
        ("<!DOCTYPE gpx [<!ENTITY a '1'>]>" + gpx(POINTS), "not a route file"),
        (gpx(POINTS).replace("40.25", "&a;"), "undefined entity"),
    ],
)
def test_of_a_broken_route_nothing_is_taken_and_the_place_is_told(broken: str, told: str) -> None:
    with pytest.raises(DamagedInput, match=told) as refused:
        route(broken)
    assert refused.value.cure


@pytest.mark.parametrize(
    "odd",
    [
        gpx(POINTS).replace('lon="0"', ""),
        gpx(POINTS).replace("<time>2026-02-03T06:00:01Z</time>", ""),
        gpx(POINTS).replace("06:00:01Z", "06:00:01"),
        gpx(POINTS).replace("06:00:01Z", "26:00:01Z"),
        gpx(POINTS).replace('lat="0"', 'lat="91"'),
        gpx(POINTS).replace('lat="0"', 'lat="nan"'),
    ],
)
def test_one_point_without_a_time_or_place_does_not_cost_the_others(odd: str) -> None:
    assert route(odd) == [point for point in READ if point.latitude != 0]


def test_a_route_of_points_without_a_place_is_refused() -> None:
    with pytest.raises(DamagedInput, match="has no points"):
        route(gpx(POINTS).replace("lat=", "lad="))


def test_a_huge_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 100)
    with pytest.raises(DamagedInput, match="is larger than"):
        route(gpx(POINTS))


@pytest.mark.facts
@pytest.mark.parametrize(
    "name",
    [
        "export-v13-en_FR/workout-routes/route_2019-09-24_1.07pm.gpx",
        "export-ios26-workouts/workout-routes/route_2018-06-11_1.02pm.gpx",
        "export-2019-en_US-with-route/workout-routes/route_2019-06-11_3.00pm.gpx",
    ],
)
def test_a_real_route_equals_an_independent_reading(name: str) -> None:
    path: Path = facts_path("reference", "apple-health", "samples", name)
    expected = [independent(point) for point in ElementTree.parse(path).iter(f"{NAMESPACE}trkpt")]
    assert read_route(path.read_bytes()) == expected
    assert route(otherwise(path.read_text())) == expected


NAMESPACE = "{http://www.topografix.com/GPX/1/1}"


def independent(point: ElementTree.Element) -> RoutePoint:
    texts = {element.tag.removeprefix(NAMESPACE): element.text or "" for element in point.iter()}
    time = round(datetime.fromisoformat(texts["time"]).timestamp() * 1000)
    speed, course, horizontal, vertical = (
        float(texts[name]) if float(texts[name]) >= 0 else None for name in ("speed", "course", "hAcc", "vAcc")
    )
    return RoutePoint(
        time, float(point.attrib["lat"]), float(point.attrib["lon"]), float(texts["ele"]),
        speed, course, horizontal, vertical,
    )  # fmt: skip


def test_a_route_leaves_nothing_for_the_collector_of_cycles() -> None:
    """It runs rarely while an export is read: the points of 25 routes once took 700 MB."""
    gc.collect()
    gc.disable()
    try:
        route('<gpx><trkpt lat="48" lon="9"><time>2026-03-10T07:02:13Z</time></trkpt></gpx>')
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_short_point_counts_as_much_as_a_usual_one() -> None:
    assert reader.cost(b"<trkpt/>" * 10) == 10 * reader.POINT_BYTES
    assert reader.cost(b" " * 5000) == 5000
