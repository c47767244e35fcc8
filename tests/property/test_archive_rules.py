"""The archive's laws, for whatever is delivered, in whatever order, however often, split however it may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.domain.days import MS_PER_DAY, utc_day
from intervals_companion.domain.samples import SLEEP, Batch, Row, Source, preferred, same_key
from intervals_companion.journal import days as journal
from intervals_companion.store import archive, codec
from intervals_companion.store.database import Store
from support.depth import examples
from support.store_builders import (
    PHONE,
    STEPS,
    WATCH,
    WEIGHT,
    archived,
    asleep,
    at,
    block_hashes,
    deliver,
    empty_store,
    source,
)

BAND, DESCRIBED_BAND = source("Band"), source("Band", "Watch")
"""One watch, which some channels describe and others do not."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(empty_store(tmp_path_factory.mktemp("store"))) as opened:
        yield opened


NEXT_ATHLETE = count(1)
"""Every example is an athlete of its own: they share nothing, which other tests prove."""


Key = tuple[int, int, str, str]
"""What makes two samples of one type and source the same."""


class Sample(NamedTuple):
    type: str
    source: Source
    row: Row


START = at("2026-03-01 22:00")

# Small pools, so that samples meet: the same second, the same day, values that are equal at 6 digits, copies that
# differ in what makes no difference (ms, metadata) and in what does.
moments = st.builds(
    lambda hours, seconds, ms: START + hours * 3_600_000 + seconds * 1000 + ms,
    st.integers(0, 60), st.sampled_from([0, 0, 0, 1]), st.sampled_from([0, 0, 400]),
)  # fmt: skip
spans = st.sampled_from([0, 0, 600_000, 7_200_000, MS_PER_DAY, 3 * MS_PER_DAY, 40 * MS_PER_DAY])
rows = st.builds(
    lambda start, span, value, unit, label, created, metadata, detail: Row(
        start, start + span, value, unit, label, created, metadata, detail
    ),
    moments,
    spans,
    st.sampled_from([0.0, -0.0, 1.0, 1.0000001, 2.0, 1e9]) | st.floats(0.5, 1e6),
    st.sampled_from(["count", "count", "kg", "lb", "parsec"]),
    st.sampled_from(["", "", "HKCategoryValueSleepAnalysisAsleepCore"]),
    st.sampled_from([-1, -1, START, START + 1]),
    st.sampled_from(["", "", '{"HKWasUserEntered":"1"}', '{"x":"äöü"}']),
    st.sampled_from([b"", b"", b"\xff\x00", b"beats"]),
)
samples = st.builds(
    Sample,
    st.sampled_from([STEPS, WEIGHT, SLEEP, "HKDataTypeOfTomorrow"]),
    st.sampled_from([WATCH, PHONE, BAND, DESCRIBED_BAND]),
    rows,
)
deliveries = st.lists(samples, max_size=25)
points = samples.map(lambda one: one._replace(row=one.row._replace(end=one.row.start)))
"""Samples without a length: no two of them tell one stretch in other pieces."""


@st.composite
def pieces(draw: st.DrawFn, found: list[Sample]) -> list[list[Sample]]:
    """Deliveries that hold these samples together, some of them several times, none twice in one."""
    pool = [draw(st.sets(st.integers(0, 4), min_size=1, max_size=3)) for _ in found]
    held = [[one for one, where in zip(found, pool, strict=True) if number in where] for number in range(5)]
    return [one for one in held if one]


@st.composite
def batches(draw: st.DrawFn, found: list[Sample]) -> list[Batch]:
    """One delivery in any order, in batches of any length."""
    made: list[Batch] = []
    for sample in draw(st.permutations(found)):
        last = made[-1] if made else None
        if last and last.type == sample.type and last.source is sample.source and draw(st.booleans()):
            last.rows.append(sample.row)
        else:
            made.append(Batch(sample.type, sample.source, [sample.row]))
    return made


def kept(*delivered: list[Sample]) -> dict[tuple[str, str], list[Row]]:
    """What an archive of these deliveries holds, by the words of the design: of equal samples as many as one of them
    holds at most, the preferred copy where there is one.
    """
    most: dict[tuple[str, str], dict[Key, list[Row]]] = {}
    for found in delivered:
        own: dict[tuple[str, str], dict[Key, list[Row]]] = {}
        for sample in found:
            own.setdefault((sample.type, sample.source.key), {}).setdefault(same_key(sample.row), []).append(sample.row)
        for series, by_key in own.items():
            known = most.setdefault(series, {})
            for key, rows in by_key.items():
                before = known.get(key, [])
                if len(before) == len(rows) == 1:
                    known[key] = [preferred(before[0], rows[0])]
                elif len(rows) > len(before):
                    known[key] = rows
    return {series: sorted(row for rows in by_key.values() for row in rows) for series, by_key in most.items()}


def keys(archive: dict[tuple[str, str], list[Row]]) -> dict[tuple[str, str], Counter[Key]]:
    """The same without what makes no difference: which of equal samples it is."""
    return {series: Counter(map(same_key, rows)) for series, rows in archive.items()}


def has_equals(found: list[Sample]) -> bool:
    return len({(one.type, one.source.key, same_key(one.row)) for one in found}) < len(found)


@settings(max_examples=examples(60))
@given(st.lists(points, max_size=25), st.data())
def test_every_order_of_deliveries_ends_in_the_same_samples(
    store: Store, found: list[Sample], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    delivered = data.draw(pieces(found))
    for piece in delivered:
        deliver(store, *data.draw(batches(piece)), athlete=one)
    for piece in data.draw(st.permutations(delivered)):
        deliver(store, *data.draw(batches(piece)), athlete=other)
    assert keys(archived(store, one)) == keys(archived(store, other)) == keys(kept(*delivered))
    if not any(map(has_equals, delivered)):
        assert block_hashes(store, one) == block_hashes(store, other)
        assert archived(store, one) == kept(*delivered)


@settings(max_examples=examples(60))
@given(deliveries, st.data())
def test_one_delivery_counts_whole_in_whatever_order_and_batches_it_comes(
    store: Store, found: list[Sample], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    deliver(store, *data.draw(batches(found)), athlete=one)
    deliver(store, *data.draw(batches(found)), athlete=other)
    assert block_hashes(store, one) == block_hashes(store, other)
    assert keys(archived(store, one)) == keys(kept(found))


@settings(max_examples=examples(40))
@given(deliveries, st.data())
def test_the_same_delivery_again_writes_nothing(store: Store, found: list[Sample], data: st.DataObject) -> None:
    athlete = next(NEXT_ATHLETE)
    first = deliver(store, *data.draw(batches(found)), athlete=athlete)
    assert first.new == sum(len(rows) for rows in archived(store, athlete).values()) == len(found)
    with store.engine.connect() as bystander:
        version = bystander.exec_driver_sql("PRAGMA data_version").scalar()
        again = deliver(store, *data.draw(batches(found)), athlete=athlete)
        assert bystander.exec_driver_sql("PRAGMA data_version").scalar() == version
    assert (again.new, again.written) == (0, 0)


@settings(max_examples=examples(40))
@given(deliveries, st.data())
def test_a_delivery_stopped_anywhere_and_given_again_gives_the_same_end(
    store: Store, found: list[Sample], data: st.DataObject
) -> None:
    stopped, straight = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    whole = data.draw(batches(found))
    deliver(store, *whole[: data.draw(st.integers(0, len(whole)))], athlete=stopped)
    deliver(store, *whole, athlete=stopped)
    deliver(store, *whole, athlete=straight)
    assert block_hashes(store, stopped) == block_hashes(store, straight)


@settings(max_examples=examples(60))
@given(deliveries, st.integers(-30, 120), st.integers(1, 60))
def test_readers_find_every_row_that_overlaps_whatever_day_it_began(
    store: Store, found: list[Sample], hour: int, hours: int
) -> None:
    athlete = next(NEXT_ATHLETE)
    deliver(store, *(Batch(sample.type, sample.source, [sample.row]) for sample in found), athlete=athlete)
    start = START + hour * 3_600_000
    end = start + hours * 3_600_000
    with store.read() as connection:
        overlapping = archive.overlapping(connection, athlete, [STEPS, SLEEP], start, end)
    expected = {
        key: [row for row in rows if row.start < end and (row.end > start or row.start >= start)]
        for key, rows in kept(found).items()
        if key[0] in (STEPS, SLEEP)
    }
    assert overlapping == {key: rows for key, rows in expected.items() if rows}


@given(st.lists(rows, min_size=1, max_size=50))
def test_rows_come_back_from_their_bytes_and_the_same_rows_make_the_same_bytes(found: list[Row]) -> None:
    raw = codec.encode(found)
    assert codec.decode(raw) == found
    assert codec.encode(codec.decode(raw)) == raw


@settings(max_examples=examples(60))
@given(deliveries)
def test_a_block_holds_the_samples_that_start_on_its_utc_day(store: Store, found: list[Sample]) -> None:
    athlete = next(NEXT_ATHLETE)
    deliver(store, *(Batch(sample.type, sample.source, [sample.row]) for sample in found), athlete=athlete)
    expected = Counter((kind, key, utc_day(row.start)) for (kind, key), rows in kept(found).items() for row in rows)
    assert block_hashes(store, athlete).keys() == expected.keys()
    with store.read() as connection:
        seen = archive.seen(connection, athlete)
    assert {kind: one.samples for kind, one in seen.items()} == {
        kind: sum(number for (of, _, _), number in expected.items() if of == kind) for kind, _, _ in expected
    }


# --- days ------------------------------------------------------------------------------------------------------------

ZONES = [ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Honolulu"), ZoneInfo("Pacific/Auckland")]
LATE = date(2026, 12, 31)


def _walk(by: Source, hour: int, length: int, steps: float) -> Sample:
    start = START + hour * 3_600_000
    return Sample(STEPS, by, Row(start, start + length * 3_600_000, steps, "count", "", -1, "", b""))


def _weighing(by: Source, hour: int, kilograms: float) -> Sample:
    moment = START + hour * 3_600_000
    return Sample(WEIGHT, by, Row(moment, moment, kilograms, "kg", "", -1, "", b""))


def _night(by: Source, day: int, woke: int) -> Sample:
    return Sample(SLEEP, by, asleep(f"2026-03-0{day} 22:30", f"2026-03-0{day + 1} 0{woke}:30"))


wearables = st.sampled_from([WATCH, PHONE, BAND, DESCRIBED_BAND])
hours = st.integers(0, 96)
ordinary = st.one_of(
    st.builds(_walk, wearables, hours, st.sampled_from([0, 1, 3, 30]), st.sampled_from([100.0, 200.0])),
    st.builds(_weighing, st.sampled_from([PHONE, source("Scale")]), hours, st.sampled_from([70.0, 71.0])),
    st.builds(_night, wearables, st.integers(1, 4), st.integers(3, 7)),
)


@settings(max_examples=examples(40))
@given(st.lists(ordinary, min_size=1, max_size=15), st.data())
def test_days_end_the_same_however_deliveries_and_refreshes_follow_each_other(
    store: Store, found: list[Sample], data: st.DataObject
) -> None:
    """Descriptions of sources, samples, other home zones: only what is there in the end decides."""
    piecemeal, at_once = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    zone = data.draw(st.sampled_from(ZONES))
    for number in range(1, len(found) + 1):
        deliver(store, *data.draw(batches(found[:number])), athlete=piecemeal)
        if data.draw(st.booleans()):
            journal.refresh(store, piecemeal, data.draw(st.sampled_from(ZONES)), LATE)
    deliver(store, *data.draw(batches(found)), athlete=at_once)
    for athlete in (piecemeal, at_once):
        journal.refresh(store, athlete, zone, LATE)
    with store.read() as connection:
        one, other = (journal.values(connection, athlete, date(2026, 1, 1), LATE) for athlete in (piecemeal, at_once))
        assert archive.dirty_days(connection, piecemeal) == []
    assert one == other
