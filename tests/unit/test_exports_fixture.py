"""The hand-made exports: what is legal reads the same in any form, what is damaged is damaged as real files are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from support import exports

STEPS = exports.record(
    "HKQuantityTypeIdentifierStepCount",
    212,
    "count",
    "2026-02-28 10:00:00 +0100",
    "2026-02-28 10:05:00 +0100",
    source="Mika’s Apple\u00a0Watch",
    device=exports.WATCH_DEVICE,
    metadata={"HKWasUserEntered": "0"},
)


def read(*elements: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(exports.export_xml(*elements)).iter("Record"))


def test_a_record_reads_back_as_it_was_given() -> None:
    (found,) = read(STEPS)
    assert found.attrib == {
        "type": "HKQuantityTypeIdentifierStepCount",
        "sourceName": "Mika’s Apple\u00a0Watch",
        "sourceVersion": "26.1",
        "device": exports.WATCH_DEVICE,
        "unit": "count",
        "creationDate": "2026-02-28 10:05:00 +0100",
        "startDate": "2026-02-28 10:00:00 +0100",
        "endDate": "2026-02-28 10:05:00 +0100",
        "value": "212",
    }
    assert [entry.attrib for entry in found] == [{"key": "HKWasUserEntered", "value": "0"}]


@pytest.mark.parametrize(
    "form",
    [exports.reordered, exports.single_quoted, exports.spaced, exports.with_character_references],
    ids=lambda form: form.__name__,
)
def test_a_legal_form_says_the_same(form: Callable[[str], str]) -> None:
    assert form(STEPS) != STEPS
    assert read(form(STEPS))[0].attrib == read(STEPS)[0].attrib


def test_markup_inside_a_value_is_text() -> None:
    tricky = exports.with_markup_in_value(exports.with_greater_than(STEPS))
    assert read(tricky)[0].get("sourceName") == "x value='1' type='HKFake' a>b Mika’s Apple\u00a0Watch"


def test_what_a_comment_or_cdata_holds_is_no_record() -> None:
    assert read(exports.in_comment(STEPS), exports.in_cdata(STEPS)) == []


def test_elements_may_share_a_line_and_repeat() -> None:
    assert len(read(exports.on_one_line(STEPS, STEPS), exports.repeated(STEPS, 3))) == 5


@pytest.mark.parametrize(
    "damage",
    [exports.with_broken_dtd, exports.with_control_character, exports.truncated],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_document_is_no_xml(damage: Callable[[str], str]) -> None:
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(damage(exports.export_xml(STEPS)))


def test_a_workout_holds_its_metadata_twice_and_its_routes() -> None:
    span = ("2026-02-28 10:00:00 +0100", "2026-02-28 10:30:00 +0100")
    distance = exports.statistics("HKQuantityTypeIdentifierDistanceWalkingRunning", *span, "km", sum=5.1)
    text = exports.workout(
        "Running",
        *span,
        minutes=29.5,
        inside=[exports.event("Pause", span[0]), exports.workout_part(*span, distance), distance],
        routes=["route_2026-02-28_10.29am.gpx"],
        metadata={"HKIndoorWorkout": "0"},
    )
    (found,) = ElementTree.fromstring(exports.export_xml(text)).iter("Workout")
    assert [child.tag for child in found] == [
        "MetadataEntry",
        "WorkoutEvent",
        "WorkoutActivity",
        "WorkoutStatistics",
        "WorkoutRoute",
        "MetadataEntry",
    ]


def test_the_zip_holds_what_a_phone_puts_there(tmp_path: Path) -> None:
    way = exports.gpx([exports.Point("2026-02-28T09:00:00Z", 52.5, 13.4)])
    path = exports.zip_export(
        tmp_path / "export.zip",
        exports.export_xml(STEPS),
        {"route_2026-02-28_10.00am.gpx": way},
        name=exports.LOCALIZED_NAMES["zh"],
    )
    with ZipFile(path) as archive:
        assert archive.namelist() == [
            "apple_health_export/导出.xml",
            "apple_health_export/export_cda.xml",
            "apple_health_export/workout-routes/route_2026-02-28_10.00am.gpx",
        ]
        assert len(list(ElementTree.fromstring(archive.read(archive.namelist()[2])).iter())) > 5
