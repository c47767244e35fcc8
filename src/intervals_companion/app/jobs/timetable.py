"""When the next sync is due that runs by itself: handed on between the threads of one process."""

from __future__ import annotations

import threading

AFTER_PUSH = 60_000
"""ms from the first push to its sync: a phone sends several requests in a row."""
EVERY = 3_600_000
"""ms between two syncs that run by themselves."""


class Timetable:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: int | None = None
        self.woken = threading.Event()
        """Set when the time has changed, or a job has ended."""

    def take_due(self, now: int) -> bool:
        """Whether a sync is due at `now` (ms). It is for the caller to start; the next one is due an hour later."""
        with self._lock:
            if self._due is None or now < self._due:
                return False
            self._due = now + EVERY
            return True

    def at_the_latest(self, instant: int) -> None:
        with self._lock:
            self._due = instant if self._due is None else min(self._due, instant)
        self.woken.set()

    def seconds_left(self, now: int) -> float:
        with self._lock:
            due = self._due
        return EVERY / 1000 if due is None else max(0.0, (due - now) / 1000)
