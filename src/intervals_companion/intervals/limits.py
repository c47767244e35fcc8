"""Staying inside the service's limits: our own pace, its quota headers, and the wait it asks for.

Limits: 10 requests a second per address with a short burst; a quota per 15 minutes and per day, told in
`X-RateLimit-Limit` and `X-RateLimit-Remaining` as `<15 min>,<day>`; 429 comes with `Retry-After` in seconds.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping

from attrs import define, field, frozen

from intervals_companion.intervals.wire import Response

RATE = 10.0
"""Requests a second."""
BURST = 5
"""Requests that may go out at once after a pause."""
KEPT_BACK = 10
"""Requests of the quota that no write uses up."""


_AT_ONCE = 1e-4
"""Seconds that are no wait: clocks and sleeps are not finer."""


@define
class TokenBucket:
    """In any span of `t` seconds at most `BURST + RATE * t` requests are let through, whoever shares it."""

    clock: Callable[[], float]
    """Seconds that only grow."""
    sleep: Callable[[float], None]
    _due: float = field(init=False, default=float("-inf"))
    """When the next request would be due if all came evenly spaced."""
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def take(self, *, low_priority: bool = False) -> None:
        """Waits until one more request may go out.

        `low_priority`: takes no place in the line, but asks anew after each wait, so that whoever came meanwhile goes
        first.
        """
        wait = self._wait(in_line=not low_priority)
        while wait > _AT_ONCE:
            self.sleep(wait)
            wait = self._wait(in_line=False) if low_priority else 0.0

    def _wait(self, *, in_line: bool) -> float:
        """Seconds until the next place. It is taken where it is free, or stood in line for."""
        with self._lock:
            now = self.clock()
            wait = self._due - (BURST - 1) / RATE - now
            if in_line or wait <= _AT_ONCE:
                self._due = max(self._due, now) + 1 / RATE
            return wait


@frozen
class Quota:
    """What the service last said is allowed and left, per 15 minutes and per day (from 00:00 UTC)."""

    limit_15min: int
    limit_day: int
    remaining_15min: int
    remaining_day: int

    def allows(self, *, writes: bool) -> bool:
        """Whether one more request should go: the last few are kept back for reading what became of the writes."""
        return min(self.remaining_15min, self.remaining_day) > (KEPT_BACK if writes else 0)


_PAIR = re.compile(r"\s*(\d{1,9})\s*,\s*(\d{1,9})\s*", re.ASCII)
_SECONDS = re.compile(r"\s*(\d{1,9})\s*", re.ASCII)


def quota(headers: Mapping[str, str]) -> Quota | None:
    """The quota headers; None where they are absent, as on the limit per second, or unreadable."""
    limit = _PAIR.fullmatch(headers.get("x-ratelimit-limit", ""))
    left = _PAIR.fullmatch(headers.get("x-ratelimit-remaining", ""))
    return Quota(int(limit[1]), int(limit[2]), int(left[1]), int(left[2])) if limit and left else None


def retry_after(response: Response) -> float | None:
    """Seconds the service asks to wait; None where it does not say."""
    found = _SECONDS.fullmatch(response.headers.get("retry-after", ""))
    return float(found[1]) if found else None
