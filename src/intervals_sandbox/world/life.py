"""The life of the demo athlete: what they trained and weighed in the last 120 days.

Pure and seeded. Every value depends on the seed and its own calendar day only, so tomorrow's life repeats today's but
for the day that joins and the day that leaves: a second export tells of the same workouts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from math import pi, sin
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

from attrs import field, frozen

ZONE = "Europe/Berlin"
DAYS = 120
SESSIONS = 60

DEVICE, STRAVA = "device", "strava"


@frozen
class Session:
    """One workout as the watch recorded it."""

    start: datetime
    """Aware, UTC, whole seconds."""
    elapsed: int
    """Seconds from start to end, pauses included."""
    moving: int
    """Seconds without pauses."""
    type: str
    """Intervals.icu activity type: Run, Ride, Swim, WeightTraining, Walk."""
    distance: float | None
    """Metres."""
    average_heartrate: int
    max_heartrate: int
    calories: int
    """Active kilocalories."""
    indoor: bool
    """As HealthKit marks it: a pool is not indoors."""
    name: str
    pauses: tuple[tuple[int, int], ...] = ()
    """Offset from the start and length in seconds, in order. A last one that reaches the end was never resumed."""
    ascent: float | None = None
    """Metres climbed; None indoors and in the water."""
    pool_length: int | None = None
    """Metres; `distance` is a whole number of lengths."""
    elsewhere: str = ""
    """Who else tells Intervals.icu of it: DEVICE, STRAVA or nobody."""

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed)


@frozen
class Life:
    today: date
    sessions: tuple[Session, ...]
    """60 workouts of the 120 days before today, oldest first."""
    weights: Mapping[date, float] = field(hash=False)
    """Kilograms the scale wrote to Apple Health that morning; today included, some days missing."""


@frozen
class _Kind:
    type: str
    name: str
    minutes: tuple[int, int]
    speed: tuple[float, float]
    """m/s; both 0 where nothing is covered."""
    heartrate: tuple[int, int]
    """Of the average."""
    burn: float
    """Active kcal a minute."""
    indoor: bool = False
    pause_chance: float = 0.0
    climb: float = 0.0
    """Metres climbed a kilometre, about."""


_STRENGTH = _Kind("WeightTraining", "Strength", (25, 40), (0, 0), (102, 118), 5.2, indoor=True)
_EASY_RUN = _Kind("Run", "Easy run", (28, 40), (2.7, 3.0), (138, 148), 11.0, pause_chance=0.3, climb=5)
_INTERVALS = _Kind("Run", "Intervals", (34, 44), (3.0, 3.3), (150, 160), 12.5, climb=2)
_LONG_RUN = _Kind("Run", "Long run", (50, 65), (2.65, 2.9), (142, 150), 11.2, pause_chance=0.6, climb=6)
_RIDE = _Kind("Ride", "Ride", (36, 52), (6.8, 7.8), (128, 140), 9.6, pause_chance=0.7, climb=7)
_LONG_RIDE = _Kind("Ride", "Long ride", (70, 95), (6.9, 7.7), (124, 136), 9.2, pause_chance=0.9, climb=8)
_TRAINER = _Kind("Ride", "Trainer", (30, 45), (8.0, 9.0), (132, 146), 10.4, indoor=True)
_SWIM = _Kind("Swim", "Pool swim", (30, 42), (0.72, 0.86), (122, 134), 8.3)
_WALK = _Kind("Walk", "Walk", (24, 40), (1.3, 1.5), (92, 104), 4.1, pause_chance=0.2, climb=3)

_WEEKS = (
    (_STRENGTH, _INTERVALS, _SWIM, _EASY_RUN, _TRAINER, _LONG_RIDE, _LONG_RUN),
    (_STRENGTH, _EASY_RUN, _TRAINER, _SWIM, _RIDE, _RIDE, _LONG_RUN),
)
"""Monday to Sunday, in turns."""
_SECOND = _WALK
"""In the evening of a day with two."""

_POOL_LENGTH = 25
_DOUBLE_EVERY = 20
_MORNING = (time(6, 35), time(9, 10))
"""From Monday to Friday, and at weekends."""
_ELSEWHERE = {5: DEVICE, 17: DEVICE, 23: STRAVA, 29: DEVICE, 41: DEVICE, 47: STRAVA, 53: DEVICE}
"""Which of the 60 workouts another road brings to Intervals.icu too."""


def stream(seed: int, *topic: object) -> Random:
    """Randomness of one topic: another topic beside it shifts nothing."""
    return Random(":".join(map(str, (seed, *topic))))  # noqa: S311 - a story, not a secret


def life(seed: int, today: date) -> Life:
    """What the athlete did in the 120 days before `today`. Same seed and same today: same values."""
    plan = _plan(seed)
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    sessions = tuple(session for day in days for session in _sessions(seed, day, plan[day.toordinal() % DAYS]))
    weights = {day: weight for day in (*days, today) if (weight := _weight(seed, day)) is not None}
    return Life(today, sessions, MappingProxyType(weights))


def linked(life: Life) -> tuple[Session, ...]:
    """The five sessions that another device also recorded, oldest first."""
    return tuple(session for session in life.sessions if session.elsewhere == DEVICE)


def through_strava(life: Life) -> tuple[Session, ...]:
    """The two sessions that reach Intervals.icu as Strava stubs, oldest first."""
    return tuple(session for session in life.sessions if session.elsewhere == STRAVA)


def _plan(seed: int) -> list[list[str]]:
    """For each day of a cycle of 120 days its workouts, by who else tells of them.

    The cycle repeats, so every 120 days in a row hold exactly 60 workouts: one in every two days, and every twentieth
    day a second one that was put off.
    """
    rnd = stream(seed, "plan")
    counts = [count for _ in range(SESSIONS) for count in rnd.choice(((1, 0), (0, 1)))]
    for first in range(0, DAYS, _DOUBLE_EVERY):
        off, on = [day for day in range(first, first + _DOUBLE_EVERY) if counts[day]][:2]
        counts[off], counts[on] = 0, 2
    tags = iter([_ELSEWHERE.get(number, "") for number in range(SESSIONS)])
    return [[next(tags) for _ in range(count)] for count in counts]


def _sessions(seed: int, day: date, tags: list[str]) -> Iterator[Session]:
    week, weekday = divmod(day.toordinal() - 1, 7)
    kinds = (_WEEKS[week % 2][weekday], _SECOND)
    for number, (tag, kind) in enumerate(zip(tags, kinds, strict=False)):
        rnd = stream(seed, "session", day, number)
        evening = number == 1 or (len(tags) == 1 and weekday < 5 and rnd.random() < 0.6)
        local = datetime.combine(day, time(17, 30) if evening else _MORNING[weekday >= 5], ZoneInfo(ZONE))
        start = (local + timedelta(seconds=rnd.randrange(2400))).astimezone(UTC)
        outdoors = kind.type in ("Run", "Ride") and not kind.indoor
        yield _session(rnd, start, kind if outdoors or not tag else _RIDE, tag)


def _session(rnd: Random, start: datetime, kind: _Kind, elsewhere: str) -> Session:
    moving = rnd.randrange(kind.minutes[0] * 60, kind.minutes[1] * 60)
    covered = moving * rnd.uniform(*kind.speed)
    pool_length = _POOL_LENGTH if kind.type == "Swim" else None
    distance = float(round(covered / pool_length) * pool_length) if pool_length else round(covered, 1) or None
    average = rnd.randint(*kind.heartrate)
    pauses = _pauses(rnd, moving, kind)
    return Session(
        start=start,
        elapsed=moving + sum(length for _, length in pauses),
        moving=moving,
        type=kind.type,
        distance=distance,
        average_heartrate=average,
        max_heartrate=average + rnd.randint(13, 26),
        calories=round(moving / 60 * kind.burn * rnd.uniform(0.92, 1.08)),
        indoor=kind.indoor,
        name=kind.name,
        pauses=pauses,
        ascent=round(distance / 1000 * kind.climb * rnd.uniform(0.6, 1.5), 1) if distance and kind.climb else None,
        pool_length=pool_length,
        elsewhere=elsewhere,
    )


def _pauses(rnd: Random, moving: int, kind: _Kind) -> tuple[tuple[int, int], ...]:
    """Stops in the middle, and now and then one at the end: the watch was stopped while it stood paused."""
    if rnd.random() >= kind.pause_chance:
        return ()
    after = sorted(rnd.sample(range(600, moving - 300, 60), rnd.randint(1, 3)))
    if rnd.random() < 0.25:
        after[-1] = moving
    pauses: list[tuple[int, int]] = []
    paused = 0
    for moved in after:
        length = rnd.randrange(20, 240)
        pauses.append((moved + paused, length))
        paused += length
    return tuple(pauses)


def _weight(seed: int, day: date) -> float | None:
    """A slow wave with a daily scatter; about three mornings in ten without the scale."""
    rnd = stream(seed, "weight", day)
    if rnd.random() < 0.3:
        return None
    return round(72.6 + 0.9 * sin(2 * pi * day.toordinal() / 97) + rnd.gauss(0, 0.25), 2)
