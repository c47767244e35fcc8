"""Why a sample took part in a day's value, or did not: the formulas of `daily.py`, told backwards."""

from __future__ import annotations

from intervals_companion.derive.day_samples import DaySamples, in_unit
from intervals_companion.domain.catalogue import Metric
from intervals_companion.domain.samples import Row, Source
from intervals_companion.domain.wellness import Derived

_ONE_COUNTS = {
    "last-of-day": "a later one counts",
    "latest-written": "one written later counts",
    "highest-of-day": "a higher one counts",
    "last-of-night": "another one counts",
}
_ASLEEP = frozenset({"mean-in-sleep", "weighted-in-sleep"})


def refused(metric: Metric, samples: DaySamples, made: Derived, source: Source, row: Row) -> str:
    """Why it did not count, in words; "" where it did."""
    if source.key not in made.sources:
        return "another source counts"
    formula = made.formula.partition("/")[0]
    if formula in _ONE_COUNTS:
        return "" if in_unit(row, metric.unit) == made.value else _ONE_COUNTS[formula]
    if formula in _ASLEEP and samples.night is not None:
        middle, night = (row.start + row.end) // 2, samples.night
        if middle in night.asleep:
            return ""
        return "before falling asleep" if middle < night.start else "after waking" if middle >= night.end else "awake"
    if row.start >= samples.end or row.end < samples.start:
        return "another day"
    return ""
