"""Whatever the workout, independent programs read its file without error and find what was put in."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.derive.stream_types import quantities
from intervals_companion.derive.workouts import recording
from intervals_companion.domain.activity import Recording, RoutePoint, Statistic, Workout, WorkoutEvent
from intervals_companion.domain.samples import Row
from intervals_companion.domain.sports import SPORTS
from intervals_companion.formats.fit import fit_file
from support.depth import examples
from support.fit_decoders import READERS, Messages
from support.workout_builders import START, event, fix, quantity, row, workout

EPOCH = START // 1000
UINT32 = 2**32 - 2
FIELDS = {
    "heart_rate": (1, 254),
    "distance": (100, UINT32),
    "enhanced_speed": (1000, UINT32),
    "power": (1, 65_534),
    "enhanced_altitude": (5, UINT32),
}
"""Field -> the parts of a unit that it keeps, and the largest number of them."""

Case = tuple[Workout, dict[str, list[Row]], list[RoutePoint]]

moments = st.integers(-10, 130)
KINDS = ("Lap", "Pause", "Resume", "MotionPaused", "MotionResumed", "Segment", "Marker")
UNITS = {"Distance": "m", "HeartRate": "count/min", "Speed": "km/hr", "Cadence": "count/min", "Count": "count"}


@st.composite
def events(draw: st.DrawFn) -> WorkoutEvent:
    start, length = draw(moments), draw(st.integers(0, 60))
    style = draw(st.sampled_from([{}, {"HKSwimmingStrokeStyle": "3"}, {"HKSwimmingStrokeStyle": "x"}]))
    return event(draw(st.sampled_from(KINDS)), start, start + length, **style)


@st.composite
def rows(draw: st.DrawFn, unit: str) -> Row:
    start, length = draw(st.floats(-10, 130)), draw(st.sampled_from([0, 0.4, 1, 3, 7.5, 40]))
    value = draw(st.floats(0, 400) | st.sampled_from([float("nan"), float("inf"), -1.0, 1e12, 1.7e308]))
    return row(start, start + length, value, draw(st.sampled_from([unit, unit, unit, "bananas"])))


@st.composite
def fixes(draw: st.DrawFn) -> RoutePoint:
    maybe = st.none() | st.floats(-1, 30)
    return fix(
        draw(st.floats(-10, 130)),
        draw(st.floats(50, 50.001) | st.floats(-91, 91)), draw(st.floats(8, 8.001) | st.floats(-181, 181)),
        altitude=draw(st.none() | st.floats(-400, 9000) | st.just(1.5e6)), speed=draw(maybe | st.just(5000.0)),
    )  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    told = workout(
        draw(st.sampled_from([120.7, 100, 2, 1, 0.3, 0])),
        draw(st.sampled_from(["Swimming", "Running", "Cycling"]) | st.sampled_from([sport.name for sport in SPORTS])),
        events=draw(st.lists(events(), max_size=3) | st.lists(events(), min_size=10, max_size=20)),
        totals=draw(totals),
        duration=draw(st.none() | st.floats(0, 1000)),
        metadata={"HKLapLength": draw(st.sampled_from(["25 m", "25 yd"])), "HKElevationAscended": "6575 cm"},
        zone=draw(st.sampled_from([None, "Europe/Paris", "Nowhere"])),
    )
    samples = {
        identifier: draw(st.lists(rows(_unit(identifier)), max_size=12)) for identifier in quantities(told).identifiers
    }
    return told, samples, draw(st.lists(fixes(), max_size=12, unique_by=lambda point: point.time))


totals = st.dictionaries(
    st.sampled_from(["DistanceWalkingRunning", "DistanceCycling", "HeartRate", "ActiveEnergyBurned", "StepCount"]),
    st.builds(
        Statistic,
        st.sampled_from(["m", "km", "kcal", "count/min", "count"]),
        sum=st.none() | st.floats(0, 1e9) | st.sampled_from([float("nan"), float("inf"), -1.0]),
        average=st.none() | st.floats(0, 500),
    ),
)


def _unit(identifier: str) -> str:
    return next((unit for word, unit in UNITS.items() if word in identifier), "W")


def made(case: Case) -> tuple[Recording, bytes]:
    told, samples, route = case
    recorded = recording(told, samples, route)
    return recorded, fit_file(told, recorded)


def near(found: float | None, meant: float | None, scale: int, most: int) -> bool:
    """Equal within half a part of a unit; unknown where nothing was meant or the field has no room for it."""
    if found is None or meant is None:
        return found is None and (meant is None or meant * scale > most)
    return abs(found - meant) <= 0.501 / scale


def records_say(messages: Messages, recorded: Recording) -> None:
    streams = recorded.streams
    records = messages.get("record", [])
    assert [record["timestamp"] - EPOCH for record in records] == streams.seconds
    columns = {
        "heart_rate": streams.heart_rate, "distance": streams.distance, "enhanced_speed": streams.speed,
        "power": streams.power, "enhanced_altitude": streams.altitude,
    }  # fmt: skip
    for name, column in columns.items():
        for record, meant in zip(records, column or [None] * len(records), strict=True):
            assert near(record.get(name), meant, *FIELDS[name]), (name, record, meant)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=examples(40), deadline=None)
@given(case=cases())
def test_every_file_is_read_without_error_and_says_what_was_put_in(reader: str, case: Case) -> None:
    recorded, data = made(case)
    messages = READERS[reader](data)
    records_say(messages, recorded)
    assert len(messages["lap"]) == len(recorded.laps)
    assert len(messages.get("length", [])) == len(recorded.lengths)
    (session,) = messages["session"]
    assert near(session.get("total_distance"), recorded.whole.distance, 100, UINT32)


@settings(max_examples=examples(100), deadline=None)
@given(case=cases(), seed=st.integers())
def test_the_bytes_do_not_depend_on_the_order_of_arrival(case: Case, seed: int) -> None:
    told, samples, route = case
    shuffled = random.Random(seed)
    other = {identifier: shuffled.sample(rows, len(rows)) for identifier, rows in reversed(samples.items())}
    assert made((told, other, shuffled.sample(route, len(route))))[1] == made(case)[1]


@settings(max_examples=examples(100), deadline=None)
@given(case=cases())
def test_distance_never_falls_and_ends_at_the_workout_s_own(case: Case) -> None:
    recorded, _ = made(case)
    distance = [metres for metres in recorded.streams.distance or [] if metres is not None]
    assert distance == sorted(distance)
    if distance and recorded.pool is None:
        assert distance[-1] == pytest.approx(recorded.whole.distance)


@settings(max_examples=examples(100), deadline=None)
@given(case=cases())
def test_all_columns_are_as_long_as_the_seconds(case: Case) -> None:
    streams = made(case)[0].streams
    columns: Sequence[Sequence[float | None] | None] = (
        streams.heart_rate, streams.distance, streams.speed, streams.cadence, streams.power, streams.altitude,
        streams.latitude, streams.longitude,
    )  # fmt: skip
    assert {len(column) for column in columns if column is not None} <= {len(streams.seconds)}


@settings(max_examples=examples(100), deadline=None)
@given(case=cases())
def test_laps_are_the_whole_workout_without_gap_or_overlap(case: Case) -> None:
    recorded, _ = made(case)
    assert recorded.laps[0].start == recorded.whole.start
    assert recorded.laps[-1].end == recorded.whole.end
    assert all(one.end == other.start for one, other in zip(recorded.laps, recorded.laps[1:], strict=False))


@pytest.mark.soak
@pytest.mark.parametrize("reader", READERS)
def test_a_whole_day_is_read_without_error(reader: str) -> None:
    told = workout(86_400, "Hiking")
    beats = [row(second, second, 90 + second % 60, "count/min") for second in range(0, 86_400, 10)]
    recorded, data = made((told, {quantity("HeartRate"): beats}, []))
    records_say(READERS[reader](data), recorded)
