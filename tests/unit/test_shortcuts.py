"""What a shortcut sends, in all the shapes shortcuts have."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import SLEEP
from intervals_companion.domain.summaries import How
from support.pushes import QUANTITY, STEPS, WEIGHT, at, reasons, rows, shortcut

MORNING = "2026-03-10T07:02:13+01:00"
KILOS: dict[str, Any] = {"type": "Weight", "value": "72,5 kg", "date": MORNING}

MULTIPART = (
    b'--sep\r\nContent-Disposition: form-data; name="type"\r\n\r\nWeight\r\n'
    b'--sep\r\nContent-Disposition: form-data; name="value"\r\n\r\n72,5 kg\r\n'
    b'--sep\r\nContent-Disposition: form-data; name="date"\r\n\r\n2026-03-10T07:02:13+01:00\r\n--sep--\r\n'
)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (KILOS, "application/json"),
        ([KILOS], "application/json"),
        ({"samples": [KILOS]}, "application/json"),
        ({"data": KILOS}, "application/json"),
        ({"type": "Weight", "samples": [{"value": 72.5, "unit": "kg", "date": MORNING}]}, "application/json"),
        (json.dumps(KILOS), "application/json"),
        (json.dumps(json.dumps(KILOS)), "text/plain"),
        (json.dumps(json.dumps(json.dumps([KILOS]))), "application/json"),
        (json.dumps({"samples": json.dumps([KILOS])}), "application/json"),
        (json.dumps({"samples": [json.dumps(KILOS)]}), "application/json"),
        (urlencode(KILOS), "application/x-www-form-urlencoded"),
        (urlencode({"json": json.dumps(KILOS)}), "application/x-www-form-urlencoded"),
        (json.dumps(KILOS), "application/x-www-form-urlencoded"),
        (MULTIPART, "multipart/form-data; boundary=sep"),
        ({"Type": "bodymass", "QTY": "72.5", "Units": "kg", "StartDate": MORNING}, "application/json"),
        ({"type": WEIGHT, "value": "72.5", "unit": "kg", "start": MORNING, "end": MORNING}, "application/json"),
        ({"type": "Weight", "value": "72,5\u00a0kg\n", "date": MORNING + "\n"}, "application/json"),
        ('{"type":"Weight","value":"72,5 kg\n","date":"' + MORNING + '"}', "application/json"),
        (b"\xef\xbb\xbf" + json.dumps(KILOS).encode(), "application/json"),
    ],
)
def test_a_weight_is_the_same_sample_however_it_is_wrapped(content: Any, content_type: str) -> None:
    (row,) = rows(shortcut(content, content_type), WEIGHT)
    assert (row.start, row.end, row.value, row.unit) == (at(MORNING), at(MORNING), 72.5, "kg")


def test_objects_on_a_line_each_are_a_list() -> None:
    lines = "\n".join(json.dumps({**KILOS, "date": f"2026-03-{day}T07:00:00+01:00"}) for day in (10, 11))
    assert len(rows(shortcut(lines), WEIGHT)) == len(rows(shortcut({"samples": lines}), WEIGHT)) == 2


def test_lines_of_values_go_with_lines_of_dates() -> None:
    content = {"type": "Weight", "value": "72,5\n72,9\n", "unit": "kg", "date": f"{MORNING}\n2026-03-11T07:00:00+01:00"}
    assert [row.value for row in rows(shortcut(content), WEIGHT)] == [72.5, 72.9]


def test_lists_of_different_lengths_are_refused_rather_than_matched_wrongly() -> None:
    read = shortcut({"type": "Weight", "value": "72,5\n72,9\n73", "unit": "kg", "date": f"{MORNING}\n{MORNING}"})
    assert rows(read, WEIGHT) == []
    assert reasons(read) == {"Weight in lists of different lengths": 3}


# --- whole days ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("date", ["2026-03-10", "2026-03-10T14:30:00+01:00"])
def test_an_amount_without_an_end_is_the_days_so_far(date: str) -> None:
    (one,) = shortcut({"type": "Steps", "value": 8500, "date": date}).summaries
    assert (one.type, one.value, one.unit, one.how) == (STEPS, 8500, "count", How.SUM)
    assert (one.start, one.end) == (at("2026-03-10T00:00:00+01:00"), at("2026-03-11T00:00:00+01:00"))


def test_amounts_of_one_day_in_one_delivery_are_its_samples() -> None:
    times = "\n".join(f"2026-03-{day:02}T{hour}:00:00+01:00" for day, hour in ((10, 10), (10, 17), (11, 9)))
    found = shortcut({"type": "Active Calories", "value": "100 kcal\n418,4 kJ\n50 kcal", "date": times}).summaries
    assert [one.value for one in found] == [pytest.approx(200), 50]


def test_a_weight_of_a_day_is_a_mean() -> None:
    (one,) = shortcut({**KILOS, "date": "2026-03-10"}).summaries
    assert (one.value, one.how) == (72.5, How.MEAN)


def test_steps_with_start_and_end_are_samples() -> None:
    content = {"type": "Steps", "value": "61", "start": MORNING, "end": "2026-03-10T07:09:48+01:00", "source": "Watch"}
    (row,) = rows(shortcut(content), STEPS)
    assert row.end - row.start == 455_000


# --- sleep -----------------------------------------------------------------------------------------------------------


def test_sleep_is_stages_with_start_and_end() -> None:
    content = {
        "type": "Sleep", "value": "Core\nREM\nIn Bed", "source": "Watch",
        "start": "2026-03-09T23:00:00+01:00\n2026-03-10T01:00:00+01:00\n2026-03-09T22:50:00+01:00",
        "end": "2026-03-10T01:00:00+01:00\n2026-03-10T01:20:00+01:00\n2026-03-10T06:00:00+01:00",
    }  # fmt: skip
    assert [row.label.removeprefix("HKCategoryValueSleepAnalysis") for row in rows(shortcut(content), SLEEP)] == [
        "AsleepCore", "AsleepREM", "InBed",
    ]  # fmt: skip


# --- what cannot be used ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "Aura"}, "Aura of a type that is not known here"),
        ({"type": None}, "items of a type that is not known here"),
        ({"value": "heavy"}, "Weight with a value that is not a number"),
        ({"value": ""}, "Weight without a value"),
        ({"value": None}, "Weight without a value"),
        ({"value": "72,5"}, "Weight without a unit"),
        ({"value": "72,5 talents"}, "Weight in the unit 'talents', which is not known here"),
        ({"value": "72,500 kg"}, "Weight with a number that can be read in two ways, such as 1,234"),
        ({"date": "10.03.2026 07:02"}, "Weight without a readable date"),
        ({"date": "2026-03-10T07:02:13"}, "Weight without a readable date"),
        ({"date": None}, "Weight without a readable date"),
        ({"end": "2026-03-10T06:00:00+01:00"}, "Weight without a start and an end"),
        ({"type": "Sleep", "value": "Dreaming"}, "Sleep with a stage that is not known here"),
        ({"type": "Sleep", "value": "Core"}, "Sleep without a start and an end"),
    ],
)
def test_what_cannot_be_used_is_counted_with_its_reason_and_the_rest_is_used(
    change: dict[str, Any], reason: str
) -> None:
    read = shortcut([{**KILOS, **change}, {**KILOS, "value": 70, "unit": "kg"}])
    assert [row.value for row in rows(read, WEIGHT)] == [70]
    assert reasons(read) == {reason: 1}
    assert all(one.cure for one in read.left_out)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/json"), (b"hello", "text/plain"), (b"42", "application/json"), (b"\xff\xfe", "text/plain"),
        (b'"' + b'\\"' * 9 + b'"', "application/json"), (b"{" * 100_000, "application/json"),
        (b"not a form", "multipart/form-data; boundary=x"), (b"[" * 90 + b"]" * 90 + b"x", "application/json"),
        (b'{"samples":' * 60 + b"[]" + b"}" * 60, "application/json"),
    ],
)  # fmt: skip
def test_a_body_that_holds_nothing_readable_is_refused_with_cause_and_cure(content: bytes, content_type: str) -> None:
    with pytest.raises(DamagedInput) as refusal:
        shortcut(content, content_type)
    assert refusal.value.cause
    assert "Weight" in refusal.value.cure or "Send" in refusal.value.cure


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("72.5 kg", 72.5), ("72,5 kg", 72.5), ("72,5kg", 72.5), (" 72,5 kg ", 72.5), ("0,725 kg", 0.725),
        ("1.072,5 g", 1072.5), ("1,072.5 g", 1072.5), ("1 072,5 g", 1072.5), ("1\u202f072,5 g", 1072.5),
        ("1’072.5 g", 1072.5), ("1.234.567 mg", 1234567), ("72 kg", 72), ("+72 kg", 72), ("7,25 kg", 7.25),
        ("72,5123 kg", 72.5123),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_phones_region_writes_it(written: str, value: float) -> None:
    (row,) = rows(shortcut({**KILOS, "value": written}), WEIGHT)
    assert row.value == pytest.approx(value)


@pytest.mark.parametrize("written", ["8500", "8,500", "8.500", "8 500", "8’500", "8500 count", "8.500 steps"])
def test_steps_are_whole_numbers(written: str) -> None:
    (one,) = shortcut({"type": "Steps", "value": written, "date": "2026-03-10"}).summaries
    assert one.value == 8500


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Weight", "-72.5 kg"), ("Weight", "0 kg"), ("Weight", "7250 kg"), ("Diastolic", "-3"), ("Heart Rate", "0"),
        ("Blood Oxygen", "140 %"), ("Steps", "-1"), ("Active Energy", "-20 kcal"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_handed_on_as_it_came(name: str, written: str) -> None:
    read = shortcut([{"type": name, "value": written, "date": MORNING}])
    found = [row.value for batch in read.batches() for row in batch.rows] + [one.value for one in read.summaries]
    assert found == [float(written.split()[0])]
    assert not read.left_out


def test_one_clear_number_tells_how_the_others_are_read() -> None:
    read = shortcut([{**KILOS, "value": "72,500 kg"}, {**KILOS, "value": "71,5 kg", "date": "2026-03-11T07:00:00Z"}])
    assert [row.value for row in rows(read, WEIGHT)] == [72.5, 71.5]


@pytest.mark.parametrize(
    ("locale", "value"), [("de_DE", 1.234), ("en_US", 1234.0), ("de-CH", 1234.0), ("pt_BR", 1.234)]
)
def test_the_locale_settles_what_can_be_read_in_two_ways(locale: str, value: float) -> None:
    (row,) = rows(shortcut({**KILOS, "value": "1,234 g", "locale": locale}), WEIGHT)
    assert row.value == value


@pytest.mark.parametrize(("written", "kept"), [("97 %", 0.97), ("0,97", 0.97), ("97", 0.97), ("97,5%", 0.975)])
def test_percent_is_kept_as_the_fraction_an_export_writes(written: str, kept: float) -> None:
    (row,) = rows(shortcut({"type": "Blood Oxygen", "value": written, "date": MORNING}), f"{QUANTITY}OxygenSaturation")
    assert row.value == pytest.approx(kept)
