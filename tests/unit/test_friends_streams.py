"""Streams as Intervals.icu sends them: pauses, gaps, and what somebody else wrote wrong."""

from __future__ import annotations

import math
from typing import Any

import pytest

from intervals_companion.intervals.answers import WrongShape
from intervals_companion.intervals.streams import read


def stream(kind: str, data: Any, **others: Any) -> dict[str, Any]:
    return {"type": kind, "name": None, "data": data, "data2": None, "custom": False, "allNull": False, **others}


def test_each_stream_is_read_under_our_name() -> None:
    told = read(
        [
            stream("time", [0, 1]),
            stream("watts", [200, 210]),
            stream("heartrate", [120, 121]),
            stream("velocity_smooth", [8.1, 8.2]),
            stream("cadence", [90, 91]),
            stream("altitude", [400.5, 400.6]),
            stream("distance", [0.0, 8.2]),
            stream("latlng", [47.1, 47.2], data2=[8.1, 8.2]),
        ]
    ).streams
    assert (told.seconds, told.power, told.heart_rate, told.speed) == ([0, 1], [200, 210], [120, 121], [8.1, 8.2])
    assert (told.cadence, told.altitude, told.distance) == ([90, 91], [400.5, 400.6], [0.0, 8.2])
    assert (told.latitude, told.longitude) == ([47.1, 47.2], [8.1, 8.2])


def test_a_pause_stays_a_hole() -> None:
    told = read([stream("time", [*range(60), *range(300, 360)]), stream("watts", [200] * 120)]).streams
    assert told.seconds == [*range(60), *range(300, 360)]


def test_a_device_that_records_on_change_holds_each_sample_until_the_next() -> None:
    told = read([stream("time", [0, 3, 10]), stream("heartrate", [120, 130, 140])]).streams
    assert told.seconds == list(range(11))
    assert told.heart_rate == [120] * 3 + [130] * 7 + [140]


def test_a_sample_every_half_minute_is_no_pause() -> None:
    told = read([stream("time", [0, 30, 60, 90]), stream("heartrate", [120, 130, None, 140])]).streams
    assert len(told.seconds) == 91
    assert told.heart_rate == [120] * 30 + [130] * 30 + [None] * 30 + [140]


def test_without_a_time_the_samples_are_a_second_apart() -> None:
    assert read([stream("watts", [200, 210, 220])]).streams.seconds == [0, 1, 2]


def test_a_shorter_stream_is_unknown_at_its_end_and_a_longer_one_is_cut() -> None:
    told = read([stream("time", [0, 1, 2]), stream("watts", [200]), stream("heartrate", [120] * 5)]).streams
    assert told.power == [200, None, None]
    assert told.heart_rate == [120] * 3


def test_a_time_that_stands_still_or_runs_back_counts_once() -> None:
    told = read([stream("time", [0, 1, 1, 0, None, 2]), stream("watts", [1, 2, 3, 4, 5, 6])]).streams
    assert told.seconds == [0, 1, 2]
    assert told.power == [1, 2, 6]


@pytest.mark.parametrize(
    "wrong",
    [
        stream("watts", [None] * 3, allNull=True),
        stream("watts", None),
        stream("watts", []),
        stream("watts", {"0": 200}),
        stream("watts", [[500, 512], [], [1]]),
        stream("watts", ["200", True, math.nan]),
        stream("watts", [-1, 10**6, 10**400]),
        {"data": [200]},
        {"type": 7, "data": [200]},
    ],
)
def test_a_stream_without_a_sensible_number_is_not_there(wrong: dict[str, Any]) -> None:
    told = read([stream("time", [0, 1, 2]), stream("heartrate", [120] * 3), wrong]).streams
    assert told.power is None
    assert told.heart_rate == [120] * 3


def test_one_wrong_number_among_good_ones_is_unknown() -> None:
    told = read([stream("watts", [200, math.nan, "x", math.inf, True, 10**400, 210])]).streams
    assert told.power == [200, None, None, None, None, None, 210]


def test_a_place_needs_both_its_numbers() -> None:
    told = read([stream("latlng", [47.1, 47.2])]).streams
    assert (told.latitude, told.seconds) == (None, [])


def test_further_streams_are_named_and_variants_are_not() -> None:
    more = read(
        [
            stream("time", [0]),
            stream("temp", [21]),
            stream("hrv", [[500, 512]]),
            stream("raw_watts", [200]),
            stream("torque", [None]),
            stream("Core2", [37.0], custom=True, name="Gut feeling"),
        ]
    ).more
    assert more == ("temp", "hrv", "Gut feeling")


def test_nothing_is_nothing() -> None:
    told = read([])
    assert (told.streams.seconds, told.streams.names(), told.more) == ([], (), ())


@pytest.mark.parametrize("answer", [None, {"streams": []}, "[]", [1], [[]]])
def test_what_is_no_list_of_objects_is_refused(answer: object) -> None:
    with pytest.raises(WrongShape):
        read(answer)
