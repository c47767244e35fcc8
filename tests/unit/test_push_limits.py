"""What a delivery may have at most, and what is said beyond: refused whole, or left out, counted and named."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest

from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import ROUTE
from intervals_companion.health import bridge, long_json, shortcuts
from intervals_companion.health.auto_export import reader, sleep, workouts
from support.pushes import HEART_RATE, WEIGHT, Item, body, item, metric, pushed, read_push, reasons, rows, run, shortcut

AT = "2026-03-10 07:00:{:02d} +0100"


def weights(count: int, **fields: Any) -> Item:
    return metric(
        "weight_body_mass", "kg", *(item(AT.format(number), 70 + number, **fields) for number in range(count))
    )


def test_more_entries_than_a_delivery_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MOST_ITEMS", 3)
    assert len(rows(pushed(weights(3)), WEIGHT)) == 3
    with pytest.raises(DamagedInput, match="more than 3 entries") as refusal:
        pushed(weights(4))
    assert "Batch Requests" in refusal.value.cure


def test_what_comes_of_one_source_too_many_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MOST_PUSH_SERIES", 2)
    many = metric("weight_body_mass", "kg", *(item(AT.format(number), 70, source=f"s{number}") for number in range(3)))
    assert reasons(pushed(many)) == {f"weight_body_mass {bridge.TOO_MANY.what}": 1}


def test_a_unit_without_end_is_not_known() -> None:
    (told,) = reasons(pushed(metric("weight_body_mass", "k" * 10_000, item(AT.format(0), 70))))
    assert "which is not known here" in told
    assert len(told) < 200


def test_reasons_without_end_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "MOST_REASONS", 2)
    read = pushed(*(metric(f"made up {number}", "", item(AT.format(0), 1)) for number in range(5)))
    assert list(reasons(read).values()) == [1, 1, 3]
    assert "more of other kinds" in reasons(read)
    assert read.reading.ignored == read.reading.records == 5


def test_more_workouts_than_a_delivery_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_WORKOUTS", 1)
    read = pushed(workouts=(run(), run(start="2026-03-10 06:00:00 +0100")))
    assert (read.reading.workouts, len(reasons(read))) == (1, 1)


def test_more_nights_than_a_delivery_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleep, "MOST_NIGHTS", 1)
    nights = [{"date": f"2026-03-{day} 00:00:00 +0100", "asleep": 7} for day in (10, 11, 11)]
    read = pushed(metric("sleep_analysis", "hr", *nights))
    assert (len({one.start for one in read.summaries}), read.left_out.total()) == (1, 2)


def test_more_readings_than_a_workout_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workouts, "MOST_READINGS", 2)
    beats = [{"date": AT.format(number), "qty": 120, "units": "bpm"} for number in range(3)]
    points = [{"latitude": 52.5, "longitude": 13.4, "timestamp": AT.format(number)} for number in range(4)]
    read = pushed(workouts=(run(heartRateData=beats, route=points),))
    assert len(rows(read, HEART_RATE)) == 2
    assert len(rows(read, ROUTE)) == 1
    assert sorted(reasons(read).values()) == [1, 2]


def test_metadata_of_a_workout_without_end_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workouts, "MOST_METADATA", 2)
    monkeypatch.setattr(workouts, "LONGEST_METADATA", 10)
    metadata = {"a": "kept", "b": "x" * 11, "c": "beyond"}
    (row,) = rows(pushed(workouts=(run(metadata=metadata),)), "HKWorkoutTypeIdentifier")
    assert json.loads(row.metadata)["a"] == "kept"
    assert not {"b", "c"} & json.loads(row.metadata).keys()


def test_a_delivery_is_read_the_same_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [{"latitude": 52.5, "longitude": 13.4, "timestamp": AT.format(number)} for number in range(9)]
    content = body(weights(9), metric("step_count", "count", item(AT.format(0), 5)), workouts=(run(route=points),))
    whole = read_push(content)
    monkeypatch.setattr(long_json, "MOST_AT_ONCE_BYTES", 700)
    monkeypatch.setattr(long_json, "LONG_BYTES", 100)
    monkeypatch.setattr(long_json, "_PIECE_BYTES", 80)
    in_pieces = read_push(content)
    assert list(in_pieces.batches()) == list(whole.batches())
    assert in_pieces.summaries == whole.summaries
    assert in_pieces.left_out == whole.left_out


# --- shortcuts -------------------------------------------------------------------------------------------------------

MORNING = "2026-03-10T07:02:00+01:00"


@pytest.mark.parametrize(
    ("name", "most", "content"),
    [
        ("MOST_BYTES", 20, [{"type": "Weight", "value": "72.5 kg", "date": MORNING}]),
        ("MOST_LINES", 2, {"type": "Weight", "value": "72 kg\n" * 3, "date": MORNING}),
        ("MOST_LINES", 2, {"type": "Weight", "value": "72 kg\u2028" * 3, "date": MORNING}),
    ],
)
def test_a_shortcut_that_sends_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, most: int, content: Any
) -> None:
    monkeypatch.setattr(shortcuts, name, most)
    with pytest.raises(DamagedInput, match="The delivery is larger") as refusal:
        shortcut(content)
    assert "shorter period" in refusal.value.cure


def test_values_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_json, "MOST_VALUES", 10)
    with pytest.raises(DamagedInput, match="more than 10 values"):
        shortcut("[" + "[]," * 20 + "[]]")


def test_values_on_lines_count_together() -> None:
    line = '{"type":"Steps","a":[' + "[]," * 100_000 + "[]]}\n"
    with pytest.raises(DamagedInput, match="more than 500,000 values"):
        shortcut(line * 6)


def test_a_form_of_escapes_without_end_is_refused() -> None:
    with pytest.raises(DamagedInput, match="The delivery is larger"):
        shortcut("value=" + "x%0D" * 500_000, "application/x-www-form-urlencoded")


def test_a_head_of_a_part_without_end_is_not_read() -> None:
    begun = process_time()
    read = shortcut("--b\n" + "xx\r" * 500_000, "multipart/form-data; boundary=b")
    assert list(read.batches()) == []
    assert process_time() - begun < 0.5


def test_a_form_of_parts_without_end_is_refused() -> None:
    form = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n" * 2000 + "--x--"
    with pytest.raises(DamagedInput, match="more parts"):
        shortcut(form, "multipart/form-data; boundary=x")


def test_what_stands_around_the_samples_counts_for_each_only_where_it_is_known() -> None:
    read = shortcut(
        {"source": "Scale", "made up": "x", "samples": [{"type": "Weight", "value": "72 kg", "date": MORNING}]}
    )
    assert [batch.source.name for batch in read.batches()] == ["Scale"]
