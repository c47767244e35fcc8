"""Uploads workouts and links them: the file is kept before it is sent, and nothing is believed before it is listed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from attrs import define, field

from intervals_companion.domain import sports
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.days import local_day
from intervals_companion.domain.errors import (
    CompanionError,
    DamagedRow,
    NotFound,
    PermissionMissing,
    ServiceError,
    ServiceRefused,
)
from intervals_companion.domain.samples import Device
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.intervals import protocol
from intervals_companion.journal import workouts as journal_workouts
from intervals_companion.journal.workouts import RecordedWorkout
from intervals_companion.store import ledger
from intervals_companion.store.database import Store
from intervals_companion.store.ledger import PendingUpload, StoredLink
from intervals_companion.sync.actions import Held, Reason
from intervals_companion.sync.outage import Outage
from intervals_companion.sync.snapshot import Ours
from intervals_companion.sync.task import Failed, Outcome, Sent, Service, Stopped, Task

FILES_AT_ONCE = 100
"""Uploads between two looks at the list: what an interruption can leave unconfirmed."""

_DEVICE_WORDS = {Device.WATCH: "Apple Watch", Device.PHONE: "iPhone", Device.OTHER: "Apple Health"}
_ONE_DAY = timedelta(days=1)


@define
class _Batch:
    """What was uploaded since the last look at the list."""

    sent: dict[str, str | None] = field(factory=dict)
    """Workout id -> activity id as answered; None where no answer came."""
    problems: dict[str, CompanionError] = field(factory=dict)
    """Workout id -> why no answer came."""


def upload_workouts(
    store: Store, service: Service, task: Task, run: int, wanted: Sequence[str], ours: Ours, outage: Outage,
    outcome: Outcome, progress: Progress,
) -> None:  # fmt: skip
    """Uploads in order and files every workout that was tried under sent, held or failed.

    Raises what ends the whole run. A workout without an answer does not: the next one goes, and the list tells.
    """
    batch = _Batch()
    stopped: CompanionError | None = None
    for place, workout in enumerate(wanted, 1):
        try:
            task.go_on()
            upload = _prepared(store, task, run, ours.recorded_workouts[workout], ours)
            batch.sent[workout] = _send(service, upload, ours.recorded_workouts[workout])
            outage.answered()
        except DamagedRow as damage:  # its neighbours are whole
            outcome.failed.append(Failed.of(workout, WORKOUT_FIELD, damage))
        except (ServiceRefused, NotFound) as refusal:
            _forget(store, task, workout)
            outcome.failed.append(Failed.of(workout, WORKOUT_FIELD, refusal))
            outage.answered()
        except PermissionMissing:
            outcome.held.extend(Held(left, WORKOUT_FIELD, Reason.NO_PERMISSION) for left in wanted[place - 1 :])
            break
        except CompanionError as problem:
            if not problem.effect_unknown:
                stopped = problem
                break
            batch.sent[workout], batch.problems[workout] = None, problem
            outage.unanswered()
        progress(Stage.UPLOAD_WORKOUTS, place, len(wanted))
        if outage.suspected or len(batch.sent) == FILES_AT_ONCE:
            _confirm(store, service, task, run, batch, ours, outage, outcome)
            batch = _Batch()
    if stopped is not None and not isinstance(stopped, Stopped):
        outcome.failed.append(Failed.of(workout, WORKOUT_FIELD, stopped))
    _confirm(store, service, task, run, batch, ours, outage, outcome)
    if stopped is not None:
        raise stopped


def _prepared(store: Store, task: Task, run: int, recorded: RecordedWorkout, ours: Ours) -> PendingUpload:
    """The file to send, stored. One that an earlier run could not finish is repeated byte for byte."""
    unfinished = ours.pending_uploads.get(recorded.id)
    if unfinished is not None:
        return unfinished
    with store.read() as connection:
        made_of = journal_workouts.material(connection, task.athlete, recorded)
    file = journal_workouts.file(recorded, made_of)
    upload = PendingUpload(
        workout=recorded.id, sha256=hashlib.sha256(file).digest(), content=made_of.hash,
        blocks=ours.touched[recorded.id], file=file, name=sports.sport(recorded.workout.activity).words,
    )  # fmt: skip
    with store.write() as connection:
        ledger.put_pending_upload(connection, task.athlete, run, upload)
    return upload


def _send(service: Service, upload: PendingUpload, recorded: RecordedWorkout) -> str | None:
    answer = service.ask(protocol.upload(
        upload.file, f"{upload.workout}.fit", name=upload.name, external_id=upload.workout,
        device_name=_DEVICE_WORDS[recorded.source.device],
    ))  # fmt: skip
    return answer.ids[0] if answer.ids else None


def _forget(store: Store, task: Task, workout: str) -> None:
    with store.write() as connection:
        ledger.clear_pending_upload(connection, task.athlete, workout)


def _confirm(
    store: Store, service: Service, task: Task, run: int, batch: _Batch, ours: Ours, outage: Outage, outcome: Outcome
) -> None:
    """Looks at the list once: what is there is linked; what is not stays stored, to be repeated.

    Where nothing can be read, what was sent is looked up by the next run. Raises what ends the whole run.
    """
    if not batch.sent:
        return
    days = [local_day(ours.recorded_workouts[workout].workout.start, task.zone) for workout in batch.sent]
    try:
        listed = service.ask(protocol.activities(min(days) - _ONE_DAY, max(days) + _ONE_DAY))
    except CompanionError as problem:
        outcome.failed.extend(
            Failed.of(workout, WORKOUT_FIELD, batch.problems.get(workout, problem)) for workout in batch.sent
        )
        if not isinstance(problem, ServiceError):
            raise
        outage.unanswered(len(batch.sent) - len(batch.problems))
        outage.read_failed(problem)
        return
    outage.answered()
    present = {activity.id for activity in listed}
    by_external_id = {activity.external_id: activity.id for activity in listed if activity.external_id}
    with store.read() as connection:
        stored = ledger.pending_uploads(connection, task.athlete)
    sent: list[Sent] = []
    failed: list[Failed] = []
    with store.write() as connection:
        for workout, answered in batch.sent.items():
            activity = answered if answered in present else by_external_id.get(workout)
            if activity is None:
                why = batch.problems.get(workout, _NOT_LISTED)
                failed.append(Failed.of(workout, WORKOUT_FIELD, why))
                continue
            upload = stored[workout]
            sent_now = Sent(workout, WORKOUT_FIELD, activity, None, "listed")
            link = StoredLink(activity, "uploaded", upload.content, upload.blocks)
            ledger.put_link(connection, task.athlete, run, workout, link)
            ledger.put_receipts(connection, task.athlete, run, [sent_now.stored])
            ledger.clear_pending_upload(connection, task.athlete, workout)
            sent.append(sent_now)
    outcome.sent.extend(sent)  # only what is written down
    outcome.failed.extend(failed)


_NOT_LISTED = CompanionError(
    "Intervals.icu took the file, but the activity is not in the list yet.",
    "The next sync looks again before it sends the same file again.",
)
