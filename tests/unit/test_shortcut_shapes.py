"""Shapes in which shortcuts send samples that many people share, and those people make themselves."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from intervals_companion.app.ingest import payloads
from intervals_companion.domain.days import bounds
from intervals_companion.health import shortcuts
from support.pushes import BERLIN, HEART_RATE, STEPS, at, reasons, rows, shortcut

SHARED = {
    "date": "2026-03-10",
    "heart": {"values": "86\n127\n124", "timestamps": "2026-03-10T17:12:24+01:00\n2026-03-10T17:13:06+01:00\n"
              "2026-03-10T17:14:00+01:00"},
    "steps": {"values": "1200\n640", "timestamps": "2026-03-10T08:00:00+01:00\n2026-03-10T09:00:00+01:00"},
}  # fmt: skip
"""As in a widely read article on a personal Apple Health API (2020)."""


def test_entries_may_call_steps_a_step() -> None:
    (one,) = shortcut([{"value": "7961", "type": "step", "unit": "count", "date": "2026-03-10"}]).summaries
    assert (one.type, one.value) == (STEPS, 7961)


def test_values_and_times_may_stand_under_the_name_of_their_type() -> None:
    read = shortcut(SHARED)
    assert [(row.start, row.value) for row in rows(read, HEART_RATE)] == [
        (at("2026-03-10T17:12:24+01:00"), 86), (at("2026-03-10T17:13:06+01:00"), 127),
        (at("2026-03-10T17:14:00+01:00"), 124),
    ]  # fmt: skip
    (one,) = read.summaries
    assert (one.type, one.value, one.of_a_day) == (STEPS, 1840, True)


def test_a_morning_without_values_yet_is_said_and_harms_nothing() -> None:
    read = shortcut({**SHARED, "heart": {"values": "", "timestamps": ""}})
    assert [one.value for one in read.summaries] == [1840]
    assert reasons(read) == {"heart without a value": 1}


@pytest.mark.parametrize(
    "content",
    [
        {"date": "2026-03-10", "steps": 8500, "device": "Ann’s iPhone"},
        {"date": "2026-03-10", "Steps": "8,500"},
        {"date": "2026-03-10", "metrics": {"step_count": 8500}},
        {"data": {"date": "2026-03-10", "steps": "8500"}},
        {"steps": [{"date": "2026-03-10", "value": 8500}]},
        [{"date": "2026-03-10", "steps": 8500}],
    ],
)
def test_numbers_of_a_day_may_stand_under_the_names_of_their_types(content: Any) -> None:
    read = shortcut(content)
    (one,) = read.summaries
    assert (one.type, one.value, (one.start, one.end)) == (STEPS, 8500, bounds(date(2026, 3, 10), BERLIN))
    assert not read.left_out


def test_an_amount_of_a_day_needs_no_zone_and_a_reading_does() -> None:
    """As a program for a computer beside the phone has it: lists of dates, without an offset."""
    dates = ["2026-03-10 00:24:36", "2026-03-10 23:56:25"]
    (one,) = shortcut({"type": "Steps", "dates": dates, "values": ["74", "83"]}).summaries
    assert (one.value, (one.start, one.end)) == (157, bounds(date(2026, 3, 10), BERLIN))
    read = shortcut({"type": "Heart Rate", "dates": dates, "values": ["74", "83"]})
    assert reasons(read) == {"Heart Rate without a readable date": 2}


def test_a_number_under_a_name_nobody_knows_is_named() -> None:
    read = shortcut({"date": "2026-03-10", "steps": 8500, "mood": 4})
    assert reasons(read) == {"mood of a type that is not known here": 1}


def test_a_weight_under_its_name_still_needs_a_unit() -> None:
    assert reasons(shortcut({"date": "2026-03-10", "weight": 72.5})) == {"weight without a unit": 1}
    read = shortcut({"date": "2026-03-10", "weight": {"value": 72.5, "unit": "kg"}})
    assert [one.value for one in read.summaries] == [72.5]


@pytest.mark.parametrize("content", [SHARED, {"date": "2026-03-10", "steps": 8500}, {"type": "step"}])
def test_a_file_of_such_a_shape_is_known_for_what_a_shortcut_sends(content: Any) -> None:
    assert payloads.channel_of(json.dumps(content).encode()) == shortcuts.CHANNEL


@pytest.mark.parametrize("content", [{"date": "2026-03-10", "mood": 4}, {"version": 3}, [1, 2], {}])
def test_other_json_is_not_taken_for_what_a_shortcut_sends(content: Any) -> None:
    assert payloads.channel_of(json.dumps(content).encode()) is None
