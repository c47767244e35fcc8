"""The catalogue's words, as formulas: the samples around a day to the day's value.

Each formula has a name and a version; a change of what it yields is a new version, and every day is made again.
Values come out in the metric's unit, unrounded.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from attrs import frozen

from intervals_companion.derive import timeline
from intervals_companion.derive.coverage import Seen, ranked
from intervals_companion.derive.day_samples import DaySamples, Reading, in_unit, own_zone
from intervals_companion.derive.sleep import Sleep
from intervals_companion.domain.catalogue import Metric, Rule
from intervals_companion.domain.days import local_day
from intervals_companion.domain.samples import (
    LONGEST_SPAN,
    Row,
    Source,
)
from intervals_companion.domain.summaries import parts
from intervals_companion.domain.wellness import Derived

HOLDS = 10 * 60 * 1000
"""ms for which a heart rate stands when no other follows: readings at rest come about every five minutes."""

OF_SUMMARIES = "+summaries/1"
"""Follows the formula's name where a value was made of a bridge's summaries, not of samples."""


def derive(metric: Metric, samples: DaySamples) -> Derived | None:
    """The metric's value for the day, of its samples, else of summaries, never of both; or None.

    What cannot be takes no part, and a value that cannot be is none.
    Only a sum that outran its samples goes before them.
    """
    assert metric.rule is not None
    ways = [_of_samples, _of_summaries]
    if metric.rule is Rule.SUM and metric.types[0] in samples.outrun:
        ways.reverse()
    formula = FORMULAS[metric.rule]
    found = (way(formula, metric, samples) for way in ways)
    return next((made for made in found if made is not None and metric.can_be(made.value)), None)


def _of_samples(formula: Formula, metric: Metric, samples: DaySamples) -> Derived | None:
    return formula.make(metric, samples)


def _of_summaries(formula: Formula, metric: Metric, samples: DaySamples) -> Derived | None:
    kind = metric.types[0]
    if not samples.summaries.get(kind):
        return None
    made = (formula.of_summaries or formula.make)(metric, samples.of_summaries(kind))
    if made is None:
        return None
    sources = dict.fromkeys(key for source in made.sources for key in parts(source))
    return Derived(made.value, tuple(sources), made.formula + OF_SUMMARIES)


# --- one formula each ------------------------------------------------------------------------------------------------


def _sum(metric: Metric, samples: DaySamples) -> Derived | None:
    found = timeline.total(samples.readings(metric), samples.start, samples.end)
    return None if found is None else Derived(found.value, found.sources, "sum-by-timeline/2")


def _last(metric: Metric, samples: DaySamples) -> Derived | None:
    started = samples.started(metric)
    if not started:
        return None
    source, (_, value) = max(started, key=lambda one: (one[1][0].start, -one[0].device, one[1][0].created))
    return Derived(value, (source.key,), "last-of-day/1")


def _latest_written(metric: Metric, samples: DaySamples) -> Derived | None:
    """A source revises such a value over the day: the latest of the best source that has one."""
    best = _of_best_source(samples.started(metric), timeline.Spans([(samples.start, samples.end)]))
    if not best:
        return None
    source, (_, value) = max(best, key=lambda one: (one[1][0].created, one[1][0].end))
    return Derived(value, (source.key,), "latest-written/2")


def _day_mean(metric: Metric, samples: DaySamples) -> Derived | None:
    """Of meters: every distinct reading of every source once."""
    started = samples.started(metric)
    if not started:
        return None
    distinct: dict[tuple[int, str], tuple[Source, float]] = {}
    for source, (row, value) in started:
        distinct.setdefault((row.start // 1000, f"{value:.4g}"), (source, value))
    numbers = Counter(source.key for source, _ in distinct.values())
    used = sorted(numbers, key=lambda key: (-numbers[key], key))
    return Derived(fmean(value for _, value in distinct.values()), tuple(used), "mean-of-readings/1")


def _day_maximum(metric: Metric, samples: DaySamples) -> Derived | None:
    started = samples.started(metric)
    if not started:
        return None
    source, (_, value) = max(started, key=lambda one: (one[1][1], -one[0].device))
    return Derived(value, (source.key,), "highest-of-day/1")


def _of_best_source(
    readings: Sequence[tuple[Source, Reading]], stretch: timeline.Spans
) -> list[tuple[Source, Reading]]:
    """Those of the source that saw most of a stretch: two devices are never mixed."""
    if not readings:
        return []
    by_source: dict[Source, list[Row]] = {}
    for source, (row, _) in readings:
        by_source.setdefault(source, []).append(row)
    best = ranked(Seen(source, _covered(rows, stretch), len(rows)) for source, rows in by_source.items())[0]
    return [one for one in readings if one[0] == best]


def _covered(rows: Sequence[Row], stretch: timeline.Spans) -> int:
    """ms of a stretch for which readings stand: until the next one, at most `HOLDS`, or as long as they say."""
    ordered = sorted(rows)
    nexts = [*(row.start for row in ordered[1:]), math.inf]
    standing = timeline.Spans(
        (row.start, max(row.end, int(min(following, row.start + HOLDS))))
        for row, following in zip(ordered, nexts, strict=True)
    )
    return sum(standing.within(start, end) for start, end in stretch.spans)


def _mean_of(readings: Sequence[tuple[Source, Reading]], stretch: timeline.Spans, formula: str) -> Derived | None:
    """The plain mean of the best source's readings."""
    best = _of_best_source(readings, stretch)
    return Derived(fmean(value for _, (_, value) in best), (best[0][0].key,), formula) if best else None


def _sleep_mean(metric: Metric, samples: DaySamples) -> Derived | None:
    """The mean of the readings whose middle lies in the night's sleep; a night without any leaves the day's."""
    if samples.night is not None:
        asleep = samples.night.asleep
        inside = [
            (source, reading)
            for source, readings in samples.readings(metric).items()
            for reading in readings
            if (reading[0].start + reading[0].end) // 2 in asleep
        ]
        if inside:
            return _mean_of(inside, asleep, "mean-in-sleep/2")
    day = timeline.Spans([(samples.start, samples.end)])
    return _mean_of(samples.started(metric), day, "mean-of-day/2")


def _sleep_weighted_mean(metric: Metric, samples: DaySamples) -> Derived | None:
    """Each reading stands until the next one, at most `HOLDS`; weights are the time asleep in that stretch."""
    if samples.night is None:
        return None
    asleep = samples.night.asleep
    by_source = samples.readings(metric)
    seen = [
        Seen(source, _covered([row for row, _ in found], asleep), len(found)) for source, found in by_source.items()
    ]
    for source in ranked(seen):
        readings = by_source[source]
        weighted = weights = 0.0
        ordered = sorted(readings)
        nexts = [*(row.start for row, _ in ordered[1:]), math.inf]
        for (row, value), following in zip(ordered, nexts, strict=True):
            until = min(following, max(row.end, row.start + HOLDS))
            weight = asleep.within(row.start, int(until))
            weighted += weight * value
            weights += weight
        if weights:
            return Derived(weighted / weights, (source.key,), "weighted-in-sleep/2")
    return None


def _night(metric: Metric, samples: DaySamples) -> Derived | None:
    """The latest reading that ended on that day, in the zone it was recorded in."""
    ended = [
        (source, row, value)
        for source, readings in samples.readings(metric).items()
        for row, value in readings
        if local_day(row.end, own_zone(row) or samples.zone) == samples.day
    ]
    stretch = timeline.Spans((row.start, row.end) for _, row, _ in ended)
    best = _of_best_source([(source, (row, value)) for source, row, value in ended], stretch)
    if not best:
        return None
    source, (_, value) = max(best, key=lambda one: (one[1][0].end, one[1][0].created))
    return Derived(value, (source.key,), "last-of-night/2")


def _time_together(metric: Metric, samples: DaySamples) -> Derived | None:
    """Minutes covered by any source."""
    by_source = {
        source: timeline.Spans((row.start, row.end) for row in rows if row.end - row.start <= LONGEST_SPAN)
        .clipped(samples.start, samples.end)
        for source, rows in samples.of(metric).items()
    }  # fmt: skip
    used = {source: spans for source, spans in by_source.items() if spans.length}
    if not used:
        return None
    covered = timeline.Spans(span for spans in used.values() for span in spans.spans)
    order = sorted(used, key=lambda source: (-used[source].length, source.key))
    return Derived(covered.length / 60_000, tuple(source.key for source in order), "time-covered/1")


def _of_night(formula: str, length: Callable[[Sleep], float], staged: bool) -> _Make:
    def make(_: Metric, samples: DaySamples) -> Derived | None:
        night = samples.night
        if night is None or (staged and not night.staged):
            return None
        return Derived(length(night), (night.source.key,), formula)

    return make


_STAGES = ("AsleepCore", "AsleepDeep", "AsleepREM")


def _night_summed(formula: str, *stages: str, staged: bool = True) -> _Make:
    """The same of hours per stage. Of several sleeps of a source that ended on the day the longest is the night; of
    several sources the best that knows stages, else the best.
    """

    def make(metric: Metric, samples: DaySamples) -> Derived | None:
        told = {source: _longest(rows, samples, metric.unit) for source, rows in samples.of(metric).items()}
        nights = {source: night for source, night in told.items() if night}
        seen = [Seen(source, int(3_600_000 * _asleep(night)), len(night)) for source, night in nights.items()]
        order = ranked(seen, grade=lambda source: 0 if _is_staged(nights[source]) else 1)
        for source in order:
            night = nights[source]
            length = sum(night.get(stage, 0.0) for stage in stages)
            if _is_staged(night) if staged else length > 0:
                return Derived(length, (source.key,), formula)
        return None

    return make


def _longest(rows: Sequence[Row], samples: DaySamples, unit: str) -> dict[str, float]:
    by_period: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        if samples.start < row.end <= samples.end:
            by_period.setdefault((row.start, row.end), []).append(row)
    return max((_hours(found, unit) for found in by_period.values()), key=_asleep, default={})


def _asleep(night: Mapping[str, float]) -> float:
    return sum(hours for label, hours in night.items() if label.startswith("Asleep"))


def _hours(rows: Sequence[Row], unit: str) -> dict[str, float]:
    return {row.label: value for row in rows if (value := in_unit(row, unit)) is not None}


def _is_staged(night: Mapping[str, float]) -> bool:
    return any(night.get(stage, 0.0) > 0 for stage in _STAGES)


def _nothing(_metric: Metric, _samples: DaySamples) -> Derived | None:
    """What summaries do not tell."""
    return None


def _sleep_quality(_: Metric, samples: DaySamples) -> Derived | None:
    """1 (excellent) to 4 (poor) by how many of four published criteria of good adult sleep the night meets.

    Length 7 to 9 h (Hirshkowitz 2015); efficiency from falling asleep to waking up at least 85 %, at most 20 min awake
    after falling asleep, at most one awakening over 5 min (Ohayon 2017, National Sleep Foundation). Needs stages:
    without them nobody knows about waking.
    """
    night = samples.night
    if night is None or not night.staged:
        return None
    span = night.end - night.start
    long_wakings = sum(1 for start, end in night.awake.spans if end - start > 5 * 60_000)
    met = (
        7 * 3_600_000 <= night.asleep.length <= 9 * 3_600_000,
        night.asleep.length >= 0.85 * span,
        night.awake.length <= 20 * 60_000,
        long_wakings <= 1,
    )
    return Derived(min(4, 5 - sum(met)), (night.source.key,), "sleep-criteria/2")


def _period(metric: Metric, samples: DaySamples) -> Derived | None:
    bleeding = [
        source.key
        for source, rows in samples.of(metric).items()
        if any(samples.start <= row.start < samples.end and not row.label.endswith("None") for row in rows)
    ]
    return Derived("PERIOD", tuple(sorted(bleeding)), "bleeding/1") if bleeding else None


_Make = Callable[[Metric, DaySamples], Derived | None]


@frozen
class Formula:
    make: _Make
    versions: tuple[str, ...]
    """The names it may give a value."""
    of_summaries: _Make | None = None
    """Where summaries need another way than samples: they come in as rows, see `DaySamples.of_summaries`."""
    by_night: bool = False
    """Whether it looks beyond midnight: it needs the samples of the whole night that ends on the day."""


def _per_night(version: str, length: Callable[[Sleep], float], *stages: str, staged: bool = True) -> Formula:
    summed = _night_summed(version, *stages, staged=staged)
    return Formula(_of_night(version, length, staged), (version,), summed, by_night=True)


FORMULAS: Mapping[Rule, Formula] = {
    Rule.SUM: Formula(_sum, ("sum-by-timeline/2",)),
    Rule.LAST: Formula(_last, ("last-of-day/1",)),
    Rule.LATEST_WRITTEN: Formula(_latest_written, ("latest-written/2",)),
    Rule.DAY_MEAN: Formula(_day_mean, ("mean-of-readings/1",)),
    Rule.DAY_MAXIMUM: Formula(_day_maximum, ("highest-of-day/1",)),
    Rule.SLEEP_MEAN: Formula(_sleep_mean, ("mean-in-sleep/2", "mean-of-day/2"), by_night=True),
    Rule.SLEEP_WEIGHTED_MEAN: Formula(_sleep_weighted_mean, ("weighted-in-sleep/2",), by_night=True),
    Rule.NIGHT: Formula(_night, ("last-of-night/2",), by_night=True),
    Rule.TIME_TOGETHER: Formula(_time_together, ("time-covered/1",), _sum),
    Rule.ASLEEP: _per_night(
        "asleep/2", lambda night: night.asleep.length / 1000, *_STAGES, "AsleepUnspecified", staged=False
    ),
    Rule.ASLEEP_CORE: _per_night("core/2", lambda night: night.core / 60_000, "AsleepCore"),
    Rule.ASLEEP_DEEP: _per_night("deep/2", lambda night: night.deep / 60_000, "AsleepDeep"),
    Rule.ASLEEP_REM: _per_night("rem/2", lambda night: night.rem / 60_000, "AsleepREM"),
    Rule.AWAKE: _per_night("awake/2", lambda night: night.awake.length / 60_000, "Awake"),
    Rule.SLEEP_QUALITY: Formula(_sleep_quality, ("sleep-criteria/2",), _nothing, by_night=True),
    Rule.PERIOD: Formula(_period, ("bleeding/1",)),
}


def by_night(metric: Metric) -> bool:
    return metric.rule is not None and FORMULAS[metric.rule].by_night


def version(metric: Metric) -> str:
    """What a value of this metric depends on beside its samples: when it changes, every day is made again."""
    assert metric.rule is not None
    formulas = ",".join((*FORMULAS[metric.rule].versions, OF_SUMMARIES))
    can_be = "" if metric.plausible is None else f"|{metric.plausible.least:g}..{metric.plausible.most:g}"
    return f"{metric.field}|{metric.unit}|{metric.precision:g}|{formulas}{can_be}"
