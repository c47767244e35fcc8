"""A run: look at both sides, plan, do, confirm, record. Only one for an athlete at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any

from attrs import evolve
from sqlalchemy import Connection

from intervals_companion.domain import catalogue
from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.days import bounds, each_day, local_day
from intervals_companion.domain.errors import Busy, CompanionError, SuspiciousPlan
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.domain.wellness import Base, Origin, Value
from intervals_companion.health.port import HealthStore, Share
from intervals_companion.health.requested_types import to_share
from intervals_companion.intervals import protocol
from intervals_companion.store import ledger, runs
from intervals_companion.store.database import Store
from intervals_companion.store.ledger import Field, HeldItem, PendingUpload, StoredLink
from intervals_companion.sync import late_receipts, run_summary, snapshot
from intervals_companion.sync.actions import (
    Action,
    Agree,
    DeleteLink,
    Held,
    Link,
    Reason,
    Send,
    Upload,
    WriteValue,
    WriteWorkout,
)
from intervals_companion.sync.outage import Outage
from intervals_companion.sync.plan import Wellness, is_off, moves_days, plan_values, replaces_too_much
from intervals_companion.sync.plan_workouts import Workouts, plan_workouts
from intervals_companion.sync.run_summary import RunSummary
from intervals_companion.sync.sending import send_values
from intervals_companion.sync.snapshot import Ours, Theirs
from intervals_companion.sync.task import Item, Outcome, Sent, Service, Stopped, Task, text
from intervals_companion.sync.uploading import upload_workouts
from intervals_companion.sync.writing import would_write, write_to_health


def run(store: Store, service: Service, task: Task, now: Callable[[], int], progress: Progress) -> Outcome:
    """One sync. The days have to be fresh (`journal.days.refresh`). `now` gives ms.

    What ends it early is in the outcome, beside all that was done before.
    Raises Busy when another run for this athlete is under way; nothing has been done then.
    """
    outcome = Outcome()
    state = "stopped"
    started = now()
    with alone(store, task.athlete):
        try:
            _run(store, service, task, now, progress, outcome)
            state = "done"
        except CompanionError as problem:
            outcome.error = problem
        except (KeyboardInterrupt, SystemExit):  # a signal of somebody who wants it to end
            outcome.error = Stopped()
            raise
        except Exception:
            outcome.error = CompanionError(*_MISTAKE)
            raise
        finally:
            if not task.dry_run and (outcome.run is not None or outcome.error is not None):
                _finish(store, service, task, outcome, started, now(), state)
    outcome.check()
    return outcome


_MISTAKE = ("This program made a mistake.", "Start it again; if it stays, report it. What was done stays.")


def _finish(store: Store, service: Service, task: Task, outcome: Outcome, started: int, now: int, state: str) -> None:
    """Closes the run, with its summary. One that ended before it could begin is recorded all the same."""
    with store.write() as connection:
        if outcome.run is None:
            outcome.run = _open_run(connection, task, started)
        failures = [runs.Failure(one.item, one.field, one.cause, one.cure) for one in outcome.failed]
        runs.put_failures(connection, task.athlete, outcome.run, failures)
        summary = run_summary.summary(task, outcome, service.requests).as_json()
        ledger.finish_run(connection, task.athlete, outcome.run, now, state, summary)


def _open_run(connection: Connection, task: Task, now: int) -> int:
    """A new run. Those that are still open here were cut off, because there is only one at a time: they are closed."""
    athlete = task.athlete
    for number, planned in runs.still_open(connection, athlete).items():
        summary = cut_off(connection, athlete, number, planned).as_json()
        ledger.finish_run(connection, athlete, number, None, "stopped", summary)
    return ledger.begin_run(connection, athlete, now)


def cut_off(connection: Connection, athlete: int, number: int, planned: Mapping[str, Any]) -> RunSummary:
    """What came of a run that is not finished and not under way either."""
    receipts = runs.every_receipt(connection, athlete, number)
    return run_summary.cut_off(RunSummary.from_json(planned), receipts)


_MOMENT_SECONDS = 0.5
"""How long somebody who only looks whether a run is under way may be in the way of one."""


def alone(store: Store, athlete: int, patience: float = _MOMENT_SECONDS) -> AbstractContextManager[None]:
    """Raises Busy when entered while another sync is under way."""
    busy = Busy("Another sync is under way.", "Wait until it has finished, then run this again.")
    return store.held(f"sync-{athlete}", busy, patience)


def is_under_way(store: Store, athlete: int) -> bool:
    """Whether a run of this athlete is alive, in whichever process."""
    try:
        with alone(store, athlete, patience=0):
            return False
    except Busy:
        return True


def _run(
    store: Store, service: Service, task: Task, now: Callable[[], int], progress: Progress, outcome: Outcome
) -> None:
    task = evolve(task, policy=evolve(task.policy, into_health=_accepted(task.health)))
    progress(Stage.READ_INTERVALS, 0, 1)
    theirs = snapshot.read_theirs(service, task)
    ours = snapshot.read_ours(store, task)
    progress(Stage.READ_INTERVALS, 1, 1)
    outdated, unchanged = snapshot.outdated(store, task, ours)
    late = snapshot.arrived_late(ours, theirs.wellness or {})
    base = {**ours.base, **{field: Base(value, Origin.SENT) for field, value in late.items()}}
    actions = [*_plan_values(task, ours, theirs, base), *_plan_workouts(task, ours, theirs, outdated, now())]
    suspicion = None if task.confirmed else _suspicion(task, actions, base)
    if suspicion is not None and not task.dry_run:
        raise suspicion
    outcome.warning = suspicion
    outcome.planned = tuple(_item(action) for action in actions if not isinstance(action, Agree))
    outcome.held = [action for action in actions if isinstance(action, Held)]
    outcome.held += [Held(one.workout, WORKOUT_FIELD, Reason.DELETED) for one in actions if isinstance(one, DeleteLink)]
    sends = [action for action in actions if isinstance(action, Send)]
    uploads = [action.workout for action in actions if isinstance(action, Upload)]
    writes = [action for action in actions if isinstance(action, WriteValue | WriteWorkout)]
    outcome.agreed = _agreed(task, ours, actions)
    progress(Stage.DECIDE, len(sends) + len(uploads), len(sends) + len(uploads) + len(outcome.held))
    if task.dry_run:
        outcome.linked = [action for action in actions if isinstance(action, Link)]
        outcome.sent = [*map(_would_send, sends), *map(_would_upload, uploads)]
        outcome.written = would_write(writes, "would be written")
        return
    outcome.run = _begin(store, service, task, actions, ours, late, unchanged, outcome, now())
    progress(Stage.SEND_DAYS, 0, len({send.day for send in sends}))
    progress(Stage.UPLOAD_WORKOUTS, 0, len(uploads))
    outage = Outage()
    try:
        if writes and task.health is not None:
            activities = {one.id: one for one in theirs.activities or ()}
            write_to_health(store, task.health, task, outcome.run, writes, activities, now(), outcome, progress)
        send_values(store, service, task, outcome.run, sends, outage, outcome, progress)
        upload_workouts(store, service, task, outcome.run, uploads, ours, outage, outcome, progress)
        _read_what_uploads_made(service, task, ours, theirs, outcome)
        if outage.silence is not None:
            raise outage.silence
    finally:
        with store.write() as connection:
            _put_held(connection, task, outcome.run, outcome)


def _item(action: Send | Upload | Link | WriteValue | WriteWorkout | DeleteLink | Held) -> Item:
    """What its fate will be told of."""
    match action:
        case Send() | WriteValue():
            return action.day.isoformat(), action.field
        case Upload() | Link() | DeleteLink():
            return action.workout, WORKOUT_FIELD
        case WriteWorkout():
            return action.activity, WORKOUT_FIELD
        case Held():
            return action.item, action.field


def _put_held(connection: Connection, task: Task, run: int, outcome: Outcome) -> None:
    held = [_stored_held(one) for one in outcome.held]
    ledger.replace_held(connection, task.athlete, run, held, task.first, task.last)


def _read_what_uploads_made(service: Service, task: Task, ours: Ours, theirs: Theirs, outcome: Outcome) -> None:
    """Fitness and fatigue change with every upload, from its day on: what was read before is read once more."""
    uploaded = [ours.recorded_workouts[one.item] for one in outcome.sent if one.item in ours.recorded_workouts]
    if not uploaded or theirs.wellness is None:
        return
    oldest = min(local_day(recorded.workout.start, task.zone) for recorded in uploaded)
    with suppress(CompanionError):  # everything has arrived; the next run reads these days anyway
        service.ask(protocol.wellness(oldest, task.last))


def _suspicion(task: Task, actions: list[Action], base: Mapping[Field, Base]) -> SuspiciousPlan | None:
    why = moves_days(actions, base, task.sent_zone, task.zone.key) or replaces_too_much(actions, base)
    if why is None:
        return None
    return SuspiciousPlan(
        why,
        "Nothing is sent until you say that it is right.",
        terminal_cure="Nothing is sent. Look with: companion sync --dry-run. If it is right: companion sync --confirm.",
    )


def _accepted(health: HealthStore | None) -> frozenset[str] | None:
    """The Health types that may be written; None where there is no way into Health."""
    if health is None:
        return None
    return frozenset(kind for kind in to_share() if health.share_status(kind) is Share.AUTHORIZED)


def _plan_values(task: Task, ours: Ours, theirs: Theirs, base: Mapping[Field, Base]) -> list[Action]:
    metrics = catalogue.metrics()
    policy = evolve(task.policy, defined=theirs.defined)
    days = list(each_day(task.first, task.last))
    if theirs.wellness is not None:
        sides = Wellness(ours.values, theirs.wellness, base, ours.in_doubt, ours.taken_back)
        return list(plan_values(days, metrics, sides, policy))
    # Nobody can compare with what cannot be read: whatever is not known to be agreed waits.
    rows = {metric.field: metric for metric in metrics if not is_off(metric, policy)}
    open_values = {field: value for field, value in ours.values.items() if field[1] in rows}
    return [
        Held(day.isoformat(), name, Reason.NO_PERMISSION, value)
        for (day, name), value in open_values.items()
        if (known := base.get((day, name))) is None or not rows[name].same(known.value, value)
    ]


def _agreed(task: Task, ours: Ours, actions: list[Action]) -> int:
    """How many of Health's values stand at Intervals.icu already: those that the plan has nothing to do about."""
    travelling = {metric.field for metric in catalogue.metrics() if not is_off(metric, task.policy)}
    planned = {
        (one.day.isoformat(), one.field) if isinstance(one, Send) else (one.item, one.field)
        for one in actions
        if isinstance(one, Send | Held)
    }
    return sum(1 for day, name in ours.values if name in travelling and (day.isoformat(), name) not in planned)


def _plan_workouts(task: Task, ours: Ours, theirs: Theirs, outdated: frozenset[str], now: int) -> list[Action]:
    links = {workout: link.activity for workout, link in ours.links.items()}
    if theirs.activities is None:
        return [
            Held(workout, WORKOUT_FIELD, Reason.NO_PERMISSION)
            for workout in ours.recorded_workouts
            if workout not in links
        ]
    known = bounds(task.first, task.zone)[0], bounds(task.last, task.zone)[1]
    sides = Workouts(
        snapshot.candidates(ours, task), theirs.activities, links, ours.tombstoned, outdated, ours.written, known,
        theirs.activities.odd,
    )  # fmt: skip
    return list(plan_workouts(sides, task.policy, now))


def _begin(
    store: Store,
    service: Service,
    task: Task,
    actions: list[Action],
    ours: Ours,
    late: Mapping[Field, Value],
    unchanged: Mapping[str, StoredLink],
    outcome: Outcome,
    now: int,
) -> int:
    """Opens the run and records, in one transaction, everything the plan found out without sending anything.

    Its summary says already what is planned, for the next run to tell of it if this one is cut off.
    """
    athlete = task.athlete
    uploaded = {one: upload for one in actions if isinstance(one, Link) and (upload := _uploaded_before(one, ours))}
    with store.write() as connection:
        files = [(upload, link.activity) for link, upload in uploaded.items()]
        late_receipts.settle(connection, athlete, ours.sent_by, late, files)
        run_number = _open_run(connection, task, now)
        ledger.take_over(connection, athlete, task.wishes.take_over)
        ledger.keep_theirs(connection, athlete, task.wishes.keep)
        if not ledger.agreed_outside(connection, athlete, task.first, task.last):
            ledger.put_sent_zone(connection, athlete, task.zone.key)
        both = [one for one in actions if isinstance(one, Agree)]
        agreed = {(one.day, one.field): Base(one.value, one.origin) for one in both if one.value is not None}
        ledger.put_bases(connection, athlete, run_number, agreed)
        ledger.forget_bases(connection, athlete, [(one.day, one.field) for one in both if one.value is None])
        ledger.clear_pending_values(
            connection, athlete, (field for field in ours.pending_values if task.first <= field[0] <= task.last)
        )
        for workout, link in unchanged.items():
            ledger.put_link(connection, athlete, run_number, workout, link)
        for action in actions:
            if isinstance(action, DeleteLink):
                ledger.delete_link(connection, athlete, run_number, action.workout)
            elif isinstance(action, Link):
                if action not in uploaded:
                    link = StoredLink(action.activity, action.how)
                    ledger.put_link(connection, athlete, run_number, action.workout, link)
                ledger.clear_pending_upload(connection, athlete, action.workout)
                outcome.linked.append(action)
        _put_held(connection, task, run_number, outcome)
        summary = run_summary.summary(task, outcome, service.requests).as_json()
        ledger.put_account(connection, athlete, run_number, summary)
    return run_number


def _uploaded_before(link: Link, ours: Ours) -> PendingUpload | None:
    """The file that an earlier run sent before it was cut short. Our id proves it; what only fits proves nothing."""
    return ours.pending_uploads.get(link.workout) if link.how == "external_id" else None


def _would_send(send: Send) -> Sent:
    return Sent(send.day.isoformat(), send.field, send.value, send.was, _WOULD, send.why)


def _would_upload(workout: str) -> Sent:
    return Sent(workout, WORKOUT_FIELD, None, None, _WOULD)


_WOULD = "would be sent"


def _stored_held(one: Held) -> HeldItem:
    return HeldItem(one.item, one.field, one.reason, text(one.ours), text(one.theirs))
