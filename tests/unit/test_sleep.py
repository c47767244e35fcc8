"""Nights and naps out of overlapping rows. The nights stand here as clocks; the sums were made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.derive.day_samples import own_zone
from intervals_companion.derive.sleep import Sleep, main_night, sessions
from intervals_companion.domain.samples import Row, Source
from support.day_builders import BERLIN, DAY, HOUR, MINUTE, PHONE, RING, WATCH, at, evening, stage

EVE = DAY - timedelta(days=1)

WATCH_NIGHT = [
    stage("Core", evening("23:00"), "00:00"),
    stage("Deep", "00:00", "01:00"),
    stage("Core", "01:00", "03:00"),
    stage("Awake", "03:00", "03:20"),
    stage("REM", "03:20", "04:50"),
    stage("Core", "04:50", "06:30"),
]
"""Asleep 23:00 to 06:30 but for 20 minutes: 7 h 10; core 4 h 40, deep 1 h, REM 1 h 30."""


def slept(rows: Mapping[Source, Sequence[Row]], where: ZoneInfo = BERLIN) -> list[Sleep]:
    return sessions(rows, where, own_zone)


def night(rows: Mapping[Source, Sequence[Row]], day: date = DAY, where: ZoneInfo = BERLIN) -> Sleep:
    found = main_night(slept(rows, where), day)
    assert found is not None
    return found


def minutes(sleep: Sleep) -> float:
    return sleep.asleep.length / MINUTE


def figures(sleep: Sleep) -> tuple[object, ...]:
    """Everything a night says."""
    return sleep.source, sleep.day, sleep.asleep.spans, sleep.core, sleep.deep, sleep.rem, sleep.awake.spans


# --- one night of one source ----------------------------------------------------------------------------------------


def test_a_watch_s_night_is_the_sum_of_its_stages() -> None:
    found = night({WATCH: WATCH_NIGHT})
    assert (minutes(found), found.core / MINUTE, found.deep / MINUTE, found.rem / MINUTE) == (430, 280, 60, 90)
    assert found.awake.length == 20 * MINUTE
    assert (found.start, found.end) == (evening("23:00"), at("06:30"))
    assert found.staged


def test_rows_may_come_in_any_order_and_be_there_twice() -> None:
    assert figures(night({WATCH: [*reversed(WATCH_NIGHT), *WATCH_NIGHT]})) == figures(night({WATCH: WATCH_NIGHT}))


def test_a_generic_row_over_the_whole_night_adds_nothing_to_its_stages() -> None:
    whole = [stage("Unspecified", evening("23:00"), "06:30")]
    assert figures(night({WATCH: [*WATCH_NIGHT, *whole]})) == figures(night({WATCH: WATCH_NIGHT}))


def test_generic_sleep_counts_where_no_stage_and_no_waking_row_is() -> None:
    longer = [stage("Unspecified", evening("22:30"), "07:00")]
    found = night({WATCH: [*WATCH_NIGHT, *longer]})
    assert minutes(found) == 430 + 60
    assert found.awake.length == 20 * MINUTE


def test_a_night_without_stages_is_its_generic_rows_without_the_waking_ones() -> None:
    rows = [stage("Unspecified", evening("23:00"), "07:00"), stage("Awake", "02:00", "02:30")]
    found = night({WATCH: rows})
    assert minutes(found) == 450
    assert not found.staged


@pytest.mark.parametrize("name", ["Core", "Deep", "REM"])
def test_one_stage_is_enough_to_call_a_night_staged(name: str) -> None:
    assert night({WATCH: [stage(name, "00:00", "06:00")]}).staged


def test_time_in_bed_is_not_sleep() -> None:
    in_bed = [stage("InBed", evening("22:00"), "08:00")]
    assert figures(night({WATCH: [*WATCH_NIGHT, *in_bed]})) == figures(night({WATCH: WATCH_NIGHT}))


@pytest.mark.parametrize("name", ["InBed", "Awake"])
def test_a_night_with_only_time_in_bed_or_awake_is_none(name: str) -> None:
    assert slept({PHONE: [stage(name, evening("22:00"), "08:00")]}) == []


def test_overlapping_stages_of_an_app_are_slept_once_as_the_deeper() -> None:
    rows = [stage("Core", evening("23:00"), "07:00"), stage("REM", "01:00", "04:00"), stage("Deep", "03:00", "05:00")]
    found = night({RING: rows})
    assert (found.core / HOUR, found.rem / HOUR, found.deep / HOUR) == (4, 2, 2)
    assert found.asleep.length == found.core + found.rem + found.deep


def test_lying_awake_before_and_after_the_night_is_not_waking_in_it() -> None:
    around = [stage("Awake", evening("22:15"), evening("23:00")), stage("Awake", "06:30", "07:10")]
    assert night({WATCH: [*WATCH_NIGHT, *around]}).awake.length == 20 * MINUTE


def test_a_row_without_length_is_no_sleep() -> None:
    assert slept({WATCH: [stage("Core", "02:00", "02:00")]}) == []


# --- which day ------------------------------------------------------------------------------------------------------


def test_a_night_belongs_to_the_day_of_waking_up() -> None:
    assert [found.day for found in slept({WATCH: WATCH_NIGHT})] == [DAY]


def test_a_night_that_ends_before_midnight_belongs_to_that_day() -> None:
    early = [stage("Core", at("17:00", EVE), at("23:59", EVE))]
    assert [found.day for found in slept({WATCH: early})] == [EVE]


def test_lying_awake_past_midnight_does_not_move_it() -> None:
    early = [stage("Core", at("17:00", EVE), at("23:50", EVE)), stage("Awake", evening("23:50"), "00:20")]
    assert [found.day for found in slept({WATCH: early})] == [EVE]


def test_a_shift_worker_s_night_is_by_day() -> None:
    assert minutes(night({WATCH: [stage("Core", "08:30", "15:45")]})) == 435


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 7), (date(2026, 10, 25), 9)])
def test_a_night_in_which_clocks_change_is_as_long_as_it_was(day: date, hours: int) -> None:
    rows = [stage("Core", at("23:00", day - timedelta(days=1)), at("07:00", day))]
    assert minutes(night({WATCH: rows}, day)) == hours * 60


def test_a_zone_written_on_a_row_decides_for_its_night() -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    abroad = [stage("Core", at("23:00", EVE, tokyo), at("05:00", DAY, tokyo), zone="Asia/Tokyo")]  # 21:00 in Berlin
    assert [found.day for found in slept({WATCH: abroad})] == [DAY]
    assert [found.day for found in slept({WATCH: [row._replace(metadata="") for row in abroad]})] == [EVE]


def test_and_for_that_night_only() -> None:
    honolulu = ZoneInfo("Pacific/Honolulu")
    abroad = [stage("Core", at("23:00", EVE, honolulu), at("07:00", DAY, honolulu), zone="Pacific/Honolulu")]
    home = [stage("Core", at("00:30", DAY + timedelta(days=2)), at("07:30", DAY + timedelta(days=2)))]
    assert [found.day for found in slept({WATCH: [*abroad, *home]})] == [DAY, DAY + timedelta(days=2)]


def test_the_zone_of_waking_up_decides_in_a_night_of_two() -> None:
    rows = [
        stage("Core", at("23:00", EVE), at("23:30", EVE), zone="Europe/Berlin"),
        stage("Core", at("00:30"), at("01:30"), zone="America/New_York"),  # 20:30 the evening before
    ]
    assert [found.day for found in slept({WATCH: rows})] == [EVE]


def test_what_is_no_zone_decides_nothing() -> None:
    rows = [row._replace(metadata='{"HKTimeZone":"Mars/Olympus"}') for row in WATCH_NIGHT]
    assert [found.day for found in slept({WATCH: rows})] == [DAY]


# --- nights and naps ------------------------------------------------------------------------------------------------


def test_a_nap_is_not_part_of_the_night() -> None:
    nap = [stage("Core", "14:00", "14:40")]
    found = slept({WATCH: [*WATCH_NIGHT, *nap]})
    assert [minutes(sleep) for sleep in found] == [430, 40]
    assert minutes(night({WATCH: [*WATCH_NIGHT, *nap]})) == 430


def test_a_nap_of_the_evening_before_belongs_to_the_evening_before() -> None:
    nap = [stage("Core", evening("19:00"), evening("20:00"))]
    assert [(found.day, minutes(found)) for found in slept({WATCH: [*nap, *WATCH_NIGHT]})] == [(EVE, 60), (DAY, 430)]


@pytest.mark.parametrize(("pause", "nights"), [(90, 1), (120, 1), (121, 2), (12 * 60, 2)])
def test_two_hours_without_a_row_end_a_night(pause: int, nights: int) -> None:
    start = at("00:00")
    middle = start + 3 * HOUR
    again = middle + pause * MINUTE
    rows = [stage("Core", start, middle), stage("Core", again, again + HOUR)]
    assert len(slept({WATCH: rows})) == nights


def test_lying_awake_for_long_keeps_a_night_together() -> None:
    rows = [stage("Core", "00:00", "02:00"), stage("Awake", "02:00", "05:00"), stage("Core", "05:00", "08:00")]
    assert minutes(night({WATCH: rows})) == 300


def test_so_does_staying_in_bed() -> None:
    rows = [stage("Core", "00:00", "02:00"), stage("InBed", evening("23:50"), "08:00"), stage("Core", "05:00", "08:00")]
    assert minutes(night({WATCH: rows})) == 300


def test_a_blip_in_bed_does_not_tie_a_nap_to_the_night() -> None:
    blip = stage("InBed", at("08:21:52"), at("08:21:54"))
    nap = stage("Core", "10:15", "11:00")
    assert [minutes(found) for found in slept({WATCH: [*WATCH_NIGHT, blip, nap]})] == [430, 45]


def test_a_moment_without_length_does_not_either() -> None:
    rows = [stage("Core", "00:00", "03:00"), stage("Awake", "04:15", "04:15"), stage("Core", "05:30", "06:30")]
    assert [minutes(found) for found in slept({WATCH: rows})] == [180, 60]


def test_a_long_row_is_not_forgotten_when_short_ones_inside_it_end() -> None:
    rows = [stage("Unspecified", "00:00", "07:00"), stage("Awake", "01:00", "01:05"), stage("Core", "08:30", "09:00")]
    assert minutes(night({WATCH: rows})) == 445


# --- late and revised rows ------------------------------------------------------------------------------------------


def test_rows_that_come_late_complete_the_night() -> None:
    assert minutes(night({WATCH: WATCH_NIGHT[:3]})) == 240
    assert minutes(night({WATCH: WATCH_NIGHT})) == 430


def test_a_revised_stage_stands_in_place_of_the_first() -> None:
    first = [stage("Core", evening("23:00"), "06:00", created="06:10")]
    revised = [
        stage("Core", evening("23:00"), "02:00", created="09:00"),
        stage("Awake", "02:00", "03:00", created="09:00"),
    ]
    found = night({WATCH: [*first, *revised]})
    assert minutes(found) == 360
    assert found.awake.length == HOUR


def test_a_revised_stage_may_be_a_lighter_one() -> None:
    rows = [stage("Deep", "00:00", "06:00", created="06:10"), stage("Core", "00:00", "02:00", created="09:00")]
    found = night({WATCH: rows})
    assert (found.deep / HOUR, found.core / HOUR) == (4, 2)


def test_a_generic_row_written_last_revises_no_stage() -> None:
    rows = [*WATCH_NIGHT, stage("Unspecified", evening("23:00"), "06:30", created="09:00")]
    assert figures(night({WATCH: rows})) == figures(night({WATCH: WATCH_NIGHT}))


# --- several sources ------------------------------------------------------------------------------------------------


def test_a_night_written_by_two_apps_is_slept_once() -> None:
    ring = [stage("Core", evening("22:50"), "06:40")]
    found = slept({RING: ring, WATCH: WATCH_NIGHT})
    assert [sleep.source for sleep in found] == [WATCH]
    assert minutes(found[0]) == 430


def test_stages_are_worth_more_than_the_better_device() -> None:
    generic = [stage("Unspecified", evening("23:00"), "07:00")]
    found = night({WATCH: generic, RING: [stage("Core", evening("23:10"), "06:50")]})
    assert found.source == RING


def test_sleep_is_worth_more_than_time_in_bed() -> None:
    found = night({WATCH: [stage("InBed", evening("22:00"), "08:00")], RING: [stage("Unspecified", "00:00", "06:00")]})
    assert found.source == RING


def test_and_more_than_lying_awake() -> None:
    found = night({WATCH: [stage("Awake", evening("22:00"), "08:00")], RING: [stage("Unspecified", "00:00", "06:00")]})
    assert found.source == RING


def test_of_two_apps_that_know_as_much_the_longer_night_is_taken() -> None:
    app = Source("App", "App")
    found = night({app: [stage("Core", "01:00", "06:00")], RING: [stage("Core", "00:30", "08:00")]})
    assert found.source == RING


def test_a_nap_that_only_the_worse_device_saw_is_still_a_nap() -> None:
    found = slept({WATCH: WATCH_NIGHT, RING: [stage("Core", "14:00", "14:40")]})
    assert [(sleep.source, minutes(sleep)) for sleep in found] == [(WATCH, 430), (RING, 40)]


def test_even_if_it_begins_the_moment_the_night_ends() -> None:
    after, before = stage("Core", "06:30", "07:00"), stage("Core", evening("22:30"), evening("23:00"))
    found = slept({WATCH: WATCH_NIGHT, RING: [before], PHONE: [after]})
    assert [(sleep.source, minutes(sleep)) for sleep in found] == [(RING, 30), (WATCH, 430), (PHONE, 30)]


def test_a_long_time_in_bed_on_the_phone_does_not_swallow_the_watch_s_nap() -> None:
    in_bed = [stage("InBed", evening("22:00"), "15:00")]
    found = slept({WATCH: [*WATCH_NIGHT, stage("Core", "14:00", "14:40")], PHONE: in_bed})
    assert [minutes(sleep) for sleep in found] == [430, 40]


def test_nor_does_another_app_s_longer_night_swallow_half_of_the_watch_s() -> None:
    halves = [stage("Core", evening("23:00"), "02:00"), stage("Core", "04:30", "08:30")]
    found = slept({WATCH: halves, RING: [stage("Unspecified", evening("22:50"), "08:40")]})
    assert [(sleep.source, minutes(sleep)) for sleep in found] == [(WATCH, 180), (WATCH, 240)]


def test_a_night_nobody_slept_is_no_night() -> None:
    assert main_night(slept({WATCH: WATCH_NIGHT}), DAY + timedelta(days=1)) is None
    assert main_night([], DAY) is None
