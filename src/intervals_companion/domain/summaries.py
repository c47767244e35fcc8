"""A summary: what a bridge app says of a stretch of time, where it does not hand out the samples themselves.

A later delivery replaces an earlier one, and a summary is never added to samples: for a day and a type the samples
count if there are any, else the summaries. Only a day that was still running when its samples were written is told
better by a sum that came later.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, overload

from intervals_companion.domain.columns import Columns
from intervals_companion.domain.days import MS_PER_DAY
from intervals_companion.domain.samples import source_key

AUTO_EXPORT, SHORTCUTS, SIMPLE_EXPORT = "health-auto-export", "shortcuts", "simple-health-export"
BRIDGES = frozenset({AUTO_EXPORT, SHORTCUTS, SIMPLE_EXPORT})
"""The channels of bridge apps. They bring what they are set to; the other channels bring everything Health shows."""

WORKOUT_SERIES = "Health Auto Export workouts"
"""The source key of the series that come inside a workout. They make its file and no day: they are a part of what the
day's samples or summaries say already.
"""

_BETWEEN = "|"
_SHORTEST_DAY = MS_PER_DAY * 5 // 6


class How(StrEnum):
    """What the value is of the samples behind it."""

    SUM = "sum"
    MEAN = "mean"


class Summary(NamedTuple):
    """`start` and `end` in ms; `unit` as written. `source`: see `joined`. `label`: a category's value without its
    prefix (`AsleepDeep`), "" for quantities.
    """

    type: str
    start: int
    end: int
    source: str
    label: str
    value: float
    unit: str
    how: How

    @property
    def of_a_day(self) -> bool:
        """Whether it speaks of a whole local day, which may have 23 or 25 hours."""
        return self.end - self.start > _SHORTEST_DAY

    @property
    def middle(self) -> int:
        return (self.start + self.end) // 2


class Summaries(Sequence[Summary]):
    """Summaries in the order they were said, in little room."""

    def __init__(self, said: Iterable[Summary] = ()) -> None:
        self._columns: Columns[tuple[str, str, str, str, How]] = Columns()
        for one in said:
            self.append(one)

    def append(self, one: Summary) -> None:
        self._columns.append(one.start, one.end, one.value, (one.type, one.source, one.label, one.unit, one.how))

    def add_up(self, since: int = 0) -> None:
        """What was said from that place on, several times of one period and source, becomes one amount: two equal eggs
        of one second are two. What only one says is left where it is.
        """
        hashes = array("q", (hash(self[place][:5]) for place in range(since, len(self))))
        again = {one for one, following in pairwise(sorted(hashes)) if one == following}
        if not again:
            return
        said, self._columns = self._columns, Columns()
        together: dict[tuple[str, int, int, str, str], Summary] = {}
        for place, (start, end, value, (kind, source, label, unit, how)) in enumerate(said):
            one = Summary(kind, start, end, source, label, value, unit, how)
            if place < since or hashes[place - since] not in again:
                self.append(one)
            else:
                before = together.get(one[:5])
                together[one[:5]] = one if before is None else one._replace(value=before.value + one.value)
        for one in together.values():
            self.append(one)

    def __len__(self) -> int:
        return len(self._columns)

    @overload
    def __getitem__(self, place: int) -> Summary: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Summary]: ...

    def __getitem__(self, place: int | slice) -> Summary | Sequence[Summary]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        start, end, value, (kind, source, label, unit, how) = self._columns[place]
        return Summary(kind, start, end, source, label, value, unit, how)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it grows


def joined(names: Iterable[str]) -> str:
    """The key of several sources whose samples were put together before they came, in whatever order."""
    return _BETWEEN.join(sorted({key for name in names if (key := source_key(name.replace(_BETWEEN, " ")))}))


def parts(source: str) -> tuple[str, ...]:
    """The source keys in a joined one."""
    return tuple(source.split(_BETWEEN))
