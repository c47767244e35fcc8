"""Many sources, one truth: stretches of time, and sums that count each moment from one source only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from intervals_companion.derive.coverage import Seen, is_typed, ranked
from intervals_companion.domain.samples import Row, Source

Span = tuple[int, int]
"""[start, end) in ms."""


class Spans:
    """A set of moments as disjoint stretches in order; overlaps and touching ends are joined."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        joined: list[list[int]] = []
        for start, end in sorted(span for span in spans if span[1] > span[0]):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(joined[-1][1], end)
            else:
                joined.append([start, end])
        self.spans: list[Span] = [(start, end) for start, end in joined]
        self._starts = [start for start, _ in self.spans]
        self._before = [0, *accumulate(end - start for start, end in self.spans)]

    @property
    def length(self) -> int:
        """ms covered."""
        return self._before[-1]

    def _until(self, moment: int) -> int:
        index = bisect_right(self._starts, moment)
        if index == 0:
            return 0
        start, end = self.spans[index - 1]
        return self._before[index - 1] + min(moment, end) - start

    def within(self, start: int, end: int) -> int:
        """ms covered inside [start, end)."""
        return self._until(end) - self._until(start)

    def __contains__(self, moment: int) -> bool:
        index = bisect_right(self._starts, moment)
        return index > 0 and moment < self.spans[index - 1][1]

    def __or__(self, other: Spans) -> Spans:
        return Spans([*self.spans, *other.spans])

    def __sub__(self, other: Spans) -> Spans:
        left: list[Span] = []
        for start, end in self.spans:
            moment = start
            for other_start, other_end in other.spans:
                if other_end <= moment or other_start >= end:
                    continue
                left.append((moment, other_start))
                moment = max(moment, other_end)
            left.append((moment, end))
        return Spans(left)

    def clipped(self, start: int, end: int) -> Spans:
        return Spans((max(start, one), min(end, other)) for one, other in self.spans)


class Total(NamedTuple):
    value: float
    sources: tuple[str, ...]
    """Source keys that contributed, the largest part first."""


def total(rows: Mapping[Source, Sequence[tuple[Row, float]]], start: int, end: int) -> Total | None:
    """The sum over [start, end) of a cumulative quantity, each moment from the best source that covers it.

    `rows` gives for each source its samples with their values in the metric's unit. A sample's value is spread evenly
    over its span, so that one crossing midnight is split; a sample without length counts whole where no better source
    covers or shares its moment. Rule: FORMATS "cut the timeline at all sample edges", HealthKit's own merging. Sources
    are ranked by what they cover of the stretch. What a person typed replaces all others where it has a length, and
    adds where it has none.
    """
    typed = {source: [one for one in found if is_typed(source, one[0])] for source, found in rows.items()}
    measured = {source: [one for one in found if not is_typed(source, one[0])] for source, found in rows.items()}
    parts: dict[str, float] = {}
    better, moments = Spans(), set[int]()
    for source, found in typed.items():
        for row, value in found:
            share = _inside(row, value, start, end)
            if share is not None:
                parts[source.key] = parts.get(source.key, 0.0) + share
    better |= Spans((row.start, row.end) for found in typed.values() for row, _ in found).clipped(start, end)
    for source in ranked(_seen(source, found, start, end) for source, found in measured.items() if found):
        spans: list[Span] = []
        own_moments: set[int] = set()
        for row, value in measured[source]:
            if row.end > row.start:
                low, high = max(row.start, start), min(row.end, end)
                if high <= low:
                    continue
                spans.append((low, high))
                free = high - low - better.within(low, high)
                share = value * free / (row.end - row.start)
            else:
                if not start <= row.start < end:
                    continue
                own_moments.add(row.start)
                share = 0.0 if row.start in better or row.start in moments else value
            parts[source.key] = parts.get(source.key, 0.0) + share
        better |= Spans(spans)
        moments |= own_moments
    if not parts:
        return None
    used = sorted((key for key in parts if parts[key]), key=lambda key: (-parts[key], key)) or sorted(parts)[:1]
    return Total(sum(parts.values()), tuple(used))


def _seen(source: Source, found: Sequence[tuple[Row, float]], start: int, end: int) -> Seen:
    spans = Spans((row.start, row.end) for row, _ in found).clipped(start, end)
    counted = sum(_inside(row, value, start, end) or 0.0 for row, value in found)
    return Seen(source, spans.length, counted)


def _inside(row: Row, value: float, start: int, end: int) -> float | None:
    """The part of a value that lies in [start, end); None where nothing of the row does."""
    if row.end <= row.start:
        return value if start <= row.start < end else None
    inside = min(row.end, end) - max(row.start, start)
    return value * inside / (row.end - row.start) if inside > 0 else None
