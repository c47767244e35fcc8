"""Sends day values and makes sure that they arrived: written down before, read back after, then recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from attrs import define, field, frozen

from intervals_companion.domain import catalogue
from intervals_companion.domain.errors import CompanionError, PermissionMissing, ServiceError, ServiceRefused
from intervals_companion.domain.stages import Progress, Stage
from intervals_companion.domain.wellness import Base, Origin, Value, WellnessRecord
from intervals_companion.intervals import protocol
from intervals_companion.store import ledger
from intervals_companion.store.database import Store
from intervals_companion.store.ledger import Field
from intervals_companion.sync.actions import Held, Reason, Send
from intervals_companion.sync.outage import Outage
from intervals_companion.sync.task import RECEIPTS, Failed, Outcome, Sent, Service, Stopped, Task

DAYS_AT_ONCE = 150

_UNKNOWN_FIELD = re.compile(r"Unrecognized wellness field \[([^\[\]]+)\]")

Days = dict[date, dict[str, Value | None]]
"""None: the field is emptied."""


@define
class _Attempt:
    """What became of the requests, before anything is read back."""

    reached: set[date] = field(factory=set)
    """The days that were sent, whatever became of them."""
    problems: dict[date, CompanionError] = field(factory=dict)
    """Why a day may not have arrived."""
    unknown_fields: set[str] = field(factory=set)
    blocked: PermissionMissing | None = None
    """Why nothing more may be sent at all."""
    stopped: CompanionError | None = None
    """Why the rest was not tried."""


def send_values(
    store: Store, service: Service, task: Task, run: int, sends: Sequence[Send], outage: Outage, outcome: Outcome,
    progress: Progress,
) -> None:  # fmt: skip
    """Sends in bulk, reads back once, and files every value that was tried under sent, held or failed.

    Raises what ends the whole run. A request without an answer does not: the next one goes, and reading back tells.
    """
    if not sends:
        return
    days: Days = {}
    for send in sends:
        days.setdefault(send.day, {})[send.field] = send.value
    attempt = _Attempt()
    order = sorted(days)
    for start in range(0, len(order), DAYS_AT_ONCE):
        chunk = order[start : start + DAYS_AT_ONCE]
        if task.should_stop():
            attempt.stopped = Stopped()
        if attempt.stopped is not None or attempt.blocked is not None:
            break
        with store.write() as connection:
            values = {(day, name): value for day in chunk for name, value in days[day].items() if value is not None}
            ledger.put_pending_values(connection, task.athlete, run, values)
        _put(service, {day: days[day] for day in chunk}, attempt, outage)
        progress(Stage.SEND_DAYS, start + len(chunk), len(order))
    tried = [send for send in sends if send.day in attempt.reached]
    if attempt.blocked is not None:
        _hold(outcome, [send for send in sends if send.day not in attempt.reached])
    if tried:
        _confirm(store, service, task, run, tried, attempt, outage, outcome)
    if attempt.stopped is not None:
        raise attempt.stopped


def _hold(outcome: Outcome, sends: Iterable[Send]) -> None:
    outcome.held.extend(
        Held(send.day.isoformat(), send.field, Reason.NO_PERMISSION, send.value, send.was) for send in sends
    )


def _put(service: Service, days: Days, attempt: _Attempt, outage: Outage) -> None:
    """One request; where the service refuses it, smaller ones, until only what it cannot take is left out."""
    sendable = {
        day: {name: value for name, value in fields.items() if name not in attempt.unknown_fields}
        for day, fields in days.items()
    }
    sendable = {day: fields for day, fields in sendable.items() if fields}
    if attempt.stopped is not None or attempt.blocked is not None:
        return
    attempt.reached.update(days.keys() - sendable.keys())  # only fields in it that the service does not know
    if not sendable or not _is_there(service, min(sendable), attempt, outage):
        return
    attempt.reached.update(sendable)
    try:
        service.ask(protocol.put_wellness(sendable))
        outage.answered()
    except ServiceRefused as refusal:
        outage.answered()
        attempt.reached.difference_update(sendable)  # a smaller request may never be sent
        unknown = _UNKNOWN_FIELD.search(refusal.sentence)
        if unknown and any(unknown[1] in fields for fields in sendable.values()):
            attempt.unknown_fields.add(unknown[1])
            _put(service, sendable, attempt, outage)
        elif len(sendable) == 1:
            attempt.reached.update(sendable)
            attempt.problems[next(iter(sendable))] = refusal
        else:
            for half in _halves(sendable):
                _put(service, half, attempt, outage)
    except PermissionMissing as problem:
        attempt.blocked = problem
        attempt.problems.update(dict.fromkeys(sendable, problem))
    except CompanionError as problem:
        attempt.problems.update(dict.fromkeys(sendable, problem))
        if problem.effect_unknown:
            outage.unanswered(sum(map(len, sendable.values())))
        else:
            attempt.stopped = problem


def _is_there(service: Service, day: date, attempt: _Attempt, outage: Outage) -> bool:
    """Whether a harmless read is answered, where so much in a row was not that the service may be down."""
    if not outage.suspected:
        return True
    try:
        service.ask(protocol.wellness(day, day))
    except CompanionError as problem:
        attempt.stopped = problem
        return False
    outage.answered()
    return True


def _halves(days: Days) -> Iterator[Days]:
    order = sorted(days)
    middle = len(order) // 2
    for part in (order[:middle], order[middle:]):
        yield {day: days[day] for day in part}


def _confirm(
    store: Store, service: Service, task: Task, run: int, tried: Sequence[Send], attempt: _Attempt, outage: Outage,
    outcome: Outcome,
) -> None:  # fmt: skip
    """Reads back and records. Where nothing can be read, what was sent is looked up by the next run."""
    try:
        stands = {
            record.day: record for record in service.ask(protocol.wellness(min(attempt.reached), max(attempt.reached)))
        }
    except CompanionError as problem:
        for verdict in [_judge(send, attempt, None, problem) for send in tried]:
            _file(verdict, outcome)
        if not isinstance(problem, ServiceError):
            raise
        outage.unanswered(sum(1 for send in tried if send.day not in attempt.problems))
        outage.read_failed(problem)
        return
    outage.answered()
    verdicts = [_judge(send, attempt, stands.get(send.day), _NOT_THERE) for send in tried]
    _record(store, task, run, verdicts)
    for verdict in verdicts:
        _file(verdict, outcome)


@frozen
class _Verdict:
    send: Send
    arrived: bool
    reason: Reason | None = None
    problem: CompanionError | None = None


def _judge(send: Send, attempt: _Attempt, record: WellnessRecord | None, otherwise: CompanionError) -> _Verdict:
    """What is stored there decides, not what the requests said. What the settings lend a day proves nothing.

    `otherwise`: why it did not arrive where no request says it.
    """
    found = None if record is None else record.stored(send.field)
    if catalogue.metric(send.field).same(found, send.value):
        return _Verdict(send, arrived=True)
    if send.field in attempt.unknown_fields:
        return _Verdict(send, arrived=False, reason=Reason.NO_CUSTOM_FIELD)
    problem = attempt.problems.get(send.day, otherwise)
    if isinstance(problem, PermissionMissing) and problem is attempt.blocked:
        return _Verdict(send, arrived=False, reason=Reason.NO_PERMISSION)
    if record is not None and record.locked:
        return _Verdict(send, arrived=False, reason=Reason.LOCKED)
    return _Verdict(send, arrived=False, problem=problem)


_NOT_THERE = CompanionError(
    "Intervals.icu took the day without an error, but the value is not there.",
    "The next sync sends it again. If it stays away, check whether the day is locked at Intervals.icu.",
)


def _file(verdict: _Verdict, outcome: Outcome) -> None:
    send, day = verdict.send, verdict.send.day.isoformat()
    if verdict.arrived:
        outcome.sent.append(_sent(send))
    elif verdict.reason is not None:
        outcome.held.append(Held(day, send.field, verdict.reason, send.value, send.was))
    elif verdict.problem is not None:
        outcome.failed.append(Failed.of(day, send.field, verdict.problem))


def _sent(send: Send) -> Sent:
    return Sent(send.day.isoformat(), send.field, send.value, send.was, RECEIPTS[send.why], send.why)


def _record(store: Store, task: Task, run: int, verdicts: Sequence[_Verdict]) -> None:
    arrived = [verdict.send for verdict in verdicts if verdict.arrived]
    agreed = {(send.day, send.field): Base(send.value, Origin.SENT) for send in arrived if send.value is not None}
    emptied = [(send.day, send.field) for send in arrived if send.value is None]
    with store.write() as connection:
        ledger.put_bases(connection, task.athlete, run, agreed)
        ledger.forget_bases(connection, task.athlete, emptied)
        ledger.put_receipts(connection, task.athlete, run, [_sent(send).stored for send in arrived])
        ledger.clear_pending_values(connection, task.athlete, _certain(verdicts))


def _certain(verdicts: Sequence[_Verdict]) -> Iterator[Field]:
    """Those whose fate is known. A request without an answer may still arrive: it stays written down."""
    for verdict in verdicts:
        if verdict.problem is None or not verdict.problem.effect_unknown:
            yield verdict.send.day, verdict.send.field
