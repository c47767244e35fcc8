"""The demo athlete's own account before the companion ever ran: what a person types, and what other devices brought.

Their life in Apple Health is told by `life`; here stands only what of it Intervals.icu knows by other roads.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from intervals_sandbox.state import Values
from intervals_sandbox.world import life as lives
from intervals_sandbox.world.followed import DAYS, Done, drawn_up
from intervals_sandbox.world.life import ZONE, Life, Session, stream
from intervals_sandbox.world.people import KINDS, Kind, Person
from intervals_sandbox.world.sketch import Place, Sketch

YOU = Person(
    *("Mika", "Sommer", ZONE, Place(52.44, 13.24)),
    week=("strength", "easy run", "swim", "", "ride", "ride", "long run"),
    ftp=240, lthr=168, max_hr=187, resting=52, weight=72.6,
)  # fmt: skip

FIELDS = (("ActiveEnergy", "Active energy"), ("RestingEnergy", "Resting energy"))
"""Codes and names of the custom wellness fields."""

LOCKED_WEEK = range(40, 33, -1)
"""Days before today."""
_WEIGHED = 6
_COMMENTS = ("Slept badly", "Legs heavy", "Felt great", "Travel day", "A bit of a cold", "Good coffee, good run")
_EXTRAS = ("yoga", "row")
"""Sports that are nowhere in the export."""
_GAP = timedelta(hours=2)


def training(seed: int, life: Life) -> Iterator[Done]:
    """Six months, oldest first: before the 120 days whatever they did; then what a Garmin and Strava also recorded, and
    a few sessions of other sports at times when nothing else happened."""
    done = [
        *(_early(seed, life.today)),
        *(Done(_elsewhere(seed, session, 20, YOU), "GARMIN_CONNECT") for session in lives.linked(life)),
        *(Done(_elsewhere(seed, session, 120, YOU), "STRAVA") for session in lives.through_strava(life)),
        *(_extras(seed, life)),
    ]
    yield from sorted(done, key=lambda item: item.sketch.start)


def _early(seed: int, today: date) -> Iterator[Done]:
    for back in range(DAYS, lives.DAYS + 1, -1):
        day = today - timedelta(days=back)
        rnd = stream(seed, "you", "early", day)
        kind = YOU.week[day.weekday()]
        if kind and rnd.random() < 0.8:
            yield Done(_session(seed, KINDS[kind], day, time(17, rnd.randrange(60))), "GARMIN_CONNECT")


def _extras(seed: int, life: Life) -> Iterator[Done]:
    for back in range(lives.DAYS, 0, -1):
        day = life.today - timedelta(days=back)
        rnd = stream(seed, "you", "extra", day)
        if rnd.random() < 0.12:
            sketch = _session(seed, KINDS[rnd.choice(_EXTRAS)], day, time(20, rnd.randrange(10, 50)))
            if not any(_near(sketch, session) for session in life.sessions):
                yield Done(sketch, "GARMIN_CONNECT")


def _near(sketch: Sketch, session: Session) -> bool:
    ended = sketch.start + timedelta(seconds=sketch.elapsed)
    return sketch.start - _GAP < session.end and session.start - _GAP < ended


def _session(seed: int, kind: Kind, day: date, at: time) -> Sketch:
    return drawn_up(seed, YOU, kind, datetime.combine(day, at, ZoneInfo(ZONE)).astimezone(UTC))


def _elsewhere(seed: int, session: Session, most: int, person: Person) -> Sketch:
    """The same session as another device saw it: started a little off, a little longer or shorter."""
    rnd = stream(seed, "elsewhere", session.start)
    off = rnd.randint(-most, most)
    stretch = 1 + rnd.uniform(-0.01, 0.01)
    elapsed = round(session.elapsed * stretch)
    return Sketch(
        seed=seed,
        start=session.start + timedelta(seconds=off),
        type=session.type,
        name=f"Berlin {session.name}",
        elapsed=elapsed,
        moving=min(round(session.moving * stretch), elapsed),
        average_heartrate=session.average_heartrate + rnd.randint(-1, 1),
        max_heartrate=session.max_heartrate + rnd.randint(-1, 1),
        distance=round(session.distance * (1 + rnd.uniform(-0.005, 0.005)), 1) if session.distance else None,
        calories=session.calories,
        ascent=session.ascent,
        indoor=session.indoor,
        place=None if session.indoor else person.place,
    )


def wellness(seed: int, life: Life) -> dict[date, Values]:
    """Mood and soreness on most days, a comment now and then, six weights, one locked week."""
    locked = {life.today - timedelta(days=back) for back in LOCKED_WEEK}
    days: dict[date, Values] = {}
    for back in range(DAYS, 0, -1):
        day = life.today - timedelta(days=back)
        rnd = stream(seed, "you", "typed", day)
        if day in locked or rnd.random() < 0.55:
            days[day] = {"mood": rnd.randint(1, 3), "soreness": rnd.randint(1, 3)}
            if rnd.random() < 0.15:
                days[day]["comments"] = rnd.choice(_COMMENTS)
        if day in locked:
            days[day]["locked"] = True
    for day, weight in _weights(stream(seed, "you", "weights"), life, locked):
        days.setdefault(day, {})["weight"] = weight
    return dict(sorted(days.items()))


def _weights(rnd: Random, life: Life, locked: set[date]) -> Iterator[tuple[date, float]]:
    """Typed on mornings that the scale knows too: every second one as the scale said, the others not."""
    candidates = [day for day in life.weights if day < life.today and day not in locked]
    for number, day in enumerate(sorted(rnd.sample(candidates, _WEIGHED))):
        weight = life.weights[day]
        yield day, weight if number % 2 == 0 else round(weight + rnd.choice((-0.7, -0.4, 0.5, 0.8)), 1)
