"""When a request is sent again, and after which pause. Sleep and randomness are handed in."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, stop_after_attempt

from intervals_companion.domain.errors import ServiceTooSlow, ServiceUnreachable
from intervals_companion.intervals.limits import retry_after
from intervals_companion.intervals.wire import Response

TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds a command sleeps at most when the service asks it to wait; a longer wait is reported instead."""
_FIRST_PAUSE = 0.5


def patience(
    *, writes: bool, sleep: Callable[[float], None], random: Callable[[], float], tries: int = TRIES
) -> Retrying:
    """Tries a function that returns a Response up to `tries` times; then its last answer or error stands.

    A 429 was not executed, so anything may be sent again after it. Without an answer, or after a 5xx, a write may
    have taken effect: only reading is tried again. `random` gives numbers in [0, 1).
    """
    return Retrying(
        sleep=sleep,
        stop=stop_after_attempt(tries),
        wait=lambda state: _pause(state, random()),
        retry=lambda state: _worth_another_try(state, writes=writes),
        retry_error_callback=_last_outcome,
    )


def _worth_another_try(state: RetryCallState, *, writes: bool) -> bool:
    assert state.outcome is not None
    if state.outcome.failed:
        problem = state.outcome.exception()
        return not writes and isinstance(problem, ServiceUnreachable) and not isinstance(problem, ServiceTooSlow)
    answer: Response = state.outcome.result()
    if (retry_after(answer) or 0) > LONGEST_WAIT:
        return False
    return answer.status == 429 or (answer.status >= 500 and not writes)


def _pause(state: RetryCallState, share: float) -> float:
    """The wait the service asks for, else 0.5, 1, 2 s, each cut by half of `share` (0 to 1)."""
    assert state.outcome is not None
    asked = None if state.outcome.failed else retry_after(state.outcome.result())
    return _FIRST_PAUSE * 2 ** (state.attempt_number - 1) * (1 - share / 2) if asked is None else asked


def _last_outcome(state: RetryCallState) -> Response:
    assert state.outcome is not None
    answer: Response = state.outcome.result()
    return answer
