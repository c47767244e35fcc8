"""A line drawn with fewer points: those that bend it most."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

Point = tuple[float, float]
_Farthest = tuple[float, int, int, int]
"""How far off (negative, so that the farthest is first out of a heap), which point, and the stretch it belongs to."""


def outline(points: Sequence[Point], most: int) -> list[Point]:
    """At most so many of them (2 or more), in their order, the ends among them.

    Douglas and Peucker's rule (1973), worst point first: it stops at a number of points, not at a distance.
    """
    if len(points) <= most:
        return list(points)
    kept = [0, len(points) - 1]
    heap = _farthest(points, 0, len(points) - 1)
    while heap and len(kept) < most:
        _, place, low, high = heapq.heappop(heap)
        kept.append(place)
        for each in (*_farthest(points, low, place), *_farthest(points, place, high)):
            heapq.heappush(heap, each)
    return [points[place] for place in sorted(kept)]


def _farthest(points: Sequence[Point], low: int, high: int) -> list[_Farthest]:
    """The point between them that is farthest from the straight way; none where there is no point, or no bend."""
    (x, y), (across, up) = points[low], (points[high][0] - points[low][0], points[high][1] - points[low][1])
    length = across * across + up * up
    worst, place = 0.0, low
    for index in range(low + 1, high):
        dx, dy = points[index][0] - x, points[index][1] - y
        along = min(1.0, max(0.0, (dx * across + dy * up) / length)) if length else 0.0
        off = (dx - along * across) ** 2 + (dy - along * up) ** 2
        if off > worst:
            worst, place = off, index
    return [(-worst, place, low, high)] if worst else []
