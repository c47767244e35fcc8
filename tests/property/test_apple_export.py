"""Rules that hold for any export."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.samples import Row, source_key, unpack_metadata
from intervals_companion.formats.gpx import read_route
from intervals_companion.health.apple_export import zipped
from intervals_companion.health.apple_export.timestamps import beat_times, instant
from support.export_reading import Read, read_xml
from support.exports import Point, export_xml, gpx, record, workout

STEPS = "HKQuantityTypeIdentifierStepCount"
AT = "2026-02-03 07:05:11 +0100"

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=20
)
"""Any characters XML 1.0 allows, but for line ends and tabs, which it turns into spaces."""
moments = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 30))  # noqa: DTZ001
"""Years that no other calendar in use counts now."""
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def read_elements(*elements: str) -> Read:
    with tempfile.TemporaryDirectory() as folder:
        return read_xml(Path(folder), export_xml(*elements))


@given(source=texts, key=texts, value=texts)
def test_any_text_comes_back(source: str, key: str, value: str) -> None:
    found = read_elements(record(STEPS, 5, "count", AT, source=source, metadata={key: value}))
    assert found.source(STEPS).name == source
    assert found.source(STEPS).key == source_key(source)
    assert unpack_metadata(found.row(STEPS).metadata) == {key: value}


@given(label=texts)
def test_any_category_value_comes_back(label: str) -> None:
    kind = "HKCategoryTypeIdentifierNew"
    assert read_elements(record(kind, label, None, AT)).row(kind).label == label


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_comes_back_exactly(value: float) -> None:
    assert read_elements(record(STEPS, repr(value), "count", AT)).row(STEPS).value == value


@given(moment=moments, offset=offsets)
def test_a_stamp_is_the_instant_that_strptime_reads(moment: datetime, offset: timezone) -> None:
    text = moment.replace(tzinfo=offset).strftime("%m-%d %H:%M:%S %z")
    parsed = datetime.strptime(f"{moment.year:04d}-{text}", "%Y-%m-%d %H:%M:%S %z")
    since = (parsed - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    for _ in range(2):
        assert instant(f"{moment.year:04d}-{text}") == since


@given(
    first=st.integers(0, 24 * 360_000 - 1),
    gaps=st.lists(st.integers(0, 12_000), max_size=60),
    form=st.sampled_from(["24,", "24.", "12.", "12,"]),
)
def test_clocks_of_any_form_give_the_exact_times(first: int, gaps: list[int], form: str) -> None:
    since = [sum(gaps[:count]) for count in range(len(gaps) + 1)]
    assert beat_times([clock(first + time, form) for time in since]) == since


def clock(hundredths: int, form: str) -> str:
    seconds, hundredth = divmod(hundredths % (24 * 360_000), 100)
    hour, rest = divmod(seconds, 3600)
    minute_second = f"{rest // 60:02d}:{rest % 60:02d}{form[2]}{hundredth:02d}"
    if form.startswith("24"):
        return f"{hour:02d}:{minute_second}"
    return f"{hour % 12 or 12}:{minute_second}\u202f{'PM' if hour >= 12 else 'AM'}"


@given(cut=st.floats(0, 1, exclude_max=True), size=st.integers(1, 500))
def test_wherever_a_file_is_cut_the_records_before_are_kept(cut: float, size: int) -> None:
    records = [record(STEPS, count, "count", AT) for count in range(20)]
    xml = export_xml(*records, workout("Running", AT, AT), *records)
    begins = xml.index("<ExportDate")
    kept = xml[: begins + int(cut * (xml.index("</HealthData>") - begins))]
    chunk, zipped.CHUNK = zipped.CHUNK, size
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = read_xml(Path(folder), kept)
    finally:
        zipped.CHUNK = chunk
    assert found.damage is not None
    assert len(found.rows(STEPS)) == sum(kept.count(element) for element in set(records))


@given(place=st.integers(0, 39), at=st.integers(1, 100), byte=st.integers(0, 255))
def test_a_changed_byte_costs_at_most_its_own_record(place: int, at: int, byte: int) -> None:
    """And the next one, where the change hides the end of the first."""
    records = [record(STEPS, count, "count", AT).encode() for count in range(40)]
    hurt = bytearray(records[place])
    hurt[at] = byte
    xml = export_xml("SPLIT", workout("Running", AT, AT)).encode()
    with tempfile.TemporaryDirectory() as folder:
        data = b"\n ".join([*records[:place], bytes(hurt), *records[place + 1 :]])
        found = read_xml(Path(folder), xml.replace(b"SPLIT", data))
    values = {row.value for batch in found.batches for row in batch.rows if row.unit or row.label == ""}
    assert len(set(range(40)) - values) <= 2
    assert found.reading.workouts == 1
    assert found.reading.complete


places = st.builds(
    Point,
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),  # noqa: DTZ001
    st.floats(-90, 90), st.floats(-180, 180), st.floats(-500, 9000), st.floats(-1, 100), st.floats(-1, 360),
)  # fmt: skip


@given(points=st.lists(places, min_size=1, max_size=20))
def test_both_ways_to_read_a_route_agree(points: list[Point]) -> None:
    text = gpx(points)
    assert read_route(text.encode()) == read_route(text.replace("<ele>", " <ele>").encode())


@given(first=st.integers(), second=st.integers())
def test_the_same_export_gives_the_same_rows(first: int, second: int) -> None:
    elements = [record(STEPS, value, "count", AT, metadata={"a": str(value)}) for value in (first, second)]

    def rows() -> list[Row]:
        return read_elements(*elements).rows(STEPS)

    assert rows() == rows()
