"""What came of a run, in numbers: what stays of it once its items have been counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict, evolve, field, frozen

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.domain.errors import SuspiciousPlan
from intervals_companion.store.ledger import Receipt
from intervals_companion.sync.actions import Reason, Why
from intervals_companion.sync.task import RECEIPTS, SAVED, Asked, CutOff, Outcome, Task

BLOCKED = Reason.NO_PERMISSION.value
CONFLICT = Reason.CONFLICT.value
TO_DECIDE = (Reason.ALREADY_THERE.value, CONFLICT, Reason.NOT_OURS.value)
"""Reasons that wait for a person's choice between two values."""


@frozen
class RunSummary:
    """Counts of items. Planned = values + workouts + written + linked + held + failed + left."""

    first: str | None = None
    """ISO day; None where the run could not begin."""
    last: str | None = None
    planned: int = 0
    """0 in runs of before this was counted."""
    values: int = 0
    days: int = 0
    """On which values were sent."""
    workouts: int = 0
    written: int = 0
    """Into Health."""
    linked: int = 0
    corrected: int = 0
    """Of the values: those sent again because Health corrected itself."""
    emptied: int = 0
    """Of the values: those emptied because they were deleted in Health."""
    agreed: int = 0
    """Values that were the same on both sides: nothing was planned about them."""
    held: Mapping[str, int] = field(factory=dict)
    """By reason."""
    failed: int = 0
    left: int = 0
    """Not tried, because the run ended before."""
    reads: int = 0
    writes: int = 0
    error: Mapping[str, Any] | None = None
    """What ended it early: kind, cause, cure, exit_code; no kind in summaries of before it was told."""
    unread: Mapping[str, Any] | None = None
    """Why the phone was not read before it: cause, cure."""

    @property
    def arrived(self) -> int:
        return self.values + self.workouts

    @property
    def reached(self) -> int:
        """What is where it was to go, on either side."""
        return self.arrived + self.written

    @property
    def blocked(self) -> int:
        return self.held.get(BLOCKED, 0)

    @property
    def to_decide(self) -> int:
        return sum(self.held.get(reason, 0) for reason in TO_DECIDE)

    @property
    def is_suspicious(self) -> bool:
        """Whether it stopped before a plan that replaces so much that a person has to agree to it."""
        if self.error is None:
            return False
        kind = self.error.get("kind") or _KIND_BEFORE.get(self.error["exit_code"])
        return bool(kind == SuspiciousPlan.__name__)

    @property
    def was_cut_off(self) -> bool:
        """Whether its process was gone before its end."""
        return self.error is not None and self.error.get("kind") == CutOff.__name__

    @property
    def held_count(self) -> int:
        return sum(self.held.values())

    @property
    def meant(self) -> int:
        """What was to arrive, on either side: what a permission blocks too, what is held on purpose not."""
        return self.reached + self.blocked + self.failed + self.left

    @property
    def done(self) -> int:
        """Items with another fate than `left`."""
        return self.arrived + self.written + self.linked + self.held_count + self.failed

    def as_json(self) -> dict[str, Any]:
        """As `from_json` reads it: these fields, with `reads` and `writes` as `requests`: {read, write}."""
        found = asdict(self)
        return found | {"requests": {"read": found.pop("reads"), "write": found.pop("writes")}}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> RunSummary:
        """What is missing, as in summaries of earlier versions, is as if nothing had been counted."""
        asked = found.get("requests", {})
        known = {name: found[name] for name in _NAMES if name in found}
        return cls(**known, reads=asked.get("read", 0), writes=asked.get("write", 0))


_KIND_BEFORE = {SuspiciousPlan.exit_code: SuspiciousPlan.__name__}
"""By exit code, what ended a run whose summary tells no kind: nothing else ended one with this code."""
_NAMES = (
    "first", "last", "planned", "values", "days", "workouts", "written", "linked", "corrected", "emptied", "agreed",
    "held", "failed", "left", "error", "unread",
)  # fmt: skip


def summary(task: Task, outcome: Outcome, asked: Asked) -> RunSummary:
    """What came of a run so far."""
    return RunSummary(
        first=task.first.isoformat(),
        last=task.last.isoformat(),
        planned=len(outcome.planned),
        values=outcome.values_sent,
        days=len({one.item for one in outcome.sent if one.field != WORKOUT_FIELD}),
        workouts=outcome.workouts_sent,
        written=len(outcome.written),
        linked=len(outcome.linked),
        corrected=sum(1 for one in outcome.sent if one.why is Why.CORRECTED),
        emptied=sum(1 for one in outcome.sent if one.why is Why.DELETED),
        agreed=outcome.agreed,
        held=dict(Counter(one.reason.value for one in outcome.held)),
        failed=len(outcome.failed),
        left=len(outcome.left),
        reads=asked.read,
        writes=asked.write,
        error=None if outcome.error is None else outcome.error.as_json(),
        unread=None if task.unread is None else {"cause": task.unread.cause, "cure": task.unread.cure},
    )


def cut_off(planned: RunSummary, receipts: Sequence[Receipt]) -> RunSummary:
    """Of a run whose process was gone before its end: what it had planned when it began, and its receipts.

    What has no receipt counts as left: the next run looks up whether it arrived.
    """
    return _proven(evolve(planned, error=CutOff().as_json()), receipts)


def arrived_late(ended: RunSummary, receipts: Sequence[Receipt], no_failures: int) -> RunSummary:
    """Of a run that ended before all that it had sent was seen: with all its receipts by now. `no_failures`: how many
    that counted as failed are none.
    """
    return _proven(evolve(ended, failed=ended.failed - no_failures), receipts)


def _proven(known: RunSummary, receipts: Sequence[Receipt]) -> RunSummary:
    into_health = [one for one in receipts if one.receipt == SAVED]
    sent = [one for one in receipts if one.receipt != SAVED]
    values = [one for one in sent if one.field != WORKOUT_FIELD]
    now = evolve(
        known,
        values=len(values),
        days=len({one.item for one in values}),
        workouts=len(sent) - len(values),
        corrected=sum(1 for one in values if one.receipt == RECEIPTS[Why.CORRECTED]),
        emptied=sum(1 for one in values if one.receipt == RECEIPTS[Why.DELETED]),
        written=len(into_health),
    )
    total = max(now.planned, now.done)
    return evolve(now, planned=total, left=total - now.done)
