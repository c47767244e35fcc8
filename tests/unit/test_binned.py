"""Streams made small, and splits: exact synthetic series."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.derive.binned import MOST_BINS, bins, by_distance, by_time
from intervals_companion.domain.activity import Streams


def steady(seconds: int, metres_per_second: float = 2.5) -> Streams:
    rows = list(range(seconds))
    return Streams(
        seconds=rows,
        distance=[row * metres_per_second for row in rows],
        heart_rate=[140.0 for _ in rows],
        power=[200.0 + row % 2 for row in rows],
    )


def test_a_short_recording_keeps_every_second() -> None:
    found = bins(steady(10))
    assert (found.width, found.seconds, found.extremes) == (1, list(range(10)), {})
    assert found.means["power"] == [200, 201] * 5


def test_a_long_one_keeps_the_lowest_and_highest_of_each_bin_in_their_order() -> None:
    power: list[float | None] = [*(300.0 - row for row in range(600)), *(float(row) for row in range(600))]
    found = bins(Streams(seconds=list(range(1200)), power=power))
    assert found.width == 2
    assert found.extremes["power"][0] == (300, 299)
    assert found.extremes["power"][-1] == (598, 599)


def test_a_pause_stays_a_gap() -> None:
    rows = [*range(10), *range(20, 30)]
    found = bins(Streams(seconds=rows, heart_rate=[120.0] * 20))
    assert found.means["heart_rate"][10:20] == [None] * 10


def test_nothing_recorded_is_nothing_drawn() -> None:
    assert bins(Streams(seconds=[])).seconds == []


@given(st.integers(1, 90_000))
def test_never_more_bins_than_a_screen_can_show(seconds: int) -> None:
    found = bins(Streams(seconds=[0, seconds], heart_rate=[100.0, 101.0]))
    assert len(found.seconds) == len(found.means["heart_rate"]) <= MOST_BINS


def test_splits_of_a_steady_run() -> None:
    found = by_distance(steady(1001), 1000.0)
    assert [(split.start, split.seconds, split.metres) for split in found] == [
        (0, 400, 1000),
        (400, 400, 1000),
        (800, 201, 500),
    ]
    assert {split.heart_rate for split in found} == {140}


def test_without_a_distance_the_splits_go_by_time() -> None:
    found = by_time(Streams(seconds=list(range(1500)), heart_rate=[100.0] * 1500), 600)
    assert by_distance(Streams(seconds=[0, 1]), 1000.0) == []
    assert [split.seconds for split in found] == [600, 600, 300]
    assert found[0].metres is None


def test_a_pause_does_not_lengthen_a_split() -> None:
    streams = steady(801)
    moved = Streams(seconds=[*range(400), *range(1000, 1401)], distance=streams.distance)
    assert [(split.start, split.seconds) for split in by_distance(moved, 1000.0)] == [(0, 400), (1000, 400)]


@given(st.integers(2, 2000), st.floats(50, 5000))
def test_splits_are_the_whole_way(seconds: int, length: float) -> None:
    streams = steady(seconds)
    found = by_distance(streams, length)
    assert sum(split.metres or 0 for split in found) <= 2.5 * (seconds - 1) + 0.06 * len(found)
    assert sum(split.seconds for split in found) in (seconds, seconds - 1)
