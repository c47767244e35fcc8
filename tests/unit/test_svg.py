"""The drawings: what they say, where their marks stand, and that no person's text can become markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.derive.normal import Normal
from intervals_companion.web.activities.presenter import STATES
from intervals_companion.web.charts import svg
from intervals_companion.web.charts.svg import Part, glyph, icon, line, presence, project, route, ruler, sparkline
from intervals_companion.web.formatting import Formatter

METRIC, MILES = Formatter(Preferences(), 0), Formatter(Preferences(imperial=True), 0)
AROUND = [(52.5, 13.4), (52.51, 13.41), (52.52, 13.4), (52.51, 13.39), (52.5, 13.4)]
DRAWN = {
    "line": line([Part("sent", 3), Part("held_permission", 14)], "read 07:02", "3 of 17 arrived", "a <b>"),
    "ruler": ruler(51.0, Normal(49, 1), Normal(48, 2), "a <b>"),
    "presence": presence([True, False], "a <b>"),
    "sparkline": sparkline([1.0, None, 2.0], "a <b>", Normal(1.5, 0.5)),
    "route": route(AROUND, "a <b>", METRIC),
}


@pytest.mark.parametrize("name", DRAWN)
def test_every_drawing_is_an_image_with_a_sentence(name: str) -> None:
    root = ElementTree.fromstring(DRAWN[name])
    assert (root.get("role"), root.get("aria-label")) == ("img", "a <b>")


@pytest.mark.parametrize("drawn", [*DRAWN.values(), icon("today"), glyph("linked"), svg.logo()])
def test_no_drawing_needs_what_the_content_policy_forbids(drawn: Markup) -> None:
    assert not re.search(r"\sstyle=|\son\w+=|<script|<style|href=", drawn)


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_glyph(state: str) -> None:
    assert 'aria-hidden="true"' in glyph(state)


@pytest.mark.parametrize("kind", ["Ride", "TrailRun", "OpenWaterSwim", "Yoga", "Curling", None])
def test_every_sport_has_an_icon(kind: str | None) -> None:
    assert "<svg" in svg.sport_icon(kind)


# --- the line --------------------------------------------------------------------------------------------------------


def _widths(drawn: str) -> list[float]:
    return [
        float(one)
        for one in re.findall(r'<rect class="d-(?:sent|held|held_permission|failed|todo)"[^>]*width="([\d.]+)%"', drawn)
    ]


def test_parts_fill_the_line_and_none_is_narrower_than_its_label() -> None:
    drawn = line([Part("sent", 30_360), Part("held", 61), Part("failed", 2)], "", "", "", words=METRIC)
    widths = _widths(drawn)
    assert sum(widths) == pytest.approx(100, abs=0.05)
    assert min(widths) >= 17
    assert "30,360 sent" in drawn


@pytest.mark.parametrize(
    ("parts", "filled"),
    [
        ([Part("sent", 19)], True),
        ([Part("sent", 1), Part("held", 61)], True),
        ([Part("sent", 0)], True),
        ([Part("sent", 1), Part("held_permission", 14)], False),
        ([Part("sent", 1), Part("failed", 1)], False),
        ([Part("sent", 1), Part("todo", 1)], False),
    ],
)
def test_the_right_dot_is_filled_only_when_all_that_was_meant_to_arrive_did(
    parts: Sequence[Part], filled: bool
) -> None:
    assert ('class="d-accent" cx="-9"' in line(parts, "", "", "")) is filled


def test_without_health_the_line_is_dotted_and_its_left_dot_empty() -> None:
    drawn = line((), "not connected yet", "signed in", "")
    assert "d-dots" in drawn
    assert 'class="d-ring" cx="9"' in drawn


# --- the ruler -------------------------------------------------------------------------------------------------------


def _dot(drawn: str) -> float:
    found = re.search(r'class="d-(?:accent|hollow)" cx="([\d.]+)%"', drawn)
    assert found
    return float(found[1])


@pytest.mark.parametrize(("today", "place"), [(50.0, 50.0), (52.0, 70.0), (48.0, 30.0), (99.0, 96.0), (1.0, 4.0)])
def test_the_block_ends_one_deviation_from_the_mean(today: float, place: float) -> None:
    drawn = ruler(today, None, Normal(50, 2), "")
    assert 'x="30%" width="40%"' in drawn
    assert _dot(drawn) == place


def test_a_day_that_still_counts_has_a_hollow_dot() -> None:
    assert "d-hollow" in ruler(1.0, None, Normal(2, 1), "", counting=True)


def test_too_few_days_draw_nothing() -> None:
    assert "<rect" not in ruler(1.0, None, None, "")


@given(st.floats(-1e9, 1e9), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_dot_never_leaves_the_ruler(today: float, mean: float, deviation: float) -> None:
    assert 4 <= _dot(ruler(today, Normal(mean, deviation), Normal(mean, deviation), "")) <= 96


# --- strips ----------------------------------------------------------------------------------------------------------


def test_a_day_with_data_is_tall() -> None:
    assert re.findall(r'height="(\d+)"/>', presence([True, False, True], "")) == ["14", "3", "14"]


def test_gaps_of_a_sparkline_stay_gaps() -> None:
    assert sparkline([1.0, 2.0, None, 3.0], "").count("d-spark") == 2


def test_only_a_value_of_the_last_day_has_the_dot() -> None:
    assert "d-accent" in sparkline([1.0, 2.0], "")
    assert "d-accent" not in sparkline([1.0, None], "")


# --- the route -------------------------------------------------------------------------------------------------------


def test_a_route_keeps_its_shape() -> None:
    square = project([(0.0, 0.0), (0.01, 0.01)])
    (left, bottom), (right, top) = square.at((0.0, 0.0)), square.at((0.01, 0.01))
    assert right - left == pytest.approx(bottom - top)
    north = project([(60.0, 0.0), (60.01, 0.01)])
    (left, bottom), (right, top) = north.at((60.0, 0.0)), north.at((60.01, 0.01))
    assert right - left == pytest.approx((bottom - top) / 2, rel=1e-3)  # the cosine of 60 degrees


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    drawn = route(AROUND, "", METRIC)
    bar = re.search(r'd-scale" d="M([\d.]+)', drawn)
    assert bar
    assert ">1 km<" in drawn
    assert 350 - float(bar[1]) == pytest.approx(1000 * project(AROUND).scale, abs=0.01)


def test_the_scale_bar_speaks_in_miles_where_the_athlete_does() -> None:
    assert re.search(r">[\d.]+ mi<", route(AROUND, "", MILES))


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180)), min_size=1, max_size=20))
def test_a_route_stays_in_its_drawing(places: list[tuple[float, float]]) -> None:
    projection = project(places)
    for x, y in map(projection.at, places):
        assert -0.01 <= x <= svg.ROUTE_WIDTH + 0.01
        assert -0.01 <= y <= svg.ROUTE_HEIGHT + 0.01
