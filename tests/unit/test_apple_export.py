"""Records, categories, correlations and their sources, as the export writes them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from intervals_companion.domain.samples import SLEEP, UNKNOWN_INSTANT, Device, Row, unpack_metadata
from intervals_companion.formats.details import Beat
from intervals_companion.health.apple_export import AppleExport, nested_records, reader, zipped
from intervals_companion.health.port import HealthReader
from support.export_reading import Read, read_xml, unpack_beats
from support.exports import (
    WATCH_DEVICE,
    correlation,
    export_xml,
    in_cdata,
    in_comment,
    on_one_line,
    record,
    reordered,
    repeated,
    single_quoted,
    spaced,
    summary,
    with_character_references,
    with_greater_than,
    with_markup_in_value,
    workout,
)
from support.sample_merge import merge

Q, C = "HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier"
STEPS, WEIGHT, HRV = Q + "StepCount", Q + "BodyMass", Q + "HeartRateVariabilitySDNN"
PRESSURE = "HKCorrelationTypeIdentifierBloodPressure"
SYSTOLIC, DIASTOLIC = Q + "BloodPressureSystolic", Q + "BloodPressureDiastolic"
AT, LATER = "2026-02-03 07:05:11 +0100", "2026-02-03 07:15:00 +0100"


def ms(text: str) -> int:
    return round(datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").timestamp() * 1000)


def read_elements(tmp_path: Path, *elements: str) -> Read:
    return read_xml(tmp_path, export_xml(*elements))


def test_it_is_a_health_reader(tmp_path: Path) -> None:
    (tmp_path / "export.xml").write_text(export_xml())
    reader: HealthReader = AppleExport(tmp_path)
    assert reader.channel == "export"


def test_a_quantity_keeps_value_and_unit_as_written(tmp_path: Path) -> None:
    found = read_elements(tmp_path, record(WEIGHT, 165.5, "lb", AT, LATER, created="2026-02-04 09:00:00 +0100"))
    assert found.row(WEIGHT) == Row(ms(AT), ms(LATER), 165.5, "lb", "", ms("2026-02-04 09:00:00 +0100"), "", b"")


def test_a_percentage_stays_the_fraction_that_was_written(tmp_path: Path) -> None:
    row = read_elements(tmp_path, record(Q + "OxygenSaturation", "0.97", "%", AT)).row(Q + "OxygenSaturation")
    assert (row.value, row.unit) == (0.97, "%")


def test_a_unit_with_a_middle_dot_or_its_reference_is_the_same_text(tmp_path: Path) -> None:
    dotted = record(Q + "VO2Max", 46.6, "mL/min·kg", AT)
    found = read_elements(tmp_path, dotted, dotted.replace("·", "&#183;"))
    assert {row.unit for row in found.rows(Q + "VO2Max")} == {"mL/min·kg"}


def test_a_category_keeps_its_text_and_has_no_unit(tmp_path: Path) -> None:
    row = read_elements(tmp_path, record(SLEEP, "HKCategoryValueSleepAnalysisAsleepREM", None, AT, LATER)).row(SLEEP)
    assert (row.value, row.unit, row.label) == (0.0, "", "HKCategoryValueSleepAnalysisAsleepREM")


def test_a_category_without_a_value_is_kept(tmp_path: Path) -> None:
    event = C + "LowHeartRateEvent"
    assert read_elements(tmp_path, record(event, None, None, AT, LATER)).row(event).label == ""


def test_the_renamed_sleep_value_does_not_make_a_second_sample(tmp_path: Path) -> None:
    old = record(SLEEP, "HKCategoryValueSleepAnalysisAsleep", None, AT, LATER)
    new = record(SLEEP, "HKCategoryValueSleepAnalysisAsleepUnspecified", None, AT, LATER)
    rows = read_elements(tmp_path, old, new).rows(SLEEP)
    assert [row.label for row in merge(rows)] == ["HKCategoryValueSleepAnalysisAsleepUnspecified"]


def test_a_type_of_another_name_with_a_unit_is_a_quantity(tmp_path: Path) -> None:
    row = read_elements(tmp_path, record("HKDataTypeSleepDurationGoal", 8, "hr", AT)).row("HKDataTypeSleepDurationGoal")
    assert (row.value, row.unit, row.label) == (8.0, "hr", "")


def test_the_offset_gives_the_instant_and_nothing_else(tmp_path: Path) -> None:
    winter, summer = record(STEPS, 5, "count", AT), record(STEPS, 5, "count", "2026-02-03 08:05:11 +0200")
    found = read_elements(tmp_path, winter, summer)
    assert len(merge(found.rows(STEPS))) == 1


def test_a_date_in_the_future_is_kept(tmp_path: Path) -> None:
    assert read_elements(tmp_path, record(STEPS, 5, "count", "2030-01-01 00:00:00 +0100")).row(STEPS).start == ms(
        "2030-01-01 00:00:00 +0100"
    )


def test_a_record_without_a_creation_date_is_kept(tmp_path: Path) -> None:
    bare = f'<Record type="{STEPS}" sourceName="A" unit="count" value="5" startDate="{AT}" endDate="{AT}"/>'
    assert read_elements(tmp_path, bare).row(STEPS).created == UNKNOWN_INSTANT


def test_metadata_is_kept_once_per_key(tmp_path: Path) -> None:
    row = read_elements(tmp_path, record(WEIGHT, 70, "kg", AT, metadata={"HKWasUserEntered": "1", "a b": "x & y"})).row(
        WEIGHT
    )
    assert unpack_metadata(row.metadata) == {"HKWasUserEntered": "1", "a b": "x & y"}


def test_metadata_does_not_spill_into_the_next_record(tmp_path: Path) -> None:
    bad = record(WEIGHT, "heavy", "kg", AT, metadata={"HKWasUserEntered": "1"}, beats=[(60, "07:00:00,00")])
    assert read_elements(tmp_path, bad, record(STEPS, 5, "count", AT)).row(STEPS)[6:] == ("", b"")


def test_metadata_of_elements_that_are_not_kept_goes_with_them(tmp_path: Path) -> None:
    audiogram = '<Audiogram type="x"><MetadataEntry key="a" value="b"/></Audiogram>'
    assert read_elements(tmp_path, record(STEPS, 5, "count", AT), audiogram).row(STEPS).metadata == ""


def test_beats_become_seconds_since_the_first(tmp_path: Path) -> None:
    beats = [(62, "00:20:37,80"), (52, "00:20:38,94"), (67, "00:20:39,84")]
    row = read_elements(tmp_path, record(HRV, 61.5, "ms", AT, beats=beats)).row(HRV)
    assert unpack_beats(row.detail) == [Beat(0.0, 62), Beat(1.14, 52), Beat(2.04, 67)]


@pytest.mark.parametrize("second", [(60, "soon"), (-1, "00:20:38,80"), (70_000, "00:20:38,80")])
def test_a_reading_with_an_unreadable_beat_keeps_its_value_and_says_so(tmp_path: Path, second: tuple[int, str]) -> None:
    found = read_elements(tmp_path, record(HRV, 61.5, "ms", AT, beats=[(62, "00:20:37,80"), second]))
    assert found.row(HRV).detail == b""
    assert "without its heart beats" in found.said()


def test_every_zone_that_is_written_is_a_vote(tmp_path: Path) -> None:
    about = {"HKTimeZone": "Europe/Berlin"}
    found = read_elements(
        tmp_path,
        record(SLEEP, "HKCategoryValueSleepAnalysisInBed", None, AT, LATER, metadata=about),
        workout("Running", AT, LATER, metadata={"HKTimeZone": "Asia/Tokyo"}),
        workout("Running", AT, LATER, metadata=about),
    )
    assert found.reading.zones == {"Europe/Berlin": 2, "Asia/Tokyo": 1}


def test_the_moment_of_the_export_is_told(tmp_path: Path) -> None:
    found = read_xml(tmp_path, export_xml(export_date="2026-03-01 09:00:00 +0100"))
    assert found.reading.exported == ms("2026-03-01 09:00:00 +0100")


def test_an_unreadable_moment_of_the_export_is_not_known(tmp_path: Path) -> None:
    assert read_xml(tmp_path, export_xml(export_date="today")).reading.exported is None


def test_records_are_counted_by_type_with_their_duplicates(tmp_path: Path) -> None:
    found = read_elements(tmp_path, repeated(record(STEPS, 5, "count", AT), 3), record(WEIGHT, 70, "kg", AT))
    assert found.reading.types == {STEPS: 3, WEIGHT: 1}
    assert len(found.rows(STEPS)) == 3


def test_activity_summaries_are_not_samples(tmp_path: Path) -> None:
    assert not read_elements(tmp_path, summary("2026-02-03", activeEnergyBurned=512.3)).batches


# --- sources --------------------------------------------------------------------------------------------------------


def test_a_source_keeps_its_raw_name_and_the_device_model(tmp_path: Path) -> None:
    name = "Mika’s Apple\u00a0Watch"
    source = read_elements(tmp_path, record(STEPS, 5, "count", AT, source=name, device=WATCH_DEVICE)).source(STEPS)
    assert (source.key, source.name, source.product) == ("Mika’s Apple Watch", name, "Watch")
    assert source.device is Device.WATCH


def test_device_pointers_make_no_new_source(tmp_path: Path) -> None:
    devices = [WATCH_DEVICE, WATCH_DEVICE.replace("0x30112e9e0", "0x282a45810")]
    found = read_elements(tmp_path, *(record(STEPS, 5, "count", AT, device=device) for device in devices))
    assert len(found.batches) == 1


def test_a_model_is_found_where_the_first_record_names_no_device(tmp_path: Path) -> None:
    found = read_elements(tmp_path, record(STEPS, 5, "count", AT), record(STEPS, 6, "count", AT, device=WATCH_DEVICE))
    assert found.source(STEPS).product == "Watch"


@pytest.mark.parametrize(
    ("device", "model"),
    [
        (
            "<<HKDevice: 0x1>, name:Body, manufacturer:Withings, model:Scale 2, Pro, hardware:1,2, software:1>",
            "Scale 2, Pro",
        ),
        ("<<HKDevice: 0x1>, name:iPhone, model:iPhone>", "iPhone"),
        (f"<<HKDevice: 0x1>, name:{'long ' * 60}, model:Watch>", "Watch"),
        ("Dummy device", ""),
    ],
)
def test_the_model_of_any_device(tmp_path: Path, device: str, model: str) -> None:
    assert read_elements(tmp_path, record(STEPS, 5, "count", AT, device=device)).source(STEPS).product == model


# --- legal XML that simple readers trip over ------------------------------------------------------------------------

PLAIN = record(STEPS, 321, "count", AT, LATER, metadata={"a": "b"})


@pytest.mark.parametrize("form", [reordered, single_quoted, spaced, with_character_references])
def test_another_way_to_write_an_element_is_the_same_record(tmp_path: Path, form: object) -> None:
    assert callable(form)
    assert read_elements(tmp_path, form(PLAIN)).batches == read_xml(tmp_path, export_xml(PLAIN)).batches


def test_elements_on_one_line_are_all_read(tmp_path: Path) -> None:
    assert read_elements(tmp_path, on_one_line(PLAIN, PLAIN, PLAIN)).reading.types == {STEPS: 3}


def test_a_greater_than_sign_in_a_value_is_text(tmp_path: Path) -> None:
    assert read_elements(tmp_path, with_greater_than(PLAIN)).source(STEPS).name == "a>b Test Watch"


def test_markup_in_a_value_is_text(tmp_path: Path) -> None:
    found = read_elements(tmp_path, with_markup_in_value(PLAIN))
    assert found.row(STEPS).value == 321
    assert found.source(STEPS).name == "x value='1' type='HKFake' Test Watch"


@pytest.mark.parametrize("hide", [in_comment, in_cdata])
def test_a_record_in_a_comment_or_cdata_is_none(tmp_path: Path, hide: object) -> None:
    assert callable(hide)
    assert not read_elements(tmp_path, hide(PLAIN)).batches


# --- what cannot be used --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (record(WEIGHT, "heavy", "kg", AT), "its value is not a number"),
        (record(WEIGHT, "70,5", "kg", AT), "its value is not a number"),
        (record(WEIGHT, "nan", "kg", AT), "its value is not a number"),
        (record(WEIGHT, "1_000", "kg", AT), "its value is not a number"),
        (record(WEIGHT, None, None, AT), "its value is not a number"),
        (record(WEIGHT, 70, "kg", "yesterday"), "is not a date"),
        (record(WEIGHT, 70, "kg", "2026-02-30 07:00:00 +0100"), "is not a date"),
        (record(WEIGHT, 70, "kg", LATER, AT), "ends before it starts"),
    ],
)
def test_an_unusable_record_is_counted_and_explained(tmp_path: Path, bad: str, why: str) -> None:
    found = read_elements(tmp_path, bad, record(STEPS, 5, "count", AT))
    assert (found.reading.ignored, found.reading.types) == (1, {WEIGHT: 1, STEPS: 1})
    assert why in found.said()
    assert not found.rows(WEIGHT)


def test_a_problem_names_its_line_and_a_cure(tmp_path: Path) -> None:
    xml = export_xml(record(WEIGHT, "heavy", "kg", AT))
    (problem,) = read_xml(tmp_path, xml).reading.problems
    line = 1 + xml[: xml.index("<Record ")].count("\n")
    assert problem.where == f"export.xml, line {line}"
    assert problem.cure


@pytest.mark.parametrize("kind", ["HKWorkoutTypeIdentifier", "HKWorkoutRouteTypeIdentifier", PRESSURE, ""])
def test_a_record_cannot_pose_as_a_workout(tmp_path: Path, kind: str) -> None:
    found = read_elements(tmp_path, record(kind, 1, "count", AT))
    assert not found.batches
    assert (found.reading.records, found.reading.ignored) == (1, 1)


# --- correlations ---------------------------------------------------------------------------------------------------


def pressure(systolic: float = 121, source: str = "Cuff") -> tuple[str, str]:
    return (
        record(SYSTOLIC, systolic, "mmHg", AT, source=source),
        record(DIASTOLIC, 68, "mmHg", AT, source=source),
    )


def test_a_correlation_is_a_row_that_is_not_counted(tmp_path: Path) -> None:
    found = read_elements(tmp_path, correlation(PRESSURE, start=AT, source="Cuff", metadata={"a": "b"}))
    assert found.row(PRESSURE) == Row(ms(AT), ms(AT), 0.0, "", "", ms(AT), '{"a":"b"}', b"")
    assert found.reading.records == 0


def test_two_foods_at_the_same_moment_stay_two(tmp_path: Path) -> None:
    food = "HKCorrelationTypeIdentifierFood"
    found = read_elements(
        tmp_path, *(correlation(food, start=AT, metadata={"HKFoodType": name}) for name in ("Apple", "Bread"))
    )
    assert len(merge(found.rows(food))) == 2


@pytest.mark.parametrize("before", [True, False])
def test_a_member_that_also_stands_at_top_level_counts_once(tmp_path: Path, before: bool) -> None:
    members = pressure()
    inside = correlation(PRESSURE, *members, start=AT, source="Cuff")
    found = read_elements(tmp_path, *((*members, inside) if before else (inside, *members)))
    assert found.reading.types == {SYSTOLIC: 1, DIASTOLIC: 1}
    assert len(found.rows(SYSTOLIC)) == 1


def test_a_member_that_stands_only_inside_is_kept_with_its_metadata(tmp_path: Path) -> None:
    member = record(SYSTOLIC, 121, "mmHg", AT, metadata={"HKWasUserEntered": "1"})
    found = read_elements(tmp_path, correlation(PRESSURE, member, start=AT))
    assert found.row(SYSTOLIC).metadata == '{"HKWasUserEntered":"1"}'
    assert found.reading.types == {SYSTOLIC: 1}


@pytest.mark.parametrize("other", [pressure(122), pressure(source="Another cuff")])
def test_a_member_whose_likeness_differs_is_no_twin(tmp_path: Path, other: tuple[str, str]) -> None:
    found = read_elements(tmp_path, *other, correlation(PRESSURE, pressure()[0], start=AT))
    assert found.reading.types == {SYSTOLIC: 2, DIASTOLIC: 1}


def test_members_do_not_wait_for_their_twins_without_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are then counted beside a twin that comes later; the archive keeps the two once."""
    monkeypatch.setattr(nested_records, "MOST_WAITING", 0)
    found = read_elements(tmp_path, correlation(PRESSURE, pressure()[0], start=AT), pressure()[0])
    assert found.reading.types == {SYSTOLIC: 2}
    assert len(merge(found.rows(SYSTOLIC))) == 1


def test_what_stood_at_top_level_is_not_remembered_without_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nested_records, "MOST_REMEMBERED", 0)
    found = read_elements(tmp_path, pressure()[0], correlation(PRESSURE, pressure()[0], start=AT))
    assert len(merge(found.rows(SYSTOLIC))) == 1


def test_a_correlation_of_another_type_is_explained(tmp_path: Path) -> None:
    found = read_elements(tmp_path, correlation(STEPS, start=AT))
    assert not found.batches
    assert "This Correlation was left out" in found.said()


def test_an_unusable_member_is_explained(tmp_path: Path) -> None:
    found = read_elements(tmp_path, correlation(PRESSURE, record(SYSTOLIC, "high", "mmHg", AT), start=AT))
    assert "A record inside a correlation was left out" in found.said()


# --- long runs ------------------------------------------------------------------------------------------------------


def test_rows_of_one_type_and_source_come_in_one_run(tmp_path: Path) -> None:
    mixed = [record(kind, 5, "count", AT) for _ in range(50) for kind in (STEPS, Q + "FlightsClimbed")]
    assert [len(batch.rows) for batch in read_elements(tmp_path, *mixed).batches] == [50, 50]


def test_handing_out_rows_anywhere_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elements = (
        record(HRV, 61.5, "ms", AT, metadata={"a": "b"}, beats=[(62, "00:20:37,80"), (52, "00:20:38,94")]),
        record(STEPS, 5, "count", AT, metadata={"a": "b", "c": "d"}),
        correlation(PRESSURE, *pressure(), start=AT, source="Cuff"),
        workout("Running", AT, LATER, metadata={"HKTimeZone": "Asia/Tokyo"}),
        *pressure(),
    )
    whole = read_elements(tmp_path, *elements)
    monkeypatch.setattr(zipped, "CHUNK", 7)
    monkeypatch.setattr(reader, "MOST_HELD", 1)
    pieces = read_elements(tmp_path, *elements)

    def rows(found: Read) -> list[tuple[str, str, Row]]:
        return sorted((batch.type, batch.source.key, row) for batch in found.batches for row in batch.rows)

    assert len(pieces.batches) > len(whole.batches) - 1
    assert rows(pieces) == rows(whole)
    assert pieces.reading.types == whole.reading.types


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    found = read_elements(tmp_path, PLAIN)
    assert found.reading.bytes_done == found.reading.bytes_total == (tmp_path / "export.xml").stat().st_size
    assert found.reading.complete
