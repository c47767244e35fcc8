"""How each metric's day is made of its samples."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.domain.catalogue import metrics
from intervals_companion.domain.samples import LONGEST_SPAN, Row, Source
from support.day_builders import (
    DAY,
    HOUR,
    PHONE,
    RING,
    SCALE,
    WATCH,
    at,
    evening,
    made,
    reading,
    row,
    stage,
    value,
)

TOMORROW = DAY + timedelta(days=1)
ASLEEP = {WATCH: [stage("Core", evening("23:00"), "06:30")]}


# --- what adds up ---------------------------------------------------------------------------------------------------


def test_steps_of_watch_and_phone_are_merged_not_added() -> None:
    rows = {WATCH: [row("10:00", "10:20", 100, "count")], PHONE: [row("10:10", "10:30", 300, "count")]}
    assert value("steps", rows) == 250


@pytest.mark.parametrize(
    ("field", "samples", "sent"),
    [
        ("steps", [(4848.295, "count"), (4848.295, "count")], 9697),
        ("ActiveEnergy", [(418.4, "kJ"), (20, "kcal"), (1, "Cal")], 121),
        ("RestingEnergy", [(4184, "kJ")], 1000),
        ("kcalConsumed", [(4184, "kJ"), (250, "kcal")], 1250),
        ("carbohydrates", [(42.04, "g"), (1000, "mg")], 43.0),
        ("protein", [(31.26, "g")], 31.3),
        ("fatTotal", [(12, "g"), (0.5, "g")], 12.5),
        ("hydrationVolume", [(330, "mL"), (0.5, "L"), (8, "fl_oz_us")], 1.07),
        ("Daylight", [(75, "min"), (0.5, "hr")], 105),
        ("Distance", [(1, "mi"), (500, "m"), (2, "km")], 4.11),
    ],
)
def test_each_amount_counts_in_its_own_unit(field: str, samples: list[tuple[float, str]], sent: float) -> None:
    rows = [
        row(at("10:00") + number * HOUR, at("10:30") + number * HOUR, amount, unit)
        for number, (amount, unit) in enumerate(samples)
    ]
    assert value(field, {WATCH: rows}) == sent


def test_steps_over_midnight_are_split_between_the_days() -> None:
    rows = {WATCH: [row(at("23:40"), at("00:20", TOMORROW), 400, "count")]}
    assert value("steps", rows) == value("steps", rows, day=TOMORROW) == 200


def test_the_offset_in_an_export_does_not_make_the_day_the_zone_does() -> None:
    # 00:30 on a winter night in Berlin, printed in summer as 01:30 +0200; and 23:30 the evening before as 00:30 +0200
    winter = date(2026, 1, 15)
    rows = {
        PHONE: [reading(at("00:30", winter), 100, "count"), reading(at("23:30", winter - timedelta(1)), 7, "count")]
    }
    assert value("steps", rows, day=winter) == 100


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("Africa/Cairo", date(2023, 4, 28)),
        ("Europe/Berlin", date(2026, 3, 29)),
    ],
)
def test_a_day_without_an_hour_has_the_rest(zone: str, day: date) -> None:
    where = ZoneInfo(zone)
    hourly = [
        row(start, start + HOUR, 60, "count")
        for start in range(at("12:00", day - timedelta(1), where), at("12:00", day + timedelta(1), where), HOUR)
    ]
    assert value("steps", {WATCH: hourly}, day=day, where=where) == 23 * 60


def test_a_change_of_units_does_not_count_a_history_twice() -> None:
    # 0.723, 0.1847, 1.3 and 0.05 km as a phone set to kilometres and later the same phone set to miles writes them
    miles = {"0.723": 0.449251, "0.1847": 0.114767, "1.3": 0.807783, "0.05": 0.0310686}
    rows = [
        row(at(f"{10 + hour}:00"), at(f"{10 + hour}:30"), float(km), "km") for hour, km in enumerate(miles)
    ] + [
        row(at(f"{10 + hour}:00"), at(f"{10 + hour}:30"), mi, "mi") for hour, mi in enumerate(miles.values())
    ]  # fmt: skip
    assert value("Distance", {WATCH: rows}) == 2.26


def test_but_two_amounts_in_two_units_are_two() -> None:
    rows = {RING: [reading(at("12:00"), 500, "kJ"), reading(at("12:00"), 200, "kcal")]}
    assert value("kcalConsumed", rows) == round(500 / 4.184 + 200)


# --- the last of the day --------------------------------------------------------------------------------------------


def test_the_last_weight_of_the_day_counts_whatever_order_they_came_in() -> None:
    rows = [reading(at("21:00"), 73.1, "kg"), reading(at("07:00"), 72.4, "kg"), reading(at("12:00"), 72.8, "kg")]
    assert value("weight", {SCALE: rows}) == value("weight", {SCALE: rows[::-1]}) == 73.1


def test_tomorrow_s_weight_and_yesterday_s_are_not_today_s() -> None:
    rows = [
        reading(at("00:00", TOMORROW), 71, "kg"),
        reading(at("00:00") - 1, 74, "kg"),
        reading(at("00:00"), 72, "kg"),
    ]
    assert value("weight", {SCALE: rows}) == 72.0
    assert value("weight", {SCALE: rows[:2]}) is None


@pytest.mark.parametrize(
    ("field", "written", "unit", "sent"),
    [
        ("weight", 165.347, "lb", 75.0),
        ("weight", 11.8105, "st", 75.0),
        ("bodyFat", 0.2496, "%", 25.0),
        ("bodyFat", 18.5, "%", 18.5),
        ("abdomen", 0.84, "m", 84.0),
        ("abdomen", 33, "in", 83.8),
        ("systolic", 118, "mmHg", 118),
        ("diastolic", 10, "kPa", 75),
        ("vo2max", 47.83, "mL/min·kg", 47.8),
        ("vo2max", 47.83, "ml/(kg*min)", 47.8),
    ],
)
def test_a_last_value_is_sent_in_the_metric_s_unit(field: str, written: float, unit: str, sent: float) -> None:
    assert value(field, {SCALE: [reading(at("08:00"), written, unit)]}) == sent


def test_of_two_sources_at_the_same_moment_the_better_device_counts() -> None:
    rows = {SCALE: [reading(at("08:00"), 72.0, "kg")], PHONE: [reading(at("08:00"), 73.0, "kg")]}
    assert value("weight", rows) == 73.0


def test_of_two_copies_of_a_moment_the_later_written_counts() -> None:
    rows = [reading(at("08:00"), 72, "kg", created="08:05"), reading(at("08:00"), 73, "kg", created="08:01")]
    assert value("weight", {SCALE: rows}) == 72.0


# --- resting heart rate ---------------------------------------------------------------------------------------------


def resting(start: str | int, end: str | int, rate: float, created: str | int) -> Row:
    return row(start, end, rate, "count/min", created=created)


def test_the_latest_written_resting_heart_rate_counts() -> None:
    rows = [resting("00:04", "21:10", 52, "21:15"), resting("00:04", "08:40", 55, "08:42")]
    assert value("restingHR", {WATCH: rows}) == value("restingHR", {WATCH: rows[::-1]}) == 52


def test_it_belongs_to_the_day_on_which_it_starts() -> None:
    rows = {WATCH: [resting("23:50", at("00:20", TOMORROW), 52, at("00:30", TOMORROW))]}
    assert value("restingHR", rows) == 52
    assert value("restingHR", rows, day=TOMORROW) is None


def test_a_late_one_changes_the_day_and_no_other() -> None:
    late = at("09:00", TOMORROW)
    rows = {WATCH: [resting("00:04", "21:10", 52, "21:15"), resting("00:04", "23:40", 49, late)]}
    assert value("restingHR", rows) == 49
    assert value("restingHR", rows, day=TOMORROW) is None


def test_a_rate_a_second_is_a_rate_a_minute() -> None:
    assert value("restingHR", {WATCH: [row("00:04", "08:00", 0.85, "count/s")]}) == 51


def test_of_two_written_at_once_the_better_device_s_counts() -> None:
    rows = {RING: [resting("00:04", "21:10", 47, "21:15")], WATCH: [resting("00:04", "21:00", 52, "21:15")]}
    assert value("restingHR", rows) == 52


def test_where_nothing_says_when_they_were_written_the_one_that_ends_last_counts() -> None:
    rows = {WATCH: [row("00:04", "21:10", 52, "count/min"), row("00:04", "08:40", 55, "count/min")]}
    assert value("restingHR", rows) == 52


# --- the rest -------------------------------------------------------------------------------------------------------


def test_glucose_is_the_mean_of_the_day_in_mmol() -> None:
    rows = [reading(at("08:00"), 5.0, "mmol<180.1558800000541>/L"), reading(at("20:00"), 108.0935280000325, "mg/dL")]
    assert value("bloodGlucose", {RING: rows}) == 5.5


def test_heart_rate_recovery_is_the_highest_of_the_day() -> None:
    rows = {WATCH: [reading(at("08:00"), 31, "count/min"), reading(at("18:00"), 28.4, "count/min")]}
    assert value("HRRecovery", rows) == 31


def test_of_two_equal_ones_the_better_device_is_named() -> None:
    found = made("HRRecovery", {source: [reading(at("08:00"), 31, "count/min")] for source in (RING, WATCH)})
    assert found is not None
    assert found.sources == (WATCH.key,)


def test_mindful_minutes_are_covered_once_and_cut_at_midnight() -> None:
    rows = {
        WATCH: [row("08:00", "08:10"), row("23:55", at("00:05", TOMORROW))],
        RING: [row("08:05", "08:22"), row("12:00", "12:00")],
    }
    found = made("MindfulMinutes", rows)
    assert found is not None
    assert (found.value, found.sources) == (27, (RING.key, WATCH.key))


def test_a_mindful_session_without_length_is_no_value() -> None:
    assert made("MindfulMinutes", {WATCH: [row("08:00", "08:00")]}) is None


def flow(word: str) -> dict[Source, list[Row]]:
    return {PHONE: [row("12:00", "12:00", label=f"HKCategoryValue{word}")]}


@pytest.mark.parametrize("word", ["MenstrualFlowLight", "MenstrualFlowUnspecified", "VaginalBleedingHeavy"])
def test_bleeding_is_a_period(word: str) -> None:
    assert value("menstrualPhase", flow(word)) == "PERIOD"


@pytest.mark.parametrize("word", ["MenstrualFlowNone", "VaginalBleedingNone"])
def test_no_bleeding_says_nothing_about_the_phase(word: str) -> None:
    assert value("menstrualPhase", flow(word)) is None


def test_bleeding_yesterday_is_not_today_s() -> None:
    assert value("menstrualPhase", flow("MenstrualFlowLight"), day=TOMORROW) is None


# --- what takes no part ---------------------------------------------------------------------------------------------

of_quantities = pytest.mark.parametrize("field", [one.field for one in metrics() if "Quantity" in one.types[0]])


@of_quantities
@pytest.mark.parametrize("unit", ["smoots", "", "mmol<.>/L", "W"])
def test_a_value_in_a_unit_it_cannot_have_takes_no_part(field: str, unit: str) -> None:
    rows = {WATCH: [row("01:00", "01:10", 50, unit)]}
    assert made(field, rows, night=ASLEEP) is None


@of_quantities
@pytest.mark.parametrize("amount", [float("nan"), float("inf"), float("-inf"), 1e308, -1e308])
def test_a_value_that_is_no_amount_takes_no_part(field: str, amount: float) -> None:
    unit = next(one.unit for one in metrics() if one.field == field)
    rows = {WATCH: [row("01:00", "01:10", amount, unit), row("01:02", "01:10", amount, unit)]}
    assert made(field, rows, night=ASLEEP) is None


@of_quantities
def test_a_sample_of_more_than_31_days_takes_no_part(field: str) -> None:
    unit = next(one.unit for one in metrics() if one.field == field)
    rows = {WATCH: [row(at("01:00"), at("01:00") + LONGEST_SPAN + 1, 50, unit)]}
    assert all(made(field, rows, night=ASLEEP, day=day) is None for day in (DAY, DAY + timedelta(days=31)))


def test_a_sample_of_31_days_does() -> None:
    rows = {WATCH: [row(at("00:00"), at("00:00") + LONGEST_SPAN, 31 * 24, "kcal")]}
    assert value("RestingEnergy", rows) == 24


@of_quantities
def test_one_bad_sample_does_not_hide_a_good_one(field: str) -> None:
    unit = next(one.unit for one in metrics() if one.field == field)
    good, bad = row("03:00", "03:10", 50, unit), row("03:00", "03:10", 50, "smoots")
    alone = made(field, {WATCH: [good]}, night=ASLEEP)
    assert alone is not None
    assert made(field, {WATCH: [bad, good]}, night=ASLEEP) == alone


def test_a_better_source_with_an_unknown_unit_does_not_cover_a_worse_one() -> None:
    rows = {WATCH: [row("10:00", "10:30", 5, "smoots")], PHONE: [row("10:00", "10:30", 300, "count")]}
    assert value("steps", rows) == 300
