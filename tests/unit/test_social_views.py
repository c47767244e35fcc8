"""An activity of Intervals.icu on a page and in a row: its intervals, its zones, its shape."""

from __future__ import annotations

import json
import math
from time import process_time
from typing import Any

import pytest

from intervals_companion.domain.remote_activity import RemoteActivity, RemoteInterval
from intervals_companion.domain.workout_view import BarsThumbnail, RouteThumbnail, ZoneTime
from intervals_companion.intervals import activity_record
from intervals_companion.social import views
from intervals_companion.store import view_codec

RIDE: dict[str, Any] = {"type": "Ride", "elapsed_time": 3600, "moving_time": 3500, "icu_distance": 30_000.0}


def activity(**record: Any) -> RemoteActivity:
    return activity_record.read_one({"id": "i1", "start_date_local": "2026-03-10T08:00:00", **record})


def stream(kind: str, data: list[Any], data2: list[Any] | None = None) -> dict[str, Any]:
    return {"type": kind, "name": None, "data": data, "data2": data2, "custom": False, "allNull": False}


# --- intervals -------------------------------------------------------------------------------------------------------


def interval(start: int, end: int, **others: Any) -> dict[str, Any]:
    return {"type": "WORK", "start_time": start, "end_time": end, "label": None, **others}


def intervals(*given: Any) -> tuple[RemoteInterval, ...]:
    return views.make(activity(**RIDE, icu_intervals=list(given)), []).intervals


def test_an_interval_has_its_time_its_work_and_its_figures() -> None:
    effort = interval(
        600, 1080, label="Hard", moving_time=478, distance=4800.5, average_watts=290,
        average_heartrate=170, average_cadence=92.4, average_speed=10.0,
    )  # fmt: skip
    first, second = intervals(effort, interval(1080, 1320, type="RECOVERY"))
    assert first == RemoteInterval(
        start=600, end=1080, label="Hard", work=True, timer=478, distance=4800.5, power=290, heart_rate=170,
        cadence=92.4, speed=10.0,
    )  # fmt: skip
    assert (second.work, second.timer, second.power, second.label) == (False, 240, None, None)


def test_one_interval_that_is_the_whole_is_none() -> None:
    assert intervals(interval(0, 3600)) == ()


def test_an_interval_without_times_is_left_out() -> None:
    good = interval(0, 60), interval(60, 120)
    assert len(intervals(*good, interval(120, 120), {"type": "WORK"}, None, "x")) == 2


# --- zones -----------------------------------------------------------------------------------------------------------


def zones(record: dict[str, Any]) -> tuple[ZoneTime, ...]:
    return views.make(activity(**record), []).zones


def times(*seconds: int) -> list[dict[str, Any]]:
    return [{"id": f"Z{number}", "secs": each} for number, each in enumerate(seconds, 1)]


def ranges(record: dict[str, Any]) -> list[tuple[str, float | None, float | None]]:
    return [(zone.name, zone.low, zone.high) for zone in zones(record)]


def test_power_zones_are_percent_of_the_threshold_power_of_that_day() -> None:
    record = {"icu_ftp": 280, "icu_power_zones": [55, 75, 999], "icu_zone_times": times(600, 1200, 60)}
    assert ranges(record) == [("Z1", None, 154), ("Z2", 154, 210), ("Z3", 210, None)]
    assert [zone.seconds for zone in zones(record)] == [600, 1200, 60]


def test_heart_rate_zones_are_beats_and_the_last_is_open() -> None:
    record = {"icu_hr_zones": [130, 150, 190], "icu_hr_zone_times": [1, 2, 3]}
    assert ranges(record) == [("Z1", None, 130), ("Z2", 130, 150), ("Z3", 150, None)]


def test_pace_zones_are_percent_of_the_threshold_speed() -> None:
    record = {"threshold_pace": 4.0, "pace_zones": [77.5, 100.0, 999.0], "pace_zone_times": [10, 20, 0]}
    assert ranges(record) == [("Z1", None, 3.1), ("Z2", 3.1, 4.0), ("Z3", 4.0, None)]


@pytest.mark.parametrize(
    "bounds",
    [
        {"icu_ftp": None, "icu_power_zones": [55, 75, 999]},
        {"icu_ftp": 280, "icu_power_zones": None},
        {"icu_ftp": 280, "icu_power_zones": [55]},
        {"icu_ftp": 280, "icu_power_zones": [75, 55, 999]},
        {"icu_ftp": 280, "icu_power_zones": [55, "x", 999]},
    ],
)
def test_zones_without_limits_keep_their_times(bounds: dict[str, Any]) -> None:
    assert ranges(bounds | {"icu_zone_times": times(600, 1200, 60)}) == [
        ("Z1", None, None), ("Z2", None, None), ("Z3", None, None),
    ]  # fmt: skip


def test_the_sweet_spot_is_no_zone_beside_the_others() -> None:
    assert [zone.name for zone in zones({"icu_zone_times": [*times(1, 2), {"id": "SS", "secs": 3}]})] == ["Z1", "Z2"]


def test_zones_in_which_nobody_was_are_not_told() -> None:
    assert zones({"icu_hr_zones": [130, 190], "icu_hr_zone_times": [0, 0]}) == ()
    assert zones({}) == ()


def test_the_athlete_s_order_of_zones_is_kept() -> None:
    record = {"icu_zone_times": times(1), "icu_hr_zone_times": [1], "pace_zone_times": [1]}
    assert [zone.stream for zone in zones(record)] == ["power", "heart_rate", "speed"]
    assert [zone.stream for zone in zones(record | {"tiz_order": "PACE_HR_POWER"})] == [
        "speed", "heart_rate", "power",
    ]  # fmt: skip


# --- the shape of a row ----------------------------------------------------------------------------------------------

LOOP = [math.radians(degree) for degree in range(361)]
ROUND = stream("latlng", [47 + 0.01 * math.sin(at) for at in LOOP], [8 + 0.02 * math.cos(at) for at in LOOP])


def test_a_loop_is_a_closed_line_of_few_points_with_its_own_proportions() -> None:
    shape = views.thumbnail(activity(**RIDE), [ROUND])
    assert isinstance(shape, RouteThumbnail)
    xs, ys = zip(*shape.points, strict=True)
    assert len(xs) <= 40
    assert shape.points[0] == pytest.approx(shape.points[-1], abs=1e-3)
    assert max(xs) - min(xs) == pytest.approx(1, abs=0.02)
    assert max(ys) - min(ys) == pytest.approx(0.01 / (0.02 * math.cos(math.radians(47))), abs=0.02)


def test_a_shape_does_not_tell_where_it_lies() -> None:
    shape = views.thumbnail(activity(**RIDE), [ROUND])
    assert isinstance(shape, RouteThumbnail)
    assert all(0 <= coordinate <= 1 for point in shape.points for coordinate in point)


def test_a_receiver_lying_on_a_table_makes_no_route() -> None:
    assert views.thumbnail(activity(**RIDE), [stream("latlng", [47.0, 47.0001, None], [8.0, 8.0001, None])]) is None


EFFORTS = [100.0] * 300 + [260.0] * 600 + [100.0] * 400


def test_bars_are_means_of_equal_times_and_the_hard_ones_are_strong() -> None:
    record = RIDE | {"icu_ftp": 250, "icu_power_zones": [55, 75, 90, 105, 999]}
    shape = views.thumbnail(activity(**record), [stream("watts", EFFORTS)])
    assert shape == BarsThumbnail(
        "power", bars=(0.38,) * 3 + (1.0,) * 6 + (0.38,) * 4, strong=(False,) * 3 + (True,) * 6 + (False,) * 4
    )


def test_without_zones_no_bar_is_strong() -> None:
    shape = views.thumbnail(activity(**RIDE), [stream("watts", EFFORTS)])
    assert isinstance(shape, BarsThumbnail)
    assert not any(shape.strong)


def test_a_heart_never_rests_so_its_bars_begin_above_zero() -> None:
    shape = views.thumbnail(activity(type="Swim"), [stream("heartrate", [*range(100, 165)])])
    assert isinstance(shape, BarsThumbnail)
    assert (shape.stream, shape.bars[0], shape.bars[-1]) == ("heart_rate", 0.35, 1.0)


def test_a_ride_inside_is_bars_even_where_it_has_places() -> None:
    shape = views.thumbnail(activity(type="VirtualRide"), [ROUND, stream("watts", [200] * 361)])
    assert isinstance(shape, BarsThumbnail)


@pytest.mark.parametrize("streams", [[], [stream("heartrate", [None] * 60)], [stream("watts", [200] * 5)]])
def test_nothing_to_draw_is_no_shape(streams: list[dict[str, Any]]) -> None:
    assert views.thumbnail(activity(**RIDE), streams) is None


@pytest.mark.parametrize(
    ("record", "types"),
    [
        ({"type": "Ride", "stream_types": ["time", "watts", "latlng"]}, "latlng"),
        ({"type": "Ride", "trainer": True, "stream_types": ["time", "watts", "latlng"]}, "watts"),
        ({"type": "VirtualRide", "stream_types": ["heartrate", "latlng"]}, "heartrate"),
        ({"type": "Swim", "stream_types": ["time", "velocity_smooth"]}, "velocity_smooth"),
        ({"type": "WeightTraining", "stream_types": ["time", "temp"]}, ""),
        ({"type": "Yoga", "stream_types": None}, ""),
        ({"source": "STRAVA"}, ""),
        ({"type": "Run"}, "latlng,watts,heartrate,velocity_smooth"),
    ],
)
def test_only_what_is_drawn_is_asked_for(record: dict[str, Any], types: str) -> None:
    assert views.thumbnail_types(activity(**record)) == types


# --- how quick -------------------------------------------------------------------------------------------------------

FIVE_HOURS = 18_000


def test_five_hours_of_six_streams_are_made_small_in_less_than_a_page_may_take() -> None:
    seconds = range(FIVE_HOURS)
    streams = [
        stream("time", list(seconds)),
        stream("watts", [150 + second % 100 for second in seconds]),
        stream("heartrate", [120 + second % 50 for second in seconds]),
        stream("cadence", [80 + second % 20 for second in seconds]),
        stream("altitude", [400 + second % 90 / 10 for second in seconds]),
        stream("distance", [second * 8.3 for second in seconds]),
        stream("latlng", [47 + second / 1e5 for second in seconds], [8 + second / 1e5 for second in seconds]),
    ]

    def spent() -> float:
        began = process_time()
        views.make(activity(**RIDE), streams)
        return process_time() - began

    assert min(spent() for _ in range(5)) < 0.06
    assert len(json.dumps(view_codec.view_json(views.make(activity(**RIDE), streams)))) < 150_000
