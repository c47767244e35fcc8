"""What is longer or more than Health ever writes: cut or left out, counted and named, in little time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from intervals_companion.app.preferences.display import Preferences
from intervals_companion.derive import swims
from intervals_companion.derive.workouts import recording
from intervals_companion.domain.activity import Workout, WorkoutEvent
from intervals_companion.domain.errors import DamagedInput
from intervals_companion.domain.samples import LONGEST_NAME, QUANTITY_PREFIX, Row
from intervals_companion.domain.summaries import parts
from intervals_companion.formats.fit import fit_file
from intervals_companion.health import auto_export, shortcuts
from intervals_companion.health.apple_export import elements, records
from intervals_companion.health.apple_export.tree import MOST_EVENTS
from intervals_companion.health.auto_export.metrics import MORE_SOURCES, MOST_SOURCES
from intervals_companion.health.auto_export.sleep import MOST_NIGHTS
from intervals_companion.health.bridge import MOST_PUSH_SERIES, MOST_REASONS, Read
from intervals_companion.health.port import MOST_SERIES
from intervals_companion.web.charts.streams import MOST_ROWS, table
from intervals_companion.web.formatting import Formatter
from support import exports
from support.export_reading import read_xml
from support.exports import export_xml, record
from support.facts import facts_path

HOME = ZoneInfo("Europe/Berlin")
AT = "2026-03-10 07:02:13 +0100"
MANY = 20_000
BEGIN = 1_773_100_800_000
QUICK = 0.2
"""CPU seconds."""
SLOW = 10.0
"""CPU seconds of what takes one or two on a machine at rest, and took minutes."""
WEIGHT = "HKQuantityTypeIdentifierBodyMass"


def pushed(*metrics: Mapping[str, object]) -> Read:
    return auto_export.read(json.dumps({"data": {"metrics": metrics}}).encode(), {}, HOME)


def weight(source: str, start: str = AT) -> str:
    return record(WEIGHT, 72.5, "kg", start, source=source)


# --- the two of the attack -------------------------------------------------------------------------------------------


def test_a_name_of_brackets_is_cut_and_told_in_no_time() -> None:
    body = facts_path("cases", "attack", "redos-source-name.json").read_bytes()
    begun = process_time()
    read = auto_export.read(body, {}, HOME)
    (batch,) = read.batches()
    assert process_time() - begun < QUICK
    assert (len(batch.source.name), [row.value for row in batch.rows]) == (LONGEST_NAME, [70])
    assert [reason.what for reason in read.left_out] == ["BodyMass of a source whose name has more than 200 characters"]


def test_empty_lines_between_objects_are_refused_in_no_time() -> None:
    body = facts_path("cases", "attack", "redos-lines.shortcut.txt").read_bytes()
    begun = process_time()
    with pytest.raises(DamagedInput, match="not JSON"):
        shortcuts.read(body, {}, HOME)
    assert process_time() - begun < QUICK


# --- lengths ---------------------------------------------------------------------------------------------------------


def test_a_long_name_in_an_export_is_cut_and_told(tmp_path: Path) -> None:
    read = read_xml(tmp_path, export_xml(weight("a" * 5000)))
    assert (len(read.source(WEIGHT).name), len(read.source(WEIGHT).key)) == (LONGEST_NAME, LONGEST_NAME)
    assert "1 names of sources have more than 200 characters and were cut" in read.said()


@pytest.mark.parametrize(
    "element",
    [
        record(WEIGHT, 72.5, "k" * 61, AT),
        record(WEIGHT, "7" * 65, "kg", AT),
        record(WEIGHT + "s" * records.LONGEST_TYPE, 72.5, "kg", AT),
        record("HKCategoryTypeIdentifierSleepAnalysis", "a" * (records.LONGEST_TEXT + 1), None, AT),
    ],
)
def test_what_is_longer_than_any_of_health_is_left_out_and_told(tmp_path: Path, element: str) -> None:
    read = read_xml(tmp_path, export_xml(element, weight("Scale")))
    assert [batch.type for batch in read.batches] == [WEIGHT]
    assert (read.reading.ignored, len(read.rows(WEIGHT))) == (1, 1)
    assert "was left out" in read.said()
    assert len(read.said()) < 1000


def test_long_metadata_is_cut_and_told(tmp_path: Path) -> None:
    recipe = "a" * (elements.LONGEST_ENTRY + 1)
    read = read_xml(tmp_path, export_xml(record(WEIGHT, 72.5, "kg", AT, metadata={"Recipe": recipe, "Short": "b"})))
    assert read.row(WEIGHT).metadata == json.dumps({"Recipe": recipe[:-1], "Short": "b"}, separators=(",", ":"))
    assert "1 entries of metadata have more than 10,000 characters and were cut" in read.said()


def test_a_long_number_of_a_shortcut_is_left_out_and_told() -> None:
    entry = {"type": "Weight", "value": "7" + " " * 5000 + "kg", "date": "2026-03-10T07:02:00Z"}
    read = shortcuts.read(json.dumps(entry).encode(), {}, HOME)
    assert [reason.what for reason in read.left_out] == ["Weight with a value of more than 100 characters"]


# --- numbers of things -----------------------------------------------------------------------------------------------


def test_twenty_thousand_sources_in_a_push_are_read_to_the_limit_and_the_rest_is_told() -> None:
    items = [{"date": AT, "qty": 72, "source": f"Scale {number}"} for number in range(MANY)]
    begun = process_time()
    read = pushed({"name": "weight_body_mass", "units": "kg", "data": items})
    assert len(list(read.batches())) == MOST_PUSH_SERIES
    assert [(reason.what, count) for reason, count in read.left_out.items()] == [
        (
            f"weight_body_mass of more than {MOST_PUSH_SERIES:,} types and sources together",
            MANY - MOST_PUSH_SERIES,
        )
    ]
    assert process_time() - begun < SLOW


def test_twenty_thousand_sources_of_sums_are_read_to_the_limit_and_the_rest_is_told() -> None:
    items = [{"date": "2026-03-10 00:00:00 +0100", "qty": 72, "source": f"Phone {number}"} for number in range(MANY)]
    read = pushed({"name": "step_count", "units": "count", "data": items})
    assert (len(read.summaries), read.left_out.total()) == (MOST_PUSH_SERIES, MANY - MOST_PUSH_SERIES)


def test_twenty_thousand_sources_joined_in_one_sum_are_cut() -> None:
    names = "|".join(f"Phone {number}" for number in range(MANY))
    read = pushed({"name": "step_count", "units": "count", "data": [{"date": AT, "qty": 72, "source": names}]})
    (one,) = read.summaries
    assert one.source == "|".join(f"Phone {number}" for number in range(MOST_SOURCES))
    assert [reason.what for reason in read.left_out] == [f"step_count {MORE_SOURCES.what}"]


def test_nights_of_many_long_sources_are_few_and_their_sources_cut() -> None:
    """200,000 of them in 2 MB took 256 MB and 19 s: a night that is kept has few sources, and few are kept."""
    first = date(1900, 1, 1)
    source = "|".join(f"{number:0190}" for number in range(50))
    nights = [
        {"date": f"{first + timedelta(number)} 07:00:00 +0000", "asleep": 7, "source": source}
        for number in range(MOST_NIGHTS + 2)
    ]
    read = pushed({"name": "sleep_analysis", "units": "hr", "data": nights})
    assert len({one.start for one in read.summaries}) == MOST_NIGHTS
    assert {len(parts(one.source)) for one in read.summaries} == {MOST_SOURCES}
    assert {reason.what: count for reason, count in read.left_out.items()} == {
        f"sleep_analysis {MORE_SOURCES.what}": len(nights),
        f"sleep_analysis beyond night {MOST_NIGHTS:,} of one delivery": 2,
    }


def test_twenty_thousand_sources_joined_in_many_sums_are_read_to_the_limit() -> None:
    pairs = (f"Phone {number}|Watch {number}" for number in range(MANY))
    items = [{"date": "2026-03-10 00:00:00 +0100", "qty": 72, "source": pair} for pair in pairs]
    read = pushed({"name": "step_count", "units": "count", "data": items})
    assert len({key for one in read.summaries for key in parts(one.source)}) == MOST_PUSH_SERIES
    assert read.left_out.total() == MANY - MOST_PUSH_SERIES // 2


def test_twenty_thousand_sources_of_a_shortcut_s_days_are_read_to_the_limit_and_the_rest_is_told() -> None:
    said = [{"type": "Steps", "value": 8500, "date": "2026-03-10", "source": f"Phone {one}"} for one in range(MANY)]
    read = shortcuts.read(json.dumps(said).encode(), {}, HOME)
    assert (len(read.summaries), read.left_out.total()) == (MOST_PUSH_SERIES, MANY - MOST_PUSH_SERIES)


def test_nights_of_twenty_thousand_sources_are_read_to_the_limit_and_the_rest_is_told() -> None:
    nights = [{"date": AT, "core": 4, "deep": 1, "rem": 2, "source": f"Watch {one}"} for one in range(MANY)]
    read = pushed({"name": "sleep_analysis", "units": "hr", "data": nights})
    assert len({one.source for one in read.summaries}) == MOST_PUSH_SERIES
    assert read.left_out.total() == MANY - MOST_PUSH_SERIES


def test_our_own_sums_are_not_read_back() -> None:
    said = {"type": "Steps", "value": 8500, "date": "2026-03-10", "source": "Intervals Companion"}
    night = {"date": AT, "core": 4, "source": "Intervals Companion"}
    for read in (
        shortcuts.read(json.dumps(said).encode(), {}, HOME),
        pushed({"name": "sleep_analysis", "units": "hr", "data": [night]}),
    ):
        assert ([*read.summaries], read.left_out.total()) == ([], 1)


@pytest.mark.parametrize(
    "said",
    [
        {"type": "Weight", "value": "72 kg", "date": "\n".join(["2026-03-10T07:02:00Z"] * (shortcuts.MOST_ITEMS // 3))},
        {"type": "Weight", "value": "72 kg\n" * (shortcuts.LONGEST_COLUMN // 6 + 1), "date": "2026-03-10"},
        {"date": "\n".join(["2026-03-10"] * 40_000), "samples": [{"value": "1\n2"}] * 1_000},
    ],
)
def test_what_a_shortcut_says_is_read_to_a_limit_and_the_rest_is_told(said: dict[str, object]) -> None:
    begun = process_time()
    read = shortcuts.read(json.dumps([said] * 4 if "samples" not in said else said).encode(), {}, HOME)
    assert any("beyond the first 50,000 of a delivery" in reason.what for reason in read.left_out)
    assert process_time() - begun < SLOW


def test_twenty_thousand_unknown_types_of_a_push_are_counted_and_some_are_named() -> None:
    read = pushed(*({"name": f"metric {number}", "data": [{"date": AT}]} for number in range(MANY)))
    list(read.batches())
    assert read.left_out.total() == read.reading.ignored == read.reading.types.total() == MANY
    assert len(read.left_out) == MOST_REASONS + 1
    assert len(read.reading.types) <= MOST_SERIES + 1


@pytest.mark.parametrize("what", ["types", "sources"])
def test_twenty_thousand_of_an_export_are_read_to_the_limit_and_the_rest_is_told(tmp_path: Path, what: str) -> None:
    made = [
        record(f"{WEIGHT}{number if what == 'types' else ''}", 72.5, "kg", AT,
               source=f"Scale {number if what == 'sources' else ''}")
        for number in range(MANY)
    ]  # fmt: skip
    begun = process_time()
    read = read_xml(tmp_path, export_xml(*made))
    assert (len(read.batches), read.reading.ignored) == (MOST_SERIES, MANY - MOST_SERIES)
    assert f"the file has more than {MOST_SERIES:,} types and sources together" in read.said()
    assert len(read.reading.types) <= MOST_SERIES + 1
    assert process_time() - begun < SLOW


def test_ninety_thousand_laps_are_read_to_the_limit_drawn_up_and_listed_in_little_time(tmp_path: Path) -> None:
    laps = f'<WorkoutEvent type="HKWorkoutEventTypeLap" date="{AT}" duration="1" durationUnit="min"/>' * 90_000
    whole = exports.workout("Running", "2026-03-10 07:00:00 +0100", "2026-03-12 07:00:00 +0100", inside=[laps])
    begun = process_time()
    read = read_xml(tmp_path, export_xml(whole))
    assert len(read.workout().events) == MOST_EVENTS
    assert "its laps and pauses beyond 20,000 are left out" in read.said()
    assert process_time() - begun < SLOW


@pytest.mark.parametrize(
    ("activity", "metadata", "kinds"),
    [
        ("Running", {}, ["Lap"]),
        ("Running", {}, ["Pause", "Lap", "Resume"]),
        ("Swimming", {"HKLapLength": "25 m"}, ["Lap"]),
        ("Swimming", {"HKLapLength": "25 m"}, ["Lap", "Segment"]),
    ],
)
def test_a_workout_of_the_most_laps_is_made_and_listed_in_little_time(
    activity: str, metadata: dict[str, str], kinds: list[str]
) -> None:
    length = 7_000
    events = tuple(
        WorkoutEvent(kinds[number % len(kinds)], BEGIN + number * length, BEGIN + (number + 1) * length, {})
        for number in range(MOST_EVENTS)
    )
    workout = Workout(
        start=BEGIN, end=BEGIN + MOST_EVENTS * length, activity=activity, source="Watch", duration=None, events=events,
        metadata=metadata,
    )  # fmt: skip
    begins = (BEGIN + number * length for number in range(MOST_EVENTS))
    strokes = [Row(begin, begin + length, 9.0, "count", "", -1, "", b"") for begin in begins]
    begun = process_time()
    made = recording(workout, {f"{QUANTITY_PREFIX}SwimmingStrokeCount": strokes}, [])
    assert len(fit_file(workout, made)) > 100_000
    assert process_time() - begun < SLOW
    if activity == "Running":
        listed = table(made.laps, "Run", Formatter(Preferences(), 0), "Lap")
        assert listed is not None
        assert len(listed.rows) == MOST_ROWS
        assert listed.more == len(made.laps) - MOST_ROWS > 0


def test_strokes_that_lie_over_one_another_are_counted_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch writes a few for each length; hundreds over all of a hundred lengths are somebody's joke."""
    monkeypatch.setattr(swims, "MOST_LOOKED_AT", 10_000)
    events = tuple(WorkoutEvent("Lap", number * 7_000, (number + 1) * 7_000, {}) for number in range(100))
    workout = Workout(
        start=0, end=700_000, activity="Swimming", source="Watch", duration=None, events=events,
        metadata={"HKLapLength": "25 m"},
    )  # fmt: skip
    strokes = [Row(at, 700_000, 9.0, "count", "", -1, "", b"") for at in range(400)]
    made = swims.lengths(workout, strokes)
    assert made[1].strokes is not None
    assert made[-1].strokes is None


def test_an_export_damaged_all_over_ends_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "MOST_DAMAGED", 100)
    read = read_xml(tmp_path, export_xml(weight("Scale"), *["<Record &>"] * 200))
    assert read.damage is not None
    assert "damaged in more than 100 places" in read.damage.cause
    assert len(read.rows(WEIGHT)) == 1
