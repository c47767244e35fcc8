"""A day of one type and source takes so many samples and bytes, and the same ones in whatever order they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.samples import Batch, Row
from intervals_companion.store import additions, codec
from intervals_companion.store.database import Store
from support.sample_merge import merge
from support.store_builders import ATHLETE, WATCH, dump, empty_store

KIND = "HKCategoryTypeIdentifierMindfulSession"
ROWS = st.builds(
    lambda second, label, detail: Row(second * 1000, second * 1000, 0.0, "", label, -1, "", detail),
    st.integers(0, 30), st.text("ab", max_size=40), st.binary(max_size=60),
)  # fmt: skip


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "MOST_ROWS", 12)
    monkeypatch.setattr(codec, "MOST_BYTES", 700)


def taken(*deliveries: list[Row]) -> list[Row]:
    kept: list[Row] = []
    for rows in deliveries:
        kept, raw = codec.fitted(merge([*kept, *rows])) if rows or kept else ([], b"")
        assert len(kept) <= codec.MOST_ROWS
        assert len(raw) <= codec.MOST_BYTES
    return kept


@given(st.lists(st.lists(ROWS, max_size=15), min_size=2, max_size=3))
def test_the_order_of_deliveries_does_not_matter(deliveries: list[list[Row]]) -> None:
    everything = taken([row for rows in deliveries for row in rows])
    assert all(taken(*order) == everything for order in permutations(deliveries))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(empty_store(tmp_path)) as opened:
        yield opened


def test_what_does_not_fit_is_counted_and_the_same_again_writes_nothing(store: Store) -> None:
    rows = [Row(second * 1000, second * 1000, 0.0, "", "", -1, "", b"") for second in range(20)]
    batch = Batch(KIND, WATCH, rows)
    ((_, added),) = additions.add(store, ATHLETE, "export", [batch], 1)
    assert (added.new, added.left_out) == (12, 8)
    before = dump(store)
    ((_, again),) = additions.add(store, ATHLETE, "export", [batch], 1)
    assert (again.new, again.written) == (0, 0)
    assert dump(store) == before
