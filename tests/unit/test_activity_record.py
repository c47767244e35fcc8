"""One activity of Intervals.icu as a value: what a record says, and what is left out of one that is odd."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from intervals_companion.domain.remote_activity import Hidden, OddRecord, RemoteActivity
from intervals_companion.intervals import activity_record
from intervals_companion.intervals.answers import WrongShape

START = "2026-10-05T18:34:03"


def record(**others: Any) -> dict[str, Any]:
    return {"id": "i1", "start_date_local": START, **others}


def read(**others: Any) -> RemoteActivity:
    return activity_record.read_one(record(**others))


def test_what_is_told_has_its_name_and_unit() -> None:
    found = read(
        start_date="2026-10-05T16:34:03Z", type="Ride", name="Hills", elapsed_time=3700, moving_time=3600.4,
        source="GARMIN_CONNECT", distance=30_100.5, icu_distance=30_000, icu_training_load=71, icu_chat_id=5,
        average_temp=21.5, trainer=True, icu_rpe=7, stream_types=["watts", 3],
    )  # fmt: skip
    assert found.start == datetime(2026, 10, 5, 16, 34, 3, tzinfo=UTC).timestamp() * 1000
    assert (found.type, found.title, found.elapsed, found.moving) == ("Ride", "Hills", 3700, 3600)
    assert (found.distance, found.figures.corrected_distance) == (30_100.5, 30_000)
    assert (found.load, found.chat, found.figures.temperature, found.trainer) == (71, 5, 21.5, True)
    assert (found.figures.exertion, found.streams) == (7, frozenset({"watts"}))


@pytest.mark.parametrize("text", [START, f"{START}Z", f"{START}+02:00"])
def test_a_local_start_is_a_wall_clock_whatever_zone_is_written_behind_it(text: str) -> None:
    assert read(start_date_local=text).start_local == datetime.fromisoformat(START)


@pytest.mark.parametrize(
    "text", ["2026-08-06T16:34:03", "2026-99-99T00:00:00Z", "soon", "0001-01-01T00:00:00Z", "", 5, None, []]
)
def test_an_instant_is_utc_with_a_z_and_else_unknown(text: object) -> None:
    assert read(start_date=text).start is None


@pytest.mark.parametrize("wrong", ["x", True, [], {}, float("nan"), 10**40])
def test_what_is_no_number_is_not_told(wrong: object) -> None:
    keys = ("elapsed_time", "moving_time", "distance", "icu_training_load", "icu_chat_id", "icu_joules", "feel")
    found = read(**dict.fromkeys(keys, wrong))
    assert (found.duration, found.distance, found.load, found.chat) == (None, None, None, None)
    assert (found.figures.work, found.figures.feel) == (None, None)


@pytest.mark.parametrize("seconds", [-1, 10**9])
def test_no_activity_lasts_less_than_nothing_or_years(seconds: int) -> None:
    assert read(elapsed_time=seconds, moving_time=seconds).duration is None


def test_a_text_is_one_that_can_be_shown() -> None:
    assert (read(name="Hi\x1b[31mlls\ud800").name, read(name="").name, read(name=7).name) == ("Hi[31mlls", None, None)


# --- what is hidden --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "hidden"),
    [
        ({"source": "STRAVA", "_note": "STRAVA activities are not available via the API"}, Hidden.STRAVA),
        ({"source": "STRAVA", "type": "Ride", "name": "Hills", "elapsed_time": 60}, Hidden.STRAVA),
        ({"source": None, "type": None, "name": None, "elapsed_time": None, "moving_time": None}, Hidden.STRAVA),
        ({"source": "GARMIN_CONNECT", "_note": "This activity is private"}, Hidden.NOT_SHARED),
        ({"_note": "This activity is private"}, Hidden.NOT_SHARED),
        ({"source": "GARMIN_CONNECT", "type": "Ride"}, None),
        ({"type": "Ride"}, None),
        ({"moving_time": 60}, None),
        ({"name": "Hills"}, None),
    ],
)
def test_a_stub_says_when_it_was_and_nothing_else(told: dict[str, Any], hidden: Hidden | None) -> None:
    assert read(**told).hidden is hidden


# --- what is set aside -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, 7, "", "i" * 41, "i\x00", "\ud800", ["i1"], True])
def test_a_record_without_a_readable_id_is_set_aside(wrong: object) -> None:
    assert activity_record.read(record(id=wrong, external_id="ic1-1-2")) == OddRecord(None, "ic1-1-2")


@pytest.mark.parametrize("wrong", [None, 7, "", "soon", "2026-13-01T00:00:00", "0001-01-01T00:00:00", "9999-12-31", []])
def test_a_record_without_a_readable_local_start_is_set_aside_with_its_id(wrong: object) -> None:
    assert activity_record.read(record(start_date_local=wrong)) == OddRecord("i1")


@pytest.mark.parametrize("wrong", [None, 7, "i1", [], True])
def test_what_is_no_record_is_set_aside(wrong: object) -> None:
    assert activity_record.read(wrong) == OddRecord()


def test_a_list_keeps_its_order_and_counts_what_is_set_aside() -> None:
    found = activity_record.read_list([record(), record(id=7), record(id="i2"), {}])
    assert [one.id for one in found] == ["i1", "i2"]
    assert len(found.odd) == 2


@pytest.mark.parametrize("wrong", [None, {}, "[]", 1, [None], [[]]])
def test_an_answer_that_is_no_list_of_objects_is_refused(wrong: object) -> None:
    with pytest.raises(WrongShape):
        activity_record.read_list(wrong)


def test_every_record_is_stored_as_it_was_written() -> None:
    given = [record(), record(id=7), record(id="i2", start_date_local="soon"), {}]
    last = date(2026, 10, 9)
    first, odd, undated, empty = activity_record.rows(given, unplaced=last).items()
    assert first == ("i1", (date(2026, 10, 5), given[0]))
    assert undated == ("i2", (last, given[2]))
    assert (odd[1], empty[1]) == ((last, given[1]), (last, {}))
    assert odd[0] != empty[0]


# --- intervals -------------------------------------------------------------------------------------------------------


def test_intervals_are_counted_with_the_samples_they_reach_over() -> None:
    first = {"type": "WORK", "start_time": 0, "end_time": 60, "start_index": 0, "end_index": 59, "label": " "}
    rest = {"type": "RECOVERY", "start_time": 60, "end_time": 90, "start_index": None, "label": "Easy"}
    effort, pause = read(icu_intervals=[first, None, {"type": "WORK"}, rest]).intervals
    assert (effort.work, effort.samples, effort.label, effort.timer) == (True, (0, 59), None, 60)
    assert (pause.work, pause.samples, pause.label) == (False, None, "Easy")
