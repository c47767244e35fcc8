"""What travels, decided purely: ours, theirs, what both last agreed on, and the policy, to a list of actions.

No I/O, no clock, no memory. The table of `decide_value` is the one in docs/sync-rules.md, row for row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import assert_never

from attrs import frozen

from intervals_companion.domain import catalogue
from intervals_companion.domain.catalogue import Direction, Metric
from intervals_companion.domain.wellness import Base, Origin, Value, WellnessRecord
from intervals_companion.sync.actions import Action, Agree, Held, Reason, Send, Why, WriteValue
from intervals_companion.sync.policy import Owner, Policy

Field = tuple[date, str]


@frozen
class Wellness:
    """Both sides of a range of days, and their common past."""

    ours: Mapping[Field, Value]
    theirs: Mapping[date, WellnessRecord]
    base: Mapping[Field, Base]
    in_doubt: Collection[Field] = ()
    """What an import that waits for an answer would change."""
    taken_back: Collection[Field] = ()
    """Where Health deleted or replaced samples."""


def plan_values(days: list[date], metrics: tuple[Metric, ...], sides: Wellness, policy: Policy) -> Iterator[Action]:
    """The actions for every day and field, days and fields in the order given."""
    for day in days:
        record = sides.theirs.get(day) or WellnessRecord(day=day)
        for metric in metrics:
            if is_off(metric, policy):
                continue
            key = (day, metric.field)
            theirs, base = record.stored(metric.field), sides.base.get(key)
            action = decide_value(
                metric, day, sides.ours.get(key), theirs, base, record.locked, policy,
                in_doubt=key in sides.in_doubt, taken_back=key in sides.taken_back,
            )  # fmt: skip
            if action is not None:
                yield action


def is_off(metric: Metric, policy: Policy) -> bool:
    if metric.direction is Direction.OFF:
        return metric.field not in policy.fields_on
    return metric.field in policy.fields_off


def decide_value(
    metric: Metric,
    day: date,
    ours: Value | None,
    theirs: Value | None,
    base: Base | None,
    locked: bool,
    policy: Policy,
    *,
    in_doubt: bool = False,
    taken_back: bool = False,
) -> Action | None:
    """One day, one field: the first row that fits. `theirs` is absent for a value carried in from the settings.

    `in_doubt`: an import that waits for an answer would change it; `taken_back`: Health deleted or replaced samples.
    """
    agreed = None if base is None else base.value

    def held(reason: Reason) -> Held:
        return Held(day.isoformat(), metric.field, reason, ours, theirs, agreed)

    def into_health() -> Action | None:
        """Theirs goes into Health where the field goes both ways; where it cannot, that is said."""
        if not _two_way(metric):
            return None
        if policy.into_health is None:
            return held(Reason.HEALTH_IS_NOT_WRITTEN)
        if metric.types[0] not in policy.into_health:
            return held(Reason.WRITE_IS_OFF)
        assert theirs is not None
        if not metric.can_be(theirs):
            return held(Reason.CANNOT_BE)
        return WriteValue(day, metric.field, theirs, ours)

    def send(why: Why | None = None) -> Action:
        if metric.custom and policy.defined is None:
            return held(Reason.CUSTOM_FIELDS_UNSEEN)
        if metric.custom and metric.field not in (policy.defined or ()):
            return held(Reason.NO_CUSTOM_FIELD)
        if not policy.may_send_values:
            return held(Reason.NO_PERMISSION)
        return Send(day, metric.field, ours, theirs, why)

    def ask(otherwise: Reason) -> Action:
        match policy.owner(metric.field, day):
            case Owner.HEALTH:
                return send()
            case Owner.INTERVALS:
                return held(Reason.THEIRS)
            case Owner.ASK:
                return held(otherwise)
            case unknown:
                assert_never(unknown)

    if ours is None:
        if taken_back and not in_doubt and base is not None and base.origin is Origin.SENT:
            if theirs is None:
                return Agree(day, metric.field, None, Origin.SENT)
            if metric.same(theirs, agreed) and not isinstance(theirs, str):  # nothing is known that empties a word
                return held(Reason.LOCKED) if locked else send(Why.DELETED)
        if theirs is None or metric.same(theirs, agreed):
            return None
        if base is None or base.origin is Origin.TO_HEALTH:
            return into_health()
        return held(Reason.EDITED)
    if metric.same(ours, theirs):
        origin = base.origin if base is not None and metric.same(ours, agreed) else Origin.FOUND
        return None if base == Base(ours, origin) else Agree(day, metric.field, ours, origin)
    if locked:
        return held(Reason.LOCKED)
    if in_doubt:
        return held(Reason.WAITS)
    if theirs is None:
        return held(Reason.CLEARED) if metric.same(ours, agreed) else send()
    if base is None:
        return ask(Reason.ALREADY_THERE)
    if metric.same(theirs, agreed):
        if base.origin is not Origin.SENT:
            return ask(Reason.NOT_OURS)
        return send(Why.CORRECTED if taken_back else None)
    if metric.same(ours, agreed):
        return into_health() or held(Reason.EDITED)
    return ask(Reason.CONFLICT)


def _two_way(metric: Metric) -> bool:
    return metric.direction is Direction.BOTH and metric.writable


@frozen
class Written:
    """A value that we put into Health, and what Health itself said then."""

    value: Value
    instead: Value | None


def with_own_writes(
    ours: Mapping[Field, Value], base: Mapping[Field, Base], writes: Mapping[Field, Written]
) -> dict[Field, Value]:
    """What Health says, our own writes counted: they are never read back, so a value that stood there when ours was
    written, and is still the same, has been replaced by it.
    """
    found = dict(ours)
    for (day, name), written in writes.items():
        metric, agreed = catalogue.metric(name), base.get((day, name))
        replaced = written.instead is not None and metric.same(ours.get((day, name)), written.instead)
        if replaced and agreed == Base(written.value, Origin.TO_HEALTH):
            found[day, name] = written.value
    return found


MOST_REPLACED = 60
MOST_REPLACED_SHARE = 0.5


def replaces_too_much(actions: Sequence[Action], agreed: Collection[Field]) -> str | None:
    """Why a plan should stop and ask, in words, or None.

    A plan that replaces more than `MOST_REPLACED` values and more than half of all that was ever agreed is likelier a
    wrong zone or a damaged archive than news. What was never agreed on is replaced only where a person said so.
    """
    replaced = _replaced(actions, agreed)
    if replaced > MOST_REPLACED and replaced > MOST_REPLACED_SHARE * len(agreed):
        return f"{replaced} of the {len(agreed)} values that both sides had agreed on would be replaced."
    return None


def moves_days(actions: Sequence[Action], agreed: Collection[Field], before: str | None, now: str) -> str | None:
    """Why a plan made in another zone than what was sent before should stop and ask, in words, or None."""
    replaced = _replaced(actions, agreed)
    if before in (None, now) or not replaced:
        return None
    values = "1 value" if replaced == 1 else f"{replaced} values"
    return f"Days are days in {now} now, in {before} when they were sent: {values} at Intervals.icu would be replaced."


def _replaced(actions: Sequence[Action], agreed: Collection[Field]) -> int:
    return sum(
        1
        for action in actions
        if isinstance(action, Send) and action.was is not None and (action.day, action.field) in agreed
    )
