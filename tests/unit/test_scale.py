"""The axis of a conflict: every value on it, every label readable."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.derive.normal import Normal
from intervals_companion.domain.catalogue import metric
from intervals_companion.web.charts.scale import _rows, _ticks, scale
from intervals_companion.web.formatting import Formatter

WORDS = Formatter(Preferences(), 0)


def test_three_values_are_said_in_words_from_low_to_high() -> None:
    drawn = scale("restingHR", 48, 44, 46, None, WORDS)
    assert 'aria-label="Intervals.icu 44' in drawn
    label = re.search(r'aria-label="([^"]*)"', drawn)
    assert label
    assert [name in label[1] for name in ("Intervals.icu", "last agreed", "Apple Health")] == [True] * 3


def test_what_is_normal_is_shaded_and_without_enough_days_nothing_is() -> None:
    assert "d-band60" in scale("restingHR", 48, 44, None, Normal(46, 2), WORDS)
    assert "d-band60" not in scale("restingHR", 48, 44, None, None, WORDS)


def test_ticks_of_the_picture() -> None:
    assert _ticks(44, 48, 1.0) == [43, 44, 45, 46, 47, 48, 49]


@given(
    low=st.floats(0, 20_000),
    span=st.floats(0, 20_000),
    field=st.sampled_from(["restingHR", "weight", "steps", "hrvSDNN"]),
)
def test_the_axis_holds_both_ends_with_at_most_nine_ticks(low: float, span: float, field: str) -> None:
    precision = metric(field).precision
    monotonic = _ticks(low, low + span, precision)
    assert monotonic[0] <= low <= low + span <= monotonic[-1]
    assert 2 <= len(monotonic) <= 9
    assert monotonic[1] - monotonic[0] >= precision * 0.99


@given(st.lists(st.floats(0, 358), min_size=2, max_size=3))
def test_labels_closer_than_80_pixels_stand_in_different_rows(places: list[float]) -> None:
    places = sorted(places)
    rows = _rows(places)
    for one, other in combinations(range(len(places)), 2):
        if places[other] - places[one] < 80:
            assert rows[one] != rows[other]


@pytest.mark.parametrize("base", [None, 74.0])
def test_equal_values_can_be_drawn(base: float | None) -> None:
    assert "<svg" in scale("weight", 74.0, 74.0, base, None, WORDS)
