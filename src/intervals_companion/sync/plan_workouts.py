"""Which workouts go to Intervals.icu, which are there already, and which stay, with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from intervals_companion.domain.activity import ID_PREFIX, WORKOUT_FIELD
from intervals_companion.domain.remote_activity import OddRecord, RemoteActivity
from intervals_companion.domain.samples import WORKOUT
from intervals_companion.sync import matching
from intervals_companion.sync.actions import Action, DeleteLink, Held, Link, Reason, Upload, WriteWorkout
from intervals_companion.sync.matching import Candidate
from intervals_companion.sync.policy import Policy

SETTLES_AFTER = 15 * 60 * 1000
"""ms after its end until a workout is uploaded: late samples from the Watch come within minutes."""

MOST_GONE = 5
MOST_GONE_SHARE = 0.5


@frozen
class Workouts:
    """Both sides of a range, and their common past."""

    ours: Sequence[Candidate]
    theirs: Sequence[RemoteActivity]
    links: Mapping[str, str] = field(factory=dict)
    """Workout id -> activity id."""
    tombstoned: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()
    """Linked workouts whose file would be another one today."""
    written: Mapping[str, str] = field(factory=dict)
    """Activity id -> what was written into Health of it, as `plain` says it."""
    known: tuple[int, int] = (0, 0)
    """[start, end) in ms: the time of which all of Health's workouts are among `ours`."""
    odd: Sequence[OddRecord] = ()
    """Records of the service that cannot be read: they are there all the same."""

    @property
    def present(self) -> frozenset[str]:
        """Ids of the activities that are at the service."""
        return frozenset({*(one.id for one in self.theirs), *(one.id for one in self.odd if one.id is not None)})


def plan_workouts(sides: Workouts, policy: Policy, now: int) -> Iterator[Action]:
    """One action or none for each workout of Health. `now` in ms."""
    present = sides.present
    by_external_id = {one.external_id: one.id for one in sides.theirs if one.external_id}
    by_external_id |= {one.external_id: one.id for one in sides.odd if one.external_id and one.id}
    # A record without an id may be any activity: then nothing is known to be missing.
    vanished = gone_too_many(sides) or any(one.id is None for one in sides.odd)
    settled = {*sides.links, *sides.tombstoned, *(one.id for one in sides.ours if one.id in by_external_id)}
    copies = matching.recorded_twice(sides.ours, settled)
    open_ours: list[Candidate] = []
    linked: set[str] = set()
    for workout in sides.ours:
        activity = sides.links.get(workout.id)
        if workout.id in sides.tombstoned:
            yield _held(workout, Reason.DELETED)
        elif activity is not None and activity in present:
            linked.add(activity)
            if workout.id in sides.outdated:
                yield _held(workout, Reason.FILE_WOULD_DIFFER)
        elif activity is not None:
            # A side that seems to have lost nearly everything is likelier unreadable than emptied by hand.
            yield _held(workout, Reason.VANISHED) if vanished else DeleteLink(workout.id)
        elif workout.id in by_external_id:
            linked.add(by_external_id[workout.id])
            yield Link(workout.id, by_external_id[workout.id], "external_id")
        elif workout.id in copies:
            yield _held(workout, Reason.RECORDED_TWICE)
        else:
            open_ours.append(workout)
    free = [activity for activity in sides.theirs if activity.id not in linked]
    matches = matching.match(open_ours, free)
    stubs = matching.behind_a_stub(open_ours, free)
    for workout in open_ours:
        yield _decide(workout, matches, stubs, policy, now)
    taken = {*linked, *sides.links.values(), *matches.sure.values()}
    for other in sides.theirs:
        if policy.activities_to_health and other.id not in taken and _recorded_elsewhere(other, sides, now):
            yield _into_health(other, policy)


def _recorded_elsewhere(activity: RemoteActivity, sides: Workouts, now: int) -> bool:
    """Whether nothing of Health's happened at the same time, so that Health cannot know of it; and it is not there yet.

    One of ours that comes back, as after loss of all state, is known by its `external_id`. A Strava stub says nothing
    that could be written.
    """
    if activity.hidden is not None or activity.start is None or not activity.elapsed:
        return False
    if (activity.external_id or "").startswith(ID_PREFIX) or sides.written.get(activity.id) == plain(activity):
        return False
    start, end = activity.start, activity.start + activity.elapsed * 1000
    settled = sides.known[0] + SETTLES_AFTER <= start < sides.known[1] and end + SETTLES_AFTER <= now
    return settled and not any(
        workout.start < end and start < workout.start + workout.elapsed * 1000 for workout in sides.ours
    )


def _into_health(activity: RemoteActivity, policy: Policy) -> Action:
    if policy.into_health is None:
        return Held(activity.id, WORKOUT_FIELD, Reason.HEALTH_IS_NOT_WRITTEN)
    if WORKOUT not in policy.into_health:
        return Held(activity.id, WORKOUT_FIELD, Reason.WRITE_IS_OFF)
    return WriteWorkout(activity.id)


def plain(activity: RemoteActivity) -> str:
    """What a plain workout says of an activity: when it changes, the workout is written again."""
    return f"{activity.type} {activity.start} {activity.elapsed} {activity.moving}"


def _decide(workout: Candidate, matches: matching.Matches, stubs: set[str], policy: Policy, now: int) -> Action:
    """A workout that nothing proves to be there: the first row that fits."""
    if workout.id in matches.sure:
        return Link(workout.id, matches.sure[workout.id], "matched")
    if workout.id in matches.ambiguous:
        return _held(workout, Reason.AMBIGUOUS)
    if workout.id in stubs:
        return _held(workout, Reason.THROUGH_STRAVA)
    if workout.type in policy.sports_off:
        return _held(workout, Reason.SPORT_OFF)
    if workout.elapsed <= 0:
        return _held(workout, Reason.NO_LENGTH)
    if workout.start + workout.elapsed * 1000 + SETTLES_AFTER > now:
        return _held(workout, Reason.TOO_FRESH)
    if not policy.may_upload:
        return _held(workout, Reason.NO_PERMISSION)
    return Upload(workout.id)


def gone_too_many(sides: Workouts) -> bool:
    """Whether so many linked activities are missing that the list itself is to be doubted."""
    present = sides.present
    ours = {workout.id for workout in sides.ours}
    linked = [activity for workout, activity in sides.links.items() if workout in ours]
    gone = sum(1 for activity in linked if activity not in present)
    return gone > MOST_GONE and gone > MOST_GONE_SHARE * len(linked)


def _held(workout: Candidate, reason: Reason) -> Held:
    return Held(workout.id, WORKOUT_FIELD, reason)
