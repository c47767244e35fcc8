"""Whatever arrives, in whatever order and however often, the same samples are kept."""

from __future__ import annotations

from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.domain.samples import Row, same_key
from support.sample_merge import merge

ORIGINAL = Row(86_400_000, 86_460_000, 0.0, "kg", "", -1, "", b"")

instants = st.sampled_from([86_400_000, 86_400_999, 86_401_000]) | st.integers(-(10**12), 10**13)
amounts = st.sampled_from([(75.0001, "kg"), (165.347, "lb"), (75.00011, "kg"), (0.0, "kg"), (-0.0, "kg"), (0.0, "g")])
anything = st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["", "kg", "lb", "smoots"]))
changes = st.one_of(
    instants.map(lambda start: {"start": start, "end": start + 60_000}),
    st.sampled_from([86_460_000, 86_460_500, 86_461_000]).map(lambda end: {"end": end}),
    (amounts | anything).map(lambda amount: {"value": amount[0], "unit": amount[1]}),
    st.sampled_from(["", "Core"]).map(lambda label: {"label": label}),
    st.sampled_from([0, 5000]).map(lambda created: {"created": created}),
    st.sampled_from(['{"a":"1"}', '{"a":"2"}']).map(lambda metadata: {"metadata": metadata}),
    st.sampled_from([b"beats", b"heart"]).map(lambda detail: {"detail": detail}),
)
copies = st.lists(changes, max_size=2).map(lambda few: reduce(lambda row, one: row._replace(**one), few, ORIGINAL))
"""Samples that differ from one another in a field or two: most meet a copy of themselves."""
deliveries = st.lists(copies, max_size=12)


def exactly(rows: list[Row]) -> str:
    """Rows to the last bit: a minus before a zero changes a stored block too."""
    return repr(rows)


@given(deliveries, st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(rows: list[Row], chance: Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert exactly(merge(shuffled)) == exactly(merge(rows))


@given(deliveries, deliveries)
def test_the_order_of_deliveries_does_not_matter(one: list[Row], other: list[Row]) -> None:
    assert exactly(merge([*merge(one), *merge(other)])) == exactly(merge([*merge(other), *merge(one)]))


@given(deliveries, deliveries, deliveries)
def test_neither_does_how_deliveries_are_grouped(one: list[Row], two: list[Row], three: list[Row]) -> None:
    first_two, last_two = merge([*one, *two]), merge([*two, *three])
    assert exactly(merge([*first_two, *three])) == exactly(merge([*one, *last_two]))


@given(deliveries)
def test_the_same_again_changes_nothing(rows: list[Row]) -> None:
    once = merge(rows)
    assert exactly(merge([*once, *rows])) == exactly(once)


@given(deliveries)
def test_each_sample_is_there_once_as_it_was_written(rows: list[Row]) -> None:
    kept = merge(rows)
    assert {same_key(row) for row in kept} == {same_key(row) for row in rows}
    assert len({same_key(row) for row in kept}) == len(kept)
    assert set(kept) <= set(rows)
    assert kept == sorted(kept)
