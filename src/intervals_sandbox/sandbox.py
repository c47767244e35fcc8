"""One running sandbox: its state, its clock, and what is counted and ordered around it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from threading import RLock

from intervals_sandbox.faults import Faults
from intervals_sandbox.limits import Limiter, Limits
from intervals_sandbox.log import RequestLog
from intervals_sandbox.state import Activity, Athlete, State
from intervals_sandbox.switches import Switches
from intervals_sandbox.times import Clock
from intervals_sandbox.webhooks import Webhooks

Sleep = Callable[[float], Awaitable[object]]
"""Waits so many seconds without keeping others waiting."""
LONGEST = 60.0
"""Seconds an answer may be made to take."""


class Sandbox:
    """Reachable as `app.state.sandbox`. Whoever touches `state` from another thread holds `lock`."""

    def __init__(
        self,
        state: State,
        clock: Clock,
        limits: Limits,
        switches: Switches,
        webhooks: Webhooks | None = None,
        latency: float = 0.0,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.state = state
        self.clock = clock
        self.limits = limits
        self.switches = switches
        self.limiter = Limiter(limits)
        self.log = RequestLog()
        self.faults = Faults()
        self.webhooks = webhooks or Webhooks()
        self.lock = RLock()
        self.latency = checked_latency(latency)
        """Seconds that every answer of the API takes."""
        self.sleep = sleep

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Around every request: one at a time, and whoever wants to hear of a change is told afterwards."""
        with self.lock, self.webhooks.watching(self.state, self.now):
            yield
        self.webhooks.deliver()

    def now(self) -> datetime:
        return self.clock()

    def today(self, athlete: Athlete) -> date:
        """Today where the athlete lives."""
        return self.now().astimezone(athlete.zone).date()

    @property
    def you(self) -> Athlete:
        return self.state.athletes[self.state.you]

    def load_changed(self, athlete_id: str) -> None:
        """Fitness numbers are computed again when they are read next."""
        self.state.athletes[athlete_id].fitness = None

    def remove(self, activity: Activity) -> None:
        activity.deleted = True
        self.load_changed(activity.athlete_id)

    def info(self, base: str) -> dict[str, object]:
        """What a program needs to know to use this sandbox: the line of `--json`."""
        app = next(iter(self.state.apps.values()))
        athletes = [
            {"id": athlete.id, "name": athlete.name, "api_key": athlete.api_key, "you": athlete.id == self.state.you}
            for athlete in self.state.athletes.values()
        ]
        return {
            "base": base,
            "client_id": app.client_id,
            "client_secret": app.secret,
            "redirects": list(app.redirects),
            "athletes": athletes,
        }


def checked_latency(seconds: object) -> float:
    """Raises ValueError."""
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= LONGEST:
        raise ValueError(f"Seconds must be a number from 0 to {LONGEST:.0f}")
    return float(seconds)
