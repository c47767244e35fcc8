"""A recording small enough for a screen: every stream in at most 600 bins, and its splits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean
from typing import cast

from intervals_companion.derive.seconds import Column
from intervals_companion.domain.activity import Streams
from intervals_companion.domain.workout_view import Bins, Split

MOST_BINS = 600

DECIMALS: Mapping[str, int] = {
    "power": 0, "heart_rate": 0, "speed": 2, "cadence": 1, "altitude": 1, "latitude": 5, "longitude": 5,
}  # fmt: skip
"""The streams that are drawn, and how finely. Five decimals of a degree are a metre."""
_PLACE = frozenset({"latitude", "longitude"})


def bins(streams: Streams) -> Bins:
    if not streams.seconds:
        return Bins()
    width = -(-(streams.seconds[-1] + 1) // MOST_BINS)
    count = -(-(streams.seconds[-1] + 1) // width)
    edges = [bisect_left(streams.seconds, place * width) for place in range(count + 1)]
    means: dict[str, list[float | None]] = {}
    extremes: dict[str, list[tuple[float, float] | None]] = {}
    for name, decimals in DECIMALS.items():
        column: Column | None = getattr(streams, name)
        if column is None:
            continue
        cells = [_known(column[low:high]) for low, high in pairwise(edges)]
        means[name] = [round(sum(cell) / len(cell), decimals) if cell else None for cell in cells]
        if width > 1 and name not in _PLACE:
            extremes[name] = [_extremes(cell, decimals) for cell in cells]
    return Bins(width, [place * width for place in range(count)], means, extremes)


def _known(cell: Column) -> Sequence[float]:
    return [value for value in cell if value is not None] if None in cell else cast("list[float]", cell)


def _extremes(cell: Sequence[float], decimals: int) -> tuple[float, float] | None:
    if not cell:
        return None
    low, high = min(cell), max(cell)
    ends = (low, high) if cell.index(low) <= cell.index(high) else (high, low)
    return round(ends[0], decimals), round(ends[1], decimals)


def by_distance(streams: Streams, length: float) -> list[Split]:
    """One a `length` metres, the last one shorter; [] where the way is not known."""
    if streams.distance is None:
        return []
    edges, due = [0], length
    for row, metres in enumerate(streams.distance):
        while metres is not None and metres >= due:
            edges.append(row)
            due = length * len(edges)
    return _splits(streams, edges)


def by_time(streams: Streams, seconds: int) -> list[Split]:
    """One every so many seconds of moving."""
    return _splits(streams, list(range(0, len(streams.seconds), seconds)))


def _splits(streams: Streams, edges: list[int]) -> list[Split]:
    rows = len(streams.seconds)
    if edges and edges[-1] < rows - 1:
        edges = [*edges, rows]
    return [_split(streams, low, high) for low, high in pairwise(edges) if high > low]


def _split(streams: Streams, low: int, high: int) -> Split:
    return Split(
        start=streams.seconds[low],
        seconds=high - low,
        metres=_growth(streams.distance, low, high),
        heart_rate=_mean(streams.heart_rate, low, high),
        power=_mean(streams.power, low, high),
        cadence=_mean(streams.cadence, low, high),
    )


def _growth(column: Column | None, low: int, high: int) -> float | None:
    known = [value for value in (column or ())[low : high + 1] if value is not None]
    return round(known[-1] - known[0], 1) if known else None


def _mean(column: Column | None, low: int, high: int) -> float | None:
    known = [value for value in (column or ())[low:high] if value is not None]
    return round(fmean(known), 1) if known else None
