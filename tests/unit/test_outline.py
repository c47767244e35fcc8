"""A line with fewer points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from intervals_companion.derive.outline import outline

_POINTS = st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=60)


def test_a_straight_line_is_its_ends() -> None:
    assert outline([(float(x), 2.0 * x) for x in range(10)], 5) == [(0, 0), (9, 18)]


def test_a_corner_is_kept_first() -> None:
    corner = [(float(x), 0.0) for x in range(6)] + [(5.0, float(y)) for y in range(1, 6)]
    assert outline(corner, 3) == [(0, 0), (5, 0), (5, 5)]


@given(_POINTS, st.integers(2, 40))
def test_never_more_points_than_asked_in_their_order_with_the_ends(
    points: list[tuple[float, float]], most: int
) -> None:
    kept = outline(points, most)
    assert len(kept) <= most
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    rest = iter(points)
    assert all(point in rest for point in kept)
