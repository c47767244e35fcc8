"""The made export's records, read with ElementTree only: what it holds is what the plan says, as an iPhone writes it.

The ten days before 2 April 2026 hold a change to summer time, on 29 March.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import isclose
from pathlib import Path
from statistics import stdev
from typing import NamedTuple
from zipfile import ZipFile

import pytest

from intervals_sandbox.world.apple_export import write_export
from intervals_sandbox.world.life import life
from support.made_export import (
    HOME,
    HRV,
    PHONE,
    QUANTITY,
    SEED,
    SLEEP,
    STEPS,
    SUMMER_BEGINS,
    TODAY,
    WATCH,
    Made,
    Rec,
    instant,
    points,
)

DAYS = 10
DAY = 86400


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = tmp_path_factory.mktemp("export") / "export.zip"
    return Made(path, write_export(path, SEED, TODAY, days=DAYS))


# The file


def test_the_same_arguments_give_the_same_bytes(made: Made, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    assert write_export(again, SEED, TODAY, days=DAYS) == made.truth
    assert again.read_bytes() == made.path.read_bytes()


def test_another_seed_is_another_athlete(tmp_path: Path) -> None:
    one, two = (write_export(tmp_path / f"{seed}.zip", seed, TODAY, days=1) for seed in (1, 2))
    assert one.sums != two.sums


def test_the_zip_is_laid_out_as_a_phone_does(made: Made) -> None:
    with ZipFile(made.path) as archive:
        assert archive.testzip() is None
        assert {re.sub(r"route_.*", "", name) for name in archive.namelist()} == {
            "apple_health_export/export.xml",
            "apple_health_export/export_cda.xml",
            "apple_health_export/workout-routes/",
        }
        head = archive.read("apple_health_export/export.xml")[:200]
    assert b"<!DOCTYPE HealthData [\n<!-- HealthKit Export Version: 14 -->" in head


def test_attributes_stand_in_the_order_of_real_files(made: Made) -> None:
    steps = made.records(STEPS)[0]
    assert list(steps.element.attrib) == [
        "type", "sourceName", "sourceVersion", "device", "unit", "creationDate", "startDate", "endDate", "value",
    ]  # fmt: skip


def test_progress_counts_up_to_its_end(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    write_export(tmp_path / "export.zip", SEED, TODAY, days=1, progress=lambda done, total: heard.append((done, total)))
    totals = {total for _, total in heard}
    assert [done for done, _ in heard] == list(range(1, totals.pop() + 1))
    assert not totals


def test_tomorrows_export_repeats_todays_records(made: Made, tmp_path: Path) -> None:
    def keys(export: Made) -> Counter[tuple[str, str, datetime, datetime, str | None]]:
        return Counter((r.type, r.source, r.start, r.end, r.value) for r in export.all())

    path = tmp_path / "tomorrow.zip"
    tomorrow = Made(path, write_export(path, SEED, TODAY + timedelta(days=1), days=DAYS + 1))
    assert keys(made) <= keys(tomorrow)


# The truth


def test_records_and_sums_are_those_of_the_truth(made: Made) -> None:
    counted: Counter[str] = Counter()
    summed: defaultdict[str, float] = defaultdict(float)
    for rec in made.all():
        counted[rec.type] += 1
        if rec.unit:
            summed[rec.type] += rec.number
    assert counted == made.truth.records
    assert summed == pytest.approx(made.truth.sums)


def test_workouts_and_routes_are_those_of_the_truth(made: Made) -> None:
    assert len(made.root.findall("Workout")) == made.truth.workouts
    assert len(made.routes) == made.truth.routes


def test_nothing_was_written_after_the_export(made: Made) -> None:
    exported = instant(made.root.find("ExportDate").attrib["value"])  # type: ignore[union-attr]
    assert exported.astimezone(HOME).date() == TODAY
    assert all(rec.start <= rec.end <= rec.created <= exported for rec in made.all())


def test_sleep_is_what_the_watch_staged_in_the_longest_sleep_of_the_day(made: Made) -> None:
    stages = [rec for rec in made.records(SLEEP, WATCH) if rec.value and rec.value.endswith(("Core", "Deep", "REM"))]
    slept: defaultdict[date, int] = defaultdict(int)
    for night in clusters(sorted(stages, key=lambda rec: rec.start)):
        day = night[-1].end.astimezone(HOME).date()
        slept[day] = max(slept[day], round(sum((rec.end - rec.start).total_seconds() for rec in night)))
    assert slept == made.truth.sleep


def clusters(rows: list[Rec]) -> Iterator[list[Rec]]:
    cluster = rows[:1]
    for row in rows[1:]:
        if row.start - cluster[-1].end > timedelta(hours=2):
            yield cluster
            cluster = []
        cluster.append(row)
    yield cluster


def test_the_scale_wrote_the_weights_of_the_life(made: Made) -> None:
    written = {rec.start.astimezone(HOME).date(): rec.number for rec in made.records(QUANTITY + "BodyMass")}
    assert written == made.truth.weights
    assert written.items() <= life(SEED, TODAY).weights.items()


def test_the_latest_written_resting_heart_rate_of_a_day_counts(made: Made) -> None:
    rows = sorted(made.records(QUANTITY + "RestingHeartRate"), key=lambda rec: rec.created)
    latest = {rec.end.astimezone(HOME).date(): round(rec.number) for rec in rows}
    del latest[TODAY]
    assert latest == made.truth.resting_heart_rate


def test_each_second_counted_once_the_watch_first_gives_the_steps_of_the_truth(made: Made) -> None:
    seen: dict[datetime, float] = {}
    for source in (PHONE, WATCH):
        for rec in made.records(STEPS, source):
            seconds = round((rec.end - rec.start).total_seconds())
            seen |= {rec.start + timedelta(seconds=second): rec.number / seconds for second in range(seconds)}
    days: defaultdict[date, float] = defaultdict(float)
    for moment, steps in seen.items():
        days[moment.astimezone(HOME).date()] += steps
    days.pop(TODAY, None)
    assert days == pytest.approx(made.truth.steps)


def test_adding_up_all_sources_counts_steps_twice(made: Made) -> None:
    assert made.truth.sums[STEPS] > 1.15 * sum(made.truth.steps.values())


def test_energy_eaten_is_the_sum_of_the_meals(made: Made) -> None:
    eaten: Counter[date] = Counter()
    for rec in made.records(QUANTITY + "DietaryEnergyConsumed"):
        eaten[rec.start.astimezone(HOME).date()] += round(rec.number)
    del eaten[TODAY]
    assert eaten == made.truth.energy_eaten


# Time


def test_one_offset_stands_in_the_whole_file(made: Made) -> None:
    dates = [
        value
        for element in made.root.iter()
        for key, value in element.attrib.items()
        if key in ("startDate", "endDate", "creationDate", "date")
    ]
    assert {text[-5:] for text in dates} == {"+0200"}
    assert min(map(instant, dates)) < SUMMER_BEGINS


def clock(text: str) -> float:
    """Seconds since midnight of `00:20:37,80`."""
    hours, minutes, seconds = text.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def test_beat_clocks_show_the_time_of_that_day(made: Made) -> None:
    for rec in made.records(HRV):
        first = rec.element.find(".//InstantaneousBeatsPerMinute")
        assert first is not None
        wall = rec.start.astimezone(HOME)
        assert 0 <= (clock(first.attrib["time"]) - clock(f"{wall:%H:%M:%S},00")) % DAY < 20


def test_route_files_are_named_after_their_end_on_the_wall_clock(made: Made) -> None:
    ends = {name: points(text)[-1][0] for name, text in made.routes.items()}
    assert min(ends.values()) < SUMMER_BEGINS < max(ends.values())
    for name, end in ends.items():
        wall = end.astimezone(HOME)
        hour = f"{wall:%I.%M%p}".lower().lstrip("0")
        assert name == f"route_{wall:%Y-%m-%d}_{hour}.gpx"


# Sources


def test_source_names_carry_a_curly_apostrophe_and_a_no_break_space(made: Made) -> None:
    assert {WATCH, PHONE} <= {rec.source for rec in made.all()}


def test_the_device_has_another_pointer_on_every_record(made: Made) -> None:
    devices = [rec.device for rec in made.all() if rec.device]
    assert devices[0].startswith("<<HKDevice: 0x")
    assert "hardware:Watch7,5" in " ".join(devices)
    assert len(set(devices)) == len(devices)


@pytest.mark.parametrize("name", ["StepCount", "DistanceWalkingRunning"])
def test_watch_and_phone_count_the_same_walks(made: Made, name: str) -> None:
    watch, phone = (made.records(QUANTITY + name, source) for source in (WATCH, PHONE))
    assert any(one.start < other.end and other.start < one.end for one in watch for other in phone)


def test_another_app_covers_the_staged_nights_with_one_generic_row(made: Made) -> None:
    stages, generic = made.records(SLEEP, WATCH), made.records(SLEEP, "Night & Nap")
    assert {rec.value for rec in generic} == {"HKCategoryValueSleepAnalysisAsleepUnspecified"}
    assert any(row.start < stage.start and stage.end < row.end for row in generic for stage in stages)


# Heart


class Beat(NamedTuple):
    milliseconds: float
    follows: bool
    """Whether the beat before it was seen: the clocks agree with the bpm, but for their rounding."""


def beats(rec: Rec) -> list[Beat]:
    found: list[Beat] = []
    last = None
    for beat in rec.element.iter("InstantaneousBeatsPerMinute"):
        at, bpm = clock(beat.attrib["time"]), int(beat.attrib["bpm"])
        step = 0.0 if last is None else (at - last) % DAY
        follows = abs(step - 60 / bpm) <= 0.015 + 30 / bpm**2
        found.append(Beat(step * 1000 if follows else 60000 / bpm, follows))
        last = at
    return found


def test_sdnn_is_the_spread_of_its_beats(made: Made) -> None:
    for rec in made.records(HRV):
        assert isclose(stdev(beat.milliseconds for beat in beats(rec)), rec.number, rel_tol=0.03)


def test_beat_lists_have_gaps(made: Made) -> None:
    pairs = [beat.follows for rec in made.records(HRV) for beat in beats(rec)[1:]]
    assert 0.03 < pairs.count(False) / len(pairs) < 0.1


def test_hrv_is_read_about_five_times_a_day_and_mostly_at_night(made: Made) -> None:
    readings = made.records(HRV)
    asleep = [rec for rec in readings if rec.start.astimezone(HOME).hour < 8]
    assert 4 < len(readings) / DAYS < 8
    assert len(asleep) > len(readings) / 2


@pytest.mark.parametrize("name", ["OxygenSaturation", "BodyFatPercentage"])
def test_percent_values_are_fractions(made: Made, name: str) -> None:
    rows = made.records(QUANTITY + name)
    assert {rec.unit for rec in rows} == {"%"}
    assert all(0 < rec.number <= 1 for rec in rows)
