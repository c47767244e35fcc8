"""Sends day values and makes sure that they arrived: written down before, read back after, then recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from attrs import define, field, frozen

from intervals_companion.domain import catalogue
from intervals_companion.domain.errors import CompanionError, PermissionMissing, ServiceRefused
from intervals_companion.domain.wellness import Base, Origin, Value, WellnessRecord
from intervals_companion.store import ledger
from intervals_companion.store.database import Store
from intervals_companion.store.ledger import Field
from intervals_companion.sync.actions import Held, Reason, Send
from intervals_companion.sync.task import Failed, Outcome, Progress, Sent, Service, Stopped, Task

DAYS_AT_ONCE = 150

_UNKNOWN_FIELD = re.compile(r"Unrecognized wellness field \[([^\]]+)\]")

Days = dict[date, dict[str, Value]]


@define
class _Attempt:
    """What became of the requests, before anything is read back."""

    refused: dict[date, CompanionError] = field(factory=dict)
    unknown_fields: set[str] = field(factory=set)
    stopped: CompanionError | None = None
    """Why the rest was not sent. Whether the last request took effect may be unknown: reading back tells."""


def send_values(
    store: Store, service: Service, task: Task, run: int, sends: Sequence[Send], outcome: Outcome, progress: Progress
) -> None:
    """Sends in bulk, reads back once, and files every value under sent, held or failed."""
    if not sends:
        return
    days: Days = {}
    for send in sends:
        days.setdefault(send.day, {})[send.field] = send.value
    attempt = _Attempt()
    order = sorted(days)
    reached: set[date] = set()
    for start in range(0, len(order), DAYS_AT_ONCE):
        chunk = order[start : start + DAYS_AT_ONCE]
        if attempt.stopped is None and task.should_stop():
            attempt.stopped = Stopped()
        if attempt.stopped is not None:
            break
        with store.write() as connection:
            about = {(day, name): value for day in chunk for name, value in days[day].items()}
            ledger.put_pending_values(connection, task.athlete, run, about)
        _put(service, {day: days[day] for day in chunk}, attempt)
        reached.update(chunk)
        progress("Sending days", start + len(chunk), len(order))
    if isinstance(attempt.stopped, Stopped):
        outcome.left += sum(1 for send in sends if send.day not in reached)
        sends = [send for send in sends if send.day in reached]
        if not sends:
            raise attempt.stopped
    try:
        stands = {record.day: record for record in service.wellness(order[0], order[-1])}
    except CompanionError as problem:
        outcome.failed.extend(Failed.of(send.day.isoformat(), send.field, problem) for send in sends)
        raise
    verdicts = [_judge(send, attempt, stands.get(send.day)) for send in sends]
    _record(store, task, run, verdicts, outcome)
    if attempt.stopped is not None and not isinstance(attempt.stopped, PermissionMissing):
        raise attempt.stopped


def _put(service: Service, days: Days, attempt: _Attempt) -> None:
    """One request; where the service refuses it, smaller ones, until only what it cannot take is left out."""
    if attempt.stopped is not None:
        return
    sendable = {
        day: {name: value for name, value in fields.items() if name not in attempt.unknown_fields}
        for day, fields in days.items()
    }
    sendable = {day: fields for day, fields in sendable.items() if fields}
    if not sendable:
        return
    try:
        service.put_wellness(sendable)
    except ServiceRefused as refusal:
        unknown = _UNKNOWN_FIELD.search(refusal.sentence)
        if unknown and any(unknown[1] in fields for fields in sendable.values()):
            attempt.unknown_fields.add(unknown[1])
            _put(service, sendable, attempt)
        elif len(sendable) == 1:
            attempt.refused[next(iter(sendable))] = refusal
        else:
            for half in _halves(sendable):
                _put(service, half, attempt)
    except CompanionError as problem:
        attempt.stopped = problem


def _halves(days: Days) -> Iterator[Days]:
    order = sorted(days)
    middle = len(order) // 2
    for part in (order[:middle], order[middle:]):
        yield {day: days[day] for day in part}


@frozen
class _Verdict:
    send: Send
    arrived: bool
    reason: Reason | None = None
    problem: CompanionError | None = None


def _judge(send: Send, attempt: _Attempt, record: WellnessRecord | None) -> _Verdict:
    """What is stored there decides, not what the requests said. What the settings lend a day proves nothing."""
    found = None if record is None else record.stored(send.field)
    if catalogue.metric(send.field).same(found, send.value):
        return _Verdict(send, arrived=True)
    if send.field in attempt.unknown_fields:
        return _Verdict(send, arrived=False, reason=Reason.NO_CUSTOM_FIELD)
    if isinstance(attempt.stopped, PermissionMissing):
        return _Verdict(send, arrived=False, reason=Reason.NO_PERMISSION)
    if record is not None and record.locked:
        return _Verdict(send, arrived=False, reason=Reason.LOCKED)
    problem = attempt.refused.get(send.day) or attempt.stopped or _NOT_THERE
    return _Verdict(send, arrived=False, problem=problem)


_NOT_THERE = CompanionError(
    "Intervals.icu took the day without an error, but the value is not there.",
    "The next sync sends it again. If it stays away, check whether the day is locked at Intervals.icu.",
)


def _record(store: Store, task: Task, run: int, verdicts: Sequence[_Verdict], outcome: Outcome) -> None:
    agreed: dict[Field, Base] = {}
    sent: list[Sent] = []
    for verdict in verdicts:
        send = verdict.send
        day = send.day.isoformat()
        if verdict.arrived:
            agreed[send.day, send.field] = Base(send.value, Origin.SENT)
            sent.append(Sent(day, send.field, send.value, send.was, "read back"))
        elif verdict.reason is not None:
            outcome.held.append(Held(day, send.field, verdict.reason, send.value, send.was))
        elif verdict.problem is not None:
            outcome.failed.append(Failed.of(day, send.field, verdict.problem))
    with store.write() as connection:
        ledger.put_bases(connection, task.athlete, run, agreed)
        ledger.put_receipts(connection, task.athlete, run, [one.stored for one in sent])
        ledger.clear_pending_values(connection, task.athlete, _certain(verdicts))
    outcome.sent.extend(sent)


def _certain(verdicts: Sequence[_Verdict]) -> Iterator[Field]:
    """Those whose fate is known. A request without an answer may still arrive: it stays written down."""
    for verdict in verdicts:
        if verdict.problem is None or not verdict.problem.effect_unknown:
            yield verdict.send.day, verdict.send.field
