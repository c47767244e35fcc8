"""A day is local midnight to midnight, whatever clocks do at night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.days import (
    MS_PER_DAY,
    bounds,
    each_day,
    instant,
    is_zone,
    local_day,
    local_time,
    midnight,
    parse_day,
    utc_day,
    utc_time,
    zone,
    zone_of_sample,
)
from intervals_companion.domain.errors import UsageError
from support.day_builders import BERLIN, HOUR, MINUTE, at

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "America/Havana",
    "America/Santiago", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
    "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "America/Nuuk", "Africa/Casablanca",
]  # fmt: skip
zones = st.sampled_from(ZONES).map(ZoneInfo)
health_days = st.dates(date(2012, 1, 1), date(2037, 12, 30))


def utc(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 10), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Africa/Cairo", date(2023, 4, 28), 23),
        ("Africa/Cairo", date(2023, 10, 26), 25),
        ("America/Havana", date(2025, 3, 9), 23),
        ("America/Havana", date(2025, 11, 2), 25),
    ],
)
def test_a_day_is_as_long_as_clocks_make_it(name: str, day: date, hours: float) -> None:
    start, end = bounds(day, ZoneInfo(name))
    assert end - start == hours * HOUR


@pytest.mark.parametrize(
    ("name", "day", "begins"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00"),
        ("Africa/Cairo", date(2023, 4, 28), "2023-04-27T22:00"),
        ("America/Havana", date(2025, 3, 9), "2025-03-09T05:00"),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00"),
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00"),
    ],
)
def test_where_clocks_skip_midnight_the_day_begins_with_its_first_instant(name: str, day: date, begins: str) -> None:
    where = ZoneInfo(name)
    assert midnight(day, where) == utc(begins)
    assert local_time(midnight(day, where), where).hour == 1
    assert local_day(midnight(day, where) - 1, where) == day - timedelta(days=1)


def test_where_midnight_comes_twice_the_day_begins_with_the_first() -> None:
    havana, day = ZoneInfo("America/Havana"), date(2025, 11, 2)
    assert midnight(day, havana) == at("00:00", day, havana) == utc("2025-11-02T04:00")
    assert local_day(at("00:00", day, havana, second_time=True), havana) == day
    assert local_day(midnight(day, havana) - 1, havana) == date(2025, 11, 1)


def test_an_evening_hour_that_comes_twice_belongs_to_one_day() -> None:
    sao_paulo, day = ZoneInfo("America/Sao_Paulo"), date(2018, 2, 17)
    assert local_day(at("23:30", day, sao_paulo), sao_paulo) == day
    assert local_day(at("23:30", day, sao_paulo, second_time=True), sao_paulo) == day


def test_a_day_that_a_country_left_out_has_no_moment() -> None:
    start, end = bounds(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
    assert start == end == utc("2011-12-30T10:00")


def test_milliseconds_around_midnight_fall_on_the_right_side() -> None:
    start, end = bounds(date(2026, 3, 10), BERLIN)
    assert local_day(start, BERLIN) == local_day(end - 1, BERLIN) == date(2026, 3, 10)
    assert local_day(start - 1, BERLIN) == date(2026, 3, 9)
    assert local_day(end, BERLIN) == date(2026, 3, 11)


@given(zones, health_days)
def test_days_follow_one_another_without_hole_or_overlap(where: ZoneInfo, day: date) -> None:
    assert bounds(day, where)[1] == bounds(day + timedelta(days=1), where)[0]


@given(zones, st.integers(utc("2012-01-01"), utc("2037-12-30")))
def test_every_instant_lies_in_its_own_day(where: ZoneInfo, moment: int) -> None:
    start, end = bounds(local_day(moment, where), where)
    assert start <= moment < end


@given(zones, health_days, st.integers(-2 * HOUR, 2 * HOUR))
def test_so_do_the_instants_around_midnight(where: ZoneInfo, day: date, off: int) -> None:
    moment = midnight(day, where) + off
    assert local_day(moment, where) == day + timedelta(days=-1 if off < 0 else 0)


@given(st.integers(-(10**13), 10**13))
def test_an_instant_and_its_time_are_the_same(moment: int) -> None:
    assert instant(utc_time(moment)) == moment
    assert instant(local_time(moment, BERLIN)) == moment


def test_a_storage_block_is_a_day_of_utc_before_1970_too() -> None:
    assert [utc_day(moment) for moment in (-1, 0, MS_PER_DAY - 1, MS_PER_DAY)] == [-1, 0, 0, 1]


def test_days_are_counted_from_the_first_to_the_last() -> None:
    assert list(each_day(date(2026, 2, 27), date(2026, 3, 1))) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    assert list(each_day(date(2026, 3, 2), date(2026, 3, 1))) == []


def test_time_does_not_pass_faster_when_clocks_go_forward() -> None:
    day = date(2026, 3, 29)
    assert at("03:10", day) - at("01:50", day) == 20 * MINUTE


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "Asia/Kathmandu", "Etc/GMT-14"])
def test_an_iana_name_is_a_zone(name: str) -> None:
    assert is_zone(name)
    assert zone(name).key == name


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime", "+0100", "Europe/Berlin\0", "\ud800"]
)
def test_anything_else_is_not_and_is_refused_with_a_cure(name: str) -> None:
    assert not is_zone(name)
    with pytest.raises(UsageError, match="Europe/Berlin"):
        zone(name)


def test_a_day_is_written_year_first() -> None:
    assert parse_day("2026-03-29") == date(2026, 3, 29)


@pytest.mark.parametrize("text", ["", "29.03.2026", "2026-02-30", "2026-3-9", "yesterday"])
def test_another_text_is_no_day_and_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        parse_day(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_nobody_can_mean_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(UsageError, match="from 1900-01-01 to 2199-12-31"):
        parse_day(text)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("Asia/Tokyo", 540), ("GMT+0900", 540), ("GMT+9", 540), ("GMT+09:00", 540), ("UTC+0530", 330),
        ("GMT-0330", -210), ("-0800", -480), ("GMT", 0), ("GMT+0000", 0), ("GMT+1245", 765),
    ],
)  # fmt: skip
def test_a_sample_s_zone_is_a_place_or_an_offset_ahead_of_greenwich(written: str, minutes: int) -> None:
    where = zone_of_sample(written)
    assert where is not None
    for month in (1, 7):
        assert datetime(2026, month, 10, tzinfo=where).utcoffset() == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "written", ["", "GMT+", "GMT+99", "GMT+0960", "GMT+1500", "+", "Mars/Olympus", "GMT+09000", "٩"]
)
def test_what_is_no_zone_of_a_sample(written: str) -> None:
    assert zone_of_sample(written) is None
