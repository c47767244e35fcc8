"""Stretches of time, and sums that count each moment once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from intervals_companion.derive.timeline import Spans, Total, total
from intervals_companion.domain.days import bounds
from intervals_companion.domain.samples import Row, Source
from support.day_builders import BERLIN, DAY, HOUR, MINUTE, PHONE, RING, WATCH, Moment, at, reading, row

START, END = bounds(DAY, BERLIN)
OLD_WATCH = Source("Anna’s old Watch", "Anna’s old Watch", "Watch")


def steps(start: Moment, end: Moment, count: float) -> Row:
    return row(start, end, count, "count")


def counted(rows: Mapping[Source, Sequence[Row]], start: int = START, end: int = END) -> Total | None:
    return total({source: [(one, one.value) for one in found] for source, found in rows.items()}, start, end)


def sum_of(rows: Mapping[Source, Sequence[Row]], start: int = START, end: int = END) -> float:
    found = counted(rows, start, end)
    assert found is not None
    return found.value


# --- stretches ------------------------------------------------------------------------------------------------------


def test_stretches_that_overlap_or_touch_are_one() -> None:
    assert Spans([(5, 7), (0, 2), (2, 4), (6, 9)]).spans == [(0, 4), (5, 9)]


def test_a_stretch_without_length_is_none() -> None:
    assert Spans([(3, 3), (5, 4)]).spans == []
    assert Spans().length == 0


def test_the_end_of_a_stretch_lies_outside() -> None:
    spans = Spans([(2, 4), (6, 8)])
    assert [moment for moment in range(10) if moment in spans] == [2, 3, 6, 7]


@pytest.mark.parametrize(
    ("start", "end", "covered"), [(0, 10, 4), (3, 7, 2), (4, 6, 0), (-5, 1, 0), (3, 3, 0), (7, 99, 1)]
)
def test_how_much_of_a_stretch_is_covered(start: int, end: int, covered: int) -> None:
    spans = Spans([(2, 4), (6, 8)])
    assert spans.within(start, end) == covered
    assert spans.clipped(start, end).length == covered


def test_stretches_can_be_joined_and_cut_out_of_one_another() -> None:
    night, waking = Spans([(0, 10)]), Spans([(2, 3), (9, 12)])
    assert (night | waking).spans == [(0, 12)]
    assert (night - waking).spans == [(0, 2), (3, 9)]
    assert (waking - night).spans == [(10, 12)]


# --- one source -----------------------------------------------------------------------------------------------------


def test_the_samples_of_one_source_add_up() -> None:
    assert sum_of({WATCH: [steps("10:00", "10:20", 100), steps("10:20", "10:30", 50)]}) == 150


def test_two_dishes_eaten_at_once_are_both_eaten() -> None:
    assert sum_of({RING: [reading(at("12:00"), 300, "kcal"), reading(at("12:00"), 120, "kcal")]}) == 420


def test_a_sample_over_midnight_is_split_by_time() -> None:
    walk = {WATCH: [steps("23:50", at("00:10", date(2026, 3, 11)), 100)]}
    assert sum_of(walk) == 50
    assert sum_of(walk, *bounds(date(2026, 3, 11), BERLIN)) == 50


def test_a_sample_over_many_days_gives_each_its_share() -> None:
    first, last = date(2018, 10, 28), date(2018, 11, 9)
    basal = {WATCH: [row(at("00:00", first), at("00:00", last), 12 * 24 + 1, "kcal")]}
    assert sum_of(basal, *bounds(first, BERLIN)) == 25  # clocks went back: a day of 25 hours
    assert sum_of(basal, *bounds(date(2018, 11, 1), BERLIN)) == 24
    assert counted(basal, *bounds(last, BERLIN)) is None


def test_a_moment_at_midnight_belongs_to_the_day_it_begins() -> None:
    glass = {RING: [reading(END, 250, "mL")]}
    assert counted(glass) is None
    assert sum_of(glass, *bounds(date(2026, 3, 11), BERLIN)) == 250


def test_nothing_is_not_zero() -> None:
    assert counted({}) is None
    assert counted({WATCH: []}) is None
    assert counted({WATCH: [steps(START - HOUR, START, 7)]}) is None


def test_zero_is_zero() -> None:
    nothing = [steps("10:00", "10:20", 0)]
    assert counted({WATCH: nothing}) == counted({PHONE: nothing, WATCH: nothing}) == Total(0, (WATCH.key,))


# --- several sources ------------------------------------------------------------------------------------------------


def test_each_moment_counts_from_the_watch_first_then_the_phone() -> None:
    both = {PHONE: [steps("10:10", "10:30", 300)], WATCH: [steps("10:00", "10:20", 100)]}
    assert counted(both) == Total(100 + 150, (PHONE.key, WATCH.key))


def test_then_from_other_apps() -> None:
    rows = {
        RING: [steps("10:00", "10:40", 400)],
        PHONE: [steps("10:10", "10:30", 300)],
        WATCH: [steps("10:00", "10:20", 100)],
    }
    assert sum_of(rows) == 100 + 150 + 100


def test_a_worse_source_inside_the_coverage_of_a_better_one_changes_nothing() -> None:
    watch = {WATCH: [steps("10:00", "11:00", 1000)]}
    assert counted(watch | {PHONE: [steps("10:05", "10:55", 5000), reading(at("10:30"), 9, "count")]}) == counted(watch)


def test_a_worse_source_fills_the_holes_of_a_better_one() -> None:
    rows = {WATCH: [steps("10:00", "10:10", 10), steps("10:20", "10:30", 10)], PHONE: [steps("10:00", "10:30", 300)]}
    assert sum_of(rows) == 10 + 100 + 10


def test_two_devices_of_a_kind_are_not_added_either() -> None:
    rows = {WATCH: [steps("10:00", "10:20", 100)], OLD_WATCH: [steps("10:00", "10:20", 100)]}
    assert sum_of(rows) == 100


def test_the_same_moment_said_by_two_apps_counts_once() -> None:
    rows = {PHONE: [reading(at("12:00"), 500, "mL")], RING: [reading(at("12:00"), 500, "mL")]}
    assert counted(rows) == Total(500, (PHONE.key,))


def test_different_moments_of_two_apps_are_different_events() -> None:
    assert sum_of({PHONE: [reading(at("12:00"), 500, "mL")], RING: [reading(at("12:05"), 300, "mL")]}) == 800


def test_the_largest_part_is_named_first_and_who_gave_nothing_is_not() -> None:
    rows = {
        WATCH: [steps("10:00", "10:20", 100)],
        PHONE: [steps("10:10", "10:40", 300)],
        RING: [steps("10:00", "10:30", 999)],
    }
    found = counted(rows)
    assert found is not None
    assert found.sources == (PHONE.key, WATCH.key)


def test_what_a_better_source_covers_yesterday_is_no_cover_today() -> None:
    rows = {WATCH: [steps(START - HOUR, START, 60)], PHONE: [steps(START - HOUR, START + HOUR, 120)]}
    assert counted(rows) == Total(60, (PHONE.key,))


def test_a_better_sample_over_midnight_covers_both_days() -> None:
    rows = {WATCH: [steps(START - HOUR, START + HOUR, 100)], PHONE: [steps(START, START + 2 * HOUR, 600)]}
    assert sum_of(rows) == 50 + 300


def test_an_hour_that_clocks_show_twice_counts_twice() -> None:
    day = date(2026, 10, 25)
    rows = {
        WATCH: [
            steps(at("02:00", day), at("02:30", day), 10),
            steps(at("02:00", day, second_time=True), at("02:30", day, second_time=True), 20),
        ]
    }
    assert sum_of(rows, *bounds(day, BERLIN)) == 30


def test_milliseconds_are_shared_exactly() -> None:
    assert sum_of({WATCH: [steps(START - 1, START + 2, 3)]}) == 2
    assert sum_of({WATCH: [steps(START, START + 3 * MINUTE, 3)], PHONE: [steps(START, START + 4 * MINUTE, 4)]}) == 4
