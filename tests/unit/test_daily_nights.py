"""How what is measured in sleep, and sleep itself, become a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.domain.samples import Row, Source
from support.day_builders import DAY, MINUTE, PHONE, RING, WATCH, at, evening, made, reading, row, stage, value

TOMORROW = DAY + timedelta(days=1)
NIGHT = {
    WATCH: [
        stage("Core", evening("23:00"), "02:00"),
        stage("Awake", "02:00", "02:30"),
        stage("Deep", "02:30", "04:00"),
        stage("REM", "04:00", "05:00"),
        stage("Core", "05:00", "06:30"),
    ]
}
"""Asleep 7 h: core 4.5, deep 1.5, REM 1; awake half an hour in between."""
NAP = stage("Core", "14:00", "14:40")


def formula(
    field: str, rows: Mapping[Source, Sequence[Row]], night: Mapping[Source, Sequence[Row]] | None = None
) -> str:
    found = made(field, rows, night=night)
    assert found is not None
    return found.formula


# --- means in sleep --------------------------------------------------------------------------------------------------


def sdnn(clock: str | int, ms: float) -> Row:
    start = at(clock) if isinstance(clock, str) else clock
    return row(start, start + MINUTE, ms, "ms")


def test_sdnn_is_the_mean_of_the_readings_in_sleep_and_says_so() -> None:
    rows = {WATCH: [sdnn(evening("23:30"), 40), sdnn("03:00", 60), sdnn("10:00", 999), sdnn(evening("20:00"), 999)]}
    assert value("hrvSDNN", rows, night=NIGHT) == 50.0
    assert formula("hrvSDNN", rows, NIGHT) == "mean-in-sleep/2"


def test_a_reading_while_awake_in_the_night_is_not_one_in_sleep() -> None:
    assert value("hrvSDNN", {WATCH: [sdnn("02:10", 999), sdnn("03:00", 60)]}, night=NIGHT) == 60.0


def test_a_reading_in_a_nap_is_not_one_in_the_night() -> None:
    night = {WATCH: [*NIGHT[WATCH], NAP]}
    assert value("hrvSDNN", {WATCH: [sdnn("14:10", 999), sdnn("03:00", 60)]}, night=night) == 60.0


@pytest.mark.parametrize(
    "night",
    [None, {PHONE: [stage("InBed", evening("23:00"), "07:00")]}, NIGHT],
    ids=["none", "in bed only", "no reading"],
)
def test_without_a_reading_in_sleep_the_day_s_mean_counts_and_says_so(night: dict[Source, list[Row]] | None) -> None:
    rows = {WATCH: [sdnn("10:00", 30), sdnn("22:00", 50), sdnn(evening("20:00"), 999)]}
    assert value("hrvSDNN", rows, night=night) == 40.0
    assert formula("hrvSDNN", rows, night) == "mean-of-day/2"


def test_two_devices_are_never_averaged() -> None:
    rows = {RING: [sdnn("03:00", 90)], WATCH: [sdnn("03:00", 50), sdnn("03:30", 60)]}
    found = made("hrvSDNN", rows, night=NIGHT)
    assert found is not None
    assert (found.value, found.sources) == (55, (WATCH.key,))


def test_a_ring_worn_at_night_counts_where_the_watch_was_not() -> None:
    rows = {RING: [sdnn("03:00", 90)], WATCH: [sdnn("10:00", 50)]}
    assert value("hrvSDNN", rows, night=NIGHT) == 90.0


def test_no_reading_at_all_is_no_value() -> None:
    assert value("hrvSDNN", {WATCH: [sdnn(evening("20:00"), 44)]}, night=NIGHT) is None


@pytest.mark.parametrize(
    ("field", "in_sleep", "by_day", "unit", "sent"),
    [
        ("spO2", 0.97, 0.90, "%", 97.0),
        ("spO2", 96, 99, "%", 96.0),
        ("respiration", 14.5, 22, "count/min", 14.5),
        ("respiration", 0.25, 0.4, "count/s", 15.0),
    ],
)
def test_oxygen_and_breath_likewise(field: str, in_sleep: float, by_day: float, unit: str, sent: float) -> None:
    rows = {WATCH: [reading(at("03:00"), in_sleep, unit), reading(at("11:00"), by_day, unit)]}
    assert value(field, rows, night=NIGHT) == sent
    assert formula(field, rows, NIGHT) == "mean-in-sleep/2"
    assert formula(field, rows) == "mean-of-day/2"


def test_fractions_and_percent_may_stand_side_by_side() -> None:
    rows = {WATCH: [reading(at("03:00"), 0.96, "%"), reading(at("03:30"), 98, "%")]}
    assert value("spO2", rows, night=NIGHT) == 97.0


# --- sleeping heart rate --------------------------------------------------------------------------------------------


def pulse(clock: str | int, rate: float) -> Row:
    return reading(at(clock) if isinstance(clock, str) else clock, rate, "count/min")


def test_a_sleeping_heart_rate_is_weighted_by_time() -> None:
    # 60 stands for 4 minutes until the next reading, 50 for the 8 until the one after, which lies in waking
    rows = {WATCH: [pulse("01:48", 60), pulse("01:52", 50), pulse("02:00", 90), pulse("02:20", 90)]}
    assert value("avgSleepingHR", rows, night=NIGHT) == round((60 * 4 + 50 * 8) / 12, 1)


def test_a_reading_stands_for_ten_minutes_at_most() -> None:
    rows = {WATCH: [pulse("03:00", 50), pulse("03:30", 60), pulse("03:35", 60)]}
    assert value("avgSleepingHR", rows, night=NIGHT) == round((50 * 10 + 60 * 15) / 25, 1)


def test_a_reading_before_falling_asleep_counts_for_its_part_of_the_night() -> None:
    rows = {WATCH: [pulse(evening("22:54"), 70), pulse("03:00", 50)]}
    assert value("avgSleepingHR", rows, night=NIGHT) == round((70 * 4 + 50 * 10) / 14, 1)


def test_the_better_device_is_asked_and_the_other_only_where_it_was_silent() -> None:
    rows = {RING: [pulse("03:00", 44)], WATCH: [pulse("11:00", 80)]}
    assert value("avgSleepingHR", rows, night=NIGHT) == 44.0
    assert value("avgSleepingHR", rows | {WATCH: [pulse("03:10", 48)]}, night=NIGHT) == 48.0


@pytest.mark.parametrize("night", [None, {PHONE: [stage("InBed", evening("23:00"), "07:00")]}])
def test_without_sleep_there_is_no_sleeping_heart_rate(night: dict[Source, list[Row]] | None) -> None:
    assert value("avgSleepingHR", {WATCH: [pulse("03:00", 50)]}, night=night) is None


# --- sleep ----------------------------------------------------------------------------------------------------------


def test_the_main_night_fills_the_sleep_fields_in_seconds_and_minutes() -> None:
    night = {WATCH: [*NIGHT[WATCH], NAP]}
    fields = ("sleepSecs", "LightSleep", "DeepSleep", "REMSleep", "AwakeTime")
    assert [value(field, night) for field in fields] == [7 * 3600, 270, 90, 60, 30]


def test_a_night_without_stages_has_seconds_and_no_phases() -> None:
    night = {PHONE: [stage("Unspecified", evening("23:00"), "06:00")]}
    assert value("sleepSecs", night) == 7 * 3600
    assert [value(field, night) for field in ("LightSleep", "DeepSleep", "REMSleep", "AwakeTime", "sleepQuality")] == (
        [None] * 5
    )


def test_a_night_with_only_time_in_bed_has_no_seconds() -> None:
    assert made("sleepSecs", {PHONE: [stage("InBed", evening("22:00"), "07:00")]}) is None


def test_a_night_is_found_on_the_day_of_waking_up_only() -> None:
    assert value("sleepSecs", NIGHT, day=DAY - timedelta(days=1)) is None
    assert value("sleepSecs", NIGHT, day=TOMORROW) is None


@pytest.mark.parametrize(
    ("pieces", "quality"),
    [
        ([("Core", 480)], 1),
        ([("Core", 180), ("Awake", 20), ("Core", 240)], 1),
        ([("Core", 540)], 1),
        ([("Core", 419)], 2),
        ([("Core", 541)], 2),
        ([("Core", 200), ("Awake", 21), ("REM", 260)], 2),
        ([("Core", 200), ("Awake", 6), ("REM", 100), ("Awake", 6), ("Core", 150)], 2),
        ([("Core", 200), ("Awake", 5), ("REM", 100), ("Awake", 5), ("Core", 150)], 1),
        ([("Core", 120), ("Awake", 15), ("Core", 105), ("Awake", 15), ("Core", 255)], 3),
        ([("Core", 200), ("Awake", 75), ("Core", 225)], 2),
        ([("Core", 200), ("Awake", 76), ("Core", 224)], 3),
        ([("Core", 100), ("Awake", 60), ("Core", 100), ("Awake", 30), ("Core", 100)], 4),
    ],
    ids=[
        "all four met", "only just", "just not too long", "too short", "too long", "awake too long", "awake too often",
        "awake briefly", "awake too long and too often", "awake 15 per cent of the night", "awake more than that",
        "none met",
    ],
)  # fmt: skip
def test_sleep_quality_is_one_step_worse_for_each_criterion_missed(pieces: list[tuple[str, int]], quality: int) -> None:
    rows, moment = [], evening("23:00")
    for name, minutes in pieces:
        rows.append(stage(name, moment, moment + minutes * MINUTE))
        moment += minutes * MINUTE
    assert value("sleepQuality", {WATCH: rows}) == quality


# --- wrist temperature ------------------------------------------------------------------------------------------


def test_wrist_temperature_is_that_of_the_night_that_ended_on_the_day() -> None:
    rows = [row(evening("23:00"), "06:30", 35.8, "degC"), row("23:20", at("06:00", TOMORROW), 36.9, "degC")]
    assert value("WristTemperature", {WATCH: rows}) == 35.8
    assert value("WristTemperature", {WATCH: rows}, day=TOMORROW) == 36.9


def test_of_two_nights_that_ended_on_a_day_the_later_counts() -> None:
    rows = [row("13:00", "15:00", 36.9, "degC"), row(evening("23:00"), "06:30", 35.8, "degC")]
    assert value("WristTemperature", {WATCH: rows}) == value("WristTemperature", {WATCH: rows[::-1]}) == 36.9


def test_of_two_that_ended_together_the_better_device_s_counts() -> None:
    night = {RING: [row(evening("23:00"), "06:30", 36.9, "degC")], WATCH: [row("00:00", "06:30", 35.8, "degC")]}
    assert value("WristTemperature", night) == 35.8


def test_wrist_temperature_in_fahrenheit() -> None:
    assert value("WristTemperature", {WATCH: [row(evening("23:00"), "06:30", 96.44, "degF")]}) == 35.8


def test_a_wrist_temperature_taken_abroad_belongs_to_the_day_there() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    rows = [row(at("21:00", DAY, tokyo), at("05:00", TOMORROW, tokyo), 36.1, "degC", zone="Asia/Tokyo")]
    assert value("WristTemperature", {WATCH: rows}) is None  # 21:00 the same evening in Berlin
    assert value("WristTemperature", {WATCH: rows}, day=TOMORROW) == 36.1
