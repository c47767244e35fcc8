"""Days as they come out of the archive: a real export against an independent reading, and samples that come late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from statistics import fmean
from typing import NamedTuple
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.derive.daily import derive
from intervals_companion.derive.day_samples import DaySamples
from intervals_companion.domain.catalogue import metric, metrics
from intervals_companion.domain.days import bounds, each_day
from intervals_companion.domain.samples import LONGEST_SPAN, SLEEP, Batch, Row, Source, pack_metadata
from intervals_companion.domain.wellness import DayValue, Value
from intervals_companion.journal import days
from intervals_companion.store import additions
from intervals_companion.store.database import Store
from support.day_builders import BERLIN, DAY, HOUR, MINUTE, PHONE, RING, WATCH, at, evening, reading, row, stage
from support.facts import facts_path
from support.sample_merge import merge

ATHLETE = 1
PARIS = ZoneInfo("Europe/Paris")
FOREVER = date(2035, 1, 1)
QUANTITY = "HKQuantityTypeIdentifier"
ASLEEP = "HKCategoryValueSleepAnalysisAsleepUnspecified"


def put(store: Store, kind: str, source: Source, rows: list[Row]) -> None:
    for _ in additions.add(store, ATHLETE, "test", [Batch(kind, source, rows)], 1):
        pass


def renewed(store: Store, where: ZoneInfo = BERLIN) -> list[DayValue]:
    days.refresh(store, ATHLETE, where, FOREVER)
    with store.read() as connection:
        return days.values(connection, ATHLETE, date(2000, 1, 1), FOREVER)


def by_day(found: Iterable[DayValue], field: str) -> dict[date, Value]:
    return {one.day: one.value for one in found if one.field == field}


# --- a real export --------------------------------------------------------------------------------------------------


class Record(NamedTuple):
    start: datetime
    end: datetime
    created: datetime
    value: float
    unit: str
    label: str
    metadata: tuple[tuple[str, str], ...]

    @property
    def day(self) -> date:
        return self.start.astimezone(PARIS).date()

    @property
    def seconds(self) -> float:
        return (self.end - self.start).total_seconds()


@cache
def records(kind: str) -> list[Record]:
    """All of a type, in the order of their start."""
    text = facts_path("reference", "apple-health", "samples", "export-v13-en_FR", "export.xml").read_text("utf-8")
    found = ET.fromstring(text[text.index("<HealthData") :]).iterfind(f"./Record[@type='{kind}']")
    return sorted(_record(element) for element in found)


def _record(element: ET.Element) -> Record:
    start, end, created = (
        datetime.strptime(element.attrib[name], "%Y-%m-%d %H:%M:%S %z")
        for name in ("startDate", "endDate", "creationDate")
    )
    unit, text = element.get("unit", ""), element.attrib["value"]
    said = tuple((entry.attrib["key"], entry.attrib["value"]) for entry in element.iterfind("MetadataEntry"))
    return Record(start, end, created, float(text) if unit else 0, unit, "" if unit else text, said)


REAL_TYPES = {
    field: QUANTITY + name
    for field, name in {
        "steps": "StepCount",
        "ActiveEnergy": "ActiveEnergyBurned",
        "RestingEnergy": "BasalEnergyBurned",
        "Distance": "DistanceWalkingRunning",
        "restingHR": "RestingHeartRate",
        "hrvSDNN": "HeartRateVariabilitySDNN",
        "respiration": "RespiratoryRate",
        "vo2max": "VO2Max",
    }.items()
} | {"sleepSecs": SLEEP}


@pytest.fixture(scope="module")
def real_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[DayValue]]:
    store = Store(tmp_path_factory.mktemp("archive"))
    device = Source("test-device", "test-device")
    for kind in REAL_TYPES.values():
        put(store, kind, device, [_row(record) for record in records(kind)])
    yield renewed(store, PARIS)
    store.close()


def _row(record: Record) -> Row:
    start, end, created = (round(moment.timestamp() * 1000) for moment in record[:3])
    return Row(start, end, record.value, record.unit, record.label, created, pack_metadata(record.metadata), b"")


def grouped(kind: str) -> dict[date, list[Record]]:
    found = defaultdict(list)
    for record in records(kind):
        found[record.day].append(record)
    return found


@pytest.mark.parametrize(
    ("field", "unit", "factor"),
    [
        ("steps", "count", 1),
        ("ActiveEnergy", "kJ", 1 / 4.184),
        ("RestingEnergy", "kJ", 1 / 4.184),
        ("Distance", "km", 1),
    ],
)
def test_real_amounts_add_up_to_the_day(real_days: list[DayValue], field: str, unit: str, factor: float) -> None:
    expected: dict[date, float] = {}
    for record in records(REAL_TYPES[field]):
        assert record.unit == unit
        assert record.day == record.end.astimezone(PARIS).date()
        expected[record.day] = expected.get(record.day, 0) + record.value * factor
    assert by_day(real_days, field) == {day: metric(field).round(total) for day, total in expected.items()}


def test_each_real_day_has_its_latest_written_resting_heart_rate(real_days: list[DayValue]) -> None:
    days_of = grouped(REAL_TYPES["restingHR"])
    assert by_day(real_days, "restingHR") == {
        day: round(max(found, key=lambda record: record.created).value) for day, found in days_of.items()
    }


def test_real_nights_are_as_long_as_their_sleep(real_days: list[DayValue]) -> None:
    nights: list[list[Record]] = []
    for record in records(SLEEP):
        if record.label == ASLEEP:
            if not nights or record.start - nights[-1][-1].end > timedelta(hours=2):
                nights.append([])
            nights[-1].append(record)
    slept = {night[-1].end.astimezone(PARIS).date(): sum(record.seconds for record in night) for night in nights}
    assert len(slept) == len(nights) == 9
    assert by_day(real_days, "sleepSecs") == slept


def test_real_nights_with_only_time_in_bed_give_no_sleep(real_days: list[DayValue]) -> None:
    in_bed = {record.end.astimezone(PARIS).date() for record in records(SLEEP) if record.label.endswith("InBed")}
    assert len(in_bed - set(by_day(real_days, "sleepSecs"))) > 100


@pytest.mark.parametrize("field", ["hrvSDNN", "respiration"])
def test_real_readings_without_sleep_are_the_day_s_mean(real_days: list[DayValue], field: str) -> None:
    expected = {
        day: metric(field).round(fmean(record.value for record in found))
        for day, found in grouped(REAL_TYPES[field]).items()
    }
    assert by_day(real_days, field) == expected
    assert {one.formula for one in real_days if one.field == field} == {"mean-of-day/2"}


def test_sdnn_fills_no_hrv(real_days: list[DayValue]) -> None:
    assert by_day(real_days, "hrv") == {}


def test_the_last_real_vo2max_of_each_day_counts(real_days: list[DayValue]) -> None:
    assert by_day(real_days, "vo2max") == {
        day: round(found[-1].value, 1) for day, found in grouped(REAL_TYPES["vo2max"]).items()
    }


# --- what comes late ------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    yield opened
    opened.close()


def test_late_samples_and_revised_ones_change_the_day(store: Store) -> None:
    put(store, QUANTITY + "StepCount", PHONE, [row("10:10", "10:30", 300, "count")])
    put(store, QUANTITY + "RestingHeartRate", WATCH, [row("00:04", "08:40", 55, "count/min", created="08:42")])
    put(store, SLEEP, WATCH, [stage("Core", evening("23:00"), "02:00", created="02:10")])
    before = renewed(store)
    assert [by_day(before, field) for field in ("steps", "restingHR", "sleepSecs")] == [
        {DAY: 300}, {DAY: 55}, {DAY: 3 * 3600},
    ]  # fmt: skip

    put(store, QUANTITY + "StepCount", WATCH, [row("10:00", "10:20", 100, "count")])
    put(store, QUANTITY + "RestingHeartRate", WATCH, [row("00:04", "21:10", 52, "count/min", created="21:15")])
    put(store, SLEEP, WATCH, [stage("Awake", "01:00", "02:00", created="08:00"), stage("REM", "02:00", "07:00")])
    after = renewed(store)
    assert [by_day(after, field) for field in ("steps", "restingHR", "sleepSecs")] == [
        {DAY: 250}, {DAY: 52}, {DAY: 7 * 3600},
    ]  # fmt: skip


def test_a_late_evening_s_sleep_changes_what_the_night_s_readings_mean(store: Store) -> None:
    put(
        store,
        QUANTITY + "OxygenSaturation",
        WATCH,
        [reading(evening("23:30"), 0.95, "%"), reading(at("11:00"), 0.99, "%")],
    )
    assert by_day(renewed(store), "spO2") == {DAY - timedelta(days=1): 95.0, DAY: 99.0}
    put(store, SLEEP, WATCH, [stage("Core", evening("23:00"), "06:00")])
    assert by_day(renewed(store), "spO2") == {DAY - timedelta(days=1): 95.0, DAY: 95.0}


def test_another_home_zone_makes_other_days(store: Store) -> None:
    put(store, QUANTITY + "StepCount", WATCH, [row("22:00", "23:00", 300, "count")])
    assert by_day(renewed(store), "steps") == {DAY: 300}
    assert by_day(renewed(store, ZoneInfo("Asia/Tokyo")), "steps") == {DAY + timedelta(days=1): 300}


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (SLEEP, stage("Core", "00:00", "07:00")),
        ("HKCategoryTypeIdentifierMindfulSession", row("08:00", "08:10")),
        ("HKCategoryTypeIdentifierMenstrualFlow", row("12:00", "12:00", label="HKCategoryValueMenstrualFlowLight")),
        (QUANTITY + "BodyMass", row("07:00", "07:00", 72, "kg")),
        (QUANTITY + "BasalEnergyBurned", row("07:00", "08:00", 72, "kcal")),
    ],
)
def test_a_sample_that_claims_more_than_31_days_changes_no_day(store: Store, kind: str, made: Row) -> None:
    put(store, kind, WATCH, [made])
    before = renewed(store)
    put(store, kind, WATCH, [made._replace(start=made.start - HOUR, end=made.start + LONGEST_SPAN)])
    put(store, kind, PHONE, [made._replace(start=made.start - HOUR, end=made.start + LONGEST_SPAN)])
    assert before
    assert renewed(store) == before


def test_a_sample_over_many_days_reaches_each_of_them(store: Store) -> None:
    first, last = date(2018, 10, 28), date(2018, 11, 9)
    minutes = (at("00:00", last) - at("00:00", first)) / MINUTE
    put(store, QUANTITY + "BasalEnergyBurned", WATCH, [row(at("00:00", first), at("00:00", last), minutes, "kcal")])
    assert by_day(renewed(store), "RestingEnergy") == {
        first + timedelta(days=number): 60 * (25 if number == 0 else 24) for number in range(12)
    }


# --- whatever comes when --------------------------------------------------------------------------------------------


ZONES = ["Europe/Berlin", "Asia/Tokyo", "Pacific/Auckland", "Pacific/Honolulu"]


def some_weeks(chance: Random, start: int) -> dict[str, dict[Source, list[Row]]]:
    """Nights at home and abroad, and readings of every other metric, around the weeks that begin at `start`."""
    found: dict[str, dict[Source, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for number in range(20):
        zone = chance.choice([None, None, *ZONES])
        for source in (WATCH, RING):
            moment = start + number * 24 * HOUR - chance.randrange(360) * MINUTE
            for _ in range(chance.randrange(8)):
                length = chance.randrange(1, 130) * MINUTE
                name = chance.choice(["Core", "Deep", "REM", "Awake", "Unspecified", "InBed"])
                found[SLEEP][source].append(stage(name, moment, moment + length, zone=zone, created=moment + HOUR))
                moment += length + chance.choice([0, 0, 30, 150]) * MINUTE
    for one in metrics():
        lengths = [0, 1, 10] if "HeartRate" in one.types[0] else [0, 10, 600, 5000]
        for source in (WATCH, PHONE, RING) if QUANTITY in one.types[0] else ():
            for _ in range(chance.randrange(60)):
                moment, length = start + chance.randrange(-2880, 22 * 1440) * MINUTE, chance.choice(lengths) * MINUTE
                made = row(moment, moment + length, chance.uniform(1, 100), one.unit, created=moment + length)
                found[one.types[0]][source].append(made)
    return found


@pytest.mark.parametrize("seed", [2, 7])
def test_days_made_bit_by_bit_are_those_made_of_everything_at_once(store: Store, seed: int) -> None:
    chance = Random(seed)
    home, first = ZoneInfo(chance.choice(ZONES)), date(2026, 3, 15)
    weeks = some_weeks(chance, at("00:00", first, home))
    pieces = [(kind, source, one) for kind, rows in weeks.items() for source, found in rows.items() for one in found]
    chance.shuffle(pieces)
    for delivery in (pieces[::2], pieces):
        batches: dict[tuple[str, Source], list[Row]] = defaultdict(list)
        for kind, source, one in delivery:
            batches[kind, source].append(one)
        for (kind, source), rows in batches.items():
            put(store, kind, source, rows)
        renewed(store, home)

    everything = {kind: {source: merge(rows) for source, rows in of.items()} for kind, of in weeks.items()}
    at_once = []
    for day in each_day(first - timedelta(days=6), first + timedelta(days=30)):
        samples = DaySamples(day, *bounds(day, home), home, everything)
        for shown in metrics():
            if (made := derive(shown, samples)) is not None:
                value = shown.round(made.value)
                at_once.append(DayValue(day, shown.field, value, shown.unit, made.sources, made.formula))
    assert renewed(store, home) == at_once
