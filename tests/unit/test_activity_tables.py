"""Laps, splits and units of one workout, as its sport counts them."""

from __future__ import annotations

import pytest

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.domain.activity import Stretch
from intervals_companion.domain.workout_view import Split, Splits, WorkoutView
from intervals_companion.web.charts import streams
from intervals_companion.web.formatting import Formatter

WORDS = Formatter(Preferences(), 0)


def lap(timer: float, metres: float | None, lengths: int = 0) -> Stretch:
    return Stretch(0, round(timer * 1000), timer, distance=metres, lengths=lengths, heart_rate=120.0)


SET, REST = lap(240, 200.0, 8), lap(28, 0.0)


def view(*laps: Stretch) -> WorkoutView:
    pieces = Split(0, 120, 100.0), Split(120, 118, 100.0)
    return WorkoutView(lap(238, 200.0), laps=laps, splits=Splits(pieces, pieces))


def test_rests_of_a_swim_are_named_and_not_counted() -> None:
    table = streams.table([SET, REST, SET], "Swim", WORDS, "Lap")
    assert table is not None
    assert [row[:3] for row in table.rows] == [["1", "4:00", "200"], ["rest", "0:28", "–"], ["2", "4:00", "200"]]


def test_laps_without_a_distance_are_no_rests() -> None:
    table = streams.table([lap(60, None), lap(60, None)], "Ride", WORDS, "Lap")
    assert table is not None
    assert [row[0] for row in table.rows] == ["1", "2"]


def test_a_swim_in_sets_has_no_splits_beside_them() -> None:
    assert streams.splits(view(SET, REST), "Swim", WORDS) is None
    assert streams.splits(view(), "Swim", WORDS) is not None


@pytest.mark.parametrize(
    ("sport", "unit"), [("Run", "spm"), ("Ride", "rpm"), ("Swim", "strokes/min"), ("Rowing", "strokes/min")]
)
def test_cadence_counts_what_the_sport_counts(sport: str, unit: str) -> None:
    table = streams.table([SET._replace(cadence=30.0)], sport, WORDS, "Lap")
    assert table is not None
    assert table.heads[-1] == unit
