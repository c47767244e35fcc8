"""Exports of iOS 8 (2015): `source` for `sourceName`, and metadata as attributes, some with blanks in their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from intervals_companion.domain.samples import unpack_metadata
from intervals_companion.health.apple_export import xml_reader
from support.export_reading import Read, read_xml

STEPS, FAT, PRESSURE = (f"HKQuantityTypeIdentifier{name}" for name in ("StepCount", "BodyFatPercentage", "Height"))
DATES = 'creationDate="20150616071916-0700" startDate="20150616071820-0700" endDate="20150616071820-0700"'
SCALE = (
    f'<Record type="{FAT}" source="Scale" unit="%" {DATES} Health Mate App Version="2.6.0" HKDeviceSerialNumber="x"'
    ' Modified Date="2015-06-16 14:19:08 +0000" Scale Link="scale://measure?a=1&amp;b=2" HKWasUserEntered="1"'
    ' value="0.21"/>'
)
"""As in a public report on a scale's entries."""


def steps(source: str, value: int) -> str:
    return f'<Record type="{STEPS}" source="{source}" unit="count" {DATES} value="{value}"/>'


def read(tmp_path: Path, *elements: str) -> Read:
    inside = "\n ".join(('<ExportDate value="20150616080000-0700"/>', *elements))
    return read_xml(
        tmp_path, f'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en_US">{inside}\n</HealthData>'
    )


def test_two_apps_are_two_sources(tmp_path: Path) -> None:
    found = read(tmp_path, steps("Ann iPhone", 1000), steps("Fitbit", 1010))
    assert sorted((batch.source.name, batch.rows[0].value) for batch in found.batches) == [
        ("Ann iPhone", 1000), ("Fitbit", 1010),
    ]  # fmt: skip


def test_a_workout_has_its_source_too(tmp_path: Path) -> None:
    run = f'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" source="Runner" duration="30" {DATES}/>'
    assert [batch.source.name for batch in read(tmp_path, run).batches] == ["Runner"]


def test_metadata_among_the_attributes_are_metadata(tmp_path: Path) -> None:
    row = read(tmp_path, SCALE).row(FAT)
    assert row.value == 0.21
    assert unpack_metadata(row.metadata) == {
        "HealthMateAppVersion": "2.6.0", "HKDeviceSerialNumber": "x", "ModifiedDate": "2015-06-16 14:19:08 +0000",
        "ScaleLink": "scale://measure?a=1&b=2", "HKWasUserEntered": "1",
    }  # fmt: skip


def test_names_with_blanks_cost_no_record_and_no_word(tmp_path: Path) -> None:
    found = read(tmp_path, steps("Phone", 1), SCALE, steps("Phone", 2))
    assert found.reading.types == {STEPS: 2, FAT: 1}
    assert (found.reading.damaged, found.said()) == (0, "")


@pytest.mark.parametrize("size", [1, 7, 64, 333])
def test_a_tag_cut_in_pieces_on_its_way_in_is_read_as_well(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xml_reader, "_PIECE", size)
    found = read(tmp_path, *(SCALE, steps("Phone", 1)) * 5)
    assert (found.reading.types, found.reading.damaged) == ({STEPS: 5, FAT: 5}, 0)


def test_a_file_cut_off_inside_such_a_tag_keeps_what_was_before(tmp_path: Path) -> None:
    whole = f"<HealthData>\n{steps('Phone', 1)}\n{SCALE}"
    found = read_xml(tmp_path, whole[: whole.index("Modified")])
    assert found.reading.types == {STEPS: 1}
    assert found.damage is not None or not found.reading.complete
