"""A delivery of summaries is compared with what is stored in pieces; where it is cut does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intervals_companion.domain.summaries import How, Summaries, Summary
from intervals_companion.store import summaries
from support.store_builders import ATHLETE, dump, empty_store

HOUR = 3_600_000
SUMMARIES = st.builds(
    lambda kind, start, length, source, value: Summary(
        kind, start * HOUR, (start + length) * HOUR, source, "", float(value), "count", How.SUM
    ),
    st.sampled_from(["a", "b"]), st.integers(0, 30), st.integers(0, 6), st.sampled_from(["x", "y", "x|y"]),
    st.integers(1, 3),
)  # fmt: skip
DELIVERIES = st.lists(
    st.lists(SUMMARIES, max_size=8, unique_by=lambda one: (one.type, one.start, one.end, one.source)),
    min_size=1, max_size=4,
)  # fmt: skip


@contextmanager
def cut_at(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summaries, "_PIECE", size)
        yield


def stored(deliveries: list[list[Summary]]) -> tuple[list[int], dict[str, Any]]:
    """How much was new each time, and what is stored in the end."""
    with TemporaryDirectory() as folder, closing(empty_store(Path(folder))) as store:
        new = []
        for arrived, delivered in enumerate(deliveries):
            with store.write() as connection:
                new.append(summaries.put(connection, ATHLETE, "health-auto-export", Summaries(delivered), arrived))
        return new, dump(store)


@settings(max_examples=15)
@given(DELIVERIES)
def test_pieces_end_as_the_whole(deliveries: list[list[Summary]]) -> None:
    twice = [delivered for delivered in deliveries for _ in range(2)]
    with cut_at(2):
        new, in_pieces = stored(twice)
    assert (new, in_pieces) == stored(twice)
    assert new[1::2] == [0] * len(deliveries)


@given(st.lists(SUMMARIES, max_size=8))
def test_in_little_room_they_are_the_same(said: list[Summary]) -> None:
    kept = Summaries(said)
    assert kept == said
    assert [kept[place] for place in range(len(said))] == said
    assert kept[1:3] == said[1:3]
    assert all(type(one.start) is int and type(one.value) is float for one in kept)
