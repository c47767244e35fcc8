"""What counts of several exports and a bridge, in whatever order they come, by the words of the design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.domain.samples import Batch, Row, Source
from intervals_companion.store import answers
from intervals_companion.store.database import Store
from support.depth import examples
from support.store_builders import PHONE, STEPS, WATCH, archived, at, block_hashes, deliver, empty_store, export

START = at("2026-03-01 06:00")
HOUR = 3_600_000
NEXT_ATHLETE = count(1)
ALL_DAYS = range(-24, 200)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(empty_store(tmp_path_factory.mktemp("store"))) as opened:
        yield opened


class Sample(NamedTuple):
    source: Source
    hour: int
    value: float

    @property
    def row(self) -> Row:
        moment = START + self.hour * HOUR
        return Row(moment, moment, self.value, "count", "", -1, "", b"")


class Export(NamedTuple):
    """A file. `written`: hours after the start, and never two at once."""

    written: int
    samples: tuple[Sample, ...]
    complete: bool = True


class Sent(NamedTuple):
    """A delivery of a bridge. `spoken`: half an hour after that hour."""

    spoken: int
    samples: tuple[Sample, ...]


# Few hours on a few days, few values: samples meet, and whole days go missing.
hours = st.sampled_from([0, 1, 2, 20, 26, 27, 50, 51])
samples = st.builds(Sample, st.sampled_from([WATCH, PHONE]), hours, st.sampled_from([1.0, 2.0]))
some = st.lists(samples, max_size=8).map(tuple)
written = st.lists(st.integers(10, 90), min_size=1, max_size=4, unique=True)


@st.composite
def exports(draw: st.DrawFn) -> list[Export]:
    found = []
    for hour in draw(written):
        held = tuple(one for one in draw(some) if one.hour <= hour)
        found.append(Export(hour, held, draw(st.sampled_from([True, True, True, False]))))
    return found


@st.composite
def deliveries_of_a_bridge(draw: st.DrawFn) -> list[Sent]:
    """Two, of which the later says nothing again that the earlier said."""
    spoken = sorted(draw(st.lists(st.integers(10, 90), max_size=2, unique=True)))
    found: list[Sent] = []
    for moment in spoken:
        known = {sample for one in found for sample in one.samples}
        found.append(Sent(moment, tuple(sample for sample in draw(some) if sample not in known)))
    return found


sent = deliveries_of_a_bridge()


def tell(store: Store, athlete: int, news: Sequence[News]) -> dict[int, int]:
    """By the hour of each export, its number."""
    numbers = {}
    for one in news:
        batches = [Batch(STEPS, sample.source, [sample.row]) for sample in one.samples]
        if isinstance(one, Sent):
            deliver(store, *batches, athlete=athlete, channel="shortcuts", now=START + one.spoken * HOUR + HOUR // 2)
        else:
            numbers[one.written] = export(
                store, batches, START + one.written * HOUR, complete=one.complete, athlete=athlete
            )
    return numbers


News = Export | Sent
Held = dict[str, Counter[tuple[int, float]]]


def in_order(deliveries: list[Sent]) -> list[News]:
    """As the bridge sent them: what it sends later is told later, whatever else comes in between."""
    ordered: list[News] = [*sorted(deliveries, key=lambda one: one.spoken)]
    return ordered


def held(found: Sequence[Sample], source: Source, hour: int) -> Counter[float]:
    return Counter(one.value for one in found if one.source is source and one.hour == hour)


def says_all(one: Export, source: Source, hour: int) -> bool:
    """Whether an export says everything about that hour: from the source's first sample to its own date."""
    own = [sample.hour for sample in one.samples if sample.source is source]
    return one.complete and bool(own) and min(own) <= hour <= one.written


def counting(news: Sequence[News]) -> Held:
    """Hour by hour: the last complete export that speaks of it, and what was added after it; of equal samples as many
    as one of them holds at most.
    """
    found: Held = {}
    for source in (WATCH, PHONE):
        for hour in ALL_DAYS:
            spoken = [one for one in news if isinstance(one, Export) and says_all(one, source, hour)]
            last = max(spoken, key=lambda one: one.written, default=None)
            most: Counter[float] = Counter() if last is None else held(last.samples, source, hour)
            for day_words in _additions(news, source, hour, last):
                most |= day_words
            for value, times in most.items():
                found.setdefault(source.key, Counter())[START + hour * HOUR, value] += times
    return found


def _additions(news: Sequence[News], source: Source, hour: int, last: Export | None) -> Iterator[Counter[float]]:
    """What was said after the last export that speaks of that hour."""
    for one in news:
        if isinstance(one, Sent):
            is_later = last is None or one.spoken >= last.written
        else:
            is_later = not one.complete and (last is None or one.written > last.written)
        if is_later:
            yield held(one.samples, source, hour)


def counted(store: Store, athlete: int) -> Held:
    return {
        source: Counter((row.start, row.value) for row in rows)
        for (_, source), rows in archived(store, athlete).items()
    }


@settings(max_examples=examples(80), deadline=None)
@given(exports(), st.data())
def test_the_last_export_that_speaks_of_a_time_counts_in_whatever_order_they_come(
    store: Store, files: list[Export], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    tell(store, one, files)
    assert counted(store, one) == counting(files)
    tell(store, other, data.draw(st.permutations(files)))
    assert block_hashes(store, one) == block_hashes(store, other)


@settings(max_examples=examples(60), deadline=None)
@given(exports(), sent, st.data())
def test_what_a_bridge_sends_counts_beside_exports_until_a_later_one_speaks_of_it(
    store: Store, files: list[Export], deliveries: list[Sent], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    news = [*files, *in_order(deliveries)]
    tell(store, one, news)
    assert counted(store, one) == counting(news)
    mixed = iter(in_order(deliveries))
    order: list[News] = data.draw(st.permutations(news))
    tell(store, other, [next(mixed) if isinstance(each, Sent) else each for each in order])
    assert block_hashes(store, one) == block_hashes(store, other)


@settings(max_examples=examples(40), deadline=None)
@given(exports(), st.data())
def test_an_export_that_comes_again_changes_nothing(store: Store, files: list[Export], data: st.DataObject) -> None:
    athlete = next(NEXT_ATHLETE)
    tell(store, athlete, files)
    before = block_hashes(store, athlete)
    tell(store, athlete, data.draw(st.lists(st.sampled_from(files), max_size=3)))
    assert block_hashes(store, athlete) == before


@settings(max_examples=examples(40), deadline=None)
@given(exports(), some)
def test_a_part_of_an_export_takes_nothing_away(store: Store, files: list[Export], held: tuple[Sample, ...]) -> None:
    athlete = next(NEXT_ATHLETE)
    tell(store, athlete, files)
    before = counted(store, athlete)
    tell(store, athlete, [Export(95, held, complete=False)])
    after = counted(store, athlete)
    assert all(of_source <= after[source] for source, of_source in before.items())


@settings(max_examples=examples(60), deadline=None)
@given(exports(), sent, st.data())
def test_a_file_that_is_removed_might_never_have_been_read(
    store: Store, files: list[Export], deliveries: list[Sent], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    news = [*files, *in_order(deliveries)]
    wrong = data.draw(st.sampled_from(files))
    numbers = tell(store, one, news)
    with store.write() as connection:
        answers.remove(connection, one, numbers[wrong.written], START)
    tell(store, other, [each for each in news if each is not wrong])
    assert block_hashes(store, one) == block_hashes(store, other)


@settings(max_examples=examples(60), deadline=None)
@given(exports(), st.data())
def test_a_file_that_waited_and_is_right_counts_as_if_it_had_not_waited(
    store: Store, files: list[Export], data: st.DataObject
) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    files = [each._replace(complete=True) for each in files]
    place = data.draw(st.integers(0, len(files) - 1))
    tell(store, one, files)
    tell(store, other, files[:place])
    batches = [Batch(STEPS, sample.source, [sample.row]) for sample in files[place].samples]
    before = block_hashes(store, other)
    number = export(store, batches, START + files[place].written * HOUR, athlete=other, waits={STEPS})
    assert block_hashes(store, other) == before
    tell(store, other, files[place + 1 :])
    with store.write() as connection:
        answers.confirm(connection, other, number, START)
    assert block_hashes(store, one) == block_hashes(store, other)


@settings(max_examples=examples(60), deadline=None)
@given(exports(), st.data())
def test_a_second_phone_takes_nothing_away_and_adds_what_it_holds(
    store: Store, files: list[Export], data: st.DataObject
) -> None:
    athlete = next(NEXT_ATHLETE)
    files = [one._replace(complete=True) for one in files]
    second = data.draw(st.sampled_from(files))
    numbers = tell(store, athlete, files)
    with store.write() as connection:
        answers.second_phone(connection, athlete, numbers[second.written], START)
    first = counting([one for one in files if one is not second])
    added = counting([second])
    expected = {key: first.get(key, Counter()) | added.get(key, Counter()) for key in {*first, *added}}
    assert counted(store, athlete) == expected
