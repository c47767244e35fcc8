"""Why a sample did not count, in words."""

from __future__ import annotations

import pytest

from intervals_companion.derive.day_samples import DaySamples
from intervals_companion.derive.explained import refused
from intervals_companion.domain import catalogue
from intervals_companion.domain.days import bounds
from intervals_companion.domain.samples import SLEEP
from support.day_builders import BERLIN, DAY, PHONE, WATCH, Rows, evening, made, reading, stage

NIGHT = {WATCH: [stage("Core", evening("23:12"), "06:51")]}


def reasons(field: str, rows: Rows, night: Rows | None = None) -> list[str]:
    metric, value = catalogue.metric(field), made(field, rows, night=night)
    assert value is not None
    samples = DaySamples(DAY, *bounds(DAY, BERLIN), BERLIN, {SLEEP: night or {}, metric.types[0]: rows})
    return [refused(metric, samples, value, source, row) for source, of_source in rows.items() for row in of_source]


def test_only_what_was_measured_asleep_counts() -> None:
    clocks = (evening("22:00"), "02:00", "07:15")
    found = reasons("hrvSDNN", {WATCH: [reading(clock, 50, "ms") for clock in clocks]}, NIGHT)
    assert found == ["before falling asleep", "", "after waking"]


def test_two_devices_are_never_averaged() -> None:
    beats = {WATCH: [reading("02:00", 50, "ms")], PHONE: [reading("03:00", 60, "ms")]}
    assert reasons("hrvSDNN", beats, NIGHT) == ["", "another source counts"]


@pytest.mark.parametrize(
    ("field", "unit", "said"),
    [
        ("weight", "kg", ["a later one counts", ""]),
        ("HRRecovery", "count/min", ["", "a higher one counts"]),
        ("bloodGlucose", "mmol/L", ["", ""]),
    ],
)
def test_where_one_sample_is_the_value_the_others_say_which(field: str, unit: str, said: list[str]) -> None:
    assert reasons(field, {WATCH: [reading("07:00", 6.0, unit), reading("08:00", 5.0, unit)]}) == said


def test_a_sample_of_the_evening_before_belongs_to_another_day() -> None:
    counts = {WATCH: [reading(evening("20:00"), 5.0, "mmol/L"), reading("08:00", 6.0, "mmol/L")]}
    assert reasons("bloodGlucose", counts) == ["another day", ""]
