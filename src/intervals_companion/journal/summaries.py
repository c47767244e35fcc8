"""What bridges said of days: the summaries of a stretch of days, ready to be cut into single ones."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from attrs import evolve

from intervals_companion.domain.samples import Device, Source
from intervals_companion.domain.summaries import Summary, joined, parts
from intervals_companion.store.summaries import StoredSummary

Span = tuple[int, int]


class _OfType(NamedTuple):
    kept: list[StoredSummary]
    starts: list[int]
    longest: int


class DaySummaries(NamedTuple):
    """What was said of one day."""

    said: dict[Source, list[Summary]]
    outruns: bool
    """Whether it came after samples that were written while the day still ran."""


class SummaryIndex:
    """`kept` in order of type and start; `sources` by key, for the devices they ran on; `reached`: until when samples
    are known to be whole (ms); `same`: sources that are another one under another name.
    """

    def __init__(
        self, kept: Sequence[StoredSummary], sources: Mapping[str, Source], reached: int | None,
        same: Mapping[str, str],
    ) -> None:  # fmt: skip
        by_type: dict[str, list[StoredSummary]] = {}
        for one in kept:
            by_type.setdefault(one.summary.type, []).append(one)
        self._by_type = {
            kind: _OfType(
                found,
                [one.summary.start for one in found],
                max(one.summary.end - one.summary.start for one in found),
            )
            for kind, found in by_type.items()
        }
        self._sources, self._same = sources, same
        self._joined: dict[str, Source] = {}
        self._reached = reached

    def of(self, kind: str, day: Span, window: Span) -> DaySummaries:
        """What was said of the day and, where shorter than a day, of the window around it; of one channel.

        Where two channels speak of one day, the one that spoke last is heard.
        """
        near = self._near(kind, (min(day[0], window[0]), max(day[1], window[1])))
        of_day = [one for one in near if _speaks_of(one.summary, day, day)]
        heard = [one for one in near if _speaks_of(one.summary, day, window)]
        last = max(of_day or heard, key=lambda one: (one.arrived, one.channel), default=None)
        if last is None:
            return DaySummaries({}, False)
        found: dict[Source, list[Summary]] = {}
        for one in heard:
            if one.channel == last.channel:
                found.setdefault(self._source(one.summary.source), []).append(one.summary)
        reached = self._reached
        return DaySummaries(found, reached is not None and day[0] <= reached < day[1] and last.arrived > reached)

    def _near(self, kind: str, span: Span) -> list[StoredSummary]:
        stored = self._by_type.get(kind)
        if stored is None:
            return []
        return stored.kept[
            bisect_left(stored.starts, span[0] - stored.longest) : bisect_left(stored.starts, span[1])
        ]  # fmt: skip

    def _source(self, key: str) -> Source:
        """Several sources together count as the best of them."""
        known = self._joined.get(key)
        if known is None:
            key_of_all = joined(self._same.get(one, one) for one in parts(key))
            best = min((self._sources.get(one, Source(one, one)) for one in parts(key_of_all)), key=_better)
            known = self._joined[key] = evolve(best, key=key_of_all, name=key_of_all)
        return known


def _better(one: Source) -> tuple[bool, int, Device, str]:
    return one.place is None, one.place or 0, one.device, one.key


def _speaks_of(one: Summary, day: Span, window: Span) -> bool:
    if one.of_a_day:
        return day[0] <= one.middle < day[1]
    return one.start < window[1] and one.end > window[0]
