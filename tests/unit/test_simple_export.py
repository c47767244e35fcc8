"""Files of Simple Health Export: a CSV of each type, a row for each sample."""

from __future__ import annotations

import pytest

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import SLEEP, WORKOUT, Batch, unpack_metadata
from intervals_companion.formats.details import row_workout
from intervals_companion.health import simple_export
from intervals_companion.health.bridge import Read
from support.pushes import HEART_RATE, STEPS, at, reasons, rows

HEAD = "type,sourceName,sourceVersion,productType,device,startDate,endDate,unit,value"
WORKOUT_HEAD = (
    "type,sourceName,sourceVersion,productType,device,startDate,endDate,activityType,duration,durationUnit,"
    "totalEnergyBurned,totalDistance,HKIndoorWorkout"
)
TEN, ELEVEN = "2026-03-10 06:00:13 +0000", "2026-03-10 06:10:13 +0000"


def read(*lines: str, ends: str = "\r\n") -> Read:
    return simple_export.read("".join(line + ends for line in lines).encode())


def only(found: Read) -> Batch:
    (batch,) = found.batches()
    return batch


def test_a_row_is_the_sample_that_health_keeps() -> None:
    batch = only(read("sep=,", HEAD, f'{STEPS},Ann’s iPhone,26.2,"iPhone18,1",<<HKDevice>>,{TEN},{ELEVEN},count,61'))
    (row,) = batch.rows
    assert (batch.type, batch.source.key, batch.source.product) == (STEPS, "Ann’s iPhone", "iPhone18,1")
    assert (row.start, row.end) == (at("2026-03-10T07:00:13+01:00"), at("2026-03-10T07:10:13+01:00"))
    assert (row.value, row.unit, row.label) == (61, "count", "")


@pytest.mark.parametrize("begin", ["", "sep=,\n", "\ufeffsep=,\r\n", "\ufeff"])
def test_a_file_is_recognised_however_it_begins(begin: str) -> None:
    assert simple_export.is_file(f"{begin}{HEAD}\r\n".encode())


@pytest.mark.parametrize("begin", ["", "type,value\n", "date,steps\n2026-03-10,100", "sep=,\n", '{"type": "x"}'])
def test_other_tables_are_not(begin: str) -> None:
    assert not simple_export.is_file(begin.encode())


def test_columns_count_by_their_names() -> None:
    head = "type,value,unit,endDate,startDate,sourceName,HKTimeZone,HKWasUserEntered"
    found = read(head, f"{STEPS},61,count,{ELEVEN},{TEN},iPhone,America/Phoenix,1")
    (row,) = only(found).rows
    assert unpack_metadata(row.metadata) == {"HKTimeZone": "America/Phoenix", "HKWasUserEntered": "1"}
    assert found.reading.zones == {"America/Phoenix": 1}


def test_a_device_is_known_by_the_words_of_health_where_no_product_is_said() -> None:
    device = '"<<HKDevice: 0x1>, name:Apple Watch, model:Watch, hardware:Watch7,2>"'
    assert only(read(HEAD, f"{HEART_RATE},AWU,26.2,,{device},{TEN},{TEN},count/min,60")).source.product == "Watch"


@pytest.mark.parametrize("word", ["asleepCore", "HKCategoryValueSleepAnalysisAsleepCore", "core"])
def test_stages_of_sleep_are_known_in_each_spelling(word: str) -> None:
    head = HEAD.replace("unit,", "")
    found = read(head, f"{SLEEP},Watch,26.2,Watch7,,{TEN},{ELEVEN},{word}")
    assert [row.label for row in rows(found, SLEEP)] == ["HKCategoryValueSleepAnalysisAsleepCore"]


@pytest.mark.parametrize(
    ("kind", "activity", "sport"),
    [(WORKOUT, "Running", "Running"), (f"{WORKOUT}", "", "Other"), ("HKWorkoutActivityTypeYoga", "", "Yoga")],
)
def test_a_workout_has_its_totals_with_their_units(kind: str, activity: str, sport: str) -> None:
    line = f'{kind},WorkOutDoors,5,"Watch7,12",d,{TEN},2026-03-10 06:50:13 +0000,{activity},2500.45,sec,659.283 kcal,'
    found = read(WORKOUT_HEAD, f"{line}9688.1 m,0")
    (row,) = rows(found, WORKOUT)
    workout = row_workout(row, "WorkOutDoors")
    assert (workout.activity, workout.duration) == (sport, 2500.45)
    totals = {
        name.removeprefix("HKQuantityTypeIdentifier"): (one.unit, one.sum) for name, one in workout.statistics.items()
    }
    assert totals == {"DistanceWalkingRunning": ("m", 9688.1), "ActiveEnergyBurned": ("kcal", 659.283)}
    assert found.reading.workouts == 1


@pytest.mark.parametrize(("duration", "seconds"), [("1800", 1800), ("30", 1800), ("", None), ("long", None)])
def test_a_duration_without_a_unit_is_what_fits_between_start_and_end(duration: str, seconds: float | None) -> None:
    head = "type,sourceName,sourceVersion,startDate,endDate,duration,totalEnergyBurned,totalDistance"
    found = read(head, f"HKWorkoutActivityTypeRunning,Watch,10.0,{TEN},2026-03-10 06:30:13 +0000,{duration},400,5.5")
    (row,) = rows(found, WORKOUT)
    workout = row_workout(row, "Watch")
    assert (workout.duration, workout.statistics) == (seconds, {})
    assert reasons(found) == {"workouts with a total that has no unit known here": 2}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{STEPS},Watch,1,W,d,{TEN}", "StepCount in a row that is cut off"),
        (f"{STEPS},Watch,1,W,d,{TEN},{ELEVEN},count,many", "StepCount left out: its value is not a number"),
        (f"{STEPS},Watch,1,W,d,{ELEVEN},{TEN},count,6", "StepCount left out: it ends before it starts"),
        (f"{STEPS},Watch,1,W,d,yesterday,{TEN},count,6", "StepCount left out: its startDate or endDate is not a date"),
    ],
)
def test_a_row_that_cannot_be_used_is_counted_with_its_reason(line: str, reason: str) -> None:
    found = read(HEAD, line, f"{STEPS},Watch,1,W,d,{TEN},{ELEVEN},count,61")
    assert [row.value for row in rows(found, STEPS)] == [61]
    assert reasons(found) == {reason: 1}


@pytest.mark.parametrize(
    "content", [b"", b"sep=,\r\n", b"type,value\r\nx,1\r\n", b"type,startDate,endDate\r\n" + b"x" * 200_001]
)
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedInput) as refused:
        simple_export.read(content)
    assert refused.value.cure
