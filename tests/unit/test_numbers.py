"""What counts as a number, a day or a moment in text that somebody else wrote."""

from __future__ import annotations

import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.domain import numbers
from intervals_companion.domain.days import parse_day
from intervals_companion.domain.errors import DamagedInput, UsageError
from intervals_companion.domain.remote_activity import OddRecord
from intervals_companion.formats.gpx import read_route
from intervals_companion.health import auto_export, shortcuts
from intervals_companion.health.apple_export import records
from intervals_companion.health.apple_export.timestamps import instant
from intervals_companion.health.bridge import Read, Unusable
from intervals_companion.health.stamps import stamp
from intervals_companion.intervals import activity_record

HOME = ZoneInfo("Europe/Berlin")
OF_OTHER_SCRIPTS = ["٧٢", "７２", "𝟕𝟐"]
NO_NUMBERS = [
    "NaN", "nan", "inf", "-Infinity", "1_000", "7_0.5", *OF_OTHER_SCRIPTS, "1e400", "", "0x10", "1" * 65,
]  # fmt: skip
NO_OFFSETS = ["+9959", "-9959", "+14:01", "-1500", "+2359"]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_python_would_take_and_nobody_means_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|could not convert"):
        numbers.decimal(text)
    with pytest.raises(ValueError, match="number"):
        numbers.whole(text)


@pytest.mark.parametrize(("text", "value"), [("72.5", 72.5), ("-3", -3.0), ("1e-05", 1e-5), ("0", 0.0), ("5.", 5.0)])
def test_what_programs_write_is_a_number(text: str, value: float) -> None:
    assert numbers.decimal(text) == value


@pytest.mark.parametrize("text", ["2026-W10-1", "20260329", "２０２６-03-29", "2026-3-29", "2026-03-29T00:00"])
def test_a_day_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|isoformat"):
        numbers.day(text)
    with pytest.raises(UsageError):
        parse_day(text)


def test_an_export_keeps_no_value_that_is_no_number() -> None:
    for text in NO_NUMBERS:
        with pytest.raises(records.Unusable, match="not a number"):
            records.number(text)


def _by_bridges(text: str) -> list[Read]:
    pushed = {"name": "weight_body_mass", "units": "kg", "data": [{"date": "2026-03-10 07:02:13 +0100", "qty": text}]}
    said = {"type": "Weight", "value": f"{text} kg", "date": "2026-03-10T07:02:00+01:00"}
    return [
        auto_export.read(json.dumps({"data": {"metrics": [pushed]}}).encode(), {}, HOME),
        shortcuts.read(json.dumps(said).encode(), {}, HOME),
    ]


@pytest.mark.parametrize("text", [text for text in NO_NUMBERS if text and text not in OF_OTHER_SCRIPTS])
def test_neither_bridge_keeps_a_value_that_is_no_number(text: str) -> None:
    for read in _by_bridges(text):
        assert ([*read.batches()], [*read.summaries]) == ([], [])
        assert read.left_out.total() == 1


@pytest.mark.parametrize("text", OF_OTHER_SCRIPTS)
def test_both_bridges_know_the_digits_of_every_script(text: str) -> None:
    for read in _by_bridges(text):
        assert [row.value for batch in read.batches() for row in batch.rows] == [72]


def test_digits_of_other_scripts_are_put_into_ours_and_nothing_else_is() -> None:
    assert numbers.in_ascii("‏٢٠٢٦‑٠٣‑١٠") == "2026-03-10"
    assert numbers.in_ascii("−१२\u202fkg，½") == "-12 kg,½"


@pytest.mark.parametrize("offset", NO_OFFSETS)
def test_an_offset_that_no_clock_has_is_no_time(offset: str) -> None:
    with pytest.raises(ValueError, match=r"date|offset"):
        instant(f"2026-03-10 07:02:13 {offset}")
    with pytest.raises(Unusable):
        stamp(f"2026-03-10 07:02:13 {offset}", HOME)
    with pytest.raises(ValueError, match=r"offset|isoformat"):
        numbers.moment(f"2026-03-10T07:02:13{offset}")
    with pytest.raises(DamagedInput, match="no points"):
        read_route(f'<gpx><trkpt lat="48" lon="9"><time>2026-03-10T07:02:13{offset}</time></trkpt></gpx>'.encode())


@pytest.mark.parametrize("offset", ["+1400", "-1200", "+0545", "+1245"])
def test_every_offset_of_the_world_is_one(offset: str) -> None:
    assert instant(f"2026-03-10 07:02:13 {offset}") == stamp(f"2026-03-10 07:02:13 {offset}", HOME).instant


@pytest.mark.parametrize(("lat", "lon"), [("4_8", "9"), ("48", "٩"), ("nan", "9")])
def test_a_place_on_a_route_is_two_numbers(lat: str, lon: str) -> None:
    time = "<time>2026-03-10T07:02:13Z</time>"
    with pytest.raises(DamagedInput, match="no points"):
        read_route(f'<gpx><trkpt lat="{lat}" lon="{lon}">{time}</trkpt></gpx>'.encode())


@pytest.mark.parametrize("start", ["2026-W10-1T07:00:00x", "2026-03-10T07:02:13+23:59", "٢٠٢٦-03-10T07:02:13"])
def test_an_activity_without_a_readable_start_is_set_aside(start: str) -> None:
    found = activity_record.read({"id": "i1", "start_date_local": start})
    assert isinstance(found, OddRecord)


def test_a_day_is_a_day() -> None:
    assert numbers.day("2026-03-29") == date(2026, 3, 29)
