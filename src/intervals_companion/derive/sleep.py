"""Nights and naps out of the many overlapping rows of a sleep analysis.

Procedure: per source, rows are gathered into sessions; of sessions of several sources that overlap, those of one
source are kept (`coverage.py`; of equals one that knows stages); sleep is the union of its stages, and of generic sleep
only where no stage or waking row covers it; a session belongs to the local day of its waking up. Time in bed is never
sleep: it only holds together what was slept before and after a pause that was spent in bed. What a person typed
replaces what devices say of its stretch.
Watches may write a generic row over the whole night beside the stages, phones write InBed over all of it, and other
apps write the night again: adding any two of them would count sleep twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_companion.derive.coverage import Seen, is_typed, ranked
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
_ONE_SAVE = 60_000
"""ms within which an app writes the stages of one night."""


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
    found = [session for source, of_source in _with_typed(rows) for session in _per_source(source, of_source)]
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


def _with_typed(rows: Mapping[Source, Sequence[Row]]) -> Iterator[tuple[Source, Sequence[Row]]]:
    """What a person typed replaces what devices say of its stretch; beside it the rest of a device's night stays."""
    typed = {source: [row for row in found if is_typed(source, row)] for source, found in rows.items()}
    by_hand = [row for found in typed.values() for row in found if row.label != _IN_BED]
    stretches = Spans((row.start, row.end) for row in by_hand)
    for source, found in rows.items():
        measured = [row for row in found if not is_typed(source, row)]
        if not by_hand:
            yield source, measured
        elif measured:
            beside = [row for row in by_hand if any(_is_near(row, one) for one in measured)]
            yield source, [*(piece for row in measured for piece in _outside(row, stretches)), *beside]
    for source, found in typed.items():
        if by_hand and found and len(found) == len(rows[source]):
            yield source, by_hand


def _is_near(row: Row, other: Row) -> bool:
    """Whether both may be of one night."""
    return row.start - GAP <= other.end and other.start <= row.end + GAP


def _outside(row: Row, stretches: Spans) -> Iterator[Row]:
    if row.label == _IN_BED or not stretches.within(row.start, row.end):
        yield row
        return
    for start, end in (Spans([(row.start, row.end)]) - stretches).spans:
        yield row._replace(start=start, end=end)


def _best(found: Iterable[_Session]) -> list[_Session]:
    """Of sessions that overlap, all of the source that saw most. One that overlaps none of them stays, whichever source
    saw it.
    """
    left = sorted(found, key=lambda session: (session.start, session.source.key))
    kept: list[_Session] = []
    while left:
        together, end = [left[0]], left[0].end
        for session in left[1:]:
            if session.start >= end:
                break
            together.append(session)
            end = max(end, session.end)
        source = _chosen(together)
        own = [session for session in together if session.source == source]
        kept += own
        left = [
            session
            for session in left
            if session not in own and all(session.end <= one.start or session.start >= one.end for one in own)
        ]
    return kept


def _chosen(together: Sequence[_Session]) -> Source:
    """Whose night it is: of those that know stages, else that know sleep, the one that saw most of it."""
    grades = {session.source: 2 for session in together}
    asleep: dict[Source, list[Span]] = {session.source: [] for session in together}
    rows: Counter[Source] = Counter()
    for session in together:
        rows[session.source] += len(session.rows)
        grades[session.source] = min(grades[session.source], _grade(session))
        asleep[session.source] += ((row.start, row.end) for row in session.rows if row.label != _AWAKE)
    seen = [Seen(source, Spans(spans).length, rows[source]) for source, spans in asleep.items()]
    return ranked(seen, grade=grades.__getitem__)[0]


def _grade(session: _Session) -> int:
    labels = {row.label for row in session.rows}
    return 0 if labels & set(_STAGES) else 1 if _UNSPECIFIED in labels else 2


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

    What was written later stands: an app may write a night again. Rows written within a minute are one version of it.
    In one version awake inside a stage is awake, and of other overlapping rows the deeper is taken, so that the stages'
    sum is the time asleep.
    """
    found = dict.fromkeys(_DEEPEST_FIRST, Spans())
    settled = Spans()
    for version in _versions([row for row in rows if row.label in found]):
        slept = [row for row in version if row.label != _AWAKE]
        waking = [row for row in version if row.label == _AWAKE and any(_lies_in(row, one) for one in slept)]
        for label, of_label in (
            (_AWAKE, waking), *((one, [row for row in version if row.label == one]) for one in _DEEPEST_FIRST)
        ):  # fmt: skip
            fresh = Spans((row.start, row.end) for row in of_label) - settled
            found[label] |= fresh
            settled |= fresh
    return found, settled


def _versions(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows by when they were written, the latest version first."""
    found: list[list[Row]] = []
    for row in sorted(rows, key=lambda one: -one.created):
        if found and found[-1][-1].created - row.created <= _ONE_SAVE:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def _lies_in(row: Row, other: Row) -> bool:
    return other.start <= row.start and row.end <= other.end


def _spans(rows: Iterable[Row], label: str) -> Spans:
    return Spans((row.start, row.end) for row in rows if row.label == label)
