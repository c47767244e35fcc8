"""Published deliveries of Health Auto Export."""

from __future__ import annotations

from collections import Counter

import pytest

from intervals_companion.domain.samples import SLEEP, WORKOUT
from intervals_companion.formats.details import row_workout
from intervals_companion.health.bridge import Read
from support.facts import facts_path
from support.pushes import STEPS, read_push, rows

pytestmark = pytest.mark.facts


def sample(name: str) -> Read:
    folder = facts_path("reference", "apple-health", "samples", "health-auto-export")
    return read_push((folder / name).read_bytes())


def test_a_real_week_of_stages_comes_whole() -> None:
    found = rows(sample("sleep_unaggregated.json"), SLEEP)
    labels = Counter(row.label.removeprefix("HKCategoryValueSleepAnalysis") for row in found)
    assert labels == {"AsleepCore": 91, "AsleepREM": 38, "InBed": 32, "AsleepDeep": 30, "Awake": 24}
    assert not sample("sleep_unaggregated.json").left_out


def test_blood_oxygen_of_96_is_the_fraction() -> None:
    found = rows(sample("payload_metrics_only.json"), "HKQuantityTypeIdentifierOxygenSaturation")
    assert [row.value for row in found] == [0.96, 0.97]


def test_a_walk_has_its_energy_in_kilojoules() -> None:
    (row,) = rows(sample("payload_workouts_only.json"), WORKOUT)
    walk = row_workout(row, "")
    assert (walk.activity, walk.elapsed) == ("Walking", 2700)
    assert walk.statistics["HKQuantityTypeIdentifierActiveEnergyBurned"][:2] == ("kJ", 220.0)


def test_the_smallest_delivery_has_steps_a_heart_rate_a_night_and_a_run() -> None:
    read = sample("sample_payload_minimal.json")
    assert [one.value for one in read.summaries if one.type == STEPS] == [8500]
    assert sum(one.value for one in read.summaries if one.label.startswith("Asleep")) == 7.5
    assert read.reading.workouts == 1
    assert not read.left_out
