"""Writes into Health what Intervals.icu has: noted before, saved so that a repetition doubles nothing, recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from intervals_companion.domain import catalogue, own_samples, sports
from intervals_companion.domain.activity import WORKOUT_FIELD, Workout
from intervals_companion.domain.days import bounds
from intervals_companion.domain.errors import CompanionError
from intervals_companion.domain.remote_activity import RemoteActivity
from intervals_companion.domain.samples import UNKNOWN_INSTANT, WORKOUT, Row, source_key
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.domain.wellness import Base, Origin, Value
from intervals_companion.formats.details import workout_row
from intervals_companion.health.port import HealthStore, NewObject, ShareRefused
from intervals_companion.store import health_writes, ledger
from intervals_companion.store.database import Store
from intervals_companion.store.health_writes import HealthWrite
from intervals_companion.store.ledger import Field
from intervals_companion.sync.actions import Held, Reason, WriteValue, WriteWorkout
from intervals_companion.sync.plan_workouts import plain
from intervals_companion.sync.task import SAVED, Failed, Outcome, Sent, Task, text

OBJECTS_AT_ONCE = 100
"""Saves between two records: what an interruption has repeated."""
_NOON = 12 * 3_600_000

Write = WriteValue | WriteWorkout


@frozen
class _Step:
    """One object to save, and what is remembered of it."""

    sent: Sent
    type: str
    row: Row
    identifier: str
    value: str
    base: tuple[Field, Base] | None = None

    def written(self, before: Mapping[str, HealthWrite], now: int) -> HealthWrite:
        """The same words keep their version, which saves nothing twice; other words get one above any that was used,
        also by a data folder that is lost.
        """
        known = before.get(self.identifier)
        if known is not None and known.value == self.value:
            return known
        version = max(now // 1000, known.version + 1 if known else 0)
        was = text(self.sent.was)
        # Where Health says what we wrote before, its own word is still the one that stood there then.
        instead = known.instead if known is not None and known.value == was else was
        return HealthWrite(self.identifier, version, self.sent.item, self.sent.field, self.value, instead)


def would_write(writes: Sequence[Write], receipt: str) -> list[Sent]:
    """What a dry run says."""
    return [_sent(write, receipt) for write in writes]


def write_to_health(
    store: Store, health: HealthStore, task: Task, run: int, writes: Sequence[Write],
    activities: Mapping[str, RemoteActivity], now: int, outcome: Outcome, progress: Progress,
) -> None:  # fmt: skip
    """Saves in order and files every object under written, held or failed. Raises Stopped.

    `activities`: those at Intervals.icu by id. `now` in ms.
    """
    steps = [_step(write, task, activities, now) for write in writes]
    for start in range(0, len(steps), OBJECTS_AT_ONCE):
        task.go_on()
        batch = steps[start : start + OBJECTS_AT_ONCE]
        _save_all(store, health, task, run, batch, now, outcome)
        progress(Stage.WRITE_HEALTH, start + len(batch), len(steps))


def _save_all(
    store: Store, health: HealthStore, task: Task, run: int, steps: Sequence[_Step], now: int, outcome: Outcome
) -> None:
    with store.write() as connection:
        before = health_writes.everything(connection, task.athlete)
        intents = [step.written(before, now) for step in steps]
        health_writes.put(connection, task.athlete, run, intents)
    saved: list[_Step] = []
    for step, intent in zip(steps, intents, strict=True):
        try:
            health.save(NewObject(step.type, step.row, intent.identifier, intent.version))
            saved.append(step)
        except ShareRefused:
            was, value = step.sent.was, step.sent.value
            outcome.held.append(Held(step.sent.item, step.sent.field, Reason.WRITE_IS_OFF, was, value))
        except CompanionError as problem:
            outcome.failed.append(Failed.of(step.sent.item, step.sent.field, problem))
    with store.write() as connection:
        agreed = dict(step.base for step in saved if step.base is not None)
        ledger.put_bases(connection, task.athlete, run, agreed)
        ledger.put_receipts(connection, task.athlete, run, [step.sent.stored for step in saved])
    outcome.written.extend(step.sent for step in saved)


def _sent(write: Write, receipt: str) -> Sent:
    if isinstance(write, WriteWorkout):
        return Sent(write.activity, WORKOUT_FIELD, None, None, receipt)
    return Sent(write.day.isoformat(), write.field, write.value, write.was, receipt)


def _step(write: Write, task: Task, activities: Mapping[str, RemoteActivity], now: int) -> _Step:
    sent = _sent(write, SAVED)
    if isinstance(write, WriteWorkout):
        activity = activities[write.activity]
        row = _workout(activity)
        return _Step(sent, WORKOUT, row, own_samples.identifier("activity", activity.id), plain(activity))
    metric = catalogue.metric(write.field)
    # Nobody says when on that day it was measured: noon is the same day in the zones around; never in the future.
    at = min(bounds(write.day, task.zone)[0] + _NOON, now)
    row = Row(at, at, _number(write.value), metric.unit, "", UNKNOWN_INSTANT, "", b"")
    base = (write.day, write.field), Base(write.value, Origin.TO_HEALTH)
    identifier = own_samples.identifier(write.field, write.day.isoformat())
    return _Step(sent, metric.types[0], row, identifier, str(write.value), base)


def _number(value: Value) -> float:
    assert not isinstance(value, str)  # fields that go both ways are quantities
    return float(value)


def _workout(activity: RemoteActivity) -> Row:
    """Sport and times, nothing else: what the list of activities says."""
    assert activity.start is not None
    assert activity.elapsed is not None
    indoor = {"HKIndoorWorkout": "1"} if activity.is_virtual else {}
    return workout_row(
        Workout(
            start=activity.start,
            end=activity.start + activity.elapsed * 1000,
            activity=sports.health_activity(activity.type).name,
            source=source_key(own_samples.NAME),
            duration=float(activity.moving or activity.elapsed),
            metadata={"HKExternalUUID": f"intervals.icu/activities/{activity.id}", **indoor},
        )
    )
