"""Nights and naps out of the many overlapping rows of a sleep analysis.

Procedure: per source, rows are gathered into sessions; of sessions of several sources that overlap, one is chosen
(with stages, else with sleep, else in bed only; then the better device); sleep is the union of its stages, and of
generic sleep only where no stage or waking row covers it; a session belongs to the local day of its waking up.
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
"""ms without any row that end a session."""

_PREFIX = "HKCategoryValueSleepAnalysis"
_CORE, _DEEP, _REM = f"{_PREFIX}AsleepCore", f"{_PREFIX}AsleepDeep", f"{_PREFIX}AsleepREM"
_UNSPECIFIED, _AWAKE = f"{_PREFIX}AsleepUnspecified", f"{_PREFIX}Awake"
_STAGES = (_CORE, _DEEP, _REM)


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
    chosen = (min(group, key=_quality) for group in _overlapping(found))
    slept = (_sleep(session, zone, own_zone) for session in chosen)
    return sorted((sleep for sleep in slept if sleep is not None), key=lambda sleep: sleep.end)


def main_night(found: Iterable[Sleep], day: date) -> Sleep | None:
    """The longest sleep that ended on that day. The others are naps."""
    return max((sleep for sleep in found if sleep.day == day), key=lambda sleep: sleep.asleep.length, default=None)


def _per_source(source: Source, rows: Sequence[Row]) -> Iterator[_Session]:
    current: list[Row] = []
    end = 0
    for row in sorted(row for row in rows if row.end > row.start):
        if current and row.start - end > GAP:
            yield _Session(source, current, current[0].start, end)
            current = []
        end = max(end, row.end) if current else row.end
        current.append(row)
    if current:
        yield _Session(source, current, current[0].start, end)


def _overlapping(found: Iterable[_Session]) -> Iterator[list[_Session]]:
    group: list[_Session] = []
    end = 0
    for session in sorted(found, key=lambda one: (one.start, one.end)):
        if group and session.start >= end:
            yield group
            group = []
        end = max(end, session.end) if group else session.end
        group.append(session)
    if group:
        yield group


def _quality(session: _Session) -> tuple[int, int, int, str]:
    labels = {row.label for row in session.rows}
    grade = 0 if labels & set(_STAGES) else 1 if _UNSPECIFIED in labels else 2
    return grade, session.source.device, session.start - session.end, session.source.key


def _sleep(session: _Session, zone: ZoneInfo, own_zone: Callable[[Row], ZoneInfo | None]) -> Sleep | None:
    def spans(*labels: str) -> Spans:
        return Spans(_span(row) for row in session.rows if row.label in labels)

    # Stages of one app may overlap: the deeper one is taken, so that their sum is the time asleep.
    deep = spans(_DEEP)
    rem = spans(_REM) - deep
    core = spans(_CORE) - deep - rem
    awake = spans(_AWAKE)
    staged = deep | rem | core
    asleep = staged | (spans(_UNSPECIFIED) - staged - awake)
    if not asleep.spans:
        return None
    start, end = asleep.spans[0][0], asleep.spans[-1][1]
    zones = (own_zone(row) for row in reversed(session.rows))
    where = next((found for found in zones if found is not None), zone)
    return Sleep(
        source=session.source, day=local_day(end, where), asleep=asleep,
        core=core.length, deep=deep.length, rem=rem.length, awake=(awake - asleep).clipped(start, end),
    )  # fmt: skip


def _span(row: Row) -> Span:
    return row.start, row.end
