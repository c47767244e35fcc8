"""What holds for every day, whatever its samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, product
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intervals_companion.derive import daily
from intervals_companion.derive.daily import derive
from intervals_companion.derive.day_samples import DaySamples, in_unit, own_zone
from intervals_companion.derive.sleep import Sleep, main_night, sessions
from intervals_companion.derive.timeline import Spans, total
from intervals_companion.domain.catalogue import Metric, Rule, metric, metrics
from intervals_companion.domain.days import MS_PER_DAY, bounds
from intervals_companion.domain.samples import SLEEP, UNKNOWN_INSTANT, Row, Source
from intervals_companion.domain.wellness import Derived
from support.day_builders import BERLIN, DAY, HOUR, MINUTE, PHONE, RING, UTC, WATCH, Rows, at, row, stage
from support.depth import examples
from support.sample_merge import merge

BY_PRODUCT = (WATCH, PHONE, RING)
"""Of equals, the one that counts first."""
START, END = bounds(DAY, BERLIN)

# --- what adds up ---------------------------------------------------------------------------------------------------

moments = st.integers(-6 * 12, 30 * 12).map(lambda fives: START + fives * 5 * MINUTE)
lengths = st.sampled_from([0, 5, 10, 15, 60, 600]).map(lambda minutes: minutes * MINUTE)
slices = st.builds(lambda start, length, count: row(start, start + length, count, "count"), moments, lengths,
                   st.integers(0, 1000))  # fmt: skip
pedometers = st.dictionaries(st.sampled_from(BY_PRODUCT), st.lists(slices, min_size=1, max_size=6), min_size=1)
one_pedometer = st.lists(slices, min_size=1, max_size=12).map(lambda found: {WATCH: found})


def counted(rows: Rows, start: int = START, end: int = END) -> float:
    found = total({source: [(one, one.value) for one in of_source] for source, of_source in rows.items()}, start, end)
    return 0.0 if found is None else found.value


def best_first(rows: Rows, start: int, end: int) -> list[Source]:
    """By the words of the design: those that cover at least half of what the best one covers are equals."""
    covered = {source: five_minutes(found, start, end) for source, found in rows.items()}
    order: list[Source] = []
    while covered:
        most = max(covered.values())
        equals = [source for source in BY_PRODUCT if source in covered and 2 * covered[source] >= most]
        order += equals
        covered = {source: length for source, length in covered.items() if source not in equals}
    return order


def five_minutes(found: Sequence[Row], start: int, end: int) -> int:
    """How many stretches of five minutes of [start, end) are covered; all samples begin and end at full ones."""
    return len({moment for one in found for moment in range(max(one.start, start), min(one.end, end), 5 * MINUTE)})


def counted_slice_by_slice(rows: Rows, start: int, end: int) -> Fraction:
    """The rule word for word: cut the timeline at all edges, in each slice take the best source that covers it."""
    edges = sorted({start, end, *(edge for found in rows.values() for one in found for edge in one[:2])})
    order = best_first(rows, start, end)
    result = Fraction()
    for low, high in pairwise(edge for edge in edges if start <= edge <= end):
        for source in order:
            covering = [one for one in rows.get(source, ()) if one.start <= low and one.end >= high]
            if covering:
                result += sum(Fraction(one.value) * (high - low) / (one.end - one.start) for one in covering)
                break
    for rank, source in enumerate(order):
        better = [one for other in order[:rank] for one in rows.get(other, ())]
        for one in rows.get(source, ()):
            said = any(it.start <= one.start < it.end or it.start == it.end == one.start for it in better)
            if one.start == one.end and start <= one.start < end and not said:
                result += Fraction(one.value)
    return result


@given(pedometers)
def test_a_sum_is_the_best_source_of_each_slice(rows: Rows) -> None:
    assert counted(rows) == pytest.approx(float(counted_slice_by_slice(rows, START, END)), rel=1e-9, abs=1e-6)


@given(pedometers, st.randoms(use_true_random=False))
def test_the_order_of_samples_changes_no_sum(rows: Rows, chance: Random) -> None:
    shuffled = {source: chance.sample(rows[source], len(rows[source])) for source in reversed(list(rows))}
    assert counted(shuffled) == pytest.approx(counted(rows), rel=1e-9, abs=1e-6)


@given(pedometers, st.data())
def test_splitting_a_sample_changes_no_sum(rows: Rows, data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(sorted(rows, key=BY_PRODUCT.index)))
    one = data.draw(st.sampled_from(rows[source]))
    assume(one.end > one.start)
    cut = data.draw(st.integers(one.start + 1, one.end - 1))
    first = one.value * (cut - one.start) / (one.end - one.start)
    parts = [one._replace(end=cut, value=first), one._replace(start=cut, value=one.value - first)]
    others = list(rows[source])
    others.remove(one)
    assert counted({**rows, source: [*others, *parts]}) == pytest.approx(counted(rows), rel=1e-9, abs=1e-6)


@given(pedometers, st.data())
def test_a_worse_source_inside_better_coverage_changes_nothing(rows: Rows, data: st.DataObject) -> None:
    covered = Spans((one.start, one.end) for source in (WATCH, PHONE) for one in rows.get(source, ()))
    assume(covered.spans)
    low, high = data.draw(st.sampled_from(covered.spans))
    start = data.draw(st.integers(low, high - 1))
    extra = row(start, data.draw(st.integers(start, high)), 5000, "count")
    with_extra = {**rows, RING: [*rows.get(RING, ()), extra]}
    others = [source for source in best_first(rows, START, END) if source != RING]
    assume(best_first(with_extra, START, END) == [*others, RING])
    assume(best_first(rows, START, END)[: len(others)] == others)
    assert counted(with_extra) == pytest.approx(counted(rows), rel=1e-9, abs=1e-6)


@given(pedometers)
def test_a_sum_is_no_more_than_all_sources_and_no_less_than_the_best(rows: Rows) -> None:
    alone = [counted({source: rows[source]}) for source in best_first(rows, START, END)]
    assert alone[0] - 1e-6 <= counted(rows) <= sum(alone) + 1e-6


@given(one_pedometer, st.integers(-3 * HOUR, 3 * HOUR))
def test_the_sums_of_days_are_the_sum_of_the_time(rows: Rows, off: int) -> None:
    first, last = START + off - MS_PER_DAY, END + off + MS_PER_DAY
    parts = sum(counted(rows, low, high) for low, high in pairwise((first, START + off, END + off, last)))
    assert parts == pytest.approx(counted(rows, first, last), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/Sao_Paulo", date(2018, 11, 4)),
        ("Africa/Cairo", date(2023, 4, 28)),
        ("America/Havana", date(2025, 11, 2)),
        ("Pacific/Apia", date(2011, 12, 30)),
    ],
)
@given(rows=one_pedometer)
@settings(max_examples=examples(30))
def test_also_where_clocks_change(zone: str, day: date, rows: Rows) -> None:
    where = ZoneInfo(zone)
    moved = shifted(rows, at("00:00", day, where) - START)
    week = [day + timedelta(days=number) for number in range(-3, 4)]
    parts = sum(counted(moved, *bounds(one, where)) for one in week)
    whole = counted(moved, bounds(week[0], where)[0], bounds(week[-1], where)[1])
    assert parts == pytest.approx(whole, rel=1e-9, abs=1e-6)
    assert whole == pytest.approx(counted(rows, START - 3 * MS_PER_DAY, END + 3 * MS_PER_DAY), rel=1e-9, abs=1e-6)


def shifted(rows: Rows, by: int) -> dict[Source, list[Row]]:
    return {
        source: [
            one._replace(
                start=one.start + by,
                end=one.end + by,
                created=one.created if one.created == UNKNOWN_INSTANT else one.created + by,
            )
            for one in found
        ]
        for source, found in rows.items()
    }


# --- sleep ----------------------------------------------------------------------------------------------------------

STAGES = ("Deep", "REM", "Core", "Awake", "Unspecified", "InBed")
night_rows = st.builds(
    lambda name, start, length: stage(name, START + start * 10 * MINUTE, START + (start + length) * 10 * MINUTE),
    st.sampled_from(STAGES), st.integers(-30, 90), st.integers(0, 36),
)  # fmt: skip
nights = st.lists(night_rows, max_size=10)


def slept(rows: Rows) -> list[Sleep]:
    return sessions(rows, BERLIN, own_zone)


def figures(found: Sequence[Sleep]) -> list[tuple[object, ...]]:
    return [(one.source, one.day, one.asleep.spans, one.core, one.deep, one.rem, one.awake.spans) for one in found]


def minute_by_minute(rows: Sequence[Row]) -> dict[str, int]:
    """ms of each stage, where each moment has the first of the stages of `STAGES` that some row gives it; but awake
    inside a stage is awake.
    """
    slept = [one for one in rows if not one.label.endswith(("Awake", "InBed", "Unspecified"))]
    waking = [
        one for one in rows
        if one.label.endswith("Awake") and any(two.start <= one.start and one.end <= two.end for two in slept)
    ]  # fmt: skip
    found = dict.fromkeys(STAGES, 0)
    for moment in range(START - 300 * MINUTE, START + 1300 * MINUTE, 10 * MINUTE):
        names = {name for name in STAGES for one in rows if one.label.endswith(name) and one.start <= moment < one.end}
        if any(one.start <= moment < one.end for one in waking):
            found["Awake"] += 10 * MINUTE
        elif names:
            found[min(names, key=STAGES.index)] += 10 * MINUTE
    return found


@given(nights)
def test_each_moment_is_slept_once_in_one_stage(rows: list[Row]) -> None:
    expected, found = minute_by_minute(rows), slept({WATCH: rows})
    assert [sum(one.deep for one in found), sum(one.rem for one in found), sum(one.core for one in found)] == [
        expected["Deep"], expected["REM"], expected["Core"],
    ]  # fmt: skip
    assert sum(one.asleep.length for one in found) == sum(expected.values()) - expected["Awake"] - expected["InBed"]
    assert sum(one.awake.length for one in found) <= expected["Awake"]


@given(nights, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_their_repetition_change_no_night(rows: list[Row], chance: Random) -> None:
    again = chance.sample([*rows, *rows], 2 * len(rows))
    assert figures(slept({WATCH: again})) == figures(slept({WATCH: rows}))


@given(nights, nights)
def test_nights_of_two_apps_never_overlap(watch: list[Row], ring: list[Row]) -> None:
    found = slept({WATCH: watch, RING: ring})
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(nights, nights)
def test_a_night_is_asleep_and_awake_between_its_ends_and_never_both(watch: list[Row], ring: list[Row]) -> None:
    for one in slept({WATCH: watch, RING: ring}):
        assert one.asleep.length + one.awake.length <= one.end - one.start
        assert (one.asleep | one.awake).length == one.asleep.length + one.awake.length
        assert one.core + one.deep + one.rem <= one.asleep.length


@given(nights)
def test_the_night_again_from_a_worse_device_changes_nothing(rows: list[Row]) -> None:
    assert figures(slept({RING: rows, WATCH: rows})) == figures(slept({WATCH: rows}))


@given(nights, st.lists(night_rows.filter(lambda one: one.label.endswith("InBed")), max_size=5))
def test_time_in_bed_adds_no_sleep(rows: list[Row], in_bed: list[Row]) -> None:
    def asleep(found: list[Sleep]) -> int:
        return sum(one.asleep.length for one in found)

    assert asleep(slept({WATCH: [*rows, *in_bed]})) == asleep(slept({WATCH: rows}))
    assert asleep(slept({WATCH: rows, PHONE: in_bed})) == asleep(slept({WATCH: rows}))


@given(nights)
def test_the_main_night_is_the_longest_of_its_day(rows: list[Row]) -> None:
    found = slept({WATCH: rows})
    for day in {one.day for one in found}:
        main = main_night(found, day)
        assert main is not None
        assert main.asleep.length == max(one.asleep.length for one in found if one.day == day)


# --- every metric ---------------------------------------------------------------------------------------------------

TO_PERCENT = {"%": st.floats(0.5, 1) | st.floats(50, 100)}
a_metric = st.sampled_from(metrics())
instants = st.integers(-18 * 60, 30 * 60).map(lambda minutes: START + minutes * MINUTE)


@st.composite
def samples_of(draw: st.DrawFn, one: Metric) -> Rows:
    """Distinct samples of the metric's first type from up to three sources, as the archive hands them out."""
    if one.types[0] == SLEEP:
        rows = night_rows
    elif one.rule is Rule.PERIOD:
        rows = instants.map(lambda start: row(start, start, label="HKCategoryValueMenstrualFlowLight"))
    else:
        unit = "" if one.rule is Rule.TIME_TOGETHER else one.unit
        rows = st.builds(
            lambda start, length, value, created: row(start, start + length, value, unit, created=created),
            instants, lengths, TO_PERCENT.get(unit, st.floats(1, 200)), instants,
        )  # fmt: skip
    found: dict[Source, list[Row]] = draw(st.dictionaries(st.sampled_from(BY_PRODUCT), st.lists(rows, max_size=5)))
    return {source: merge(of_source) for source, of_source in found.items() if of_source}


def day_of(one: Metric, rows: Rows, night: Rows, where: ZoneInfo = BERLIN, day: date = DAY) -> Derived | None:
    by_type: Mapping[str, Rows] = {SLEEP: night} | {one.types[0]: rows}
    return derive(one, DaySamples(day, *bounds(day, where), where, by_type))


def comparable(found: Derived | None) -> tuple[object, ...] | None:
    if found is None:
        return None
    value = found.value if isinstance(found.value, str) else pytest.approx(found.value, rel=1e-9, abs=1e-9)
    return value, found.formula, found.sources


nights_of_two = st.dictionaries(st.sampled_from([WATCH, RING]), nights, max_size=2)
many = settings(max_examples=examples(150))


@many
@given(a_metric, st.data())
def test_a_value_says_which_formula_and_sources_made_it(one: Metric, data: st.DataObject) -> None:
    rows, night = data.draw(samples_of(one)), data.draw(nights_of_two)
    found = day_of(one, rows, night)
    if found is None:
        return
    assert one.rule is not None
    assert found.formula in daily.FORMULAS[one.rule].versions
    assert found.sources
    assert set(found.sources) <= {source.key for source in rows}
    assert one.same(one.round(found.value), found.value)


@many
@given(a_metric, st.data())
def test_the_order_in_which_samples_arrive_changes_no_day(one: Metric, data: st.DataObject) -> None:
    rows, night = data.draw(samples_of(one)), data.draw(nights_of_two)
    chance = data.draw(st.randoms(use_true_random=False))

    def mixed(given_rows: Rows) -> Rows:
        order = sorted(given_rows, key=lambda source: chance.random())
        return {source: merge(chance.sample(given_rows[source], len(given_rows[source]))) for source in order}

    assert comparable(day_of(one, mixed(rows), mixed(night))) == comparable(day_of(one, rows, night))


@many
@given(a_metric, st.data(), st.integers(-14, 12), st.integers(-400, 400))
def test_samples_and_zone_shifted_together_shift_the_day(
    one: Metric, data: st.DataObject, hours: int, days: int
) -> None:
    rows, night = data.draw(samples_of(one)), data.draw(nights_of_two)
    here, there = UTC, ZoneInfo(f"Etc/GMT{hours:+d}")  # POSIX signs: Etc/GMT+3 is three hours behind UTC
    by = days * MS_PER_DAY + hours * HOUR
    moved = day_of(one, shifted(rows, by), shifted(night, by), there, DAY + timedelta(days=days))
    assert comparable(moved) == comparable(day_of(one, rows, night, here))


@many
@given(a_metric, st.data())
def test_a_source_that_speaks_in_unknown_units_changes_nothing(one: Metric, data: st.DataObject) -> None:
    if one.rule in (Rule.TIME_TOGETHER, Rule.PERIOD) or one.types[0] == SLEEP:
        return  # categories have no unit
    rows, night = data.draw(samples_of(one)), data.draw(nights_of_two)
    noise = {Source(f"{source.key} 2", "", source.product): [it._replace(unit="smoots") for it in found]
             for source, found in rows.items()}  # fmt: skip
    assert comparable(day_of(one, {**rows, **noise}, night)) == comparable(day_of(one, rows, night))


READ_FROM_ONE = (
    Rule.LAST, Rule.LATEST_WRITTEN, Rule.DAY_MEAN, Rule.DAY_MAXIMUM, Rule.SLEEP_MEAN, Rule.SLEEP_WEIGHTED_MEAN,
    Rule.NIGHT,
)  # fmt: skip


@many
@given(a_metric.filter(lambda one: one.rule in READ_FROM_ONE), st.data())
def test_a_reading_of_the_day_lies_among_those_of_its_one_source(one: Metric, data: st.DataObject) -> None:
    rows, night = data.draw(samples_of(one)), data.draw(nights_of_two)
    found = day_of(one, rows, night)
    if found is None or isinstance(found.value, str):
        return
    (key,) = found.sources
    said = [in_unit(it, one.unit) for source, of_source in rows.items() if source.key == key for it in of_source]
    known = [value for value in said if value is not None]
    assert min(known) - 1e-9 <= found.value <= max(known) + 1e-9


@given(st.lists(st.integers(0, 29), min_size=1, max_size=8))
def test_mindful_minutes_are_the_minutes_some_source_covers(starts: list[int]) -> None:
    sessions_of: dict[Source, list[Row]] = {}
    for start, source in zip(starts, (source for _, source in product(range(3), BY_PRODUCT)), strict=False):
        begins = START + start * MINUTE
        sessions_of.setdefault(source, []).append(row(begins, begins + 10 * MINUTE))
    covered = {minute for start in starts for minute in range(start, start + 10)}
    found = day_of(metric("MindfulMinutes"), sessions_of, {})
    assert found is not None
    assert found.value == len(covered)
