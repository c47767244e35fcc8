"""What came of a run, in numbers: what stays of it once its items have been counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

from intervals_companion.domain.activity import WORKOUT_FIELD
from intervals_companion.sync.task import Asked, Outcome, Task


def account(task: Task, outcome: Outcome, asked: Asked) -> dict[str, Any]:
    """JSON: first and last day; counts of values, days, workouts, written into Health, linked, agreed, failed and left;
    held by reason; requests by kind; the error that ended it early as cause, cure and exit code, or null; why the phone
    was not read before it as cause and cure, or null.
    """
    error, unread = outcome.error, task.unread
    return {
        "first": task.first.isoformat(),
        "last": task.last.isoformat(),
        "values": outcome.values_sent,
        "days": len({one.item for one in outcome.sent if one.field != WORKOUT_FIELD}),
        "workouts": outcome.workouts_sent,
        "written": len(outcome.written),
        "linked": len(outcome.linked),
        "agreed": outcome.agreed,
        "held": dict(Counter(one.reason.value for one in outcome.held)),
        "failed": len(outcome.failed),
        "left": outcome.left,
        "requests": {"read": asked.read, "write": asked.write},
        "error": error and {"cause": error.cause, "cure": error.cure, "exit_code": error.exit_code},
        "unread": unread and {"cause": unread.cause, "cure": unread.cure},
    }
