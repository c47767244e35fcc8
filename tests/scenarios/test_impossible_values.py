"""What cannot be is kept, counted and named, makes no day, and reaches nobody: whatever way it came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from intervals_companion.app.ingest import devices, imports
from intervals_companion.app.ingest.devices import AUTO_EXPORT, SHORTCUTS, Received
from intervals_companion.app.ingest.exports import import_export
from intervals_companion.app.ingest.imports import Imported
from intervals_companion.app.ingest.phone import read_phone
from intervals_companion.app.wellness import days, metrics
from intervals_companion.app.wellness.ranges import Range
from intervals_companion.domain import plausible
from intervals_companion.domain.catalogue import METRICS, Rule
from intervals_companion.domain.samples import ROUTE, SLEEP, Batch
from intervals_companion.domain.wellness import Value
from intervals_companion.formats.details import row_route
from intervals_companion.health.requested_types import to_read, to_share
from intervals_companion.journal import workouts
from support import exports
from support.app_fixture import QUANTITY, TODAY, AppFixture
from support.facts import facts_path
from support.phones import new_phone
from support.store_builders import WATCH, archived, row

WEIGHT, HEART_RATE = f"{QUANTITY}BodyMass", f"{QUANTITY}HeartRate"
YESTERDAY = TODAY - timedelta(days=1)
CANNOT_BE: Mapping[str, tuple[str, str, str, float]] = {
    "a weight of nothing": ("BodyMass", "Weight", "kg", 0),
    "a weight below nothing": ("BodyMass", "Weight", "kg", -70),
    "a weight of a ship": ("BodyMass", "Weight", "kg", 5e8),
    "a weight of a crumb": ("BodyMass", "Weight", "g", 0.1),
    "a heart that stands": ("RestingHeartRate", "Resting HR", "count/min", 0),
    "a heart that hums": ("RestingHeartRate", "Resting HR", "count/min", 1e6),
    "a negative variability": ("HeartRateVariabilitySDNN", "HRV (SDNN)", "ms", -50),
    "steps taken back": ("StepCount", "Steps", "count", -3000),
    "a million steps": ("StepCount", "Steps", "count", 1e6),
    "five times all the oxygen": ("OxygenSaturation", "Blood oxygen", "%", 500),
    "no sugar at all": ("BloodGlucose", "Blood glucose", "mmol/L", 0),
    "a lake drunk up": ("DietaryWater", "Water", "L", 1000),
    "a pressure that bursts": ("BloodPressureSystolic", "Systolic pressure", "mmHg", 5000),
    "energy of a power station": ("ActiveEnergyBurned", "Active energy", "kcal", 9e7),
    "the way to the moon": ("DistanceWalkingRunning", "Distance on foot", "km", 384_400),
}  # fmt: skip
of_each = pytest.mark.parametrize("what", CANNOT_BE)


def values(home: AppFixture) -> dict[tuple[date, str], Value]:
    found = days.metrics(home.context, lambda _stage, _done, _of: None).values
    return {(one.day, one.field): one.value for one in found}


def kept(home: AppFixture, kind: str) -> list[float]:
    return [one.value for (found, _), rows in archived(home.context.store).items() if found == kind for one in rows]


def named(imported: Imported) -> list[str]:
    return [f"{count} x {one.what}" for one, count in imported.impossible.items()]


def push(home: AppFixture, channel: str, body: object) -> Received:
    new = devices.add_device(home.context, channel, "Phone")
    device = home.context.read(devices.recognise, new.token)
    assert device is not None
    return devices.receive(home.context, device, channel, json.dumps(body).encode(), {})


# --- whatever way it came --------------------------------------------------------------------------------------------


@of_each
def test_an_export_with_it_keeps_names_and_uses_none_of_it(home: AppFixture, what: str) -> None:
    kind, name, unit, value = CANNOT_BE[what]
    at = f"{YESTERDAY} 10:00:00 +0100", f"{YESTERDAY} 10:30:00 +0100"
    imported = home.import_(exports.record(QUANTITY + kind, value, unit, *at))
    assert values(home) == {}
    assert kept(home, QUANTITY + kind) == [value]
    assert named(imported) == [f"1 x {name} with a value that cannot be"]
    assert imported.reading.problems[0].what == f"1 x {name} with a value that cannot be."
    assert imports.account(imported)["impossible"] == named(imported)


@of_each
@pytest.mark.parametrize("channel", [AUTO_EXPORT, SHORTCUTS])
def test_a_push_with_it_keeps_names_and_uses_none_of_it(home: AppFixture, what: str, channel: str) -> None:
    kind, name, unit, value = CANNOT_BE[what]
    at = f"{YESTERDAY} 10:00:03 +0100"
    item = {"date": at, "qty": value, "systolic": value, "source": "Watch"}
    pushed = {"name": "blood_pressure" if "Systolic" in kind else kind, "units": unit, "data": [item]}
    said = {"type": kind, "value": f"{value:f}", "unit": unit, "date": at.replace(" ", "T", 1).replace(" ", "")}
    received = push(home, channel, {"data": {"metrics": [pushed]}} if channel == AUTO_EXPORT else said)
    told = {one.what: one.count for one in received.refused}
    assert told[f"{name} with a value that cannot be"] == 1
    assert received.new == 1
    assert values(home) == {}


@of_each
def test_a_phone_with_it_keeps_counts_and_uses_none_of_it(home: AppFixture, what: str) -> None:
    kind, name, unit, value = CANNOT_BE[what]
    phone = new_phone(home.clock)
    phone.ask(to_share(), to_read())
    phone.answer(to_share(), to_read())
    phone.record(Batch(QUANTITY + kind, WATCH, [row(f"{YESTERDAY} 10:00", value=value, unit=unit)]))
    read = read_phone(home.context, phone, lambda _stage, _done, _of: None)
    assert [f"{count} x {one.what}" for one, count in read.impossible.items()] == [
        f"1 x {name} with a value that cannot be"
    ]
    assert kept(home, QUANTITY + kind) == [value]
    assert values(home) == {}


def test_of_the_attack_only_the_weight_that_can_be_is_sent(home: AppFixture) -> None:
    home.sign_in()
    path = home.folder / "export.xml"
    text = facts_path("cases", "attack", "impossible-values.xml").read_text(encoding="utf-8")
    path.write_text(text.replace("2026-11", "2026-02"), encoding="utf-8")
    imported = import_export(home.context, path)
    assert sorted(named(imported)) == [
        "1 x Blood oxygen with a value that cannot be",
        "1 x HRV (SDNN) with a value that cannot be",
        "1 x Steps with a value that cannot be",
        "2 x Resting HR with a value that cannot be",
        "6 x Weight with a value that cannot be",
    ]
    assert imported.new == 12
    assert len(kept(home, WEIGHT)) == 7
    home.sync(confirmed=True)
    there = [home.theirs(date(2026, 2, day)) for day in range(1, 10)]
    sent = {
        (one.day.day, name): value for one in there for name, value in one.values.items() if name not in one.temporary
    }
    assert sent == {(5, "weight"): 70}


# --- beside what can be ----------------------------------------------------------------------------------------------


def test_a_slip_hides_no_good_reading_of_the_day_and_is_shown_beside_it(home: AppFixture) -> None:
    home.import_(
        exports.record(WEIGHT, 72.4, "kg", f"{YESTERDAY} 07:00:00 +0100"),
        exports.record(WEIGHT, 724, "kg", f"{YESTERDAY} 08:00:00 +0100"),
    )
    assert values(home) == {(YESTERDAY, "weight"): 72.4}
    why = home.context.read(metrics.metric_details, "weight", Range.SIX_WEEKS, YESTERDAY).why
    assert why is not None
    assert [sample.value for sample in why.samples] == [72.4]
    assert [(sample.value, sample.refused) for sample in why.impossible] == [(724, plausible.VALUE)]


def test_a_sum_that_nobody_reaches_is_no_day(home: AppFixture) -> None:
    home.import_(
        *(exports.record(f"{QUANTITY}StepCount", 300_000, "count", f"{YESTERDAY} {hour}:00:00 +0100",
                         f"{YESTERDAY} {hour}:30:00 +0100") for hour in (10, 12))
    )  # fmt: skip
    assert values(home) == {}


def test_a_sleep_of_four_hundred_hours_is_no_night(home: AppFixture) -> None:
    start = TODAY - timedelta(days=20)
    asleep = "HKCategoryValueSleepAnalysisAsleepCore"
    imported = home.import_(
        exports.record(SLEEP, asleep, None, f"{start} 23:00:00 +0100", f"{TODAY - timedelta(days=3)} 15:00:00 +0100"),
        exports.record(SLEEP, asleep, None, f"{YESTERDAY} 23:00:00 +0100", f"{TODAY} 06:00:00 +0100"),
    )
    assert named(imported) == ["1 x Sleep with a length that cannot be"]
    assert {day for day, _ in values(home)} == {TODAY}
    assert values(home)[TODAY, "sleepSecs"] == 7 * 3600


def test_a_sleep_that_ends_before_it_starts_is_left_out_and_told(home: AppFixture) -> None:
    asleep = "HKCategoryValueSleepAnalysisAsleepCore"
    imported = home.import_(exports.record(SLEEP, asleep, None, f"{TODAY} 06:00:00 +0100", f"{TODAY} 05:00:00 +0100"))
    assert imported.reading.ignored == 1
    assert "it ends before it starts" in imported.reading.problems[0].what


def test_what_begins_long_after_it_was_written_is_no_day_not_even_when_that_day_comes(home: AppFixture) -> None:
    ahead = TODAY + timedelta(days=400)
    home.import_(
        exports.record(WEIGHT, 72, "kg", f"{ahead} 07:00:00 +0100", created=f"{YESTERDAY} 07:00:00 +0100"),
    )
    home.clock.wait(500 * 86_400)
    assert values(home) == {}


def test_a_day_that_has_not_come_is_told_and_makes_nothing_yet(home: AppFixture) -> None:
    ahead = TODAY + timedelta(days=400)
    imported = home.import_(exports.record(WEIGHT, 72, "kg", f"{ahead} 07:00:00 +0100"))
    assert named(imported) == ["1 x Weight with a date that has not come yet"]
    assert values(home) == {}


# --- workouts --------------------------------------------------------------------------------------------------------


def test_a_workout_uses_no_reading_that_cannot_be_and_no_total(home: AppFixture) -> None:
    begin, end = f"{YESTERDAY} 10:00:00 +0100", f"{YESTERDAY} 10:30:00 +0100"
    beats = [
        exports.record(HEART_RATE, value, "count/min", f"{YESTERDAY} 10:0{minute}:00 +0100")
        for minute, value in enumerate((0, 120, 1e6, 130, -5))
    ]
    imported = home.import_(
        exports.workout(
            "Running", begin, end,
            inside=(exports.statistics(HEART_RATE, begin, end, "count/min", maximum=1e6),
                    exports.statistics(f"{QUANTITY}DistanceWalkingRunning", begin, end, "km", sum=-8)),
        ),
        *beats,
    )  # fmt: skip
    assert sorted(named(imported)) == [
        "1 x Workouts with a value that cannot be",
        "3 x Heart rate with a value that cannot be",
    ]
    with home.context.store.read() as connection:
        (recorded,) = workouts.recorded_workouts(connection, 1, 0, 2**53)
        found = workouts.recording(recorded, workouts.material(connection, 1, recorded))
    assert recorded.workout.statistics[HEART_RATE].maximum == 1e6
    assert (found.whole.max_heart_rate, found.whole.distance) == (130, None)


@pytest.mark.parametrize(
    ("point", "names"),
    [
        ({"altitude": 1.5e6}, True), ({"altitude": -600.0}, True), ({"altitude": 8849.0}, False),
        ({"speed": 5000.0}, True), ({"longitude": 8.1}, True), ({"longitude": -171.9}, True),
        ({"longitude": 8.003}, False), ({}, False),
    ],
)  # fmt: skip
def test_a_route_with_a_point_that_cannot_be_is_kept_and_named(
    home: AppFixture, tmp_path: Path, point: Mapping[str, float], names: bool
) -> None:
    good = exports.Point("2026-02-03T06:00:00Z", 48.6, 8.0)
    points = [good, good._replace(time="2026-02-03T06:00:01Z", **point)]
    told = exports.workout(
        "Running", "2026-02-03 07:00:00 +0100", "2026-02-03 08:00:00 +0100", routes=["a.gpx"],
    )  # fmt: skip
    path = exports.zip_export(tmp_path / "a.zip", exports.export_xml(told), {"a.gpx": exports.gpx(points)})
    imported = import_export(home.context, path)
    assert named(imported) == (["1 x Routes with a value that cannot be"] if names else [])
    ((_, kept_rows),) = [item for item in archived(home.context.store).items() if item[0][0] == ROUTE]
    assert len(row_route(kept_rows[0])) == 2


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_row_of_numbers_says_what_can_be() -> None:
    assert [one.field for one in METRICS if one.plausible is None and one.rule not in (None, Rule.PERIOD)] == []


def test_nothing_that_can_be_empties_a_field_at_intervals_or_is_refused_there() -> None:
    for one in METRICS:
        if one.plausible is not None:
            assert -1 < one.plausible.least < one.plausible.most < 2**31


def test_a_row_without_a_range_takes_any_amount_that_is_not_negative() -> None:
    kind = f"{QUANTITY}Made"
    assert [plausible.is_possible(kind, value, "count") for value in (-1, 0, 1e6, 1e12)] == [False, True, True, False]
    assert plausible.is_possible(kind, -3, "degC")
    assert plausible.is_possible(kind, -3, "smoots")


@pytest.mark.parametrize(
    ("kind", "value", "unit"),
    [
        ("BodyMass", 3.2, "kg"), ("BodyMass", 1400, "lb"), ("HeartRate", 26, "count/min"),
        ("VO2Max", 96.7, "mL/min·kg"),
        ("OxygenSaturation", 0.34, "%"), ("OxygenSaturation", 97, "%"), ("BodyFatPercentage", 0.04, "%"),
        ("BloodGlucose", 2600, "mg/dL"), ("AppleSleepingWristTemperature", 96.4, "degF"), ("StepCount", 3e5, "count"),
        ("DistanceWalkingRunning", 198, "mi"), ("HeartRateVariabilitySDNN", 0.25, "s"),
    ],
)  # fmt: skip
def test_what_people_reached_can_be(kind: str, value: float, unit: str) -> None:
    assert plausible.is_possible(QUANTITY + kind, value, unit)
