"""The table of metrics against the published wellness schema, the tables of Health types, and its own rules."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from functools import cache
from math import isfinite
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from intervals_companion.derive import daily
from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import METRICS, Direction, Metric, metric, metrics, short_type
from intervals_companion.domain.samples import SLEEP
from intervals_companion.domain.units import convert
from support.facts import facts_path

STILL_TO_COME = {"hrv", "baevskySI", "sleepScore", "readiness"}
_SHARED_BEGINNING = re.compile(r"^(Dietary|BloodPressure)")

numbers = [row for row in METRICS if row.rule is not catalogue.Rule.PERIOD]
a_number_row = st.sampled_from(numbers)
every_row = pytest.mark.parametrize("row", METRICS, ids=lambda row: row.field)
amounts = st.floats(-1e7, 1e7)


@cache
def wellness_schema() -> dict[str, Any]:
    spec = json.loads(facts_path("reference", "intervals-icu", "openapi.json").read_text(encoding="utf-8"))
    properties: dict[str, Any] = spec["components"]["schemas"]["Wellness"]["properties"]
    return properties


def table_rows(heading: str) -> Iterator[list[str]]:
    """The cells of every table row under a heading of FORMATS.md."""
    text = facts_path("reference", "apple-health", "FORMATS.md").read_text(encoding="utf-8")
    body = re.split(r"^##+ ", text.partition(f"\n{heading}")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in body.splitlines() if line.startswith("|")]
    assert len(lines) > 3
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


# --- the rows -------------------------------------------------------------------------------------------------------


def test_every_field_of_the_mapping_to_intervals_has_a_row_and_no_other_field_does() -> None:
    fields = {
        field.partition(" ")[0]
        for first, *_ in table_rows("## 7. ")
        for field in first.split(", ")
    }  # fmt: skip
    assert fields - {"locked"} == {row.field for row in METRICS if not row.custom}


def test_each_row_is_made_of_the_type_the_mapping_names() -> None:
    for first, _, made_of, *_ in table_rows("## 7. "):
        word = made_of.partition(" ")[0]
        for row in METRICS:
            if row.field == first and re.fullmatch(r"[A-Z]\w+[a-z]\w+|VO2Max", word):
                assert word in {short_type(kind) for kind in row.types}, row.field


def test_what_intervals_has_no_field_for_goes_into_custom_ones() -> None:
    assert {row.field: row.types[0].partition("Identifier")[2] for row in METRICS if row.custom} == {
        "ActiveEnergy": "ActiveEnergyBurned",
        "RestingEnergy": "BasalEnergyBurned",
        "DeepSleep": "SleepAnalysis",
        "LightSleep": "SleepAnalysis",
        "REMSleep": "SleepAnalysis",
        "AwakeTime": "SleepAnalysis",
        "WristTemperature": "AppleSleepingWristTemperature",
        "HRRecovery": "HeartRateRecoveryOneMinute",
        "Daylight": "TimeInDaylight",
        "MindfulMinutes": "MindfulSession",
        "Distance": "DistanceWalkingRunning",
    }


@every_row
def test_a_field_is_a_wellness_property_or_the_code_of_a_custom_field(row: Metric) -> None:
    if row.custom:
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", row.field)
        assert row.field not in wellness_schema()
    else:
        assert row.field in wellness_schema()


@every_row
def test_the_value_s_kind_is_the_property_s(row: Metric) -> None:
    if row.custom:
        return
    kind = wellness_schema()[row.field]["type"]
    if kind == "string":
        assert row.rule is catalogue.Rule.PERIOD
        assert "PERIOD" in wellness_schema()[row.field]["enum"]
    elif kind == "integer":
        assert row.precision == 1
        assert isinstance(row.round(61.4), int)
    else:
        assert kind == "number"


def test_no_field_and_no_name_is_there_twice() -> None:
    assert len({row.field for row in METRICS}) == len({row.name for row in METRICS}) == len(METRICS)


# --- what is shown --------------------------------------------------------------------------------------------------


def test_rows_whose_formula_is_still_to_come_are_nowhere() -> None:
    shown = {row.field for row in metrics()}
    assert shown == {row.field for row in METRICS} - STILL_TO_COME
    assert not STILL_TO_COME & {row.field for rows in catalogue.health_types().values() for row in rows}


def test_every_rule_in_use_has_a_formula_and_every_formula_is_used() -> None:
    assert set(daily.FORMULAS) == {row.rule for row in metrics()} == set(catalogue.Rule)


def test_whatever_is_made_of_sleep_too_sees_the_whole_night() -> None:
    assert {row.field for row in metrics() if SLEEP in row.types} <= {
        row.field for row in metrics() if daily.by_night(row)
    }


def test_a_row_without_a_formula_sees_nothing() -> None:
    assert not any(daily.by_night(metric(field)) for field in STILL_TO_COME)


def test_a_row_is_found_by_its_field() -> None:
    assert metric("weight").name == "Weight"
    with pytest.raises(KeyError):
        metric("Weight")


def test_sdnn_never_feeds_a_row_in_use_but_hrv_sdnn() -> None:
    assert [row.field for row in catalogue.health_types()["HKQuantityTypeIdentifierHeartRateVariabilitySDNN"]] == [
        "hrvSDNN"
    ]


def test_only_the_weight_goes_both_ways_and_a_person_s_own_sleep_quality_is_left_alone() -> None:
    assert [row.field for row in metrics() if row.direction is Direction.BOTH] == ["weight"]
    assert [row.field for row in metrics() if row.direction is Direction.OFF] == ["sleepQuality"]


# --- Health's side --------------------------------------------------------------------------------------------------


def described(identifier: str) -> list[str] | None:
    """The row of the table of quantity types that describes this one; `Height / WaistCircumference` describes two."""
    name = short_type(identifier)
    wanted = {name, _SHARED_BEGINNING.sub("", name)}
    return next((cells for cells in table_rows("### 2.2 ") if wanted & set(re.split(r"[,/ ]+", cells[0]))), None)


quantity_rows = pytest.mark.parametrize(
    "row", [row for row in metrics() if "QuantityType" in row.types[0]], ids=lambda row: row.field
)


@quantity_rows
def test_the_units_health_uses_for_a_type_become_the_metric_s(row: Metric) -> None:
    cells = described(row.types[0])
    assert cells is not None
    written = re.sub(r" \(.*\)$", "", cells[2]).replace("<...>", "<180.1558800000541>")
    for unit in (cells[1], *re.split(", | / ", written)):
        assert isfinite(convert(1, unit, row.unit)), unit


@quantity_rows
def test_what_adds_up_over_a_day_is_what_health_calls_cumulative(row: Metric) -> None:
    cells = described(row.types[0])
    assert cells is not None
    assert (row.rule is catalogue.Rule.SUM) == (cells[3] == "C")


@quantity_rows
def test_no_read_only_type_is_called_writable(row: Metric) -> None:
    cells = described(row.types[0])
    assert cells is not None
    assert not (row.writable and cells[4].startswith("**RO"))


def test_types_have_a_short_name() -> None:
    assert short_type("HKQuantityTypeIdentifierBodyMass") == "BodyMass"
    assert short_type("HKCategoryTypeIdentifierSleepAnalysis") == "SleepAnalysis"
    assert short_type("HKCorrelationTypeIdentifierBloodPressure") == "BloodPressure"
    assert short_type("HKDataTypeSleepDurationGoal") == "HKDataTypeSleepDurationGoal"


# --- rounding and equality ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "made", "sent"),
    [
        ("weight", 72.3456, 72.35),
        ("bodyFat", 24.96, 25.0),
        ("restingHR", 50.6, 51),
        ("steps", 9696.59, 9697),
        ("hydrationVolume", 2.004999, 2.0),
        ("Distance", 5.129, 5.13),
        ("sleepSecs", 27_000.0, 27_000),
        ("menstrualPhase", "PERIOD", "PERIOD"),
    ],
)
def test_a_value_is_sent_in_whole_precisions(field: str, made: float | str, sent: float | str) -> None:
    assert metric(field).round(made) == sent
    assert type(metric(field).round(made)) is type(sent)


@given(a_number_row, amounts)
def test_rounding_a_rounded_value_changes_nothing(row: Metric, amount: float) -> None:
    assert row.round(row.round(amount)) == row.round(amount)


@given(a_number_row, amounts)
def test_rounding_moves_a_value_by_half_a_precision_at_most(row: Metric, amount: float) -> None:
    rounded = row.round(amount)
    assert not isinstance(rounded, str)
    assert abs(rounded - amount) <= row.precision / 2 * (1 + 1e-6)


@given(a_number_row, amounts)
def test_a_sent_value_read_back_is_the_same(row: Metric, amount: float) -> None:
    sent = row.round(amount)
    assert row.same(json.loads(json.dumps(sent)), sent)
    assert row.same(sent, amount)


@given(a_number_row, st.floats(-30_000, 30_000))
def test_so_is_one_the_service_kept_in_32_bits(row: Metric, amount: float) -> None:
    sent = row.round(amount)
    (kept,) = struct.unpack("<f", struct.pack("<f", sent))
    assert row.same(kept, sent)


@given(a_number_row, amounts)
def test_no_more_decimals_are_written_than_the_precision_has(row: Metric, amount: float) -> None:
    written = f"{row.round(amount)}"
    assume("e" not in written)
    assert len(written.partition(".")[2]) <= max(1, row.decimals)


@given(a_number_row, amounts, amounts)
def test_equality_is_equality_of_steps(row: Metric, one: float, other: float) -> None:
    assert row.same(one, other) == row.same(other, one) == (row.steps(one) == row.steps(other))


def test_equality_has_no_tolerance() -> None:
    weight = metric("weight")
    assert weight.same(72.351, 72.349)
    assert not weight.same(72.354, 72.356)


def test_absent_is_the_same_as_absent_only() -> None:
    weight = metric("weight")
    assert weight.same(None, None)
    assert not weight.same(None, 0)
    assert not weight.same(72.0, None)


def test_words_are_compared_as_words() -> None:
    phase = metric("menstrualPhase")
    assert phase.same("PERIOD", "PERIOD")
    assert not phase.same("PERIOD", "LUTEAL")
    assert not phase.same("1", 1)
