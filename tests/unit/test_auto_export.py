"""Metrics and sleep as Health Auto Export sends them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from intervals_companion.domain.days import bounds
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import SLEEP
from intervals_companion.domain.summaries import How
from intervals_companion.health import auto_export
from support.pushes import (
    BERLIN,
    HEART_RATE,
    QUANTITY,
    STEPS,
    WEIGHT,
    at,
    item,
    metric,
    pushed,
    read_push,
    reasons,
    rows,
    run,
)

DAY = at("2026-03-10T00:00:00+01:00"), at("2026-03-11T00:00:00+01:00")
MIDNIGHT, MORNING = "2026-03-10 00:00:00 +0100", "2026-03-10 07:02:13 +0100"


# --- what adds up ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grouped", ["Days", "days", "DAY", "", "Default"])
def test_a_sum_of_the_day_is_a_summary_of_that_day(grouped: str) -> None:
    (one,) = pushed(metric("step_count", "count", item(MIDNIGHT, 8500)), grouped=grouped).summaries
    assert (one.type, (one.start, one.end), one.value, one.unit, one.how) == (STEPS, DAY, 8500, "count", How.SUM)
    assert one.source == "Ann’s Watch"


def test_a_day_of_23_hours_is_a_whole_day() -> None:
    (one,) = pushed(metric("step_count", "count", item("2026-03-29 00:00:00 +0100", 5)), grouped="Days").summaries
    assert (one.start, one.end) == (at("2026-03-29T00:00:00+01:00"), at("2026-03-30T00:00:00+02:00"))


def test_the_same_day_sent_from_another_zone_is_the_same_period() -> None:
    here = pushed(metric("step_count", "count", item("2026-03-10 00:00:00 +0100", 5)), grouped="Days").summaries
    away = pushed(metric("step_count", "count", item("2026-03-10 00:00:00 -0500", 5)), grouped="Days").summaries
    assert here == away


@pytest.mark.parametrize(("grouped", "length"), [("Hours", 3_600_000), ("hour", 3_600_000), ("Minutes", 60_000)])
def test_hours_and_minutes_are_summaries_of_their_length(grouped: str, length: int) -> None:
    (one,) = pushed(metric("step_count", "count", item("2026-03-10 14:00:00 +0100", 80)), grouped=grouped).summaries
    assert (one.start, one.end - one.start) == (at("2026-03-10T14:00:00+01:00"), length)


def test_full_hours_are_hours_where_the_app_does_not_say() -> None:
    read = pushed(metric("step_count", "count", *(item(f"2026-03-10 {hour:02}:00:00 +0100", 80) for hour in range(24))))
    assert {one.end - one.start for one in read.summaries} == {3_600_000}


def test_weeks_are_left_out_and_the_cure_names_the_setting() -> None:
    read = pushed(metric("step_count", "count", item(MIDNIGHT, 50_000)), grouped="Weeks")
    assert read.summaries == []
    ((reason, count),) = read.left_out.items()
    assert (reason.what, count) == ("step_count grouped by more than a day", 1)
    assert "time grouping to Days" in reason.cure


def test_steps_with_edges_no_clock_shows_are_a_sample() -> None:
    steps = item(MORNING, 61, start=MORNING, end="2026-03-10 07:09:48 +0100")
    read = pushed(metric("step_count", "count", steps))
    (row,) = rows(read, STEPS)
    assert (row.start, row.end, row.value) == (at("2026-03-10T07:02:13+01:00"), at("2026-03-10T07:09:48+01:00"), 61)
    assert read.summaries == []


def test_steps_between_full_minutes_are_a_summary() -> None:
    steps = item(MORNING, 61, start="2026-03-10 07:02:00 +0100", end="2026-03-10 07:03:00 +0100")
    (one,) = pushed(metric("step_count", "count", steps)).summaries
    assert (one.start, one.end) == (at("2026-03-10T07:02:00+01:00"), at("2026-03-10T07:03:00+01:00"))


def test_steps_without_an_end_never_become_samples() -> None:
    # an export would hold the same steps with their end: counted twice
    read = pushed(metric("step_count", "count", item(MORNING, 61)))
    assert rows(read, STEPS) == []
    assert len(read.summaries) == 1


# --- what is measured ------------------------------------------------------------------------------------------------


def test_a_weight_is_the_sample_that_health_holds() -> None:
    read = pushed(metric("weight_body_mass", "kg", item(MORNING, 72.4, "Scale")))
    (row,) = rows(read, WEIGHT)
    assert (row.start, row.end, row.value, row.unit) == (at("2026-03-10T07:02:13+01:00"),) * 2 + (72.4, "kg")


@pytest.mark.parametrize("grouped", ["Days", ""])
def test_a_mean_of_the_day_is_a_summary(grouped: str) -> None:
    (one,) = pushed(metric("weight_body_mass", "lb", item(MIDNIGHT, 160.2)), grouped=grouped).summaries
    assert ((one.start, one.end), one.unit, one.how) == (DAY, "lb", How.MEAN)


def test_resting_heart_rate_is_one_value_a_day_that_is_revised() -> None:
    early, late = (
        pushed(metric("resting_heart_rate", "count/min", item(f"2026-03-10 {clock}:10 +0100", value))).summaries[0]
        for clock, value in (("07:04", 52), ("21:30", 49))
    )
    assert (early.start, early.end, early.source) == (late.start, late.end, late.source) == (*DAY, "Ann’s Watch")


def test_heart_rate_is_its_average_whatever_the_grouping() -> None:
    heart = {"date": "2026-03-10 14:30:00 +0100", "Min": 65, "Avg": 72, "Max": 85, "source": "Ann’s Watch"}
    (one,) = pushed(metric("heart_rate", "bpm", heart), grouped="Default").summaries
    assert (one.type, one.value, one.unit, one.how) == (HEART_RATE, 72, "count/min", How.MEAN)


@pytest.mark.parametrize(("written", "kept"), [(96, 0.96), (0.96, 0.96), (100, 1.0), (1, 1.0)])
def test_percent_is_kept_as_the_fraction_an_export_writes(written: float, kept: float) -> None:
    (row,) = rows(pushed(metric("blood_oxygen_saturation", "%", item(MORNING, written))), f"{QUANTITY}OxygenSaturation")
    assert (row.value, row.unit) == (kept, "%")


def test_blood_pressure_is_two_samples() -> None:
    read = pushed(metric("blood_pressure", "mmHg", {"date": MORNING, "systolic": 121, "diastolic": 79}))
    found = {name: rows(read, f"{QUANTITY}BloodPressure{name}")[0].value for name in ("Systolic", "Diastolic")}
    assert found == {"Systolic": 121, "Diastolic": 79}


def test_what_cannot_be_measured_is_handed_on_as_it_came() -> None:
    read = pushed(metric("blood_pressure", "mmHg", {"date": MORNING, "systolic": 121, "diastolic": -3}))
    assert [rows(read, f"{QUANTITY}BloodPressure{name}")[0].value for name in ("Systolic", "Diastolic")] == [121, -3]


@pytest.mark.parametrize(("written", "kept"), [(500, 500), (100.5, 100.5), (-3, -3)])
def test_an_impossible_percentage_is_not_made_possible(written: float, kept: float) -> None:
    (row,) = rows(pushed(metric("body_fat_percentage", "%", item(MORNING, written))), f"{QUANTITY}BodyFatPercentage")
    assert (row.value, row.unit) == (kept, "%")


def test_a_unit_of_something_else_is_refused() -> None:
    read = pushed(metric("weight_body_mass", "mmHg", item(MORNING, 72)))
    assert [reason.what for reason in read.left_out] == ["weight_body_mass in a unit of something else"]


@pytest.mark.parametrize(
    ("name", "units", "kept"),
    [
        ("active_energy", "kJ", "kJ"), ("active_energy", "kcal", "kcal"), ("walking_running_distance", "mi", "mi"),
        ("vo2max", "ml/(kg·min)", "mL/min·kg"), ("vo2_max", "mL/min·kg", "mL/min·kg"),
        ("apple_sleeping_wrist_temperature", "degF", "degF"), ("apple_sleeping_wrist_temperature", "°C", "degC"),
        ("respiratory_rate", "breaths/min", "count/min"), ("dietary_water", "fl_oz_us", "fl_oz_us"),
        ("basal_energy_burned", "kJ", "kJ"), ("mindful_minutes", "min", "min"), ("heart_rate_variability", "ms", "ms"),
    ],
)  # fmt: skip
def test_units_follow_the_settings_of_the_app(name: str, units: str, kept: str) -> None:
    read = pushed(metric(name, units, item(MIDNIGHT, 3)), grouped="Days")
    assert [one.unit for one in read.summaries] == [kept]
    assert not read.left_out


# --- sources ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["Ann’s Watch|Ann’s iPhone", "Ann’s\u00a0iPhone|Ann’s Watch"])
def test_joined_sources_are_one_key_in_whatever_order(source: str) -> None:
    (one,) = pushed(metric("step_count", "count", item(MIDNIGHT, 8500, source)), grouped="Days").summaries
    assert one.source == "Ann’s Watch|Ann’s iPhone"


def test_an_empty_source_is_the_app() -> None:
    (one,) = pushed(metric("step_count", "count", item(MIDNIGHT, 8500, "")), grouped="Days").summaries
    assert one.source == "Health Auto Export"


def test_what_we_wrote_into_health_is_not_read_back() -> None:
    read = pushed(metric("weight_body_mass", "kg", item(MORNING, 72.4, "Intervals Companion")))
    assert rows(read, WEIGHT) == []
    assert reasons(read) == {"weight_body_mass written by Intervals Companion itself": 1}


# --- sleep -----------------------------------------------------------------------------------------------------------

NIGHT = {
    "date": "2026-03-10", "totalSleep": 7.5, "asleep": 0, "core": 3.5, "deep": 1.5, "rem": 2.0, "awake": 0.4,
    "inBed": 8.0, "sleepStart": "2026-03-09 23:00:00 +0100", "sleepEnd": "2026-03-10 06:30:00 +0100",
    "source": "Ann’s Watch",
}  # fmt: skip


def test_an_aggregated_night_is_hours_by_stage_on_the_day_of_waking_up() -> None:
    found = pushed(metric("sleep_analysis", "hr", NIGHT)).summaries
    assert {one.label: one.value for one in found} == {
        "AsleepCore": 3.5, "AsleepDeep": 1.5, "AsleepREM": 2.0, "AsleepUnspecified": 0.5, "Awake": 0.4, "InBed": 8.0,
    }  # fmt: skip
    slept = at("2026-03-09T23:00:00+01:00"), at("2026-03-10T06:30:00+01:00")
    assert {(one.type, one.start, one.end) for one in found} == {(SLEEP, *slept)}


def test_a_night_without_the_times_of_falling_asleep_and_waking_is_told_of_its_day() -> None:
    night = {**NIGHT, "sleepStart": None, "sleepEnd": "2026-03-10 06:30:00 +0100"}
    found = pushed(metric("sleep_analysis", "hr", night)).summaries
    assert {(one.start, one.end) for one in found} == {DAY}


def test_before_there_were_stages_asleep_is_all_of_it() -> None:
    night = {"date": "2026-03-10 06:30:00 +0100", "asleep": 7.25, "inBed": 8, "sleepSource": "AutoSleep", "source": ""}
    found = {one.label: one for one in pushed(metric("sleep_analysis", "hr", night)).summaries}
    assert found["AsleepUnspecified"].value == 7.25
    assert found["AsleepUnspecified"].source == "AutoSleep"


@pytest.mark.parametrize("never", ["4001-01-01 01:00:00 +0100", "4001-01-01T00:00:00Z", "", None, 7])
def test_a_time_in_bed_that_never_ended_takes_nothing_of_the_night_with_it(never: Any) -> None:
    hours = {"totalSleep": 8, "core": 5, "deep": 2, "rem": 1, "inBed": 17_313_000.2}
    night = {"date": "2026-03-10 00:00:00 +0100", **hours, "sleepEnd": never, "inBedEnd": never, "source": "Ring"}
    read = pushed(metric("sleep_analysis", "hr", night))
    asleep = [one for one in read.summaries if one.label.startswith("Asleep")]
    assert sum(one.value for one in asleep) == 8
    assert {(one.start, one.end) for one in asleep} == {bounds(date(2026, 3, 10), BERLIN)}
    assert reasons(read) == {"sleep_analysis with a time in bed or awake that was never ended": 1}


def test_a_stage_that_never_ended_is_left_out_and_the_others_count() -> None:
    stages = [("2026-03-09 23:00", "2026-03-10 03:00", "Core"), ("2026-03-10 03:00", "2026-03-10 07:00", "Deep"),
              ("2026-03-09 22:50", "4001-01-01 01:00", "InBed")]  # fmt: skip
    items = [
        {"startDate": f"{begin}:00 +0100", "endDate": f"{end}:00 +0100", "value": stage} for begin, end, stage in stages
    ]
    read = pushed(metric("sleep_analysis", "hr", *items))
    assert [row.label[-4:] for row in rows(read, SLEEP)] == ["Core", "Deep"]
    assert reasons(read) == {"sleep_analysis without a readable date": 1}


def test_of_two_sleeps_of_a_day_the_longer_is_the_night() -> None:
    nap = {**NIGHT, "totalSleep": 0.5, "core": 0.5, "deep": 0, "rem": 0, "sleepEnd": "2026-03-10 15:00:00 +0100"}
    found = pushed(metric("sleep_analysis", "hr", NIGHT, nap)).summaries
    assert next(one.value for one in found if one.label == "AsleepCore") == 3.5


@pytest.mark.parametrize(
    ("value", "label"),
    [
        *[("Core", "AsleepCore"), ("Deep", "AsleepDeep"), ("REM", "AsleepREM"), ("Awake", "Awake")],
        *[
            ("InBed", "InBed"),
            ("In Bed", "InBed"),
            ("Asleep", "AsleepUnspecified"),
            ("Unspecified", "AsleepUnspecified"),
        ],
    ],
)
def test_a_stage_is_the_sample_that_health_holds(value: str, label: str) -> None:
    stage = {
        "startDate": "2025-04-18 23:16:55 -0400", "endDate": "2025-04-18 23:20:55 -0400", "qty": 0.0667,
        "value": value, "source": "Test’s Apple\u00a0Watch",
    }  # fmt: skip
    (row,) = rows(pushed(metric("sleep_analysis", "hr", stage)), SLEEP)
    assert row.label == f"HKCategoryValueSleepAnalysis{label}"
    assert (row.start, row.end) == (at("2025-04-18T23:16:55-04:00"), at("2025-04-18T23:20:55-04:00"))


# --- what cannot be used ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("qty", [None, "much", float("nan"), True, [], {}])
def test_an_item_without_a_number_is_counted_and_the_rest_is_used(qty: object) -> None:
    read = pushed(metric("weight_body_mass", "kg", item(MORNING, qty), item("2026-03-10 08:02:13 +0100", 72)))
    assert [row.value for row in rows(read, WEIGHT)] == [72]
    assert sum(read.left_out.values()) == read.reading.ignored == 1


def test_a_name_nobody_knows_is_counted_with_a_reason() -> None:
    read = pushed(metric("aura_strength", "au", item(MORNING, 1), item(MORNING, 2)))
    assert reasons(read) == {"aura_strength of a metric that is not known here": 2}


def test_an_unknown_unit_is_named() -> None:
    read = pushed(metric("weight_body_mass", "talents", item(MORNING, 2)))
    assert reasons(read) == {"weight_body_mass in the unit 'talents', which is not known here": 1}


def test_kinds_that_are_not_used_are_counted() -> None:
    read = pushed(stateOfMind=[{"id": "1"}], ecg=[{}, {}])
    assert reasons(read) == {"stateOfMind that are not used here": 1, "ecg that are not used here": 2}


@pytest.mark.parametrize("content", [b'{"data":{}}', b'{"data":{"metrics":[]}}', b'{"data":{"metrics":null}}'])
def test_a_delivery_of_nothing_is_fine(content: bytes) -> None:
    read = read_push(content)
    assert list(read.batches()) == []
    assert read.reading.complete


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b'{"data":{"metrics":[', "line 1, column 21"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[" * 200_000, "deep"),
        (b'{"data":' + b"9" * 10_000 + b"}", "number without end"),
        (b"[]", "no data"),
        (b'{"metrics":[]}', "no data"),
        (b'--x\r\nContent-Disposition: form-data; name="file"', "not JSON"),
    ],
)
def test_a_body_that_is_no_delivery_is_refused_with_cause_and_cure(content: bytes, word: str) -> None:
    with pytest.raises(DamagedInput) as refusal:
        read_push(content)
    assert word in refusal.value.cause
    assert refusal.value.cure


def test_each_post_of_a_batch_stands_alone() -> None:
    steps = metric("step_count", "count", item(MIDNIGHT, 8500))
    weight = metric("weight_body_mass", "kg", item(MORNING, 72))
    whole = pushed(steps, weight, grouped="Days")
    parts = [pushed(one, grouped="Days") for one in (steps, weight)]
    assert whole.summaries == [one for part in parts for one in part.summaries]


def test_header_names_come_in_lower_case_and_may_be_absent() -> None:
    content = json.dumps({"data": {"metrics": [metric("step_count", "count", item(MIDNIGHT, 1))]}}).encode()
    assert auto_export.read(content, {}, BERLIN).summaries[0].value == 1


def test_half_a_character_is_replaced_so_that_it_can_be_stored_and_answered() -> None:
    half = "\ud800"
    read = pushed(
        metric("weight_body_mass", "kg", item(MORNING, 72, f"Scale{half}")),
        metric(f"aura{half}", "au", item(MORNING, 1)),
        metric("step_count", f"count{half}", item(MORNING, 1)),
        workouts=(run(name=half, metadata={half: half}),),
    )
    (scale, session) = read.batches()
    assert scale.source.name.encode()
    assert session.rows[0].metadata.encode()
    assert all(reason.what.encode() for reason in read.left_out)
