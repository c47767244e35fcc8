"""Nights and naps out of the many overlapping rows of a sleep analysis.

Procedure: per source, rows are gathered into sessions; of sessions of several sources that overlap, the best is kept
(with stages, else with sleep; then the better device); sleep is the union of its stages, and of generic sleep only
where no stage or waking row covers it; a session belongs to the local day of its waking up. Time in bed is never
sleep: it only holds together what was slept before and after a pause that was spent in bed.
Watches may write a generic row over the whole night beside the stages, phones write InBed over all of it, and other
apps write the night again: adding any two of them would count sleep twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_companion.derive.timeline import Span, Spans
from intervals_companion.domain.days import local_day
from intervals_companion.domain.samples import Row, Source

GAP = 120 * 60 * 1000
"""ms out of bed and without any row that end a session."""

_PREFIX = "HKCategoryValueSleepAnalysis"
_CORE, _DEEP, _REM = f"{_PREFIX}AsleepCore", f"{_PREFIX}AsleepDeep", f"{_PREFIX}AsleepREM"
_UNSPECIFIED, _AWAKE, _IN_BED = f"{_PREFIX}AsleepUnspecified", f"{_PREFIX}Awake", f"{_PREFIX}InBed"
_STAGES = (_CORE, _DEEP, _REM)
_DEEPEST_FIRST = (_DEEP, _REM, _CORE, _AWAKE)


@frozen
class Sleep:
    """One session of one source. Lengths are ms."""

    source: Source
    day: date
    """The local day of waking up."""
    asleep: Spans
    core: int
    deep: int
    rem: int
    awake: Spans
    """Waking stretches between falling asleep and waking up."""

    @property
    def start(self) -> int:
        return self.asleep.spans[0][0]

    @property
    def end(self) -> int:
        return self.asleep.spans[-1][1]

    @property
    def staged(self) -> bool:
        return self.core + self.deep + self.rem > 0


class _Session(NamedTuple):
    source: Source
    rows: list[Row]
    start: int
    end: int


def sessions(
    rows: Mapping[Source, Sequence[Row]], zone: ZoneInfo, own_zone: Callable[[Row], ZoneInfo | None]
) -> list[Sleep]:
    """Every session with sleep in it, in order of its end; one for each time slept, whatever number of apps saw it.

    `zone` is the home zone, `own_zone` a row's own where it wrote one: that decides for the night it belongs to.
    """
    found = [session for source, of_source in rows.items() for session in _per_source(source, of_source)]
    slept = (_sleep(session, zone, own_zone) for session in _best(found))
    return sorted((sleep for sleep in slept if sleep is not None), key=lambda sleep: sleep.end)


def main_night(found: Iterable[Sleep], day: date) -> Sleep | None:
    """The longest sleep that ended on that day. The others are naps."""
    return max((sleep for sleep in found if sleep.day == day), key=lambda sleep: sleep.asleep.length, default=None)


def _per_source(source: Source, rows: Sequence[Row]) -> Iterator[_Session]:
    in_bed = _spans(rows, _IN_BED)
    current: list[Row] = []
    end = 0
    for row in sorted(row for row in rows if row.end > row.start and row.label != _IN_BED):
        if current and row.start - end - in_bed.within(end, row.start) > GAP:
            yield _Session(source, current, current[0].start, end)
            current = []
        end = max(end, row.end) if current else row.end
        current.append(row)
    if current:
        yield _Session(source, current, current[0].start, end)


def _best(found: Iterable[_Session]) -> list[_Session]:
    """Of sessions that overlap, the best. One that overlaps none better stays, whichever source saw it."""
    kept: list[_Session] = []
    for session in sorted(found, key=_quality):
        if all(session.end <= other.start or session.start >= other.end for other in kept):
            kept.append(session)
    return kept


def _quality(session: _Session) -> tuple[int, int, int, str]:
    labels = {row.label for row in session.rows}
    grade = 0 if labels & set(_STAGES) else 1 if _UNSPECIFIED in labels else 2
    return grade, session.source.device, session.start - session.end, session.source.key


def _sleep(session: _Session, zone: ZoneInfo, own_zone: Callable[[Row], ZoneInfo | None]) -> Sleep | None:
    by_stage, settled = _stages(session.rows)
    staged = by_stage[_DEEP] | by_stage[_REM] | by_stage[_CORE]
    asleep = staged | (_spans(session.rows, _UNSPECIFIED) - settled)
    if not asleep.spans:
        return None
    start, end = asleep.spans[0][0], asleep.spans[-1][1]
    zones = (own_zone(row) for row in reversed(session.rows))
    where = next((found for found in zones if found is not None), zone)
    return Sleep(
        source=session.source, day=local_day(end, where), asleep=asleep,
        core=by_stage[_CORE].length, deep=by_stage[_DEEP].length, rem=by_stage[_REM].length,
        awake=by_stage[_AWAKE].clipped(start, end),
    )  # fmt: skip


def _stages(rows: Sequence[Row]) -> tuple[dict[str, Spans], Spans]:
    """When each stage was, waking among them, and when any was. No moment is in two.

    What was written later stands: stages are revised, and the archive keeps both. Of overlapping rows written together
    the deeper is taken, so that the stages' sum is the time asleep.
    """
    found = dict.fromkeys(_DEEPEST_FIRST, Spans())
    settled = Spans()
    together: dict[tuple[int, int], list[Span]] = {}
    for row in rows:
        if row.label in found:
            together.setdefault((-row.created, _DEEPEST_FIRST.index(row.label)), []).append((row.start, row.end))
    for (_, depth), spans in sorted(together.items()):
        fresh = Spans(spans) - settled
        found[_DEEPEST_FIRST[depth]] |= fresh
        settled |= fresh
    return found, settled


def _spans(rows: Iterable[Row], label: str) -> Spans:
    return Spans((row.start, row.end) for row in rows if row.label == label)
