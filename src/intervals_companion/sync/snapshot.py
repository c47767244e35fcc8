"""What both sides look like now, and what they last agreed on: everything a plan is made from, gathered by reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from attrs import frozen

from intervals_companion.domain import catalogue, sports
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.days import bounds, local_time, zone_of_sample
from intervals_companion.domain.errors import PermissionMissing
from intervals_companion.domain.remote_activity import ActivityList
from intervals_companion.domain.wellness import Base, Origin, Value, WellnessRecord
from intervals_companion.intervals import protocol
from intervals_companion.journal import changes as journal_changes
from intervals_companion.journal import days as journal_days
from intervals_companion.journal import workouts as journal_workouts
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.store import health_writes, ledger
from intervals_companion.store.database import Store
from intervals_companion.store.health_writes import HealthWrite
from intervals_companion.store.ledger import Field, PendingUpload, StoredLink
from intervals_companion.sync.matching import Candidate
from intervals_companion.sync.plan import Written, with_own_writes
from intervals_companion.sync.task import Item, Service, Task

T = TypeVar("T")

_ONE_DAY = timedelta(days=1)


@frozen
class Theirs:
    """What Intervals.icu answered. A part that this sign-in may not read is None."""

    wellness: Mapping[date, WellnessRecord] | None
    activities: ActivityList | None
    defined: frozenset[str] | None
    """Codes of the custom wellness fields that exist."""


@frozen
class Ours:
    """What Health says, and what is remembered."""

    values: Mapping[Field, Value]
    base: Mapping[Field, Base]
    pending_values: Mapping[Field, Value]
    recorded_workouts: Mapping[str, RecordedWorkout]
    """By workout id, oldest first."""
    touched: Mapping[str, bytes]
    """By workout id: a hash over the blocks it may be made of."""
    links: Mapping[str, StoredLink]
    pending_uploads: Mapping[str, PendingUpload]
    sent_by: Mapping[Item, int]
    """The run that wrote down each pending value and upload."""
    tombstoned: frozenset[str]
    written: Mapping[str, str]
    """Activity id -> what was saved in Health of it."""
    in_doubt: frozenset[Field]
    """What an import that waits for an answer would change."""
    taken_back: frozenset[Field]
    """What was sent and is no longer so, where Health deleted or replaced samples."""


def read_theirs(service: Service, task: Task) -> Theirs:
    """Three reads, each of all at once. A missing permission hides one part, not the others."""

    def allowed(read: Callable[[], T]) -> T | None:
        task.go_on()
        try:
            return read()
        except PermissionMissing:
            return None  # the plan holds what this blocks, with that reason

    if task.ask_athlete:
        allowed(lambda: service.ask(protocol.athlete()))
    days = allowed(lambda: service.ask(protocol.wellness(task.first, task.last)))
    return Theirs(
        wellness=None if days is None else {record.day: record for record in days},
        # A wall clock of another zone may put an activity a day off.
        activities=allowed(lambda: service.ask(protocol.activities(task.first - _ONE_DAY, task.last + _ONE_DAY))),
        defined=allowed(lambda: service.ask(protocol.custom_fields())),
    )


def read_ours(store: Store, task: Task) -> Ours:
    """The days have to be fresh: call `journal.days.refresh` before."""
    athlete = task.athlete
    start, end = bounds(task.first, task.zone)[0], bounds(task.last, task.zone)[1]
    with store.read() as connection:
        recorded_workouts = journal_workouts.recorded_workouts(connection, athlete, start, end)
        values = journal_days.values(connection, athlete, task.first, task.last)
        base = ledger.bases(connection, athlete, task.first, task.last)
        writes = health_writes.everything(connection, athlete).values()
        ours = with_own_writes({(value.day, value.field): value.value for value in values}, base, _values(writes))
        return Ours(
            values=ours,
            base=base,
            pending_values=ledger.pending_values(connection, athlete),
            recorded_workouts={recorded.id: recorded for recorded in recorded_workouts},
            touched=journal_workouts.touched(
                recorded_workouts, journal_workouts.blocks_of(connection, athlete, recorded_workouts)
            ),
            links=ledger.links(connection, athlete),
            pending_uploads=ledger.pending_uploads(connection, athlete),
            sent_by=ledger.sent_by(connection, athlete),
            tombstoned=ledger.tombstones(connection, athlete),
            written=health_writes.saved_workouts(connection, athlete),
            in_doubt=journal_changes.in_doubt(connection, athlete, task.zone),
            taken_back=journal_changes.taken_back(connection, athlete, task.zone, _no_longer_so(ours, base)),
        )


def _no_longer_so(ours: Mapping[Field, Value], base: Mapping[Field, Base]) -> list[Field]:
    """What we sent and Health does not say any more."""
    return [
        (day, name)
        for (day, name), agreed in base.items()
        if agreed.origin is Origin.SENT and not catalogue.metric(name).same(ours.get((day, name)), agreed.value)
    ]


def _values(writes: Iterable[HealthWrite]) -> dict[Field, Written]:
    return {
        (date.fromisoformat(one.item), one.field): Written(
            float(one.value), None if one.instead is None else float(one.instead)
        )
        for one in writes
        if one.field != WORKOUT_FIELD
    }


def arrived_late(ours: Ours, theirs: Mapping[date, WellnessRecord]) -> dict[Field, Value]:
    """What an earlier run was about to send and did: values stored there that it had written down."""
    return {
        (day, name): value
        for (day, name), value in ours.pending_values.items()
        if (record := theirs.get(day)) is not None and catalogue.metric(name).same(record.stored(name), value)
    }


def candidates(ours: Ours, task: Task) -> list[Candidate]:
    """The workouts as matching sees them."""
    return [_candidate(recorded, task) for recorded in ours.recorded_workouts.values()]


def _candidate(recorded: RecordedWorkout, task: Task) -> Candidate:
    workout = recorded.workout
    where = zone_of_sample(workout.zone or "") or task.zone
    return Candidate(
        id=recorded.id,
        start=workout.start,
        start_local=local_time(workout.start, where).replace(tzinfo=None),
        elapsed=workout.elapsed,
        type=sports.intervals_type(workout.activity, workout.metadata),
        rank=recorded.rank,
    )


def outdated(store: Store, task: Task, ours: Ours) -> tuple[frozenset[str], dict[str, StoredLink]]:
    """Uploaded workouts that got more samples since; and the links whose blocks changed without touching them.

    Only where a block changed are the workout's samples read and compared.
    """
    outdated: set[str] = set()
    refreshed: dict[str, StoredLink] = {}
    for workout, link in ours.links.items():
        now = ours.touched.get(workout)
        if link.content is None or now is None or now == link.blocks:
            continue
        with store.read() as connection:
            made_of = journal_workouts.material(connection, task.athlete, ours.recorded_workouts[workout])
        if made_of.hash == link.content:
            refreshed[workout] = StoredLink(link.activity, link.how, link.content, now)
        else:
            outdated.add(workout)
    return frozenset(outdated), refreshed
