"""What makes two samples the same, and which copy of one is kept."""

from __future__ import annotations

import pytest

from intervals_companion.domain.samples import (
    Device,
    Row,
    Source,
    fuller,
    pack_metadata,
    preferred,
    same_key,
    source_key,
    unpack_metadata,
)
from support.day_builders import reading, row
from support.sample_merge import merge

NOON = 1_773_140_400_000
WEIGHT = row(NOON, NOON, 75.0, "kg")


def same(one: Row, other: Row) -> bool:
    return same_key(one) == same_key(other) and merge([one, other]) in ([one], [other])


# --- the same sample ------------------------------------------------------------------------------------------------


def test_milliseconds_do_not_make_another_sample() -> None:
    assert same(row(NOON, NOON + 60_000, 9, "count"), row(NOON + 999, NOON + 60_999, 9, "count"))


@pytest.mark.parametrize("moved", [row(NOON + 1000, NOON + 1000, 75.0, "kg"), row(NOON, NOON + 1000, 75.0, "kg")])
def test_another_second_does(moved: Row) -> None:
    assert not same(WEIGHT, moved)


def test_whole_seconds_are_cut_not_rounded_before_1970_too() -> None:
    assert same_key(reading(-1, 75.0, "kg")) == same_key(reading(-1000, 75.0, "kg"))
    assert same_key(reading(-1, 75.0, "kg")) != same_key(reading(0, 75.0, "kg"))


def test_six_digits_of_the_value_count() -> None:
    assert same(WEIGHT, reading(NOON, 75.00004, "kg"))
    assert not same(WEIGHT, reading(NOON, 75.0001, "kg"))


def test_the_same_value_in_another_unit_is_the_same_sample() -> None:
    assert same(reading(NOON, 75.0001, "kg"), reading(NOON, 165.347, "lb"))
    assert same(reading(NOON, 100, "kcal"), reading(NOON, 418.4, "kJ"))


def test_an_unknown_unit_is_part_of_the_value() -> None:
    assert same(reading(NOON, 7, "smoots"), reading(NOON, 7, "smoots"))
    assert not same(reading(NOON, 7, "smoots"), reading(NOON, 7, "cubits"))


def test_categories_are_told_apart_by_their_label() -> None:
    assert not same(row(NOON, NOON + 1, label="Core"), row(NOON, NOON + 1, label="Deep"))


def test_metadata_detail_and_the_time_of_writing_do_not_tell_samples_apart() -> None:
    assert same(WEIGHT, row(NOON, NOON, 75.0, "kg", created=NOON, zone="Europe/Berlin")._replace(detail=b"beats"))


# --- which copy is kept ---------------------------------------------------------------------------------------------


def test_the_later_written_copy_is_kept() -> None:
    early, late = reading(NOON, 75.0, "kg", created=NOON), reading(NOON, 75.0, "kg", created=NOON + 1)
    assert preferred(early, late) == preferred(late, early) == late


def test_a_copy_with_a_known_time_of_writing_beats_one_without() -> None:
    assert preferred(WEIGHT, reading(NOON, 75.0, "kg", created=0)).created == 0


def test_of_copies_written_together_the_one_that_says_more_is_kept() -> None:
    zoned = row(NOON, NOON, 75.0, "kg", zone="Europe/Berlin")
    with_beats = WEIGHT._replace(detail=b"beats")
    assert preferred(WEIGHT, zoned) == zoned
    assert preferred(zoned, with_beats) == with_beats


def test_two_different_samples_both_stay_in_order_of_their_start() -> None:
    later = reading(NOON + 60_000, 74.0, "kg")
    assert merge([later, WEIGHT, later, WEIGHT]) == [WEIGHT, later]


# --- sources --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "Test’s Apple\u00a0Watch", "Test’s Apple\u202fWatch", "Test’s Apple\u2007Watch", " Test’s  Apple Watch ",
        "Test’s Apple\tWatch", "Test’s Ａpple Watch",
    ],
)  # fmt: skip
def test_spaces_of_every_kind_and_width_are_one_source(written: str) -> None:
    assert source_key(written) == "Test’s Apple Watch"


def test_a_curly_apostrophe_and_a_straight_one_are_two_names() -> None:
    assert source_key("Test’s Watch") != source_key("Test's Watch")


def test_the_pointer_of_a_device_is_no_part_of_a_source() -> None:
    device = "<<HKDevice: {}>, name:Apple Watch, model:Watch, hardware:Watch7,2>"
    keys = {source_key(device.format(pointer)) for pointer in ("0x282e3a260", "0x30112e9e0")}
    assert len(keys) == 1
    assert "0x" not in keys.pop()


def test_a_key_s_key_is_itself() -> None:
    key = source_key("Test’s Apple\u00a0Watch")
    assert source_key(key) == key


def test_sources_are_the_same_by_their_key_alone() -> None:
    assert Source("Watch", "Anna’s\u00a0Watch", "Watch") == Source("Watch", "Watch")
    assert len({Source("Watch", "a"), Source("Watch", "b", "Watch")}) == 1


@pytest.mark.parametrize(
    ("source", "device"),
    [
        (Source("Anna", "Anna", "Watch"), Device.WATCH),
        (Source("Anna", "Anna", "iPhone"), Device.PHONE),
        (Source("Anna", "Anna", "iPad"), Device.OTHER),
        (Source("Test’s Apple Watch", ""), Device.WATCH),
        (Source("Anna’s iPhone", ""), Device.PHONE),
        (Source("Withings", ""), Device.OTHER),
        (Source("Watchful", "", "Oura Ring"), Device.OTHER),
    ],
)
def test_the_model_says_what_a_source_runs_on_else_its_name(source: Source, device: Device) -> None:
    assert source.device is device


def test_the_watch_ranks_before_the_phone_and_the_phone_before_the_rest() -> None:
    assert sorted(Device) == [Device.WATCH, Device.PHONE, Device.OTHER]


def test_of_two_descriptions_of_a_source_the_fuller_stays_whichever_came_first() -> None:
    bare, full = Source("Anna", "Anna"), Source("Anna", "Anna", "Watch")
    assert fuller(bare, full).product == fuller(full, bare).product == "Watch"


# --- metadata -------------------------------------------------------------------------------------------------------


def test_metadata_written_twice_is_there_once() -> None:
    entries = [("HKTimeZone", "Europe/Berlin"), ("HKIndoorWorkout", "1")]
    assert pack_metadata([*entries, *entries]) == pack_metadata(reversed(entries))
    assert unpack_metadata(pack_metadata(entries)) == dict(entries)


def test_no_metadata_is_no_text() -> None:
    assert pack_metadata([]) == ""
    assert unpack_metadata("") == {}
