"""FIT files, as independent programs read them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable

import pytest

from intervals_companion.derive.workouts import recording
from intervals_companion.domain.activity import Statistic, Workout
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.formats.fit import ENCODER_VERSION, fit_file
from intervals_companion.formats.fit_bytes import crc
from support.fit_decoders import READERS, Messages
from support.workout_builders import START, at, event, fix, quantity, row, slices, workout

Reader = Callable[[bytes], Messages]

EPOCH = START // 1000


@pytest.fixture(params=READERS)
def read(request: pytest.FixtureRequest) -> Reader:
    return READERS[request.param]


def run() -> tuple[Workout, bytes]:
    """Two minutes at 3 m/s and 170 steps a minute, uphill, with a pause of 20 s in the middle."""
    told = workout(
        140,
        duration=120.0,
        events=[event("Pause", 60), event("Resume", 80)],
        totals={
            "DistanceWalkingRunning": Statistic("km", sum=0.36),
            "ActiveEnergyBurned": Statistic("kcal", sum=25.4),
            "StepCount": Statistic("count", sum=340),
        },
        metadata={"HKElevationAscended": "1200 cm", "HKTimeZone": "Europe/Berlin"},
        zone="Europe/Berlin",
    )
    samples = {
        "HeartRate": [row(second, second, 120 + second / 4, "count/min") for second in range(0, 141, 4)],
        "DistanceWalkingRunning": slices(0, 60, 5, 0.015, "km") + slices(80, 140, 5, 0.015, "km"),
        "StepCount": slices(0, 60, 6, 17, "count") + slices(80, 140, 6, 17, "count"),
        "RunningPower": slices(0, 60, 3, 250, "W") + slices(80, 140, 3, 260, "W"),
    }
    route = [fix(second, 50 + second / 40_000, 8.5, altitude=100 + second / 10, speed=3.0) for second in range(141)]
    return told, fit_file(told, recording(told, {quantity(name): rows for name, rows in samples.items()}, route))


def swim() -> tuple[Workout, bytes]:
    """Seven lengths of 25 m, a new one every 40 s, each in 32 s and 20 strokes; three are one set, four another."""
    styles = {40 * place: style for place, style in enumerate(("1", "2", "3", "4", "5", "6", "0"))}
    lengths = [event("Lap", start, start + 32, HKSwimmingStrokeStyle=style) for start, style in styles.items()]
    told = workout(
        300,
        "Swimming",
        events=[event("Segment", 0, 112), event("Segment", 120, 300), *lengths],
        totals={"DistanceSwimming": Statistic("m", sum=175), "SwimmingStrokeCount": Statistic("count", sum=140)},
        metadata={"HKLapLength": "25 m", "HKSwimmingLocationType": "1"},
    )
    strokes = [row(start, start + 32, 20, "count") for start in styles]
    return told, fit_file(told, recording(told, {quantity("SwimmingStrokeCount"): strokes}, []))


def bare(told: Workout) -> bytes:
    return fit_file(told, recording(told, {}, []))


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_bytes_of_a_workout_never_change_without_a_new_version() -> None:
    """Intervals.icu knows a duplicate by the hash of its file.

    If this fails because the bytes are meant to change, raise ENCODER_VERSION and write the new hashes here; if they
    are not, the change that did it is wrong.
    """
    hashes = {name: hashlib.sha256(made()[1]).hexdigest()[:16] for name, made in (("run", run), ("swim", swim))}
    assert (ENCODER_VERSION, hashes) == (2, {"run": "e63fb3952dbb043c", "swim": "985c5b84f2e178fe"})


def test_the_checksum_is_the_published_one() -> None:
    # The check value of CRC-16/ARC in the catalogue of parametrised CRC algorithms.
    assert crc(b"123456789") == 0xBB3D
    assert crc(b"") == 0


def test_a_damaged_file_is_told_from_a_whole_one(read: Reader) -> None:
    data = bytearray(run()[1])
    data[len(data) // 2] ^= 0x10
    with pytest.raises(Exception):  # noqa: B017  (each reader has a refusal of its own)
        read(bytes(data))


def test_the_header_says_how_long_the_file_is() -> None:
    data = run()[1]
    size, _, _, length, mark = struct.unpack_from("<BBHI4s", data)
    assert (size, mark, len(data)) == (14, b".FIT", 14 + length + 2)


def test_the_file_names_nobody() -> None:
    told = workout(10)
    named = Workout(told.start, told.end, told.activity, source="Alex's Apple Watch")
    assert bare(named) == bare(told)


def test_the_file_says_when_the_workout_began_and_what_made_it(read: Reader) -> None:
    messages = read(run()[1])
    (file_id,) = messages["file_id"]
    assert (file_id["type"], file_id["time_created"]) == ("activity", EPOCH)
    assert (file_id["manufacturer"], file_id["product"], file_id["serial_number"]) == ("development", 1, 1)
    assert messages["file_creator"][0]["software_version"] == ENCODER_VERSION


@pytest.mark.parametrize("instant", [0, 899_000_000_000, 5_000_000_000_000])
def test_a_date_that_fit_cannot_say_is_refused(instant: int) -> None:
    with pytest.raises(DamagedInput, match="1998 to 2126"):
        bare(Workout(instant, instant + 60_000, "Running", "Watch"))


# --- seconds --------------------------------------------------------------------------------------------------------


def test_records_say_what_the_workout_was(read: Reader) -> None:
    records = {record["timestamp"] - EPOCH: record for record in read(run()[1])["record"]}
    middle = records[100]
    assert middle["distance"] == pytest.approx(240, abs=0.005)
    assert middle["enhanced_speed"] == pytest.approx(3, abs=0.0005)
    assert middle["enhanced_altitude"] == pytest.approx(110, abs=0.1)
    assert (middle["heart_rate"], middle["power"]) == (145, 260)
    assert (middle["cadence"] + middle["fractional_cadence"]) * 2 == 170
    assert middle["position_lat"] == pytest.approx((50 + 100 / 40_000) * 2**31 / 180, abs=1)
    assert middle["position_long"] == pytest.approx(8.5 * 2**31 / 180, abs=1)


def test_no_record_stands_inside_the_pause(read: Reader) -> None:
    seconds = [record["timestamp"] - EPOCH for record in read(run()[1])["record"]]
    assert seconds == [*range(61), *range(80, 141)]


def test_the_timer_stops_and_starts_around_the_pause(read: Reader) -> None:
    events = [(mark["timestamp"] - EPOCH, mark["event"], mark["event_type"]) for mark in read(run()[1])["event"]]
    assert events == [
        (0, "timer", "start"), (60, "timer", "stop"), (80, "timer", "start"), (140, "timer", "stop_all"),
    ]  # fmt: skip


def test_an_odd_number_of_steps_keeps_its_half_stride(read: Reader) -> None:
    told = workout(60)
    steps = {quantity("StepCount"): slices(0, 60, 20, 55, "count")}
    record = read(fit_file(told, recording(told, steps, [])))["record"][30]
    assert (record["cadence"] + record["fractional_cadence"]) * 2 == 165


def test_a_cycling_cadence_is_a_whole_number(read: Reader) -> None:
    told = workout(5, "Cycling")
    turns = {quantity("CyclingCadence"): [row(0, 5, 89.8, "count/min")]}
    record = read(fit_file(told, recording(told, turns, [])))["record"][2]
    assert (record["cadence"], record.get("fractional_cadence")) == (90, None)


def test_what_a_field_cannot_say_is_unknown(read: Reader) -> None:
    told = workout(2)
    rows = {quantity("HeartRate"): [row(0, 0, 300, "bpm"), row(2, 2, 150, "bpm")]}
    records = read(fit_file(told, recording(told, rows, [])))["record"]
    assert [record.get("heart_rate") for record in records] == [None, None, 150]


def test_a_stream_that_is_absent_has_no_field(read: Reader) -> None:
    told = workout(10, "TraditionalStrengthTraining")
    rows = {quantity("HeartRate"): [row(0, 0, 100, "bpm"), row(10, 10, 120, "bpm")]}
    records = read(fit_file(told, recording(told, rows, [])))["record"]
    assert {name for record in records for name in record} == {"timestamp", "heart_rate"}


# --- figures --------------------------------------------------------------------------------------------------------


def test_the_session_has_the_workout_s_own_totals(read: Reader) -> None:
    (session,) = read(run()[1])["session"]
    assert (session["sport"], session["sub_sport"]) == ("running", "generic")
    assert (session["start_time"], session["timestamp"]) == (EPOCH, EPOCH + 140)
    assert (session["total_elapsed_time"], session["total_timer_time"]) == (140, 120)
    assert (session["total_distance"], session["total_calories"], session["total_ascent"]) == (360, 25, 12)


def test_a_lap_alone_says_what_the_session_says(read: Reader) -> None:
    messages = read(run()[1])
    (lap,), (session,) = messages["lap"], messages["session"]
    for name in ("start_time", "total_timer_time", "total_distance", "total_calories", "avg_power", "avg_heart_rate"):
        assert lap[name] == session[name]
    assert lap["lap_trigger"] == "session_end"


def test_a_strength_session_carries_heart_rate_and_energy(read: Reader) -> None:
    told = workout(
        60,
        "TraditionalStrengthTraining",
        totals={"ActiveEnergyBurned": Statistic("kJ", sum=836.8), "HeartRate": Statistic("bpm", average=104.6)},
    )
    rows = {quantity("HeartRate"): [row(second, second, 100, "bpm") for second in range(0, 61, 5)]}
    messages = read(fit_file(told, recording(told, rows, [])))
    (session,) = messages["session"]
    assert (session["sport"], session["sub_sport"]) == ("training", "strength_training")
    assert (session["total_calories"], session["avg_heart_rate"]) == (200, 105)
    assert {record["heart_rate"] for record in messages["record"]} == {100}
    assert session.get("total_distance") is None


@pytest.mark.parametrize(("zone", "hours"), [("Europe/Berlin", 2), ("America/St_Johns", -2.5), ("Nowhere/Land", None)])
def test_the_local_time_is_that_of_the_workout_s_zone(read: Reader, zone: str, hours: float | None) -> None:
    (activity,) = read(bare(workout(60, zone=zone)))["activity"]
    assert activity["timestamp"] == EPOCH + 60
    local = activity.get("local_timestamp")
    assert local == (None if hours is None else EPOCH + 60 + hours * 3600)


def test_a_workout_with_an_end_years_ahead_keeps_its_totals(read: Reader) -> None:
    told = workout(40 * 86_400, totals={"DistanceWalkingRunning": Statistic("km", sum=5)})
    messages = read(bare(told))
    assert messages["session"][0]["total_distance"] == 5000
    assert messages.get("record", []) == []


# --- pool swims -----------------------------------------------------------------------------------------------------


def test_a_pool_swim_says_its_pool_and_lengths(read: Reader) -> None:
    messages = read(swim()[1])
    (session,) = messages["session"]
    assert (session["sport"], session["sub_sport"]) == ("swimming", "lap_swimming")
    assert (session["pool_length"], session["pool_length_unit"]) == (25, "metric")
    assert (session["num_active_lengths"], session["total_distance"]) == (7, 175)
    assert len(messages["length"]) == 7


def test_a_length_says_its_time_strokes_and_style(read: Reader) -> None:
    lengths = read(swim()[1])["length"]
    assert [length.get("swim_stroke") for length in lengths] == [
        "mixed", "freestyle", "backstroke", "breaststroke", "butterfly", "drill", None,
    ]  # fmt: skip
    second = lengths[1]
    assert (second["start_time"], second["timestamp"]) == (EPOCH + 40, EPOCH + 72)
    assert (second["total_elapsed_time"], second["total_timer_time"], second["total_strokes"]) == (32, 32, 20)
    assert second["avg_speed"] == pytest.approx(25 / 32, abs=0.0005)
    assert second["avg_swimming_cadence"] == 38  # 37.5
    assert (second["length_type"], second["message_index"]) == ("active", 1)


def test_a_set_names_its_first_length(read: Reader) -> None:
    laps = read(swim()[1])["lap"]
    assert [(lap["first_length_index"], lap["num_active_lengths"], lap["total_distance"]) for lap in laps] == [
        (0, 3, 75), (3, 0, 0), (3, 4, 100),
    ]  # fmt: skip


def test_the_time_between_sets_is_rest(read: Reader) -> None:
    assert [lap["intensity"] for lap in read(swim()[1])["lap"]] == ["active", "rest", "active"]


def test_a_pool_in_yards_says_so(read: Reader) -> None:
    told = workout(60, "Swimming", events=[event("Lap", 0, 30)], metadata={"HKLapLength": "25 yd"})
    (session,) = read(bare(told))["session"]
    assert (session["pool_length"], session["pool_length_unit"]) == (22.86, "statute")


def test_an_open_water_swim_has_no_pool(read: Reader) -> None:
    told = workout(60, "Swimming", metadata={"HKSwimmingLocationType": "2"})
    messages = read(bare(told))
    assert messages["session"][0]["sub_sport"] == "open_water"
    assert messages["session"][0].get("pool_length") is None
    assert "length" not in messages


def test_a_length_of_no_time_has_no_speed(read: Reader) -> None:
    told = workout(60, "Swimming", events=[event("Lap", 30)], metadata={"HKLapLength": "25 m"})
    (length,) = read(bare(told))["length"]
    assert length.get("avg_speed") is None
    assert at(30) // 1000 == length["start_time"]
