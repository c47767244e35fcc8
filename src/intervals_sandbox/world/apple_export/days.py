"""The plan of a day: when the athlete slept, woke and trained. Every row of the export follows from it.

A day owns the time from going to bed the evening before until going to bed this evening.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from attrs import frozen

from intervals_sandbox.world.life import ZONE, Life, Session, stream

CORE, DEEP, REM, AWAKE = "AsleepCore", "AsleepDeep", "AsleepREM", "Awake"

_HOME = ZoneInfo(ZONE)
_MINUTE = 60


@frozen
class Stage:
    start: int
    end: int
    kind: str

    @property
    def seconds(self) -> int:
        return self.end - self.start


@frozen
class Night:
    """The night that ends on a day. Without stages the watch lay on its charger."""

    start: int
    """In bed."""
    end: int
    """Up again."""
    stages: tuple[Stage, ...]

    @property
    def asleep(self) -> int:
        """Seconds."""
        return sum(stage.seconds for stage in self.stages if stage.kind != AWAKE)


@frozen
class Day:
    seed: int
    date: date
    sessions: tuple[Session, ...]
    weight: float | None
    night: Night
    to_bed: int
    """This evening."""

    def stream(self, topic: str) -> Random:
        return stream(self.seed, topic, self.date)

    def at(self, hour: int, minute: int = 0) -> int:
        """The instant the athlete's clock shows this time."""
        return int(datetime.combine(self.date, time(hour, minute), _HOME).timestamp())

    def training(self, start: int, end: int) -> bool:
        """Whether a workout, or the minute around it, touches this time."""
        return any(
            start < session.end.timestamp() + _MINUTE and end > session.start.timestamp() - _MINUTE
            for session in self.sessions
        )


def plan(life: Life, seed: int, days: int) -> list[Day]:
    """The last `days` days and today, oldest first. Workouts reach back as far as `life` does."""
    return [_day(life, seed, life.today - timedelta(days=back)) for back in range(days, -1, -1)]


def _day(life: Life, seed: int, day: date) -> Day:
    sessions = tuple(session for session in life.sessions if session.start.astimezone(_HOME).date() == day)
    tomorrow = day + timedelta(days=1)
    return Day(seed, day, sessions, life.weights.get(day), _night(seed, day, sessions), _bedtime(seed, tomorrow))


def _bedtime(seed: int, wakes: date) -> int:
    """Going to bed the evening before, later before a free day."""
    late = 40 if wakes.weekday() >= 5 else 0
    minutes = stream(seed, "bedtime", wakes).gauss(22 * 60 + 35 + late, 22)
    clamped = round(min(max(minutes, 21 * 60 + 45), 23 * 60 + 45) * _MINUTE)
    evening = datetime.combine(wakes - timedelta(days=1), time(), _HOME)
    return int((evening + timedelta(seconds=clamped)).timestamp())


def _night(seed: int, wakes: date, sessions: tuple[Session, ...]) -> Night:
    rnd = stream(seed, "night", wakes)
    start = _bedtime(seed, wakes)
    usual = rnd.gauss(7 * 60 + 35, 22) if wakes.weekday() >= 5 else rnd.gauss(6 * 60 + 30, 14)
    up = int((datetime.combine(wakes, time(), _HOME) + timedelta(minutes=min(usual, 8 * 60 + 40))).timestamp())
    if sessions:
        up = min(up, int(sessions[0].start.timestamp()) - 25 * _MINUTE)
    if rnd.random() < 0.05:
        return Night(start, up, ())
    return Night(start, up, _stages(rnd, start + rnd.randrange(8, 24) * _MINUTE, up - rnd.randrange(0, 300)))


def _stages(rnd: Random, onset: int, wakes: int) -> tuple[Stage, ...]:
    """Cycles of about 90 minutes: deep sleep early in the night, REM late, now and then awake between two cycles."""
    stages: list[Stage] = []
    at, cycle = onset, 0
    while at < wakes:
        cycle_plan = (
            (CORE, rnd.uniform(14, 28)),
            (DEEP, rnd.uniform(30, 40) - 12 * cycle),
            (CORE, rnd.uniform(18, 34)),
            (REM, rnd.uniform(9, 16) + min(5 * cycle, 18)),
            (AWAKE, rnd.uniform(1, 7) if rnd.random() < 0.55 else 0),
        )
        for kind, minutes in cycle_plan:
            end = min(at + int(minutes * 2) * 30, wakes)
            if end > at:
                stages.append(Stage(at, end, kind))
                at = end
        cycle += 1
    if stages[-1].kind == AWAKE:
        stages.pop()
    return tuple(stages)
