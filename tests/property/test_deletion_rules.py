"""What the phone shows counts, object by object: a deletion wins over every copy of its sample, in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import Batch, Row, Source
from intervals_companion.store import archive, healthkit_changes
from intervals_companion.store.database import Store
from intervals_companion.store.native_ids import Arrival
from support.depth import examples
from support.store_builders import PHONE, STEPS, WATCH, archived, at, block_hashes, deliver, empty_store

CHANNEL = "healthkit"
START = at("2026-03-01 22:00")
NEXT_ATHLETE = count(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(empty_store(tmp_path_factory.mktemp("store"))) as opened:
        yield opened


class Object(NamedTuple):
    """An object of Health. Its id decides everything about it: objects never change."""

    id: str
    source: Source
    row: Row


class News(NamedTuple):
    """Something that reaches the archive: objects under their ids, deleted ids, or rows that a bridge sends."""

    arrived: tuple[Object, ...] = ()
    gone: tuple[str, ...] = ()
    sent: tuple[Object, ...] = ()


moments = st.integers(0, 4).map(lambda hour: START + hour * 3_600_000)
rows = st.builds(
    lambda start, value, created: Row(start, start, value, "count", "", created, "", b""),
    moments, st.sampled_from([1.0, 2.0]), st.sampled_from([-1, START]),
)  # fmt: skip
FIRST = tuple(
    Object(f"first of {one.key}", one, Row(START, START, 7.0, "count", "", -1, "", b"")) for one in (WATCH, PHONE)
)
"""What the phone showed first of each source: from there on it speaks."""


@st.composite
def worlds(draw: st.DrawFn) -> list[News]:
    """Few objects, often the same sample under several ids, told of in many pieces."""
    objects = [
        Object(f"id{n}", draw(st.sampled_from([WATCH, PHONE])), draw(rows)) for n in range(draw(st.integers(1, 6)))
    ]
    some = st.lists(st.sampled_from(objects), max_size=4, unique_by=lambda one: one.id).map(tuple)
    ids = st.lists(st.sampled_from([*(one.id for one in objects), "never shown"]), max_size=3, unique=True).map(tuple)
    pieces = st.builds(News, some, ids, some)
    return draw(st.lists(pieces, min_size=1, max_size=6))


def tell(store: Store, athlete: int, news: list[News]) -> None:
    for piece in (News(FIRST), *news):
        if piece.sent:
            deliver(store, *(Batch(STEPS, one.source, [one.row]) for one in piece.sent), athlete=athlete)
        arrivals = [Arrival(*one) for one in piece.arrived]
        healthkit_changes.take(store, athlete, CHANNEL, STEPS, arrivals, piece.gone, "7", START + MS_PER_DAY)
    healthkit_changes.read_to_the_end(store, athlete, CHANNEL, STEPS, START + MS_PER_DAY)


def counting(news: list[News]) -> dict[tuple[str, str], list[Row]]:
    """What an archive counts after all this news: every object that lives, and nothing that the phone does not show."""
    gone = {native for piece in news for native in piece.gone}
    arrived = {one.id: one for piece in (News(FIRST), *news) for one in piece.arrived}
    found: dict[str, list[Row]] = {}
    for one in arrived.values():
        if one.id not in gone:
            found.setdefault(one.source.key, []).append(one.row)
    return {(STEPS, source): sorted(of_source) for source, of_source in found.items()}


@settings(max_examples=examples(80), deadline=None)
@given(worlds(), st.data())
def test_in_whatever_order_the_objects_that_live_count(store: Store, news: list[News], data: st.DataObject) -> None:
    one, other = next(NEXT_ATHLETE), next(NEXT_ATHLETE)
    tell(store, one, news)
    tell(store, other, data.draw(st.permutations(news)))
    assert archived(store, one) == counting(news)
    assert block_hashes(store, one) == block_hashes(store, other)


@settings(max_examples=examples(40), deadline=None)
@given(worlds())
def test_the_same_news_again_changes_no_block(store: Store, news: list[News]) -> None:
    athlete = next(NEXT_ATHLETE)
    tell(store, athlete, news)
    before = block_hashes(store, athlete)
    tell(store, athlete, news)
    assert block_hashes(store, athlete) == before


@settings(max_examples=examples(40), deadline=None)
@given(worlds())
def test_every_day_that_lost_or_won_a_sample_is_made_anew(store: Store, news: list[News]) -> None:
    athlete = next(NEXT_ATHLETE)
    for number in range(len(news)):
        before = block_hashes(store, athlete)
        with store.write() as connection:
            archive.clear_dirty(connection, athlete, archive.dirty_days(connection, athlete))
        tell(store, athlete, news[number : number + 1])
        with store.read() as connection:
            dirty = archive.dirty_days(connection, athlete)
        assert dirty or block_hashes(store, athlete) == before
