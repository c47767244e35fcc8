"""Which activity at Intervals.icu is which workout of Health: by proof where there is one, never by guessing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from intervals_companion.domain.remote_activity import Hidden, RemoteActivity
from intervals_companion.domain.sports import compatible

START_TOLERANCE = 60.0  # s
DURATION_TOLERANCE = (60.0, 0.02)  # s, or this share of the longer one, whichever is more
STUB_TOLERANCE = 300.0  # s
QUARTER_HOUR, LARGEST_SHIFT = 900.0, 14 * 3600.0  # s: every zone's offset is whole quarter hours
TWICE = 0.75
"""Two workouts of one person that share this much of the longer one are two recordings of one session."""

_NEARBY = timedelta(hours=30)  # two zones' wall clocks differ by at most 26 h


@frozen
class Candidate:
    """A workout of Health, as far as matching and planning need to know it."""

    id: str
    start: int
    """ms since the epoch."""
    start_local: datetime
    """The athlete's wall clock, without a zone."""
    elapsed: float
    """s, pauses included."""
    type: str
    """Intervals.icu type."""
    rank: tuple[int, int, str]
    """Which of two recordings of one session counts, lowest first: device, how little it holds, source."""


@frozen
class Matches:
    sure: Mapping[str, str]
    """Workout id -> activity id: exactly one fits, seen from either side."""
    ambiguous: frozenset[str]
    """Workouts for which several activities fit, or whose activity fits another workout too."""


def match(workouts: Sequence[Candidate], activities: Sequence[RemoteActivity]) -> Matches:
    """Pairs by start, duration and sport: first equal starts, then, among what is left, starts in a wrong zone.

    A shifted start counts only when exactly one pair fits; several prove nothing.
    """
    nearby = _Nearby(activity for activity in activities if activity.hidden is not Hidden.STRAVA)
    sure, ambiguous = _unique(_pairs(workouts, nearby, _starts_together))
    taken = set(sure.values())
    rest = [workout for workout in workouts if workout.id not in sure and workout.id not in ambiguous]
    shifted = [pair for pair in _pairs(rest, nearby, _starts_shifted) if pair[1] not in taken]
    return Matches(sure=sure | _unique(shifted)[0], ambiguous=frozenset(ambiguous))


def behind_a_stub(workouts: Sequence[Candidate], activities: Sequence[RemoteActivity]) -> set[str]:
    """Workouts at whose start a Strava activity stands that shows nothing but its start."""
    nearby = _Nearby(activity for activity in activities if activity.hidden is Hidden.STRAVA)
    return {
        workout.id
        for workout in workouts
        for activity in nearby.to(workout)
        if abs(_gap(workout, activity)) <= STUB_TOLERANCE
    }


def recorded_twice(workouts: Iterable[Candidate], settled: Container[str] = ()) -> dict[str, str]:
    """Workouts that are another recording of a session: id -> id of the one that counts.

    The one that is settled already (linked, or deleted there) counts, else the one of the best rank.
    """
    copies: dict[str, str] = {}
    for session in _at_once(workouts):
        counting: list[Candidate] = []
        for workout in sorted(session, key=lambda one: (one.id not in settled, one.rank)):
            better = next((one for one in counting if _is_twice(one, workout)), None)
            if better is None:
                counting.append(workout)
            else:
                copies[workout.id] = better.id
    return copies


def _at_once(workouts: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    """Workouts in groups that do not overlap each other in time."""
    group: list[Candidate] = []
    busy_until = float("-inf")
    for workout in sorted(workouts, key=lambda one: one.start):
        if group and workout.start >= busy_until:
            yield group
            group = []
        group.append(workout)
        busy_until = max(busy_until, _end(workout))
    if group:
        yield group


def _is_twice(one: Candidate, other: Candidate) -> bool:
    together = min(_end(one), _end(other)) - max(one.start, other.start)
    return together >= TWICE * 1000 * max(one.elapsed, other.elapsed) and compatible(one.type, other.type)


def _end(workout: Candidate) -> float:
    return workout.start + workout.elapsed * 1000


class _Nearby:
    """Activities by wall clock, so that each workout is compared with its own day's only."""

    def __init__(self, activities: Iterable[RemoteActivity]) -> None:
        self._activities = sorted(activities, key=_wall_clock)

    def to(self, workout: Candidate) -> Sequence[RemoteActivity]:
        low = bisect_left(self._activities, workout.start_local - _NEARBY, key=_wall_clock)
        high = bisect_right(self._activities, workout.start_local + _NEARBY, key=_wall_clock)
        return self._activities[low:high]


def _wall_clock(activity: RemoteActivity) -> datetime:
    return activity.start_local


def _pairs(
    workouts: Iterable[Candidate], nearby: _Nearby, starts: Callable[[float], bool]
) -> Iterator[tuple[str, str]]:
    for workout in workouts:
        for activity in nearby.to(workout):
            if (
                starts(_gap(workout, activity))
                and _lasts_alike(workout, activity)
                and compatible(workout.type, activity.type)
            ):
                yield workout.id, activity.id


def _gap(workout: Candidate, activity: RemoteActivity) -> float:
    """How much later (s) the activity starts; by wall clocks where the service gave no instant."""
    if activity.start is not None:
        return (activity.start - workout.start) / 1000
    return (activity.start_local - workout.start_local).total_seconds()


def _starts_together(gap: float) -> bool:
    return abs(gap) <= START_TOLERANCE


def _starts_shifted(gap: float) -> bool:
    return START_TOLERANCE < abs(gap) <= LARGEST_SHIFT + START_TOLERANCE and (
        abs(gap - round(gap / QUARTER_HOUR) * QUARTER_HOUR) <= START_TOLERANCE
    )


def _lasts_alike(workout: Candidate, activity: RemoteActivity) -> bool:
    theirs = activity.elapsed if activity.elapsed is not None else activity.moving
    if theirs is None:
        return False
    seconds, share = DURATION_TOLERANCE
    return abs(theirs - workout.elapsed) <= max(seconds, share * max(theirs, workout.elapsed))


def _unique(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], set[str]]:
    """The pairs whose both members are in no other pair, and the workouts of all the others."""
    found = list(pairs)
    lefts, rights = Counter(left for left, _ in found), Counter(right for _, right in found)
    sure = {left: right for left, right in found if lefts[left] == 1 and rights[right] == 1}
    return sure, {left for left, _ in found} - set(sure)
