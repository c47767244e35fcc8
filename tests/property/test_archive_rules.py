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


@st.composite
def split(draw: st.DrawFn, found: list[Sample]) -> list[Batch]:
    """These samples in any order, some of them twice, in batches of any length."""
    again = draw(st.lists(st.sampled_from(found), max_size=5)) if found else []
    order = draw(st.permutations(found + again))
    batches: list[Batch] = []
    for sample in order:
        last = batches[-1] if batches else None
        alike = last and last.type == sample.type and last.source is sample.source
        if last and alike and draw(st.booleans()):
            last.rows.append(sample.row)
        else:
            batches.append(Batch(sample.type, sample.source, [sample.row]))
    return batches


def kept(found: list[Sample]) -> dict[tuple[str, str], list[Row]]:
    """What an archive of these samples holds, by the words of the design: each once, the preferred copy."""
    best: dict[tuple[str, str], dict[tuple[int, int, str, str], Row]] = {}
    for sample in found:
        rows = best.setdefault((sample.type, sample.source.key), {})
        key = same_key(sample.row)
        rows[key] = preferred(sample.row, rows[key]) if key in rows else sample.row
    return {key: sorted(rows.values()) for key, rows in best.items()}


@settings(max_examples=examples(60))
@given(deliveries, st.data())
def test_every_order_and_every_split_ends_in_the_same_blocks(
    store: Store, found: list[Sample], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    deliver(store, *data.draw(split(found)), athlete=one)
    deliver(store, *data.draw(split(found)), athlete=other)
    assert block_hashes(store, one) == block_hashes(store, other)
    assert archived(store, one) == kept(found)


@settings(max_examples=examples(40))
@given(deliveries, deliveries, st.data())
def test_what_was_delivered_before_is_neither_new_nor_written(
    store: Store, older: list[Sample], newer: list[Sample], data: st.DataObject
) -> None:
    athlete = next(NEXT_ATHLETE)
    first = deliver(store, *data.draw(split(older)), athlete=athlete)
    second = deliver(store, *data.draw(split([*older, *newer])), athlete=athlete)
    assert first.new + second.new == sum(len(rows) for rows in kept([*older, *newer]).values())
    before = block_hashes(store, athlete)
    with store.engine.connect() as bystander:
        version = bystander.exec_driver_sql("PRAGMA data_version").scalar()
        third = deliver(store, *data.draw(split([*older, *newer])), athlete=athlete)
        assert bystander.exec_driver_sql("PRAGMA data_version").scalar() == version
    assert (third.new, third.blocks_written) == (0, 0)
    assert block_hashes(store, athlete) == before


@settings(max_examples=examples(40))
@given(deliveries, st.data())
def test_an_import_stopped_anywhere_is_whole_and_going_on_gives_the_same_end(
    store: Store, found: list[Sample], data: st.DataObject
) -> None:
    stopped, straight = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    batches = data.draw(split(found))
    read = data.draw(st.integers(0, len(batches)))
    deliver(store, *batches[:read], athlete=stopped)
    so_far = [Sample(batch.type, batch.source, row) for batch in batches[:read] for row in batch.rows]
    assert archived(store, stopped) == kept(so_far)
    deliver(store, *batches, athlete=stopped)
    deliver(store, *batches, athlete=straight)
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
    for batch in data.draw(split(found)):
        deliver(store, batch, athlete=piecemeal, channel=data.draw(st.sampled_from(["export", "shortcuts"])))
        if data.draw(st.booleans()):
            journal.refresh(store, piecemeal, data.draw(st.sampled_from(ZONES)), LATE)
    deliver(store, *(Batch(sample.type, sample.source, [sample.row]) for sample in found), athlete=at_once)
    for athlete in (piecemeal, at_once):
        journal.refresh(store, athlete, zone, LATE)
    with store.read() as connection:
        one, other = (journal.values(connection, athlete, date(2026, 1, 1), LATE) for athlete in (piecemeal, at_once))
        assert archive.dirty_days(connection, piecemeal) == []
    assert one == other
