"""Sums of weeks and months are no day: the app says so, or their spacing, or their size where one stands alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from intervals_companion.health.auto_export import periods
from intervals_companion.health.spacing import Sum, are_weeks_or_months, hardly_a_day, longer_than_a_day
from support.pushes import QUANTITY, STEPS, item, metric, pushed, reasons, shortcut

MONDAY = date(2026, 3, 2)
CALENDAR = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]


def days(*after: int) -> list[date]:
    return [MONDAY + timedelta(days=one) for one in after]


@pytest.mark.parametrize(
    ("found", "are"),
    [
        (days(0, 7), True),
        (days(0, 7, 14, 28), True),  # a week without anything between
        (days(14, 0, 7, 7), True),
        (CALENDAR, True),
        (CALENDAR[-2:], True),  # February has 28 days
        ([date(2024, 1, 1), date(2025, 1, 1)], True),
        ([date(2026, 1, 15), date(2026, 2, 15)], True),  # months from the day on which the period begins
        (days(0, 1), False),
        (days(0, 7, 8), False),
        (days(0, 3), False),
        ([*CALENDAR, date(2026, 3, 2)], False),
        (days(0), None),
        (days(0, 0), None),
        ([], None),
    ],
)
def test_weeks_and_months_are_known_by_how_far_apart_they_begin(found: list[date], are: bool | None) -> None:
    assert are_weeks_or_months(found) is are


def steps(value: float, day: date = MONDAY, of_a_day: bool | None = None) -> Sum:
    return Sum(STEPS, day, value, "count", of_a_day)


def energy(value: float, unit: str = "kcal") -> Sum:
    return Sum(f"{QUANTITY}BasalEnergyBurned", MONDAY, value, unit)


@pytest.mark.parametrize(
    ("found", "longer"),
    [
        ([], False),
        ([steps(8500)], False),
        ([steps(61_000)], True),
        ([steps(61_000, of_a_day=True)], False),
        ([steps(8500, of_a_day=False)], True),
        ([steps(61_000), steps(9000, MONDAY + timedelta(days=1))], False),  # a hundred kilometres, and the day after
        ([steps(30_000), energy(11_900)], True),  # nobody rests with so much in a day
        ([steps(30_000), energy(49_790, "kJ")], True),
        ([steps(30_000), energy(1700)], False),
        ([Sum(f"{QUANTITY}Unknown", MONDAY, 1e9, "count")], False),
        ([Sum(STEPS, MONDAY, 1e9, "kg")], False),
    ],
)
def test_what_one_type_shows_holds_for_all_that_came_with_it(found: list[Sum], longer: bool) -> None:
    assert longer_than_a_day(found) is longer


def test_what_a_day_hardly_has_is_a_matter_of_its_type() -> None:
    assert hardly_a_day(Sum(f"{QUANTITY}DistanceWalkingRunning", MONDAY, 40, "mi"))
    assert not hardly_a_day(Sum(f"{QUANTITY}DistanceCycling", MONDAY, 200, "mi"))


# --- Health Auto Export ----------------------------------------------------------------------------------------------


def week(day: str, qty: float, **others: Any) -> Any:
    return item(f"{day} 00:00:00 +0100", qty, source="W|P", **others)


WEEKS = week("2026-03-02", 40_000), week("2026-03-09", 41_000)
SEEMS = periods.SEEMS_LONGER.what


@pytest.mark.parametrize("grouped", ["Weeks", "weekly", "MONTH", " Years "])
def test_the_header_comes_first(grouped: str) -> None:
    read = pushed(metric("step_count", "count", week("2026-03-02", 9000), week("2026-03-03", 8000)), grouped=grouped)
    assert (list(read.summaries), reasons(read)) == ([], {"step_count grouped by more than a day": 2})
    days_of_a_week_apart = pushed(metric("step_count", "count", *WEEKS), grouped="Days")
    assert [one.value for one in days_of_a_week_apart.summaries] == [40_000, 41_000]


def test_weekly_sums_without_a_header_are_set_aside_and_named_with_the_cure() -> None:
    read = pushed(metric("step_count", "count", *WEEKS))
    assert (list(read.summaries), reasons(read)) == ([], {f"step_count {SEEMS}": 2})
    assert "Days" in next(iter(read.left_out)).cure


def test_means_of_the_same_weeks_are_no_days_either() -> None:
    read = pushed(metric("step_count", "count", *WEEKS), metric("weight_body_mass", "kg", week("2026-03-02", 72)))
    assert list(read.summaries) == []
    assert reasons(read) == {f"step_count {SEEMS}": 2, f"weight_body_mass {SEEMS}": 1}


def test_food_of_two_mondays_is_of_days_where_steps_of_every_day_came_with_it() -> None:
    food = metric("dietary_energy", "kcal", week("2026-03-02", 2100), week("2026-03-09", 1900))
    walked = metric("step_count", "count", week("2026-03-08", 9000), week("2026-03-09", 8000))
    assert len(pushed(food, walked).summaries) == 4


def test_readings_with_a_clock_are_used_all_the_same() -> None:
    weighed = metric("weight_body_mass", "kg", item("2026-03-09 07:02:13 +0100", 72))
    read = pushed(metric("step_count", "count", *WEEKS), weighed)
    assert [batch.rows[0].value for batch in read.batches()] == [72]


def test_a_lone_sum_beyond_a_day_is_set_aside_and_one_below_is_a_day() -> None:
    assert reasons(pushed(metric("step_count", "count", week("2026-03-02", 61_000)))) == {f"step_count {SEEMS}": 1}
    assert len(pushed(metric("step_count", "count", week("2026-03-02", 21_000))).summaries) == 1


def test_an_end_that_is_written_out_decides() -> None:
    ends = {"start": "2026-03-02 00:00:00 +0100", "end": "2026-03-09 00:00:00 +0100"}
    assert reasons(pushed(metric("step_count", "count", week("2026-03-02", 9000, **ends)))) == {
        f"step_count {SEEMS}": 1
    }
    ends["end"] = "2026-03-03 00:00:00 +0100"
    assert len(pushed(metric("step_count", "count", week("2026-03-02", 61_000, **ends))).summaries) == 1


# --- Shortcuts -------------------------------------------------------------------------------------------------------


def test_a_shortcut_that_groups_by_week_sends_no_days() -> None:
    lines = {"type": "Steps", "date": "2026-03-02\n2026-03-09\n2026-03-16", "value": "40000\n41000\n39000"}
    read = shortcut(lines)
    assert (list(read.summaries), reasons(read)) == ([], {f"StepCount {SEEMS}": 3})
    assert "group by day" in next(iter(read.left_out)).cure.casefold()


def test_a_shortcut_of_one_day_is_that_day_and_a_clock_shows_that_it_is_no_group() -> None:
    assert len(shortcut({"type": "Steps", "date": "2026-03-02", "value": 8500}).summaries) == 1
    times = ["2026-03-02T18:03:00+01:00", "2026-03-09T18:04:00+01:00"]
    assert len(shortcut({"type": "Steps", "date": times, "value": [61_000, 8000]}).summaries) == 2
