"""Summaries: how they are kept, and what days they make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import permutations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.domain.samples import SLEEP, Batch
from intervals_companion.domain.summaries import How, Summary
from intervals_companion.domain.wellness import DayValue, Value
from intervals_companion.health.bridge import Read
from intervals_companion.journal import days as journal
from intervals_companion.store import archive, summaries, type_coverage
from intervals_companion.store.database import Store
from support.pushes import BERLIN, item, metric, pushed, run, shortcut
from support.store_builders import (
    ATHLETE,
    HEART_RATE,
    PHONE,
    STEPS,
    WATCH,
    WEIGHT,
    asleep,
    at,
    deliver,
    dump,
    empty_store,
    row,
)

TUESDAY = date(2026, 3, 10)
LATE = date(2026, 12, 31)
MIDNIGHT = "2026-03-10 00:00:00 +0100"
CHANNEL = "health-auto-export"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def push(store: Store, read: Read, arrived: int = 1, channel: str = CHANNEL) -> int:
    """A delivery into the store, samples and summaries; how many summaries were news."""
    deliver(store, *read.batches(), channel=channel)
    with store.write() as connection:
        return summaries.put(connection, ATHLETE, channel, read.summaries, arrived)


def steps(count: float, source: str = "Ann’s Watch|Ann’s iPhone", day: str = MIDNIGHT, grouped: str = "Days") -> Read:
    return pushed(metric("step_count", "count", item(day, count, source)), grouped=grouped)


def made(store: Store, zone: ZoneInfo = BERLIN) -> dict[str, DayValue]:
    """Tuesday, by field."""
    journal.refresh(store, ATHLETE, zone, LATE)
    with store.read() as connection:
        return {one.field: one for one in journal.values(connection, ATHLETE, TUESDAY, TUESDAY)}


def value(store: Store, field: str) -> Value | None:
    found = made(store).get(field)
    return None if found is None else found.value


def kept(store: Store) -> list[Summary]:
    with store.read() as connection:
        return [one.summary for one in summaries.between(connection, ATHLETE, [STEPS, WEIGHT, SLEEP], 0, 2**42)]


# --- the day the issue names -----------------------------------------------------------------------------------------

EXPORT = (
    Batch(STEPS, WATCH, [row("2026-03-10 06:00:13", "2026-03-10 07:00:13", 6000)]),
    Batch(STEPS, PHONE, [row("2026-03-10 06:30:13", "2026-03-10 07:30:13", 4000)]),
)
OF_THE_EXPORT = 8000
"""6000 of the watch, and of the phone the half hour in which the watch saw nothing."""


def test_one_day_pushed_three_times_with_growing_sums_is_the_last_of_them_and_then_the_export(store: Store) -> None:
    for arrived, count in enumerate((2500, 5100, 8431)):
        push(store, steps(count), arrived)
        assert value(store, "steps") == count
    deliver(store, *EXPORT)
    assert value(store, "steps") == OF_THE_EXPORT


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_any_order_of_arrival_the_export_of_the_day_gives_the_day(store: Store, order: tuple[int, ...]) -> None:
    for arrived, which in enumerate(order):
        if which == 3:
            deliver(store, *EXPORT)
        else:
            push(store, steps((2500, 5100, 8431)[which]), arrived)
        made(store)
    assert value(store, "steps") == OF_THE_EXPORT


def test_the_day_says_that_it_was_made_of_summaries(store: Store) -> None:
    push(store, steps(8431))
    found = made(store)["steps"]
    assert found.formula == "sum-by-timeline/2+summaries/1"
    assert found.sources == ("Ann’s Watch", "Ann’s iPhone")
    deliver(store, *EXPORT)
    assert made(store)["steps"].formula == "sum-by-timeline/2"


def hand_over(store: Store, written: int) -> None:
    """An export, written at that moment, which ends with the morning."""
    deliver(store, *EXPORT)
    with store.write() as connection:
        archive.remember_delivery(connection, ATHLETE, "export", written, True)


NOON, EVENING, TOMORROW = (at(f"2026-03-{moment}") for moment in ("10 12:00", "10 20:00", "11 09:00"))


@pytest.mark.parametrize("export_first", [True, False])
def test_an_export_of_noon_does_not_stop_the_day_that_is_pushed_in_the_evening(
    store: Store, export_first: bool
) -> None:
    if export_first:
        hand_over(store, NOON)
        made(store)
    push(store, steps(12_000), EVENING)
    if not export_first:
        made(store)
        hand_over(store, NOON)
    assert value(store, "steps") == 12_000


def test_a_sum_pushed_before_the_export_was_written_gives_way_to_it(store: Store) -> None:
    push(store, steps(2500), NOON)
    hand_over(store, EVENING)
    assert value(store, "steps") == OF_THE_EXPORT


def test_an_export_written_after_the_day_ends_it_whatever_was_pushed_later(store: Store) -> None:
    hand_over(store, NOON)
    push(store, steps(12_000), EVENING)
    assert value(store, "steps") == 12_000
    hand_over(store, TOMORROW)
    assert value(store, "steps") == OF_THE_EXPORT


# --- replacing -------------------------------------------------------------------------------------------------------


def test_the_same_again_is_no_news_and_writes_nothing(store: Store) -> None:
    assert push(store, steps(8431), 1) == 1
    made(store)
    before = dump(store)
    assert push(store, steps(8431), 2) == 0
    assert dump(store) == before


def test_a_source_that_joins_during_the_day_does_not_count_it_twice(store: Store) -> None:
    for source in ("Ann’s Watch", "Ann’s Watch|Ann’s iPhone", "Ann’s iPhone"):
        push(store, steps(5000, source))
    assert [(one.source, one.value) for one in kept(store)] == [("Ann’s iPhone", 5000)]


def test_sources_that_share_nothing_are_merged_by_the_moment_not_added(store: Store) -> None:
    push(store, steps(5000, "Ann’s Watch"))
    push(store, steps(7000, "Ann’s iPhone"))
    assert value(store, "steps") == 7000, "no product is told of either: the one that counted more"


@pytest.mark.parametrize(("first", "second"), [("Days", "Hours"), ("Hours", "Days")])
def test_another_grouping_replaces_the_day(store: Store, first: str, second: str) -> None:
    hours = [item(f"2026-03-10 {hour:02}:00:00 +0100", 100, "Ann’s Watch") for hour in range(10)]
    deliveries = {
        "Days": pushed(metric("step_count", "count", item(MIDNIGHT, 1000, "Ann’s Watch")), grouped="Days"),
        "Hours": pushed(metric("step_count", "count", *hours), grouped="Hours"),
    }
    push(store, deliveries[first], 1)
    push(store, deliveries[second], 2)
    assert len(kept(store)) == len(deliveries[second].summaries)
    assert value(store, "steps") == 1000


def test_other_days_and_other_types_stay(store: Store) -> None:
    push(store, steps(5000, day="2026-03-09 00:00:00 +0100"))
    push(store, pushed(metric("weight_body_mass", "kg", item(MIDNIGHT, 72)), grouped="Days"))
    push(store, steps(6000))
    assert len(kept(store)) == 3


def test_where_two_channels_speak_of_a_day_the_one_that_spoke_last_is_heard(store: Store) -> None:
    push(store, steps(5000), 10)
    push(store, shortcut({"type": "Steps", "value": 900, "date": "2026-03-10"}), 20, "shortcuts")
    assert value(store, "steps") == 900
    push(store, steps(8000), 30)
    assert value(store, "steps") == 8000


def test_a_channel_that_spoke_of_other_days_does_not_silence_this_one(store: Store) -> None:
    push(store, pushed(metric("heart_rate_variability", "ms", item(MIDNIGHT, 55)), grouped="Days"), 10)
    tomorrow = shortcut({"type": "HRV", "value": 70, "unit": "ms", "date": "2026-03-11"})
    push(store, tomorrow, 20, "shortcuts")
    assert value(store, "hrvSDNN") == 55


def test_a_summary_of_nonsense_length_is_not_kept(store: Store) -> None:
    endless = Summary(STEPS, 0, 10**12, "Ann’s Watch", "", 1.0, "count", How.SUM)
    with store.write() as connection:
        assert summaries.put(connection, ATHLETE, CHANNEL, [endless], 1) == 0
    assert kept(store) == []


# --- days ------------------------------------------------------------------------------------------------------------


def test_hours_add_up_and_one_across_midnight_is_split(store: Store) -> None:
    hours = [item(f"2026-03-10 {hour:02}:30:00 +0100", 100, "Ann’s Watch") for hour in range(24)]
    push(store, pushed(metric("step_count", "count", *hours), grouped="Hours"))
    assert value(store, "steps") == 2350


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
def test_a_whole_day_stays_whole_in_another_home_zone(store: Store, zone: str) -> None:
    push(store, steps(8431))
    assert made(store, ZoneInfo(zone))["steps"].value == 8431


def test_another_home_zone_makes_the_days_of_summaries_anew(store: Store) -> None:
    push(store, pushed(metric("step_count", "count", item("2026-03-10 01:00:00 +0100", 100)), grouped="Hours"))
    assert value(store, "steps") == 100
    assert "steps" not in made(store, ZoneInfo("America/New_York"))


def night(asleep: str, woke: str, hours: float) -> Read:
    told = {"date": "2026-03-10", "sleepStart": f"{asleep} +0100", "sleepEnd": f"{woke} +0100", "totalSleep": hours,
            "core": hours, "source": "Ann’s Watch"}  # fmt: skip
    return pushed(metric("sleep_analysis", "hr", told))


def test_a_night_that_grows_is_told_anew_and_a_nap_does_not_replace_it(store: Store) -> None:
    push(store, night("2026-03-09 23:00:00", "2026-03-10 03:00:00", 4))
    assert value(store, "sleepSecs") == 4 * 3600
    push(store, night("2026-03-09 23:00:00", "2026-03-10 07:00:00", 7.5))
    assert value(store, "sleepSecs") == 7.5 * 3600
    push(store, night("2026-03-10 14:00:00", "2026-03-10 14:40:00", 0.6))
    assert value(store, "sleepSecs") == 7.5 * 3600


def test_kilojoules_of_the_day_are_kilocalories(store: Store) -> None:
    push(store, pushed(metric("active_energy", "kJ", item(MIDNIGHT, 4184)), grouped="Days"))
    assert value(store, "ActiveEnergy") == 1000


def test_the_resting_heart_rate_sent_last_stands(store: Store) -> None:
    for arrived, beats in enumerate((54, 51, 52)):
        push(
            store, pushed(metric("resting_heart_rate", "count/min", item("2026-03-10 08:00:00 +0100", beats))), arrived
        )
    assert value(store, "restingHR") == 52


def test_a_wrist_temperature_of_the_day_is_of_that_day(store: Store) -> None:
    name = "apple_sleeping_wrist_temperature"
    push(store, pushed(metric(name, "degC", item(MIDNIGHT, 35.5)), grouped="Days"))
    assert value(store, "WristTemperature") == 35.5


def test_mindful_minutes_are_summed(store: Store) -> None:
    push(store, pushed(metric("mindful_minutes", "min", item(MIDNIGHT, 12)), grouped="Days"))
    assert value(store, "MindfulMinutes") == 12


def test_a_weight_on_the_scale_counts_before_the_mean_of_the_day(store: Store) -> None:
    push(store, pushed(metric("weight_body_mass", "kg", item(MIDNIGHT, 72.9)), grouped="Days"))
    assert value(store, "weight") == 72.9
    push(store, pushed(metric("weight_body_mass", "kg", item("2026-03-10 07:02:13 +0100", 72.4, "Scale"))))
    assert value(store, "weight") == 72.4


def test_a_mean_of_the_day_is_no_heart_rate_asleep_but_one_of_the_hour_is(store: Store) -> None:
    deliver(store, Batch(SLEEP, WATCH, [asleep("2026-03-09 22:00", "2026-03-10 05:00", "AsleepCore")]))
    heart = {"Min": 40, "Avg": 60, "Max": 120, "source": "Ann’s Watch"}
    push(store, pushed(metric("heart_rate", "count/min", {**heart, "date": MIDNIGHT}), grouped="Days"))
    assert value(store, "avgSleepingHR") is None
    hour = {**heart, "Avg": 48, "date": "2026-03-10 02:00:00 +0100"}
    push(store, pushed(metric("heart_rate", "count/min", hour), grouped="Hours"))
    assert value(store, "avgSleepingHR") == 48


# --- nights ----------------------------------------------------------------------------------------------------------

NIGHT = {
    "date": "2026-03-10", "totalSleep": 7.5, "core": 3.5, "deep": 1.5, "rem": 2.0, "awake": 0.4, "inBed": 8.0,
    "sleepStart": "2026-03-09 23:00:00 +0100", "sleepEnd": "2026-03-10 06:30:00 +0100", "source": "Ann’s Watch",
}  # fmt: skip
PHASES = {"LightSleep": 210, "DeepSleep": 90, "REMSleep": 120, "AwakeTime": 24}


def test_an_aggregated_night_gives_sleep_and_its_phases(store: Store) -> None:
    push(store, pushed(metric("sleep_analysis", "hr", NIGHT)))
    found = made(store)
    assert found["sleepSecs"].value == 27_000
    assert {field: found[field].value for field in PHASES} == PHASES
    assert found["sleepSecs"].formula == "asleep/2+summaries/1"
    assert "sleepQuality" not in found


def test_a_night_without_stages_has_no_phases(store: Store) -> None:
    push(store, pushed(metric("sleep_analysis", "hr", {"date": "2026-03-10", "asleep": 7, "inBed": 8})))
    found = made(store)
    assert found["sleepSecs"].value == 25_200
    assert not PHASES.keys() & found.keys()


def test_time_in_bed_alone_is_no_sleep(store: Store) -> None:
    push(store, pushed(metric("sleep_analysis", "hr", {"date": "2026-03-10", "inBed": 8})))
    assert value(store, "sleepSecs") is None


@pytest.mark.parametrize("samples_first", [True, False])
def test_stages_from_the_watch_count_before_hours_of_the_night(store: Store, samples_first: bool) -> None:
    stages = Batch(SLEEP, WATCH, [asleep("2026-03-09 22:00", "2026-03-10 05:00", "AsleepCore")])
    if samples_first:
        deliver(store, stages)
    push(store, pushed(metric("sleep_analysis", "hr", NIGHT)))
    if not samples_first:
        made(store)
        deliver(store, stages)
    assert value(store, "sleepSecs") == 25_200


# --- workouts --------------------------------------------------------------------------------------------------------


def test_the_steps_and_beats_of_a_workout_make_no_day(store: Store) -> None:
    series = [{"date": f"2026-03-10 07:{minute:02}:00 +0100", "qty": 160, "units": "count"} for minute in range(30)]
    push(store, pushed(workouts=(run(stepCount=series),)))
    assert value(store, "steps") is None
    push(store, steps(8431))
    assert value(store, "steps") == 8431


def test_a_type_that_comes_as_summaries_is_seen_on_its_days_by_its_channel(store: Store) -> None:
    for day in (1, 9, 10):
        push(store, steps(8431, day=f"2026-03-{day:02} 00:00:00 +0100"))
    push(store, pushed(metric("sleep_analysis", "hr", NIGHT)))
    deliver(store, Batch(STEPS, WATCH, [row("2026-03-09 10:00", "2026-03-09 10:10", 60)]))
    first = (TUESDAY - date(1970, 1, 1)).days
    with store.read() as connection:
        found = type_coverage.type_coverage(connection, ATHLETE, [STEPS, SLEEP, WEIGHT], first, 5)
        assert {"Ann’s Watch", "Ann’s iPhone"} <= archive.sources(connection, ATHLETE).keys()
    assert found.keys() == {STEPS, SLEEP}
    assert found[STEPS].days == {first - 1: 2, first: 1}
    assert found[STEPS].channels == {CHANNEL, "export"}
    assert (found[SLEEP].days, found[SLEEP].channels) == ({first: 1}, {CHANNEL})


def test_another_athlete_has_none_of_it(store: Store) -> None:
    push(store, steps(8431))
    with store.read() as connection:
        assert summaries.between(connection, 2, [STEPS, HEART_RATE], 0, 2**42) == []
