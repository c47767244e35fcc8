"""What breaks other readers of export.xml: broken declarations, forbidden characters, broken elements, early ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from intervals_companion.domain.activity import Statistic
from intervals_companion.health.apple_export import elements, xml_reader, zipped
from support.export_reading import Read, read_xml, unpack_beats
from support.exports import (
    Point,
    correlation,
    export_xml,
    gpx,
    record,
    statistics,
    truncated,
    with_broken_dtd,
    with_control_character,
    workout,
)

Q = "HKQuantityTypeIdentifier"
STEPS, WEIGHT, HRV, SYSTOLIC = (
    Q + "StepCount",
    Q + "BodyMass",
    Q + "HeartRateVariabilitySDNN",
    Q + "BloodPressureSystolic",
)
AT, LATER = "2026-02-03 07:05:11 +0100", "2026-02-03 07:15:00 +0100"
BEFORE, AFTER = record(STEPS, 1, "count", AT), record(STEPS, 2, "count", LATER)
GOOD = record(WEIGHT, 70, "kg", AT)


def read_elements(tmp_path: Path, *elements: str) -> Read:
    return read_xml(tmp_path, export_xml(*elements))


def line_of(xml: str, text: str) -> int:
    return 1 + xml[: xml.index(text)].count("\n")


# --- before the data ------------------------------------------------------------------------------------------------


def test_a_broken_document_type_is_skipped(tmp_path: Path) -> None:
    assert read_xml(tmp_path, with_broken_dtd(export_xml(GOOD))).reading.types == {WEIGHT: 1}


def test_an_export_without_a_document_type_is_read(tmp_path: Path) -> None:
    assert read_xml(tmp_path, export_xml(GOOD, dtd=False)).reading.types == {WEIGHT: 1}


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    assert read_xml(tmp_path, b"\xef\xbb\xbf" + export_xml(GOOD).encode()).reading.types == {WEIGHT: 1}


def test_entities_of_the_document_type_do_not_exist(tmp_path: Path) -> None:
    bomb = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    xml = export_xml(BEFORE, record(WEIGHT, 70, "kg", AT, source="ENTITY"), AFTER).replace(
        "<!ELEMENT", bomb + "<!ELEMENT", 1
    )
    found = read_xml(tmp_path, xml.replace('ENTITY"', '&b;"'))
    assert found.reading.types == {STEPS: 2}
    assert "This Record could not be read: undefined entity." in found.said()


# --- characters -----------------------------------------------------------------------------------------------------


def test_control_characters_are_dropped(tmp_path: Path) -> None:
    found = read_xml(tmp_path, with_control_character(export_xml(GOOD)))
    assert (found.source(WEIGHT).name, found.said()) == ("Test Watch", "")


@pytest.mark.parametrize("reference", ["&#11;", "&#x1F;", "&#xFFFE;", "&#xD800;", "&#1114112;"])
def test_references_to_forbidden_characters_are_dropped(tmp_path: Path, reference: str) -> None:
    found = read_elements(tmp_path, BEFORE, GOOD.replace("Test", f"Te{reference}st"), AFTER)
    assert found.source(WEIGHT).name == "Test Watch"
    assert (found.reading.types, found.said()) == ({STEPS: 2, WEIGHT: 1}, "")


def test_references_to_allowed_characters_stay(tmp_path: Path) -> None:
    found = read_elements(tmp_path, GOOD.replace("Test", "T&#xe9;&#10;&#128512;&#11;st"))
    assert found.source(WEIGHT).name == "Té\n😀st Watch"


def test_bytes_that_are_no_text_cost_their_record_only(tmp_path: Path) -> None:
    xml = export_xml(BEFORE, GOOD.replace("Test", "T?st"), AFTER)
    found = read_xml(tmp_path, xml.encode().replace(b"T?st", b"T\xff\xfest"))
    assert found.reading.types == {STEPS: 2}
    assert [problem.where for problem in found.reading.problems] == [f"export.xml, line {line_of(xml, 'T?st')}"]


# --- broken elements ------------------------------------------------------------------------------------------------


def test_a_second_start_where_the_end_belongs_is_mended(tmp_path: Path) -> None:
    totals = statistics(WEIGHT, AT, LATER, "km", sum=5).replace("endDate", "startDate")
    found = read_elements(tmp_path, BEFORE, workout("Running", AT, LATER, inside=[totals], metadata={"a": "b"}), AFTER)
    assert found.workout().statistics == {WEIGHT: Statistic("km", 5)}
    assert found.workout().metadata == {"a": "b"}
    assert (found.reading.types, found.said()) == ({STEPS: 2}, "")


@pytest.mark.parametrize(
    "broken",
    [
        GOOD.replace('unit="kg"', 'unit="kg" unit="lb"'),
        GOOD.replace('unit="kg"', "unit=kg"),
        GOOD.replace('unit="kg"', 'unit="kg'),
        GOOD.replace('unit="kg"', 'unit="a < b"'),
        GOOD.replace('unit="kg"', 'unit="a & b"'),
        GOOD.replace('unit="kg"', "Health Mate App Version"),
        GOOD.replace('unit="kg"', 'é="&x;"'),
        GOOD.replace("/>", ">"),
        GOOD.replace("<Record", "<<Record"),
        GOOD + "</Record>",
        GOOD + "&nbsp;",
    ],
)
def test_a_broken_record_costs_nothing_else(tmp_path: Path, broken: str) -> None:
    xml = export_xml(BEFORE, broken, AFTER, workout("Running", AT, LATER))
    found = read_xml(tmp_path, xml)
    assert found.reading.types[STEPS] == 2
    assert found.reading.workouts == 1
    assert found.reading.complete
    (problem,) = found.reading.problems
    assert problem.what.startswith(("This Record ", "The Record "))


@pytest.mark.parametrize("outer", ["Record", "Workout", "ActivitySummary"])
@pytest.mark.parametrize("closed", [True, False])
def test_an_element_without_its_end_does_not_swallow_the_rest(tmp_path: Path, outer: str, closed: bool) -> None:
    opened = record(WEIGHT, 70, "kg", AT).replace("Record", outer).replace("/>", ">")
    inside = opened + BEFORE + (f"</{outer}>" if closed else "")
    found = read_elements(tmp_path, inside, AFTER, workout("Running", AT, LATER))
    assert (found.reading.types[STEPS], found.reading.workouts) == (2, 1)
    assert found.said().endswith(f"The {outer} before this line has no end.")
    assert found.reading.complete


def test_a_file_of_elements_without_ends_is_no_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MOST_UNCLOSED", 10)
    found = read_elements(tmp_path, *[GOOD.replace("/>", ">")] * 20)
    assert found.damage is not None
    assert found.reading.types == {WEIGHT: 11}


def test_a_broken_record_is_told_with_its_line(tmp_path: Path) -> None:
    xml = export_xml(BEFORE, GOOD.replace('unit="kg"', "unit=kg"), AFTER, record(WEIGHT, "x", "kg", AT))
    found = read_xml(tmp_path, xml)
    lines = [line_of(xml, "unit=kg"), line_of(xml, 'value="x"')]
    assert [problem.where for problem in found.reading.problems] == [f"export.xml, line {line}" for line in lines]


def test_a_record_with_broken_metadata_is_kept_without_it(tmp_path: Path) -> None:
    """As iOS 8 wrote it: names with spaces."""
    old = GOOD.replace("/>", '><MetadataEntry Health Mate App Version="2.16"/></Record>')
    found = read_elements(tmp_path, BEFORE, old, AFTER)
    assert found.row(WEIGHT).metadata == ""
    assert found.reading.types == {STEPS: 2, WEIGHT: 1}
    assert len(found.reading.problems) == 1


def test_a_fault_below_a_record_is_mended_in_its_place(tmp_path: Path) -> None:
    found = read_elements(
        tmp_path, BEFORE, record(WEIGHT, 70, "kg", AT, metadata={"a": "b\x1fc", "d": "e"}).replace("\x1f", "&#11;")
    )
    assert found.row(WEIGHT).metadata == '{"a":"bc","d":"e"}'


def test_a_fault_among_beats_is_mended_in_its_place(tmp_path: Path) -> None:
    beats = record(HRV, 60, "ms", AT, beats=[(60, "07:00:00,00"), (61, "07:00:01,00"), (62, "07:00:02,00")])
    row = read_elements(tmp_path, beats.replace('bpm="61"', 'bpm="6&#11;1"')).row(HRV)
    assert [beat.bpm for beat in unpack_beats(row.detail)] == [60, 61, 62]


def test_a_broken_correlation_does_not_turn_its_members_into_records(tmp_path: Path) -> None:
    member = record(SYSTOLIC, 121, "mmHg", AT)
    broken = correlation("HKCorrelationTypeIdentifierBloodPressure", member, member, start=AT)
    for fault in (broken.replace("<Correlation ", "<Correlation bad "), broken.replace("<Record ", "<Record bad ", 1)):
        found = read_elements(tmp_path, BEFORE, fault, AFTER)
        assert found.reading.types == {STEPS: 2}
        assert [problem.what.split(" could")[0] for problem in found.reading.problems] == ["This Correlation"]


def test_a_broken_workout_is_left_out_whole(tmp_path: Path) -> None:
    broken = workout("Running", AT, LATER, inside=["<WorkoutEvent bad/>"], metadata={"a": "b"})
    found = read_elements(tmp_path, BEFORE, broken, workout("Walking", AT, LATER), AFTER)
    assert [it.activity for it in found.workouts()] == ["Walking"]
    assert found.reading.types == {STEPS: 2}
    assert "This Workout could not be read" in found.said()


def test_every_record_broken_is_still_an_answer(tmp_path: Path) -> None:
    found = read_elements(tmp_path, *[GOOD.replace('unit="kg"', "unit=kg")] * 300, AFTER)
    assert found.reading.types == {STEPS: 1}
    assert len(found.reading.problems) + found.reading.more_problems == 300


def test_a_broken_root_is_data_that_never_begins(tmp_path: Path) -> None:
    found = read_xml(tmp_path, export_xml(GOOD).replace("<HealthData locale", "<HealthData <locale"))
    assert found.damage is not None
    assert not found.batches


def test_text_behind_the_end_is_ignored(tmp_path: Path) -> None:
    found = read_xml(tmp_path, export_xml(GOOD) + "\0\0\0" + export_xml(BEFORE))
    assert (found.damage, found.reading.types) == (None, {WEIGHT: 1})


def test_unknown_elements_and_attributes_are_ignored(tmp_path: Path) -> None:
    strange = '<Novelty a="b"><Record type="x"/><MetadataEntry key="a" value="b"/>text</Novelty>'
    found = read_elements(tmp_path, BEFORE, strange, GOOD.replace("<Record", '<Record novelty="1"'))
    assert found.reading.types == {STEPS: 1, WEIGHT: 1}


@pytest.mark.parametrize("size", [1, 5, 64, 1000])
def test_faults_are_mended_and_skipped_wherever_pieces_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(zipped, "CHUNK", size)
    totals = statistics(WEIGHT, AT, LATER, "km", sum=5).replace("endDate", "startDate")
    xml = export_xml(
        BEFORE,
        GOOD.replace('unit="kg"', "unit=kg"),
        workout("Running", AT, LATER, inside=[totals]),
        correlation("HKCorrelationTypeIdentifierBloodPressure", GOOD.replace(" ", " bad ", 1), start=AT),
        GOOD.replace("Test", "Te&#11;st"),
        AFTER,
        record(WEIGHT, "x", "kg", AT),
    )
    found = read_xml(tmp_path, with_control_character(with_broken_dtd(xml)))
    assert found.workout().statistics == {WEIGHT: Statistic("km", 5)}
    assert found.reading.types == {STEPS: 2, WEIGHT: 2}
    whole = with_broken_dtd(xml)
    lines = [line_of(whole, "unit=kg"), line_of(whole, " bad "), line_of(whole, 'value="x"')]
    assert [problem.where for problem in found.reading.problems] == [f"export.xml, line {line}" for line in lines]


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("endless", ['<Record type="', "<!-- "])
def test_a_token_without_end_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: str) -> None:
    monkeypatch.setattr(xml_reader, "LONGEST_TOKEN", 5000)
    monkeypatch.setattr(zipped, "CHUNK", 1000)
    found = read_elements(tmp_path, BEFORE, endless + "a" * 50_000, AFTER)
    assert found.reading.types == {STEPS: 2}
    assert "it does not end" in found.said()


@pytest.mark.parametrize(
    "flood", ["<a>" * 200, "".join(f"<a{number}/>" for number in range(11_000))], ids=["depth", "names"]
)
def test_what_no_export_is_ends_the_reading_and_keeps_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flood: str
) -> None:
    monkeypatch.setattr(zipped, "CHUNK", 4000)
    found = read_elements(tmp_path, BEFORE, "\n" * 4000, flood, AFTER)
    assert found.damage is not None
    assert found.reading.types == {STEPS: 1}


# --- early ends -----------------------------------------------------------------------------------------------------


def test_a_truncated_file_keeps_what_was_read_and_says_where_it_broke(tmp_path: Path) -> None:
    whole = export_xml(BEFORE, record(STEPS, 2, "count", "2024-10-25 07:15:00 +0200"), GOOD)
    xml = truncated(whole)
    found = read_xml(tmp_path, xml)
    assert found.reading.types == {STEPS: 2}
    assert not found.reading.complete
    assert found.damage is not None
    assert f"line {xml.count(chr(10)) + 1}" in found.damage.cause
    assert f"byte {len(xml.encode())}" in found.damage.cause
    assert "2024-10-25" in found.damage.cause
    assert "Export again" in found.damage.cure
    assert found.damage.exit_code == 3


@pytest.mark.parametrize(
    "tail", ["", " ", "\n<", "<!-- ", "<![CDATA[ ", "</HealthDat", "</HealthData<", "<Record type='a'>", "text \xc3"]
)
def test_any_early_end_is_noticed(tmp_path: Path, tail: str) -> None:
    xml = export_xml(BEFORE).replace("</HealthData>\n", tail).encode("latin-1")
    found = read_xml(tmp_path, xml)
    assert found.damage is not None
    assert found.reading.types[STEPS] == 1


def test_a_record_whose_children_are_cut_off_is_kept(tmp_path: Path) -> None:
    xml = export_xml(record(HRV, 60, "ms", AT, beats=[(60, "07:00:00,00"), (61, "07:00:01,00")]))
    found = read_xml(tmp_path, xml[: xml.index('<InstantaneousBeatsPerMinute bpm="61"') + 9])
    assert found.row(HRV).value == 60


def test_a_workout_that_is_cut_off_is_not_kept(tmp_path: Path) -> None:
    xml = export_xml(BEFORE, workout("Running", AT, LATER, metadata={"a": "b"}))
    found = read_xml(tmp_path, xml[: xml.index("</Workout>")])
    assert (found.reading.types, found.workouts()) == ({STEPS: 1}, [])


def test_routes_of_what_was_read_are_joined_before_the_damage_is_told(tmp_path: Path) -> None:
    xml = truncated(export_xml(workout("Running", AT, LATER, routes=["a.gpx"]), GOOD))
    found = read_xml(tmp_path, xml, {"a.gpx": gpx([Point("2026-02-03T06:06:00Z", 52.5, 13.4)])})
    assert found.damage is not None
    assert len(found.routes()) == 1


def test_data_that_ends_before_it_begins_is_damage(tmp_path: Path) -> None:
    xml = export_xml(GOOD)
    found = read_xml(tmp_path, xml[: xml.index("<HealthData")])
    assert found.damage is not None
    assert not found.batches
